"""Exchanges, and what the network does to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from station_app.exchange.station import Phase, Wake
from tests.simulate.network import Parcel
from tests.simulate.table import note_fault
from tests.simulate.world import World

LONG_WAY_STEPS = 8


def wake(world: World) -> bool:
    """A machine begins to exchange."""
    resting = [machine for machine in world.machines if machine.state.phase is Phase.RESTING]
    if not resting:
        return False
    world.happen(world.chance.choice(resting), Wake(world.chance.happens(0.3)))
    return True


def deliver(world: World) -> bool:
    """Something arrives, mostly what was sent first."""
    if not world.parcels:
        return False
    parcel = world.parcels[0]
    if world.chance.happens(0.4):
        parcel = world.chance.choice(world.parcels)
        if parcel is not world.parcels[0]:
            note_fault(world, "reordered", parcel.client)
    if world.steps - parcel.sent_at > LONG_WAY_STEPS:
        note_fault(world, "delayed", parcel.client)
    world.deliver(parcel)
    return True


def exchange(world: World) -> bool:
    """A machine exchanges to the end, and its center rules."""
    machine = world.chance.choice(world.machines)
    if machine.state.phase is not Phase.RESTING:
        return False
    world.exchange_now(machine)
    if world.chance.happens(0.5):
        world.rule(machine.boss)
        world.exchange_now(machine)
    return True


def rule(world: World) -> bool:
    """A center rules on a few of its cases, or on all."""
    awake = [center for center in world.centers.values() if center.ruler_awake]
    if not awake:
        return False
    world.rule(world.chance.choice(awake), world.chance.choice((1, 2, 200)))
    return True


def lose_request(world: World) -> bool:
    """A request gets lost."""
    return _lose(world, "request lost", [parcel for parcel in world.parcels if parcel.is_request])


def lose_reply(world: World) -> bool:
    """The reply to what was committed gets lost."""
    return _lose(world, "reply lost after commit", [parcel for parcel in world.parcels if parcel.answer])


def _lose(world: World, kind: str, found: list[Parcel]) -> bool:
    if not found:
        return False
    parcel = world.chance.choice(found)
    note_fault(world, kind, parcel.client)
    world.lose(parcel)
    return True


def cut(world: World) -> bool:
    """The connection dies after any byte of a request or a reply."""
    found = [parcel for parcel in world.parcels if parcel.is_request or parcel.answer]
    if not found:
        return False
    parcel = world.chance.choice(found)
    note_fault(world, "cut at a byte", parcel.client)
    world.parcels.remove(parcel)
    world.deliver(_cut(world, parcel))
    return True


def _cut(world: World, parcel: Parcel) -> Parcel:
    if parcel.answer is None:
        body = parcel.call.body[: world.chance.below(len(parcel.call.body))]
        return replace(parcel, call=replace(parcel.call, body=body))
    body, signature = parcel.answer
    return replace(parcel, answer=(body[: world.chance.below(len(body))], signature))


def duplicate(world: World) -> bool:
    """A request arrives twice."""
    found = [parcel for parcel in world.parcels if parcel.is_request]
    if not found:
        return False
    parcel = world.chance.choice(found)
    note_fault(world, "request doubled", parcel.client)
    world.parcels.append(replace(parcel, attempt=0))
    world.deliver(parcel)
    return True


def old_request(world: World) -> bool:
    """A request that was sent before is sent again by somebody who has listened."""
    if not world.old_calls:
        return False
    # The last few may still be taken; the others must be refused by their nonce.
    found = world.old_calls[-6:] if world.chance.happens(0.7) else world.old_calls
    parcel = world.chance.choice(found)
    note_fault(world, "old request again", parcel.client)
    world.deliver(replace(parcel, attempt=0, sent_at=world.steps))
    return True


def busy(world: World) -> bool:
    """A center has no time."""
    found = [parcel for parcel in world.parcels if parcel.is_request]
    if not found:
        return False
    parcel = world.chance.choice(found)
    note_fault(world, "center busy", parcel.client)
    world.parcels.remove(parcel)
    world.parcels.append(replace(parcel, code="center-busy"))
    return True


def narrow(world: World) -> bool:
    """From now on the way carries only small requests, or any again."""
    world.way_limit = 0 if world.way_limit else world.chance.between(1, 4)
    if world.way_limit:
        note_fault(world, "narrow way")
    return True


def days_pass(world: World) -> bool:
    """Nothing happens for days, and what is on the way stays there."""
    note_fault(world, "days pass")
    world.passed += timedelta(days=world.chance.between(1, 5))
    return True
