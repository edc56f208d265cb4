"""The retention of closed cases ends: two administrators of a center have contents removed."""

from __future__ import annotations

from datetime import timedelta

from station_app.domain.cases import CaseState
from station_app.domain.removals import Reach
from station_app.usecases.body_removal import Order, remove_next
from station_app.usecases.run_action import possible_actions
from station_app.usecases.times import local_day
from tests.simulate.happenings.work import act_on
from tests.simulate.machines import program_of
from tests.simulate.table import note_fault
from tests.simulate.world import World

_TO_THE_END = ("accept_handover", "accept_application", "grant", "refuse", "deliver", "close")


def settle(world: World) -> bool:
    """Somebody brings a case a step nearer to its end: without it few would ever get there."""
    pc = world.chance.choice([pc for pc in world.pcs if pc.desks])
    open_ones = [case for case in pc.store.tables.cases.values() if case.state is not CaseState.CLOSED]
    for case in sorted(open_ones, key=lambda case: list(CaseState).index(case.state), reverse=True):
        for desk in pc.desks:
            with pc.store.read() as book, program_of(pc):
                possible = [action.code for action in possible_actions(desk, book, case) if not action.in_batch]
            if codes := [code for code in possible if code in _TO_THE_END]:
                return act_on(world, pc, desk, (case.case_id, world.chance.choice(codes)))
    return False


def remove_bodies(world: World) -> bool:
    """A center removes what it may of all cases that are closed, at the villages or everywhere."""
    found = [center for center in world.centers.values() if not center.is_hurt]
    if not found:
        return False
    center = world.chance.choice(found)
    where = world.chance.choice(list(Reach))
    order = Order(
        local_day(center.clerk.now()) + timedelta(days=1), where, "档案保管期限规定", ("管理员一", "管理员二")
    )
    with center.store.write() as book:
        done = remove_next(book, center.clerk, center.parts.desk, order, most=1000)
    if not done.removed:
        return False
    world.stats[f"contents removed: {where.value}"] += done.removed
    note_fault(world, "contents removed", center)
    return True
