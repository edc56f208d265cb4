"""Closed cases that are put away at the centers, PCs that start from the floor, and ask for what they do without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from station_app.domain.errors import StationError
from station_app.exchange.putting_away import put_away_next
from station_app.usecases.asking import Sought, ask_center
from station_app.usecases.run_center import organisations_of
from station_app.usecases.times import local_day
from tests.fakes import PowerCutError
from tests.simulate.building import home_of
from tests.simulate.happenings.work import work
from tests.simulate.machines import Center, Pc
from tests.simulate.world import World

# Long enough for what has been closed since the last look to go on.
SILENT_FOR = timedelta()
# Among the numbers that were printed there are those of papers as well.
CASE_DIGITS = 25


def put_away(world: World) -> bool:
    """A center looks for what is done with, and puts it away."""
    center = world.chance.choice(list(world.centers.values()))
    before = len(center.store.tables.away)

    def act(book: Any) -> None:
        while put_away_next(book, local_day(center.clock()), SILENT_FOR):
            pass

    if not _in_store(center, act):
        return False
    world.stats["put away when done"] += len(center.store.tables.away) - before
    return True


def put_away_early(world: World) -> bool:
    """A center puts away what is not done with: whatever comes on it next must call it back everywhere."""
    center = world.chance.choice(list(world.centers.values()))
    tables = center.store.tables
    found = [subject for subject in tables.viewers if subject[1] not in tables.unruled]
    if not found or center.is_hurt:
        return False
    subject = world.chance.choice(found)

    def act(book: Any) -> None:
        offices = organisations_of(book)
        for org in tables.viewers[subject]:
            if org in offices and offices.is_served_by(org, center.org):
                book.put_away(org, [subject])

    world.stats["put away early"] += 1
    return _in_store(center, act)


def _in_store(center: Center, act: Callable[[Any], None]) -> bool:
    try:
        with center.store.write() as book:
            act(book)
    except (PowerCutError, StationError):
        return False
    return True


def replace_pc(world: World) -> bool:
    """A PC that has given away all that it had breaks down, and another takes its place: mostly above a floor."""
    floored = [pc for pc in world.pcs if any(org == pc.org for org, _ in pc.boss.store.tables.away)]
    pc = world.chance.choice(floored if floored and world.chance.happens(0.8) else world.pcs)
    home = home_of(world.site, pc.org)
    with pc.store.read() as book:
        waits = bool(book.outbox(1))
    # Where a center may come back as it was before, this PC could have had what nobody else has.
    if waits or pc.twins > 1 or world.backups or pc.boss is not home or home.is_hurt:
        return False
    try:
        world.enrol_anew(pc)
    except StationError as error:
        # Word that its office comes back to this center is on its way.
        world.stats[f"not enrolled: {error.code}"] += 1
        return False
    world.stats["replaced"] += 1
    world.stats["replaced above a floor"] += any(org == pc.org for org, _ in home.store.tables.away)
    return True


def ask_for_case(world: World) -> bool:
    """A worker asks the center for a case by its number: for one that the PC does without, now and then for any."""
    of_cases = {number: case_id for number, case_id in world.watch.numbers.items() if len(number) == CASE_DIGITS}
    lacking = [(pc, number) for pc in world.pcs for number, case_id in of_cases.items() if _does_without(pc, case_id)]
    if lacking and world.chance.happens(0.8):
        pc, number = world.chance.choice(lacking)
        world.stats["asked for a put-away case"] += 1
    elif of_cases:
        pc, number = world.chance.choice(world.pcs), world.chance.choice(list(of_cases))
    else:
        return False
    return isinstance(work(world, pc, lambda desk: ask_center(desk, number)), Sought)


def _does_without(pc: Pc, case_id: str) -> bool:
    return (pc.org, case_id) in pc.boss.store.tables.away and case_id not in pc.store.tables.cases
