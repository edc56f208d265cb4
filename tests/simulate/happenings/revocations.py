"""A PC that is stolen and revoked, a worker who leaves, and what they write later: held, until two administrators take
it in.
"""

from __future__ import annotations

from station_app.domain.errors import StationError
from station_app.domain.people import Role, Worker
from station_app.usecases.held_events import admit_event
from station_app.usecases.holding import kept_limits
from station_app.usecases.revoking import revoke
from station_app.usecases.run_center import disable_user
from tests.simulate.building import home_of
from tests.simulate.lapses import limit_at
from tests.simulate.machines import Center, Pc
from tests.simulate.table import note_fault
from tests.simulate.world import World

_ADMINISTRATORS = tuple(Worker(f"{number:032d}", f"管理员{number}", "", frozenset({Role.ADMIN})) for number in range(2))


def revoke_pc(world: World) -> bool:
    """A PC is stolen: what its center has of it counts, what comes later is held. Whoever has it goes on with it.

    Not one of which a restored center lacks something, whether it knows that or has waited long enough: of what such a
    PC had sent only the backup counts, and what others give back of it is held (known, and not mended).
    """
    found = [pc for pc in world.pcs if pc.device not in world.watch.limits and not pc.boss.is_hurt and not _lacks(pc)]
    if not found:
        return False
    pc = world.chance.choice(found)
    note_fault(world, "PC revoked", pc)
    with pc.boss.store.write() as book:
        heads = revoke(book, pc.boss.clerk, pc.device, "被盗", _ADMINISTRATORS[0].name)
    heads_of = {(pc.device, entry["epoch"]): entry["seq"] for entry in heads}
    world.watch.limits[pc.device] = limit_at(pc.boss.store.tables, heads_of)
    return True


def _lacks(pc: Pc) -> bool:
    """Tell whether its center has taken in less of a PC than it had told it, or does not know it at all."""
    with pc.store.read() as own, pc.boss.store.read() as book:
        known = book.epoch(pc.device, own.own_epoch().epoch)
        is_unknown = book.station(pc.device) is None
    return is_unknown or pc.link().acked > (known.link if known else 0)


def disable_worker(world: World) -> bool:
    """A worker leaves, and the account is closed: what the center has of the worker counts, what comes later is held.

    One of an office at most, and nobody who counts batches, so that the others go on and hand-overs are taken.
    """
    gone = {worker.org for pc in world.pcs for worker in _workers(pc) if worker.person_id in world.watch.limits}
    found = [pc for pc in world.pcs if _leavers(pc) and pc.org not in gone and _is_looked_after(world, pc)]
    if not found:
        return False
    pc = world.chance.choice(found)
    worker = world.chance.choice(_leavers(pc))
    note_fault(world, "worker disabled", pc)
    close_account(world, pc, worker)
    return True


def _leavers(pc: Pc) -> list[Worker]:
    found = [worker for worker in _workers(pc) if Role.CLERK not in worker.roles]
    return found if len(pc.desks) > 1 else []


def _workers(pc: Pc) -> list[Worker]:
    return [desk.worker for desk in pc.desks]


def _is_looked_after(world: World, pc: Pc) -> bool:
    """Tell whether the center of a PC serves its office, and lacks nothing of any PC of it."""
    near = [other for other in world.pcs if other.org == pc.org]
    return home_of(world.site, pc.org) is pc.boss and not pc.boss.is_hurt and not any(map(_lacks, near))


def close_account(world: World, pc: Pc, worker: Worker) -> None:
    """Close an account at the center of a PC."""
    with pc.boss.store.write() as book:
        disable_user(book, pc.boss.clerk, worker.name, _ADMINISTRATORS[0].name)
        heads = kept_limits(book)["disabled"][worker.person_id]
    heads_of = {(device, epoch): seq for device, epoch, seq in heads}
    world.watch.limits[worker.person_id] = limit_at(pc.boss.store.tables, heads_of)


def admit_held(world: World) -> bool:
    """Two administrators take in something that is held."""
    found = [center for center in world.centers.values() if not center.is_hurt and _held(center)]
    if not found:
        return False
    center = world.chance.choice(found)
    number, event_id = world.chance.choice(_held(center))
    admitted = world.watch.admitted
    admitted.add(event_id)
    try:
        with center.store.write() as book:
            admit_event(book, center.clerk, number, _ADMINISTRATORS, world.scheme.verify_many)
    except StationError as error:
        admitted.discard(event_id)
        world.stats[f"not admitted: {error.code}"] += 1
        return False
    center.ruler_awake = True
    note_fault(world, "held event taken in", center)
    return True


def _held(center: Center) -> list[tuple[int, str]]:
    with center.store.read() as book:
        return [(held.number, held.event.event_id) for held in book.held_events()]
