"""Copies that come back: a station or a center set back to an older state, both, and a PC that was cloned."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from station_app.usecases.ports import Desk
from station_app.usecases.serials import Written
from tests.simulate.building import desk_of
from tests.simulate.machines import Center, Machine, Pc
from tests.simulate.table import note_fault
from tests.simulate.world import World

MOST_CENTERS_RESTORED = 3


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of a machine's tables, and of what lies beside them."""

    copy: object
    sidecar: Written
    people: tuple[Any, ...]
    desks: tuple[Desk, ...]


def backup(world: World) -> bool:
    """A copy is made of a machine's tables; the one before is kept as well."""
    machine = world.chance.choice([*world.pcs, *world.centers.values()])
    beside = deepcopy(machine.sidecar) if isinstance(machine, Pc) else Written("", 0, {})
    kept = world.backups.setdefault(id(machine), [])
    kept[:] = [*kept[-1:], Backup(machine.store.take_copy(), beside, *_people_of(machine))]
    return True


def _people_of(machine: Machine) -> tuple[tuple[Any, ...], tuple[Desk, ...]]:
    return (tuple(machine.people), tuple(machine.desks)) if isinstance(machine, Pc) else ((), ())


def restore_station(world: World) -> bool:
    """A PC's tables are set back to an older copy; what lies beside them mostly survives."""
    pc = _one_with_backup(world, list(world.pcs))
    if not isinstance(pc, Pc):
        return False
    _set_back_station(world, pc)
    return True


def _one_with_backup(world: World, machines: list[Machine]) -> Machine | None:
    found = [machine for machine in machines if id(machine) in world.backups]
    return world.chance.choice(found) if found else None


def _set_back_station(world: World, pc: Pc) -> None:
    kept: Backup = world.chance.choice(world.backups[id(pc)])
    beside_too = world.chance.happens(0.3)
    note_fault(world, "station restored with its sidecar" if beside_too else "station restored", pc)
    _put(world, pc, kept)
    # The keys of its people lie in the same folder.
    pc.people, pc.desks = list(kept.people), list(kept.desks)
    if beside_too:
        pc.sidecar = deepcopy(kept.sidecar)
        pc.may_repeat = True
    world.restart(pc)
    # The copy may have been made under another program, which understood more, or less.
    pc.install(old=pc.old)


def _put(world: World, machine: Machine, kept: Backup) -> None:
    before = machine.store.tables
    machine.store.put_copy(kept.copy)
    after = machine.store.tables
    world.watch.destroyed.update((i, event) for i, event in before.events.items() if i not in after.events)
    if isinstance(machine, Center):
        gone = [row for _, _, row in before.refusals.values() if row.event.event_id not in after.refused]
        world.watch.destroyed.update((row.event.event_id, row.event) for row in gone)
        world.watch.lapse(machine).note(before, after)
    if isinstance(machine, Pc):
        machine.set_back_in.add(machine.identity().epoch)
        machine.lost |= set(before.events) - set(after.events)
    machine.store.cut = ""


def restore_center(world: World) -> bool:
    """A center's tables are set back, mostly by an operator who says so."""
    if _is_restored_enough(world):
        return False
    center = _one_with_backup(world, list(world.centers.values()))
    if not isinstance(center, Center):
        return False
    _set_back_center(world, center)
    return True


def _is_restored_enough(world: World) -> bool:
    """Tell whether centers were set back so often in this world that nobody would have anything left."""
    return sum(center.restored for center in world.centers.values()) >= MOST_CENTERS_RESTORED


def _set_back_center(world: World, center: Center) -> None:
    told = world.chance.happens(0.6)
    note_fault(world, "center restored" if told else "center restored unnoticed", center)
    _put(world, center, world.chance.choice(world.backups[id(center)]))
    center.restored += 1
    center.unaware_in = center.setting("center")["incarnation"]
    world.restart(center)
    if told:
        with center.store.write() as book:
            book.start_center_epoch(world.chance.bytes(8).hex())
    center.ruler_awake = True


def restore_both(world: World) -> bool:
    """A station and its center are set back in the same night."""
    pcs = [pc for pc in world.pcs if id(pc) in world.backups and id(pc.boss) in world.backups]
    if not pcs or _is_restored_enough(world):
        return False
    pc = world.chance.choice(pcs)
    note_fault(world, "station and center restored", pc)
    _set_back_center(world, pc.boss)
    _set_back_station(world, pc)
    return True


def clone(world: World) -> bool:
    """A PC's disk is copied into a second one, and both are used."""
    single = [pc for pc in world.pcs if pc.twins == 1 and not pc.link().standing]
    if not single:
        return False
    pc = world.chance.choice(single)
    note_fault(world, "PC cloned", pc)
    twin = replace(
        pc,
        name=f"{pc.name}'",
        store=world.site.stores.station(f"{pc.name}'"),
        sidecar=deepcopy(pc.sidecar),
        set_back_in=set(pc.set_back_in),
        lost=set(pc.lost),
    )
    twin.store.put_copy(pc.store.take_copy())
    twin.desks = [desk_of(twin, desk.worker, key) for desk, key in zip(pc.desks, pc.people, strict=True)]
    twin.people = list(pc.people)
    twin.attempt = pc.attempt + 1_000_000
    for one in (pc, twin):
        one.twins, one.may_repeat = 2, True
    world.pcs.append(twin)
    world.look_after(twin)
    world.restart(twin)
    return True
