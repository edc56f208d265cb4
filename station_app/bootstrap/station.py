"""Joining the real parts of a station: disk, keys, network, clock."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from station_app import __version__
from station_app.bootstrap.backup_notes import last_backup
from station_app.bootstrap.exchange_fully import exchange_fully
from station_app.bootstrap.in_use import InUse, coming_in, take_place
from station_app.bootstrap.received_keys import keep_received_keys
from station_app.bootstrap.restored_mark import drop_mark, mark_in
from station_app.bootstrap.restoring import finish_restore
from station_app.bootstrap.station_files import StationFiles
from station_app.bootstrap.station_home import EXCHANGE_LOCK, StationHome
from station_app.bootstrap.station_line import checks, client, line_to, new_epoch
from station_app.carriers.shelf import Shelf
from station_app.domain.attachments import SealedFile
from station_app.domain.calendar import SHANGHAI
from station_app.domain.errors import StationError
from station_app.domain.people import Role, Worker
from station_app.exchange.writing import Pen
from station_app.keys.key_files import exclusive
from station_app.keys.signing import ADMINISTRATOR, EVENT_DEVICE, EVENT_PERSON, SigningKey
from station_app.keys.slots import Unlocked
from station_app.protocol.pc_note import PcNote
from station_app.storage.engine import folder_of, open_encrypted, reading, writing
from station_app.storage.reserve import Reserve
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.storage.station_book import StationBookOnDisk
from station_app.storage.station_rows import STATION
from station_app.sync.center_client import Administrator, CenterClient
from station_app.sync.loop import LoopParts, Report, SyncLoop
from station_app.sync.uploads import UploadParts, Uploads, fetch_file
from station_app.usecases.leased_numbers import leave_blocks
from station_app.usecases.pc_notes import pc_note
from station_app.usecases.ports import Book, Desk
from station_app.usecases.run_center import ORGANISATIONS
from station_app.usecases.serials import resume, resume_restored, written
from station_app.usecases.times import local_day

__all__ = ["Report", "SignedIn", "exchange_fully", "now", "open_journal", "sign_in", "worker_in"]


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
    administrator: Administrator = field(repr=False)
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

    def note_pc(self, book: Book) -> PcNote:
        """Return what this PC tells its center of itself."""
        return pc_note(book, now(), self.home.free_bytes(), last_backup(self.home.folder), __version__)

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
                note_pc=self.note_pc,
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
    engine = open_journal(home, unlocked.database_key)
    # Held for as long as anybody can read or write by it.
    engine.update_execution_options(in_use=in_use)
    device_key = home.device_key()
    person_key = SigningKey.from_seed(unlocked.person_seed)
    _resume(home, engine)
    with _book(engine, write=False) as book:
        worker = worker_in(book, unlocked.person_id)
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
    administrator = administrator_of(unlocked)
    return SignedIn(home, engine, desk, device_key, keep_keys, administrator, unlocked.database_key, in_use)


def administrator_of(unlocked: Unlocked) -> Administrator:
    """Return by what a worker signs requests as an administrator; whether one is, the center knows."""
    key = SigningKey.from_seed(unlocked.person_seed)
    return Administrator(unlocked.person_id, lambda data: key.sign(ADMINISTRATOR, data))


def worker_in(book: Book, person_id: str) -> Worker:
    """Return a worker who is certified on this PC; `worker-unknown-here`, `worker-disabled` otherwise."""
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


def _require_journal(home: StationHome) -> None:
    # SQLite would make an empty one in place of a lost one, and the loss would look like a new PC.
    if not (home.journal.exists() and home.journal.stat().st_size):
        raise StationError("database-damaged")


def open_journal(home: StationHome, database_key: bytes) -> Engine:
    """Open the journal, made where there is none yet; `database-damaged` where a PC that has joined has lost it."""
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
