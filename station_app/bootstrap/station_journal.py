"""The journal of a station on this PC's disk: opened, written with a note beside it, gone on with after a restore."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy import Engine

from station_app.bootstrap.station_home import StationHome
from station_app.domain.errors import StationError
from station_app.storage.engine import folder_of, open_encrypted, reading, writing
from station_app.storage.reserve import Reserve
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.storage.station_book import StationBookOnDisk
from station_app.storage.station_rows import STATION
from station_app.usecases.serials import resume, written
from station_app.usecases.times import local_day


def now() -> datetime:
    """Return this PC's UTC clock."""
    return datetime.now(UTC)


def new_epoch() -> str:
    """Return a new random epoch."""
    return secrets.token_hex(8)


def epoch_of(engine: Engine) -> str:
    """Return the epoch of a journal whose PC joins; the same one if joining was cut off and is done again."""
    with writing(engine) as connection:
        book = StationBookOnDisk(connection)
        epoch = book.setting("epoch") or new_epoch()
        book.save_setting("epoch", epoch)
    return str(epoch)


def require_journal(home: StationHome) -> None:
    """Raise `database-damaged` where this PC has joined and its journal is gone or empty."""
    # SQLite would make an empty one in place of a lost one, and the loss would look like a new PC.
    if not (home.journal.exists() and home.journal.stat().st_size):
        raise StationError("database-damaged")


def open_journal(home: StationHome, database_key: bytes) -> Engine:
    """Open the journal with its key, made or brought to this version's schema; `database-damaged` if it is gone."""
    if home.enrolled:
        require_journal(home)
    Reserve(home.folder).look_after()
    engine = open_encrypted(home.journal, database_key)
    prepare(engine, tables(SHARED + STATION))
    return engine


def go_on(home: StationHome, engine: Engine) -> None:
    """Go on under a new epoch where the journal was put back from an older copy, as the note beside it shows."""
    noted = home.written()
    if noted is not None:
        with open_book(engine, write=True) as book:
            resume(book, noted, new_epoch())


@contextmanager
def noted_book(home: StationHome, engine: Engine) -> Iterator[StationBookOnDisk]:
    """Open the book for one writing transaction; what it appended is noted beside the journal once it is saved."""
    noted = None
    with open_book(engine, write=True) as book:
        yield book
        if book.appended:
            noted = written(book, local_day(now()))
    if noted is not None:
        # The save is done; a note that can't be written (a full disk) must not make it look as if it were not.
        with suppress(OSError):
            home.save_written(noted)


@contextmanager
def open_book(engine: Engine, *, write: bool) -> Iterator[StationBookOnDisk]:
    """Open the book for one transaction; where the disk is full, the room kept for that is given up."""
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
