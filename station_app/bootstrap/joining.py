"""Joining an office and activating a worker: by network here, by file in `joining_by_file`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from station_app.bootstrap.received_keys import center_box_in
from station_app.bootstrap.restoring import finish_restore
from station_app.bootstrap.station import open_journal, worker_in
from station_app.bootstrap.station_home import HomeCard, StationHome
from station_app.bootstrap.station_line import checked, checks, line_to, new_epoch, timeout_s
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.domain.people import Worker
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, DOCUMENT_CONTEXT
from station_app.exchange.ports import Link
from station_app.keys.codes import parse_activation_code, parse_enrolment_code
from station_app.keys.pins import check_pin, plain_pin
from station_app.keys.sealing import generate_box_key, open_box
from station_app.keys.slots import PhoneKey, Unlocked
from station_app.protocol.requests import RECOVERED_KEY
from station_app.protocol.signed import device_id, read_credential, read_document
from station_app.storage.engine import writing
from station_app.storage.station_book import StationBookOnDisk
from station_app.sync.center_client import CenterClient, LockedPc
from station_app.sync.loop import ANEW_AT_ONCE
from station_app.usecases.ports import Identity


@dataclass(frozen=True, slots=True)
class Joined:
    """A station that has just joined: who it is, and its office's name and level."""

    identity: Identity
    name: str
    level: str


def enrol(folder: Path, center_url: str, code_text: str) -> Joined:
    """Join this folder to its office by network. Interrupted anywhere, it can be run again with the same code.

    Raises:
        StationError: `already-enrolled`, `code-malformed`, `center-key-differs`, and those of the center and the way.
    """
    from station_app.sync.transport import fetch_first_contact

    finish_restore(folder)
    home = StationHome(folder)
    if home.enrolled:
        raise StationError("already-enrolled", org=home.identity().org)
    code = parse_enrolment_code(code_text)
    contact = fetch_first_contact(center_url, timeout_s())
    if not code.matches(contact.public_key):
        raise StationError("center-key-differs", address=center_url)
    key_slots = home.slots()
    device_key, box_key = home.device_key(), home.box_key()
    engine = open_journal(home, key_slots.unlock_device())
    epoch = first_epoch(engine)
    with line_to(center_url, contact.authority_pem) as transport:
        answer = CenterClient(transport, device_key, contact.public_key).enrol(code.secret, epoch, box_key.public)
    return finish_enrolment(home, engine, answer, Center(center_url, contact.public_key, contact.authority_pem))


@dataclass(frozen=True, slots=True)
class Center:
    """The center that a PC joins: where it is reached ("" where nobody knows), its key, and its certificate."""

    url: str
    public_key: bytes
    authority_pem: str


def finish_enrolment(home: StationHome, engine: Engine, answer: dict[str, Any], center: Center) -> Joined:
    """Write what the center has answered to an enrolment; everything is checked before anything is written.

    Raises:
        StationError: `center-record-forged`.
    """
    me = Identity(
        device=device_id(home.device_key().public),
        epoch=answer["epoch"],
        tag=answer["tag"],
        org=answer["org"],
        center_url=center.url,
        center_device=answer["center_device"],
        center_key=center.public_key.hex(),
        authority_pem=center.authority_pem,
    )
    by_center = checks(center.public_key)
    documents = [read_document(checked(by_center, DOCUMENT_CONTEXT, wire)) for wire in answer["documents"]]
    credentials = [checked(by_center, CREDENTIAL_CONTEXT, wire) for wire in answer["credentials"]]
    card = HomeCard(answer["name"], Level(answer["level"]), center_box=center_box_in(documents))
    home.slots().add_recovery(bytes.fromhex(answer["recovery_public"]), me.device)
    with writing(engine) as connection:
        book = StationBookOnDisk(connection)
        book.save_identity(me)
        book.save_credentials(credentials)
        for document in documents:
            book.save_document(document)
        # There is no case yet: noted here, reading and checking have nothing to write.
        book.look_anew(ANEW_AT_ONCE)
        book.save_link(Link(incarnation=answer["incarnation"], nonce=answer["nonce"]))
    home.save_card(card)
    home.save_identity(me)
    return Joined(me, answer["name"], answer["level"])


def first_epoch(engine: Engine) -> str:
    """Return the epoch in which this PC will begin to write, the same one until it has joined."""
    with writing(engine) as connection:
        book = StationBookOnDisk(connection)
        epoch = book.setting("epoch") or new_epoch()
        book.save_setting("epoch", epoch)
    return str(epoch)


def activate(folder: Path, name: str, code_text: str, pin: str) -> Worker:
    """A worker's first sign-in on this PC: the center certifies a new key, the PIN opens it from now on.

    Raises:
        StationError: `code-malformed`, `pin-length`, `pin-too-simple`, and those of the center and the way.
    """
    finish_restore(folder)
    home = StationHome(folder)
    me = home.identity()
    code = parse_activation_code(code_text)
    key_slots = home.slots()
    check_pin(plain_pin(pin))
    box_key = generate_box_key()
    locked = None
    if not key_slots.has_device_slot():
        locked = LockedPc(key_slots.recovery_box() or b"", box_key.public)
    person_key = home.activation_key(name)
    device_key = home.device_key()
    with line_to(me.center_url, me.authority_pem) as transport:
        client = CenterClient(transport, device_key, bytes.fromhex(me.center_key))
        answer = client.activate(name, code, person_key, locked)
    database_key = (
        key_slots.unlock_device()
        if locked is None
        else open_box(box_key.private, bytes.fromhex(answer["database_key"]), RECOVERED_KEY)
    )
    return finish_activation(home, name, pin, database_key, answer)


def finish_activation(home: StationHome, name: str, pin: str, database_key: bytes, answer: dict[str, Any]) -> Worker:
    """Write what the center has answered to an activation: the worker's PIN opens this PC from now on.

    Raises:
        StationError: `center-record-forged`, `worker-unknown-here`, `worker-disabled`.
    """
    person_key, key_slots = home.activation_key(name), home.slots()
    worker = _save_activation(home, home.identity(), database_key, answer)
    key_slots.add_worker(name, pin, worker.person_id, person_key.seed, database_key)
    number, public = answer["phone"]
    unlocked = Unlocked(database_key, worker.person_id, person_key.seed)
    key_slots.keep_phone_key(name, unlocked, PhoneKey(number, bytes.fromhex(public)))
    key_slots.remove_device_slot()
    home.forget_activation_key(name)
    card = home.card()
    home.save_card(replace(card, workers=tuple(dict.fromkeys((*card.workers, name)))))
    return worker


def _save_activation(home: StationHome, me: Identity, database_key: bytes, answer: dict[str, Any]) -> Worker:
    by_center = checks(bytes.fromhex(me.center_key))
    credential = checked(by_center, CREDENTIAL_CONTEXT, answer["credential"])
    documents = [checked(by_center, DOCUMENT_CONTEXT, wire) for wire in answer["documents"]]
    engine = open_journal(home, database_key)
    with writing(engine) as connection:
        book = StationBookOnDisk(connection)
        book.save_credentials([credential])
        for document in documents:
            book.save_document(read_document(document))
        person = read_credential(credential.payload)
        return worker_in(book, getattr(person, "person", ""))
