"""Machines that go off, disks that are full, clocks that jump, keys that are made anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.simulate.machines import Center, Pc
from tests.simulate.table import note_fault
from tests.simulate.world import World


def cut_station(world: World) -> bool:
    """A PC goes off just before or just after its next commit."""
    pc = world.chance.choice(world.pcs)
    pc.store.cut = world.chance.choice(("before", "after"))
    note_fault(world, f"station off {pc.store.cut} commit", pc)
    return True


def restart_station(world: World) -> bool:
    """A PC goes off between two commits."""
    pc = world.chance.choice(world.pcs)
    note_fault(world, "station off in between", pc)
    world.restart(pc)
    return True


def cut_center(world: World) -> bool:
    """A center goes off just before or just after it commits what a request brings."""
    found = [parcel for parcel in world.parcels if parcel.is_request]
    if not found:
        return False
    parcel = world.chance.choice(found)
    parcel.to.store.cut = world.chance.choice(("before", "after"))
    note_fault(world, f"center off {parcel.to.store.cut} commit", parcel.client)
    world.deliver(parcel)
    parcel.to.store.cut = ""
    return True


def cut_ruling(world: World) -> bool:
    """A center goes off around the commit of its rulings."""
    found = [center for center in world.centers.values() if center.store.tables.unruled]
    if not found:
        return False
    center = world.chance.choice(found)
    center.store.cut = world.chance.choice(("before", "after"))
    note_fault(world, "center off between intake and ruling", center)
    world.rule(center)
    center.store.cut = ""
    return True


def cut_uplink(world: World) -> bool:
    """A county's center goes off around a commit of its exchange with the city's."""
    county = world.chance.choice(world.counties)
    note_fault(world, "center off in its own exchange", county)
    county.store.cut = world.chance.choice(("before", "after"))
    world.exchange_now(county)
    county.store.cut = ""
    return True


def fill_disk(world: World) -> bool:
    """The disk of a PC or a center is full for one commit."""
    machine = world.chance.choice([*world.pcs, *world.centers.values()])
    note_fault(world, "disk full at a center" if isinstance(machine, Center) else "disk full", machine)
    machine.store.cut = "full"
    return True


def new_key(world: World) -> bool:
    """A worker has forgotten the PIN and gets a new key."""
    pc = world.chance.choice([pc for pc in world.pcs if pc.desks])
    if pc.boss.store.cut or pc.store.cut:
        return False
    note_fault(world, "new key of a worker", pc)
    world.certify_again(pc)
    return True


def clock_jump(world: World) -> bool:
    """A PC's clock is wrong from now on, or right again."""
    _jump(world, world.chance.choice(world.pcs))
    return True


def center_clock_jump(world: World) -> bool:
    """The clock of a center is wrong from now on, or right again."""
    _jump(world, world.chance.choice(list(world.centers.values())))
    return True


def _jump(world: World, machine: Pc | Center) -> None:
    kind = world.chance.choice(("2009", "three days ahead", "backwards", "right"))
    dead_battery = datetime(2009, 1, 1, tzinfo=UTC) - world.now()
    jumps = {
        "2009": dead_battery,
        "three days ahead": timedelta(days=3),
        "backwards": machine.slow - timedelta(hours=2),
    }
    machine.slow = jumps.get(kind, timedelta())
    if kind != "right":
        note_fault(world, f"center clock {kind}" if isinstance(machine, Center) else f"clock {kind}", machine)
