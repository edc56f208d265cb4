"""In which state of the world each kind of fault has hit: outbox, case and center at that moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from station_app.domain.cases import Case
from tests.simulate.machines import Center, Machine, Pc
from tests.simulate.world import World

OUTBOXES = ("outbox empty", "outbox full")
CASES = ("held", "offered", "provisional", "ended")
MOODS = ("idle", "behind", "healing")
COLUMNS = (*OUTBOXES, *CASES, *MOODS)
# What writes something has filled the outbox; a center is cut off in its ruling only where it is behind; nobody manages
# one that heals: it refuses that, and what moves a village too, but for one that another center serves.
_MANAGED = ("PC revoked", "worker disabled", "held event taken in", "contents removed")
_MOVED = ("village moved in its county", "village moved to another county", "township moved to another county")
IMPOSSIBLE = {
    *((kind, "outbox empty") for kind in ("asked back", "reclaimed", "taken over by another PC", "rotten event")),
    *((kind, "healing") for kind in (*_MOVED, *_MANAGED)),
    ("center off between intake and ruling", "idle"),
}


def note_fault(world: World, kind: str, machine: Machine | None = None) -> None:
    """Count a fault, and the state of the world that it hit.

    Args:
        machine: which one it hits; None for the network and for all.
    """
    world.faults[kind] += 1
    pcs = [machine] if isinstance(machine, Pc) else _below(world, machine)
    centers = [machine] if isinstance(machine, Center) else _bosses(world, machine)
    hit = {OUTBOXES[any(_waits(pc) for pc in pcs)]} | {center.mood for center in centers}
    hit |= {state for pc in pcs for state in _states(pc.store.tables.cases.values())}
    for column in hit:
        world.cells[kind, column] += 1


def _below(world: World, machine: Machine | None) -> list[Pc]:
    return [pc for pc in world.pcs if machine is None or pc.boss is machine]


def _bosses(world: World, machine: Machine | None) -> list[Center]:
    return list(world.centers.values()) if machine is None else [machine.boss]


def _waits(pc: Pc) -> bool:
    with pc.store.read() as book:
        return bool(book.outbox(1))


def _states(cases: Iterable[Case]) -> set[str]:
    found: set[str] = set()
    for case in cases:
        if case.provisional:
            found.add("provisional")
        if case.custody.ended:
            found.add("ended")
        else:
            found.add("offered" if case.custody.offer else "held")
        if len(found) == len(CASES):
            break
    return found


def render(cells: Counter[tuple[str, str]], kinds: Iterable[str]) -> str:
    """Return the table: a line for each kind of fault, a column for each state."""
    names = sorted(kinds)
    width = max(map(len, names), default=0)
    head = f"{'':{width}} " + " ".join(f"{column:>12}" for column in COLUMNS)
    lines = [f"{kind:{width}} " + " ".join(f"{cells[kind, column]:>12}" for column in COLUMNS) for kind in names]
    return "\n".join([head, *lines])


def empty_cells(cells: Counter[tuple[str, str]], kinds: Iterable[str]) -> list[tuple[str, str]]:
    """Return the cells in which a fault should have hit and none has."""
    every = [(kind, column) for kind in sorted(kinds) for column in COLUMNS]
    return [cell for cell in every if cell not in IMPOSSIBLE and not cells[cell]]


def kinds_of(cells: Counter[tuple[str, str]]) -> set[str]:
    """Return the kinds of faults that are in the table."""
    return {kind for kind, _ in cells}
