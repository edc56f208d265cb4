"""Joining an office and activating a worker without a line: requests and grants on a stick (docs/sync.md §16)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from station_app.bootstrap.joining import Center, Joined, finish_activation, finish_enrolment, first_epoch
from station_app.bootstrap.restoring import finish_restore
from station_app.bootstrap.station import open_journal
from station_app.bootstrap.station_home import StationHome
from station_app.carriers.join_file import read_grant, write_request
from station_app.domain.errors import StationError
from station_app.domain.people import Worker
from station_app.keys.code_proofs import code_proof, code_tag
from station_app.keys.codes import EnrolmentCode, hash_code, parse_activation_code, parse_enrolment_code
from station_app.keys.pins import check_pin, plain_pin
from station_app.keys.sealing import open_box, seal_to
from station_app.keys.signing import ACTIVATION, REPLY, REQUEST, verify
from station_app.keys.transport_keys import authority_public_key
from station_app.protocol.joining_records import JoinFile, JoinKind, grant_aad, only_reply, request_aad
from station_app.protocol.package_records import CarriedCall, CarriedReply, pack_calls
from station_app.protocol.requests import (
    ACTIVATE_PATH,
    ENROL_PATH,
    RECOVERED_KEY,
    activation_bytes,
    answer_bytes,
    request_bytes,
)
from station_app.protocol.signed import PersonCredential, Signed, device_id, read_credential
from station_app.protocol.wire import pack, unpack
from station_app.storage.engine import writing
from station_app.storage.station_book import StationBookOnDisk
from station_app.usecases.ports import Identity

# In the journal: by what the grant is known for which this PC waits.
_WAITED_FOR = "joining"


@dataclass(frozen=True, slots=True)
class _Waited:
    """What a PC keeps of its request to enrol.

    Args:
        key_hash: what the code says of the center's key.
        answers: SHA-256, in hex, of what this PC has signed.
    """

    key_hash: str
    answers: str


def request_enrolment(folder: Path, code_text: str, path: Path) -> Path:
    """Write this PC's request to join by a one-time code; return where it lies. The same code gives the same request.

    Raises:
        StationError: `already-enrolled`, `code-malformed`, those of `write_request`.
    """
    finish_restore(folder)
    home = StationHome(folder)
    if home.enrolled:
        raise StationError("already-enrolled", org=home.identity().org)
    code = parse_enrolment_code(code_text)
    key_slots = home.slots()
    device_key, box_key = home.device_key(), home.box_key()
    engine = open_journal(home, key_slots.unlock_device())
    epoch, code_hash = first_epoch(engine), hash_code(code.secret)
    body = pack(
        {
            "public_key": device_key.public.hex(),
            "epoch": epoch,
            "box_key": box_key.public.hex(),
            "tag": code_tag(code_hash),
            "proof": code_proof(code_hash, device_key.public, bytes.fromhex(epoch), box_key.public).hex(),
        }
    )
    call, answers = _call(home, ENROL_PATH, body)
    with writing(engine) as connection:
        waited = {"key_hash": code.key_hash, "answers": answers}
        StationBookOnDisk(connection).save_setting(_WAITED_FOR, waited)
    return write_request(path, JoinFile(JoinKind.ENROL, call.device, pack_calls([call])))


def take_enrolment(folder: Path, path: Path) -> Joined:
    """Join by the grant in a file; everything is checked before anything is written.

    Raises:
        StationError: `already-enrolled`, those of `read_grant`, `grant-kind`, `grant-elsewhere`, `grant-not-asked`,
            `grant-forged`.
    """
    finish_restore(folder)
    home = StationHome(folder)
    if home.enrolled:
        raise StationError("already-enrolled", org=home.identity().org)
    file = read_grant(path)
    if not home.journal.exists():
        raise StationError("grant-not-asked")
    engine = open_journal(home, home.slots().unlock_device())
    waited = _waited_for(engine)
    reply = _opened(home, file, JoinKind.ENROL, device_id(home.device_key().public))
    if waited is None or reply.answers != waited.answers:
        raise StationError("grant-not-asked")
    answer = _object(reply.body)
    center = _center_in(answer, EnrolmentCode("", waited.key_hash))
    _require_signed(center.public_key, reply)
    return finish_enrolment(home, engine, answer, center)


def _waited_for(engine: Engine) -> _Waited | None:
    with writing(engine) as connection:
        found = StationBookOnDisk(connection).setting(_WAITED_FOR)
    return _Waited(**found) if found else None


def _center_in(answer: Mapping[str, Any], code: EnrolmentCode) -> Center:
    """Return the center of a grant; `grant-forged` where it is not the one that the code names."""
    url, authority_pem = answer.get("center_url"), answer.get("authority")
    if not isinstance(url, str) or not isinstance(authority_pem, str):
        raise StationError("grant-forged")
    public_key = authority_public_key(authority_pem)
    if not code.matches(public_key):
        raise StationError("grant-forged")
    return Center(url, public_key, authority_pem)


def request_activation(folder: Path, name: str, code_text: str, path: Path) -> Path:
    """Write a worker's request to be activated on this PC, sealed to the center; return where it lies.

    Raises:
        StationError: `not-enrolled`, `code-malformed`, `package-center-older`: this PC knows no key of its center to
            seal to; those of `write_request`.
    """
    finish_restore(folder)
    home = StationHome(folder)
    me, code = home.identity(), parse_activation_code(code_text)
    center_box = home.card().center_box
    if not center_box:
        raise StationError("package-center-older")
    person_key = home.activation_key(name)
    proof = person_key.sign(ACTIVATION, activation_bytes(me.device, code))
    record = {"name": name, "code": code, "public_key": person_key.public.hex(), "proof": proof.hex()}
    recovery = home.slots().recovery_box()
    if recovery is not None:
        # Always: another worker may have locked this PC when the grant comes.
        record |= {"recovery_box": recovery.hex(), "box_key": home.box_key().public.hex()}
    call, _ = _call(home, ACTIVATE_PATH, pack(record))
    sealed = seal_to(bytes.fromhex(center_box), pack_calls([call]), request_aad(me.device))
    return write_request(path, JoinFile(JoinKind.ACTIVATE, me.device, sealed))


def take_activation(folder: Path, path: Path, pin: str, name: str = "") -> Worker:
    """A worker's first sign-in by the grant in a file: the PIN opens this PC from now on.

    Args:
        name: who it is for; "" takes whom the grant names.

    Raises:
        StationError: `not-enrolled`, `pin-length`, `pin-too-simple`, those of `read_grant`, `grant-kind`,
            `grant-elsewhere`, `grant-forged`, `grant-not-asked`, `grant-of-other` (name), `worker-disabled`.
    """
    finish_restore(folder)
    home = StationHome(folder)
    me = home.identity()
    check_pin(plain_pin(pin))
    reply = _opened(home, read_grant(path), JoinKind.ACTIVATE, me.device)
    _require_signed(bytes.fromhex(me.center_key), reply)
    answer = _object(reply.body)
    person = _person_in(answer)
    if name and person.name != name:
        raise StationError("grant-of-other", name=person.name)
    if not _waits_for(home, me, person):
        raise StationError("grant-not-asked")
    return finish_activation(home, person.name, pin, _database_key(home, answer), answer)


def _person_in(answer: Mapping[str, Any]) -> PersonCredential:
    found = read_credential(Signed.from_wire(answer.get("credential")).payload)
    if not isinstance(found, PersonCredential):
        raise StationError("grant-forged")
    return found


def _waits_for(home: StationHome, me: Identity, person: PersonCredential) -> bool:
    """Tell whether the key that a grant certifies is the one that was made here for the request."""
    if person.device != me.device or not home.waits_for_activation(person.name):
        return False
    return home.activation_key(person.name).public == person.public_key


def _database_key(home: StationHome, answer: Mapping[str, Any]) -> bytes:
    key_slots = home.slots()
    if key_slots.has_device_slot():
        return key_slots.unlock_device()
    return open_box(home.box_key().private, bytes.fromhex(answer["database_key"]), RECOVERED_KEY)


def _call(home: StationHome, path: str, body: bytes) -> tuple[CarriedCall, str]:
    """Return a call to the center that is carried, and by what its reply names it."""
    device_key, signed = home.device_key(), request_bytes(path, body, "")
    call = CarriedCall(device_id(device_key.public), device_key.sign(REQUEST, signed), body)
    return call, hashlib.sha256(signed).hexdigest()


def _opened(home: StationHome, file: JoinFile, kind: JoinKind, device: str) -> CarriedReply:
    if file.device != device:
        raise StationError("grant-elsewhere")
    if file.kind != kind:
        raise StationError("grant-kind")
    try:
        return only_reply(open_box(home.box_key().private, file.contents, grant_aad(kind, device)))
    except StationError:
        raise StationError("grant-elsewhere") from None


def _require_signed(center_key: bytes, reply: CarriedReply) -> None:
    if not verify(center_key, REPLY, answer_bytes(reply.answers, reply.body), reply.signature):
        raise StationError("grant-forged")


def _object(body: bytes) -> dict[str, Any]:
    found = unpack(body)
    if not isinstance(found, dict):
        raise StationError("grant-forged")
    return found
