"""What can happen in the world, each by chance: work, exchanges, faults of network and machines, bad programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulate.happenings import (
    floors,
    machines_off,
    moves,
    papers,
    removals,
    restores,
    revocations,
    rogues,
    way,
    work,
)
from tests.simulate.world import World

# Some kinds of trouble come only in some worlds: in one with everything nothing would ever get far.
FAMILIES = {
    "restores": 0.55,
    "clones": 0.25,
    "moves": 0.35,
    "old programs": 0.3,
    "clocks": 0.4,
    "days": 0.6,
    "rogues": 0.6,
    "revocations": 0.4,
    "removals": 0.4,
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One kind of input.

    Args:
        act: lets it happen; tells whether there was anything to happen.
        weight: how likely it is among the others.
        family: in which worlds; "" in all.
    """

    act: Callable[[World], bool]
    weight: int
    family: str = ""


_ALL = (
    Happening(work.register, 70),
    Happening(work.offer, 250),
    Happening(work.receive, 150),
    Happening(work.receive_online, 100),
    Happening(work.act, 300),
    Happening(work.take_over, 25),
    Happening(work.ask_back, 12),
    Happening(work.reclaim, 30, "days"),
    Happening(work.retry, 25),
    Happening(work.look, 5),
    Happening(papers.send_down, 40),
    Happening(papers.sign_for, 60),
    Happening(way.wake, 220),
    Happening(way.deliver, 420),
    Happening(way.exchange, 130),
    Happening(way.rule, 130),
    Happening(way.lose_request, 15),
    Happening(way.lose_reply, 18),
    Happening(way.cut, 12),
    Happening(way.duplicate, 15),
    Happening(way.old_request, 15),
    Happening(way.busy, 8),
    Happening(way.narrow, 10),
    Happening(way.days_pass, 12, "days"),
    Happening(machines_off.cut_station, 18),
    Happening(machines_off.restart_station, 10),
    Happening(machines_off.cut_center, 15),
    Happening(machines_off.cut_ruling, 10),
    Happening(machines_off.cut_uplink, 8),
    Happening(machines_off.fill_disk, 10),
    Happening(machines_off.new_key, 6),
    Happening(machines_off.clock_jump, 14, "clocks"),
    Happening(machines_off.center_clock_jump, 12, "clocks"),
    Happening(restores.backup, 40, "restores"),
    Happening(restores.restore_station, 10, "restores"),
    Happening(restores.restore_center, 12, "restores"),
    Happening(restores.restore_both, 8, "restores"),
    Happening(restores.clone, 8, "clones"),
    Happening(moves.move_in_county, 8, "moves"),
    Happening(moves.move_to_county, 5, "moves"),
    Happening(moves.move_township, 3, "moves"),
    Happening(moves.rehouse, 20),
    Happening(moves.downgrade, 8, "old programs"),
    Happening(moves.upgrade, 8, "old programs"),
    Happening(rogues.smudge, 8, "rogues"),
    Happening(rogues.rot, 25, "rogues"),
    Happening(rogues.rogue_accept, 12, "rogues"),
    Happening(rogues.rogue_base, 12, "rogues"),
    Happening(rogues.rogue_duty, 8, "rogues"),
    Happening(rogues.stranger, 6, "rogues"),
    Happening(floors.put_away, 40, "days"),
    Happening(floors.put_away_early, 25, "days"),
    Happening(floors.replace_pc, 8, "days"),
    Happening(floors.ask_for_case, 20, "days"),
    Happening(revocations.revoke_pc, 6, "revocations"),
    Happening(revocations.disable_worker, 6, "revocations"),
    Happening(revocations.admit_held, 20, "revocations"),
    Happening(removals.settle, 160, "removals"),
    Happening(removals.remove_bodies, 12, "removals"),
)
HAPPENINGS = {happening.act.__name__: happening for happening in _ALL}
