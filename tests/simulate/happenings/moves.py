"""Offices that move, PCs that are enrolled anew, and programs that are upgraded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from station_app.domain.errors import StationError
from station_app.domain.organisations import Level, Organisations
from station_app.usecases.run_center import organisations_of, save_organisations
from tests.simulate import tree
from tests.simulate.building import add_workers, home_of
from tests.simulate.machines import Center
from tests.simulate.table import note_fault
from tests.simulate.world import World


def move_in_county(world: World) -> bool:
    """A village comes under another township of its county."""
    village = world.chance.choice(tree.VILLAGES)
    center = home_of(world.site, village)
    with center.store.read() as book:
        offices = organisations_of(book)
    if village not in offices:
        # It was set back to before the village came, and has not heard of it again yet.
        return False
    others = [o.code for o in offices if o.level is Level.TOWNSHIP and o.code != offices.get(village).parent]
    near = [code for code in others if offices.is_served_by(code, center.org)]
    if not near or not offices.is_served_by(village, center.org) or center.is_hurt:
        return False
    _note_move(world, "village moved in its county", village)
    move(world, center, village, world.chance.choice(near))
    return True


def move_to_county(world: World) -> bool:
    """The city puts a village under a township of the other county; its PC goes on with its center until rehoused."""
    village = world.chance.choice(tree.VILLAGES)
    old = home_of(world.site, village)
    new = next(center for center in world.counties if center is not old)
    with old.store.read() as book:
        known_there = organisations_of(book)
    with new.store.read() as book:
        offices = organisations_of(book)
    far = [o.code for o in offices if o.level is Level.TOWNSHIP and offices.is_served_by(o.code, new.org)]
    with old.boss.store.read() as book:
        known_above = organisations_of(book)
    # One that has moved there by the word of the city, too.
    far = [code for code in far if code in known_there and known_above.is_served_by(code, new.org)]
    if (
        not far
        or village not in offices
        or village not in known_above
        # A city that was set back may know it there already: then the move is not the city's.
        or known_above.is_served_by(village, new.org)
        or any(center.is_hurt for center in (old, new, old.boss))
        or not _leaves_somebody(world, old, {village})
    ):
        return False
    _note_move(world, "village moved to another county", village)
    move(world, old.boss, village, world.chance.choice(far))
    with new.store.write() as book:
        _open_accounts(book, village)
    return True


def move_township(world: World) -> bool:
    """The city puts a township under the other county, with all villages that it knows below it."""
    township = world.chance.choice(tree.TOWNSHIPS)
    old = home_of(world.site, township)
    new = next(center for center in world.counties if center is not old)
    with old.boss.store.read() as book:
        known_above = organisations_of(book)
    # A city that was set back may know it there already: then the move is not the city's.
    if known_above.is_served_by(township, new.org) or any(center.is_hurt for center in (old, new, old.boss)):
        return False
    if not _leaves_somebody(world, old, {township, *(village.code for village in known_above.children(township))}):
        return False
    _note_move(world, "township moved to another county", township)
    move(world, old.boss, township, new.org)
    with new.store.write() as book:
        for office in (known_above.get(township), *known_above.children(township)):
            _open_accounts(book, office.code)
    return True


def _open_accounts(book: Any, org: str) -> None:
    """Open accounts for the people of an office that comes: new ones, where they had none here before."""
    here = book.setting("center")["org"]
    for worker in tree.workers_of(org):
        if book.account_named(worker.name) is None:
            person = f"{worker.person_id[:12]}{here[:6]}{worker.person_id[18:]}"
            add_workers(book, [replace(worker, person_id=person)])


def _leaves_somebody(world: World, center: Center, moving: Collection[str]) -> bool:
    """Tell whether a center keeps a PC: one without any has nobody who could give back to it what it loses."""
    return any(pc.org not in moving and home_of(world.site, pc.org) is center for pc in world.pcs)


def _note_move(world: World, kind: str, office: str) -> None:
    pcs = [pc for pc in world.pcs if pc.org == office]
    note_fault(world, kind, pcs[0] if pcs else None)


def move(world: World, center: Center, moving: str, to: str) -> None:
    """Put a village under another township, or a township under another county, at the center that may."""
    with center.store.write() as book:
        before = organisations_of(book)
        after = Organisations(_moved(office, moving, to) for office in before)
        for office in (before.get(moving), *before.children(moving)):
            # Also where it moves to now: another center may move it on without having heard of this.
            above = (*before.ancestors(office.code), *after.ancestors(office.code))
            world.watch.was_above.setdefault(office.code, set()).update(one.code for one in above)
        save_organisations(book, center.clerk, after)


def _moved(office: Any, moving: str, to: str) -> Any:
    return replace(office, parent=to) if office.code == moving else office


def rehouse(world: World) -> bool:
    """A PC that must be enrolled anew is: one of two of a disk image, or one whose office another center serves now."""
    found = [pc for pc in world.pcs if world.must_enrol_anew(pc)]
    if not found:
        return False
    pc = world.chance.choice(found)
    if pc.boss.store.cut or home_of(world.site, pc.org).store.cut:
        return False
    try:
        world.enrol_anew(pc)
    except StationError as error:
        world.stats[f"not enrolled: {error.code}"] += 1
        return False
    note_fault(world, "PC enrolled anew")
    return True


def upgrade(world: World) -> bool:
    """A program that did not know the newest words is replaced."""
    old = [pc for pc in world.pcs if pc.old]
    if not old:
        return False
    pc = world.chance.choice(old)
    pc.store.cut = ""
    pc.install(old=False)
    # Decisions are words that an old program does not know: it shows no case that has ended.
    note_fault(world, "old program upgraded", pc)
    return True


def downgrade(world: World) -> bool:
    """A PC gets an older program than it had."""
    pc = world.chance.choice(world.pcs)
    if pc.old:
        return False
    note_fault(world, "old program", pc)
    pc.store.cut = ""
    pc.install(old=True)
    return True
