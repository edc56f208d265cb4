"""What comes to a center by hand: a sealed part with requests of one PC, answered by one with the replies."""

from __future__ import annotations

import hashlib

from station_app.center.calls import Call
from station_app.center.exchanging import MOST_CARRIED_BYTES, Exchanging
from station_app.center.ports import CenterParts
from station_app.domain.errors import StationError
from station_app.keys.sealing import seal_to
from station_app.keys.signing import REPLY
from station_app.protocol.package_records import (
    NO_VERSION,
    CarriedReply,
    Part,
    PartKind,
    pack_replies,
    part_aad,
    unpack_calls,
)
from station_app.protocol.requests import CARRIED_PATH, reply_bytes


def serve_part(parts: CenterParts, exchanging: Exchanging, part: Part) -> Part:
    """Take in the requests of a part, one after the other, and return the replies, sealed to the PC.

    Raises:
        StationError: `package-elsewhere`: it is for another center; `sealed-data-damaged`, `record-malformed`;
            `package-no-box`: the PC has given no key to which its replies could be sealed; and those of an exchange.
    """
    with parts.read() as store:
        here = str(store.setting("center")["org"])
    if part.kind != PartKind.REQUEST or part.to != here or part.key != NO_VERSION:
        raise StationError("package-elsewhere", name=part.to)
    replies: list[CarriedReply] = []
    for carried in unpack_calls(parts.clerk.vault.open_carried(part.sealed, part.aad)):
        if carried.device != part.device:
            raise StationError("record-malformed", reason="device")
        call = Call(CARRIED_PATH, carried.device, "", carried.signature, carried.body)
        answers = hashlib.sha256(call.signed_bytes).hexdigest()
        for body in exchanging.carried(call):
            signature = parts.clerk.sign(REPLY, reply_bytes(call.signed_bytes, body))
            replies.append(CarriedReply(answers, signature, body))
        if sum(len(reply.body) for reply in replies) > MOST_CARRIED_BYTES:
            break
    return _sealed(parts, part.device, replies)


def _sealed(parts: CenterParts, device: str, replies: list[CarriedReply]) -> Part:
    with parts.read() as store:
        station = store.station(device)
    if station is None or not station.box_key:
        # A program of before, or one that this center has lost and that has shown its credential alone.
        raise StationError("package-no-box")
    aad = part_aad(PartKind.REPLY, station.org, NO_VERSION, device)
    sealed = seal_to(station.box_key, pack_replies(replies), aad, parts.clerk.entropy)
    return Part(PartKind.REPLY, station.org, NO_VERSION, device, sealed)
