"""Joining by file at a center: the grant for a request that came on a stick (docs/sync.md §16)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from station_app.center.calls import Call
from station_app.center.ports import CenterParts
from station_app.center.service import CenterService
from station_app.domain.errors import StationError
from station_app.keys.code_proofs import code_proof, code_tag
from station_app.keys.sealing import seal_to
from station_app.keys.signing import REPLY
from station_app.protocol.joining_records import JoinFile, JoinKind, grant_aad, only_call, request_aad
from station_app.protocol.package_records import CarriedReply, pack_replies
from station_app.protocol.requests import ACTIVATE_PATH, ENROL_PATH, reply_bytes
from station_app.protocol.signed import CENTERS, read_credential
from station_app.protocol.wire import pack, unpack
from station_app.usecases.center_ports import Station
from station_app.usecases.office_key import kind_of
from station_app.usecases.run_center import CALENDAR, DIRECTORY, ORGANISATIONS, NewPc, organisations_of

# What the center noted of the address at which it serves; "" or nothing before it has served.
SERVED_AT = "served_at"
_PROOF_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant, and what it is about.

    Args:
        office: name of the PC's office.
        worker: who is activated by it, "" of an enrolment.
    """

    file: JoinFile
    org: str
    office: str
    worker: str = ""


def grant(parts: CenterParts, service: CenterService, request: JoinFile, address: str) -> Granted:
    """Do what a request asks for and return the grant, sealed to the PC; the same request gives the same station.

    Args:
        address: at which the PC reaches this center once it has a line; "" where that is not known.

    Raises:
        StationError: `request-not-one`: of a kind that this program does not know; `request-code-wrong`,
            `request-elsewhere`, `package-no-box`, and those of enrolment and activation.
    """
    if request.kind == JoinKind.ENROL:
        return _enrolment(parts, service, request, address)
    if request.kind == JoinKind.ACTIVATE:
        return _activation(parts, service, request)
    raise StationError("request-not-one", file=request.kind)


def _enrolment(parts: CenterParts, service: CenterService, request: JoinFile, address: str) -> Granted:
    call = _call(ENROL_PATH, request, request.contents)
    answer = service.join(call, lambda found, pc: _proven_code(parts, found, pc))
    with parts.read() as store:
        # As they are now: the enrolment itself has published keys of the office.
        kinds = (ORGANISATIONS, CENTERS, DIRECTORY, CALENDAR, kind_of(answer["org"]))
        documents = [signed.to_wire() for kind in kinds if (signed := store.document(kind)) is not None]
    more = {"documents": documents, "authority": parts.authority_pem, "center_url": address}
    file = _sealed(parts, request, call, pack({**answer, **more}))
    return Granted(file, answer["org"], answer["name"])


def _proven_code(parts: CenterParts, found: Mapping[str, Any], pc: NewPc) -> str:
    """Return the hash of the code by which the request was made.

    Raises:
        StationError: `request-code-wrong`: by none of this center's.
    """
    proof = found.get("proof")
    if not isinstance(proof, str) or len(proof) != _PROOF_DIGITS or not pc.box_key or pc.is_center:
        raise StationError("record-malformed", reason="proof")
    with parts.read() as store:
        hashes = [bytes.fromhex(code) for code in store.codes()]
    for code_hash in hashes:
        if code_tag(code_hash) == found.get("tag"):
            wanted = code_proof(code_hash, pc.public_key, bytes.fromhex(pc.epoch), pc.box_key).hex()
            if hmac.compare_digest(wanted.encode(), proof.encode()):
                return code_hash.hex()
    raise StationError("request-code-wrong")


def _activation(parts: CenterParts, service: CenterService, request: JoinFile) -> Granted:
    try:
        contents = parts.clerk.vault.open_carried(request.contents, request_aad(request.device))
    except StationError:
        raise StationError("request-elsewhere") from None
    call = _call(ACTIVATE_PATH, request, contents)
    body = service.activate(call)
    file = _sealed(parts, request, call, body)
    with parts.read() as store:
        office = organisations_of(store).get(_station(parts, request.device).org)
    credential = read_credential(unpack(body)["credential"]["p"].encode())
    return Granted(file, office.code, office.name, getattr(credential, "name", ""))


def _call(path: str, request: JoinFile, contents: bytes) -> Call:
    carried = only_call(contents)
    if carried.device != request.device:
        raise StationError("record-malformed", reason="device")
    return Call(path, carried.device, "", carried.signature, carried.body)


def _station(parts: CenterParts, device: str) -> Station:
    with parts.read() as store:
        station = store.station(device)
    if station is None or not station.box_key:
        raise StationError("package-no-box")
    return station


def _sealed(parts: CenterParts, request: JoinFile, call: Call, body: bytes) -> JoinFile:
    answers = hashlib.sha256(call.signed_bytes).hexdigest()
    signature = parts.clerk.sign(REPLY, reply_bytes(call.signed_bytes, body))
    replies = pack_replies([CarriedReply(answers, signature, body)])
    station = _station(parts, request.device)
    sealed = seal_to(station.box_key, replies, grant_aad(request.kind, request.device), parts.clerk.entropy)
    return JoinFile(request.kind, request.device, sealed)
