"""The papers of decisions go home: sent down with a slip, signed for or sent back, office by office."""

from __future__ import annotations

from station_app.domain.batches import Batch, BatchKind
from station_app.domain.cases import Case, CaseState
from station_app.domain.result_papers import papers_place, way_home
from station_app.usecases.hand_over import Count, receive_batch, send_papers
from station_app.usecases.reference import organisations_of
from tests.simulate.happenings.work import work
from tests.simulate.machines import Pc
from tests.simulate.world import World

_DECIDED = (CaseState.GRANTED, CaseState.REFUSED)


def send_down(world: World) -> bool:
    """The papers of decisions go down with one slip: those of one way home, some of them perhaps once more."""
    ways = {pc.name: _ways_home(pc) for pc in world.pcs}
    pcs = [pc for pc in world.pcs if pc.desks and ways[pc.name]]
    if not pcs:
        return False
    pc = world.chance.choice(pcs)
    to = world.chance.choice(list(ways[pc.name]))
    chosen = world.chance.sample(ways[pc.name][to], world.chance.between(1, 4))
    done = work(world, pc, lambda desk: send_papers(desk, to, chosen)) is not None
    world.stats["papers sent down"] += done
    return done


def _ways_home(pc: Pc) -> dict[str, list[str]]:
    """Return the cases whose papers are here, by the offices to which they may go."""
    with pc.store.read() as book:
        offices = organisations_of(book)
    found: dict[str, list[str]] = {}
    for case in pc.store.tables.cases.values():
        for to in way_home(case, pc.org, offices) if _is_here(pc, case) else ():
            found.setdefault(to, []).append(case.case_id)
    return found


def _is_here(pc: Pc, case: Case) -> bool:
    place = papers_place(case) if case.state in _DECIDED and case.removed is None else None
    return place is not None and place.org == pc.org


def sign_for(world: World) -> bool:
    """Papers that have come are counted: signed for, found missing, or sent back as not ours."""
    slips = {pc.name: _slips(pc) for pc in world.pcs}
    pcs = [pc for pc in world.pcs if pc.desks and slips[pc.name]]
    if not pcs:
        return False
    pc = world.chance.choice(pcs)
    slip = world.chance.choice(slips[pc.name])
    lines = [line.case_id for line in slip.open_lines]
    wrong = {case_id: "不是这里的" for case_id in lines if world.chance.happens(0.15)}
    only = tuple(world.chance.sample(lines, 1)) if world.chance.happens(0.2) else ()
    count = Count(wrong, {}, only)
    done = work(world, pc, lambda desk: receive_batch(desk, slip.number, count)) is not None
    world.stats["papers signed for"] += done
    return done


def _slips(pc: Pc) -> list[Batch]:
    found = [batch for batch in pc.store.tables.batches.values() if batch.kind is BatchKind.PAPERS]
    return [batch for batch in found if batch.to_org == pc.org and batch.open_lines]
