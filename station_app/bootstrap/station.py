"""Joining the real parts of a station: disk, keys, network, clock."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from station_app.bootstrap.exchange_fully import exchange_fully
from station_app.bootstrap.in_use import InUse, coming_in, take_place
from station_app.bootstrap.received_keys import keep_received_keys
from station_app.bootstrap.restored_mark import drop_mark, mark_in
from station_app.bootstrap.restoring import finish_restore
from station_app.bootstrap.station_files import StationFiles
from station_app.bootstrap.station_home import EXCHANGE_LOCK, HomeCard, StationHome
from station_app.bootstrap.station_line import checked, checks, client, line_to, new_epoch, timeout_s
from station_app.carriers.shelf import Shelf
from station_app.domain.attachments import SealedFile
from station_app.domain.calendar import SHANGHAI
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.domain.people import Role, Worker
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, DOCUMENT_CONTEXT
from station_app.exchange.ports import Link
from station_app.exchange.writing import Pen
from station_app.keys.codes import parse_activation_code, parse_enrolment_code
from station_app.keys.key_files import exclusive
from station_app.keys.pins import check_pin, plain_pin
from station_app.keys.sealing import generate_box_key, open_box
from station_app.keys.signing import EVENT_DEVICE, EVENT_PERSON, SigningKey
from station_app.keys.slots import PhoneKey, Unlocked
from station_app.protocol.requests import RECOVERED_KEY
from station_app.protocol.signed import device_id, read_credential, read_document
from station_app.storage.engine import folder_of, open_encrypted, reading, writing
from station_app.storage.reserve import Reserve
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.storage.station_book import StationBookOnDisk
from station_app.storage.station_rows import STATION
from station_app.sync.center_client import CenterClient, LockedPc
from station_app.sync.loop import ANEW_AT_ONCE, LoopParts, Report, SyncLoop
from station_app.sync.uploads import UploadParts, Uploads, fetch_file
from station_app.usecases.leased_numbers import leave_blocks
from station_app.usecases.ports import Book, Desk, Identity
from station_app.usecases.run_center import ORGANISATIONS
from station_app.usecases.serials import resume, resume_restored, written
from station_app.usecases.times import local_day

__all__ = ["Joined", "Report", "SignedIn", "activate", "enrol", "exchange_fully", "now", "sign_in"]


def now() -> datetime:
    """Return this PC's UTC clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A station that a worker has signed in to."""

    home: StationHome
    engine: Engine
    desk: Desk
    device_key: SigningKey
    keep_keys: Callable[[], None]
    database_key: bytes = field(repr=False)
    in_use: InUse | None

    def close(self) -> None:
        """Let go of the journal, and of the place at it."""
        self.engine.dispose()
        if self.in_use is not None:
            self.in_use.leave()

    @property
    def files(self) -> StationFiles:
        """Return the files of attachments on this PC."""
        return StationFiles(Shelf(self.home.folder), self.desk.entropy)

    def uploads(self) -> Uploads:
        """Return what sends files of attachments to the center, over a line of its own."""
        desk = self.desk
        line = client(self.home.identity(), self.device_key)
        return Uploads(UploadParts(line, self.files.shelf, desk.open_book, desk.read_book, time.monotonic))

    def fetch(self, sealed: SealedFile, tell: Callable[[int, int], bool]) -> None:
        """Bring a file of an attachment from the center to this PC; see `fetch_file`."""
        with line_to(self.home.identity().center_url, self.home.identity().authority_pem) as transport:
            caller = CenterClient(transport, self.device_key, bytes.fromhex(self.home.identity().center_key))
            fetch_file(caller, self.files.shelf, sealed.file, sealed.size, tell)
        if self.files.shelf.has(sealed.file):
            with self.desk.open_book() as book:
                book.keep_file(sealed.file)

    def loop(self, interval_s: float) -> SyncLoop:
        """Return the loop that exchanges with the center."""
        me = self.home.identity()
        return SyncLoop(
            LoopParts(
                client=client(me, self.device_key),
                open_book=self.desk.open_book,
                read_book=self.desk.read_book,
                checks=checks(bytes.fromhex(me.center_key), self.desk.read_book),
                now=now,
                jitter=lambda: secrets.randbelow(1000) / 1000,
                rest=time.sleep,
                one_at_a_time=lambda: exclusive(self.home.folder, EXCHANGE_LOCK),
                applied=self.keep_keys,
                uploads=self.uploads(),
            ),
            interval_s,
        )


def sign_in(folder: Path, name: str, pin: str) -> SignedIn:
    """Open the journal for a worker.

    Raises:
        StationError: `not-enrolled`, `worker-unknown-here`, `pin-wrong`, `worker-disabled`.
    """
    finish_restore(folder)
    home = StationHome(folder)
    home.identity()
    with coming_in(folder):
        in_use = take_place(folder)
    key_slots = home.slots()
    unlocked = key_slots.unlock(name, pin, now())
    if key_slots.has_device_slot():
        # The first activation was cut off just before it locked the PC.
        key_slots.remove_device_slot()
    home.forget_activation_key(name)
    engine = _open_journal(home, unlocked.database_key)
    # Held for as long as anybody can read or write by it.
    engine.update_execution_options(in_use=in_use)
    device_key = home.device_key()
    person_key = SigningKey.from_seed(unlocked.person_seed)
    _resume(home, engine)
    with _book(engine, write=False) as book:
        worker = _worker(book, unlocked.person_id)
    pen = Pen(
        device=lambda data: device_key.sign(EVENT_DEVICE, data),
        person=lambda data: person_key.sign(EVENT_PERSON, data),
    )
    desk = Desk(
        worker=worker,
        pen=pen,
        open_book=lambda: _noted_book(home, engine),
        read_book=lambda: _book(engine, write=False),
        now=now,
        entropy=os.urandom,
    )
    keep_keys = partial(keep_received_keys, home, name, unlocked, desk)
    keep_keys()
    return SignedIn(home, engine, desk, device_key, keep_keys, unlocked.database_key, in_use)


def _worker(book: Book, person_id: str) -> Worker:
    me = book.identity()
    credential = book.credentials().person(person_id, me.device)
    if credential is None:
        raise StationError("worker-unknown-here")
    organisations = book.document(ORGANISATIONS)
    accounts: Any = organisations.content.get("accounts", []) if organisations else []
    if any(account["person"] == person_id and account["disabled"] for account in accounts):
        raise StationError("worker-disabled", name=credential.name)
    return Worker(person_id, credential.name, credential.org, frozenset(Role(role) for role in credential.roles))


def nobody_signed_in(folder: Path) -> dict[str, Any]:
    """Return what can be told of a PC on which nobody is signed in: its journal is there, closed, and kept.

    Raises:
        StationError: `not-enrolled`, `database-damaged` if the journal is gone, faults of the key slots.
    """
    home = StationHome(folder)
    me = home.identity()
    _require_journal(home)
    return {
        "signed_in": "",
        "device": me.device,
        "org": me.org,
        "office": home.card().office_name,
        "workers": home.slots().worker_count(),
        "journal_bytes": home.journal.stat().st_size,
    }


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

    home = StationHome(folder)
    if home.enrolled:
        raise StationError("already-enrolled", org=home.identity().org)
    code = parse_enrolment_code(code_text)
    contact = fetch_first_contact(center_url, timeout_s())
    if not code.matches(contact.public_key):
        raise StationError("center-key-differs", address=center_url)
    key_slots = home.slots()
    device_key, box_key = home.device_key(), home.box_key()
    engine = _open_journal(home, key_slots.unlock_device())
    epoch = _epoch(engine)
    with line_to(center_url, contact.authority_pem) as transport:
        answer = CenterClient(transport, device_key, contact.public_key).enrol(code.secret, epoch, box_key.public)
    me = Identity(
        device=device_id(device_key.public),
        epoch=answer["epoch"],
        tag=answer["tag"],
        org=answer["org"],
        center_url=center_url,
        center_device=answer["center_device"],
        center_key=contact.public_key.hex(),
        authority_pem=contact.authority_pem,
    )
    key_slots.add_recovery(bytes.fromhex(answer["recovery_public"]), me.device)
    _save_enrolment(engine, me, answer)
    home.save_card(HomeCard(answer["name"], Level(answer["level"])))
    home.save_identity(me)
    return Joined(me, answer["name"], answer["level"])


def _epoch(engine: Engine) -> str:
    with writing(engine) as connection:
        book = StationBookOnDisk(connection)
        epoch = book.setting("epoch") or new_epoch()
        book.save_setting("epoch", epoch)
    return str(epoch)


def _save_enrolment(engine: Engine, me: Identity, answer: dict[str, Any]) -> None:
    by_center = checks(bytes.fromhex(me.center_key))
    documents = [checked(by_center, DOCUMENT_CONTEXT, wire) for wire in answer["documents"]]
    credentials = [checked(by_center, CREDENTIAL_CONTEXT, wire) for wire in answer["credentials"]]
    with writing(engine) as connection:
        book = StationBookOnDisk(connection)
        book.save_identity(me)
        book.save_credentials(credentials)
        for document in documents:
            book.save_document(read_document(document))
        # There is no case yet: noted here, reading and checking have nothing to write.
        book.look_anew(ANEW_AT_ONCE)
        book.save_link(Link(incarnation=answer["incarnation"], nonce=answer["nonce"]))


def activate(folder: Path, name: str, code_text: str, pin: str) -> Worker:
    """A worker's first sign-in on this PC: the center certifies a new key, the PIN opens it from now on.

    Raises:
        StationError: `code-malformed`, `pin-length`, `pin-too-simple`, and those of the center and the way.
    """
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
    worker = _save_activation(home, me, database_key, answer)
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
    engine = _open_journal(home, database_key)
    with writing(engine) as connection:
        book = StationBookOnDisk(connection)
        book.save_credentials([credential])
        for document in documents:
            book.save_document(read_document(document))
        person = read_credential(credential.payload)
        return _worker(book, getattr(person, "person", ""))


def _require_journal(home: StationHome) -> None:
    # SQLite would make an empty one in place of a lost one, and the loss would look like a new PC.
    if not (home.journal.exists() and home.journal.stat().st_size):
        raise StationError("database-damaged")


def _open_journal(home: StationHome, database_key: bytes) -> Engine:
    if home.enrolled:
        _require_journal(home)
    Reserve(home.folder).look_after()
    engine = open_encrypted(home.journal, database_key)
    prepare(engine, tables(SHARED + STATION))
    return engine


def _resume(home: StationHome, engine: Engine) -> None:
    """Go on under a new epoch where the journal was put back: the note beside it shows it, or the mark of a restore."""
    noted, mark = home.written(), mark_in(home.folder)
    with _book(engine, write=True) as book:
        if mark is not None:
            at = now().astimezone(SHANGHAI) if mark.note_is_older else None
            anew = resume_restored(book, noted, mark.epoch, at)
        else:
            anew = resume(book, noted, new_epoch()) if noted else leave_blocks(book, new_epoch())
        noted = written(book, local_day(now())) if anew or mark else None
    if noted is not None:
        # Now: else the next sign-in would find the journal behind once more, and go on under a further epoch. But a
        # full disk keeps nobody out.
        with suppress(OSError):
            home.save_written(noted)
            if mark is not None:
                drop_mark(home.folder)


@contextmanager
def _noted_book(home: StationHome, engine: Engine) -> Iterator[StationBookOnDisk]:
    noted = None
    with _book(engine, write=True) as book:
        yield book
        if book.appended:
            noted = written(book, local_day(now()))
    if noted is not None:
        # The save is done; a note that can't be written (a full disk) must not make it look as if it were not.
        with suppress(OSError):
            home.save_written(noted)


@contextmanager
def _book(engine: Engine, *, write: bool) -> Iterator[StationBookOnDisk]:
    if not write:
        with reading(engine) as connection:
            yield StationBookOnDisk(connection)
        return
    reserve = Reserve(folder_of(engine))
    reserve.look_after()
    try:
        with writing(engine) as connection:
            yield StationBookOnDisk(connection)
    except StationError as error:
        if error.code == "disk-full":
            # More than one save needs, like a page of the feed: done again, it has the room.
            reserve.give_up()
        raise
