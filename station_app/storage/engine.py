"""Transactions of a store, and opening SQLite, encrypted or plain, with the PRAGMAs that durability rests on."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from station_app.domain.errors import StationError
from station_app.messages.deletions import Deleted, log_deletion

PRAGMAS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 15000,
    "trusted_schema": 0,
    # What is removed is overwritten, in the pages that stay and in those that become free.
    "secure_delete": 1,
}
if sys.platform == "darwin":
    PRAGMAS |= {"fullfsync": 1, "checkpoint_fullfsync": 1}

# On a disk this full the few kilobytes beside the file may not fit; then SQLite can't even read, and calls it an input
# or output error, which is otherwise a disk that fails.
_LEAST_FREE_BYTES = 1 << 20
MOST_THREADS = 48
_CACHE_KIB = 16_384
_EMPTY_LOG, _DELETED = "empty_log", "deleted"
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between databases; an engine carries it as its execution option `kind`.

    Args:
        known: what a worker can act on in a driver's error, None for a bug.
        settings: what durability rests on, as it is in force.
        check: "ok", or the first fault of what lies on disk.
        empty_log: takes out of the log beside the file what is in the file meanwhile; nothing where there is none.
        writing, reading: execution options of a transaction.
    """

    known: Callable[[object], StationError | None]
    settings: Callable[[Connection], dict[str, object]]
    check: Callable[[Connection], str]
    empty_log: Callable[[Connection], None]
    writing: Mapping[str, Any] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)


def kind_of(engine: Engine) -> Kind:
    """Return the kind of database behind an engine."""
    kind: Kind = engine.get_execution_options()["kind"]
    return kind


def folder_of(engine: Engine) -> Path:
    """Return the folder that a SQLite database lies in."""
    folder: Path = engine.get_execution_options()["folder"]
    return folder


def open_encrypted(path: Path, key: bytes) -> Engine:
    """Return an engine on a SQLCipher database; `key` is the raw 32-byte key."""
    from sqlcipher3 import dbapi2 as sqlcipher

    def connect() -> Any:
        connection = sqlcipher_connect(path, key)
        # Each page that is read again is decrypted again; what a list of a million cases turns in stays in memory.
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        return connection

    return _engine(connect, sqlcipher, path.parent)


def sqlcipher_connect(path: Path, key: bytes) -> Any:
    """Return a bare connection to a SQLCipher database, with nothing set but its key."""
    from sqlcipher3 import dbapi2 as sqlcipher

    connection = sqlcipher.connect(str(path), check_same_thread=False, timeout=15, isolation_level=None)
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return connection


def open_plain(path: Path) -> Engine:
    """Return an engine on a plain SQLite database, for a center, whose bodies are encrypted one by one."""

    def connect() -> Any:
        return sqlite3.connect(str(path), check_same_thread=False, timeout=15, isolation_level=None)

    return _engine(connect, sqlite3, path.parent)


def _engine(connect: Callable[[], Any], module: Any, folder: Path) -> Engine:
    empty_log = partial(_empty_log, module.Error)
    kind = Kind(known=partial(known_error, folder), settings=_pragmas, check=_check, empty_log=empty_log)
    # As many connections as a server has threads; and what a statement was about never goes into a log.
    engine = create_engine(
        "sqlite://",
        module=module,
        creator=connect,
        poolclass=QueuePool,
        pool_size=MOST_THREADS,
        execution_options={"kind": kind, "folder": folder},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")
        wrong = {name: found for name, (value, found) in _read(connection).items() if str(found).lower() != str(value)}
        if wrong:
            raise StationError("database-not-durable", pragmas=", ".join(f"{n}={v}" for n, v in wrong.items()))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _read(connection: Any) -> dict[str, tuple[str | int, object]]:
    return {name: (value, connection.execute(f"PRAGMA {name}").fetchone()[0]) for name, value in PRAGMAS.items()}


def _pragmas(connection: Connection) -> dict[str, object]:
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}


def _check(connection: Connection) -> str:
    # Says nothing where nothing is wrong, and on a database that is not encrypted.
    for statement in ("PRAGMA cipher_integrity_check", "PRAGMA integrity_check"):
        found = connection.exec_driver_sql(statement)
        faults = [str(row[0]) for row in found if row[0] != "ok"] if found.returns_rows else []
        if faults:
            return faults[0]
    return "ok"


def read_pragmas(engine: Engine) -> dict[str, object]:
    """Return the settings that durability rests on, as they are in force."""
    with reading(engine) as connection:
        return kind_of(engine).settings(connection)


def check_pages(engine: Engine) -> str:
    """Return "ok", or the first fault of the file itself: what no query happens to read is looked at too."""
    with reading(engine) as connection:
        return kind_of(engine).check(connection)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open the one writing transaction: commits at the end, rolls back on any error, durable when it returns."""
    options = {**kind_of(engine).writing, "writing": True}
    with _known_errors(engine), engine.connect() as connection:
        connection.execution_options(**options)
        for name in (_EMPTY_LOG, _DELETED):
            connection.info.pop(name, None)
        with connection.begin():
            yield connection
        for deletion in connection.info.pop(_DELETED, ()):
            log_deletion(*deletion)
        if connection.info.pop(_EMPTY_LOG, False):
            kind_of(engine).empty_log(connection)


def empty_log_after(connection: Connection) -> None:
    """Let the log beside the file be emptied after this commit: it still holds what the transaction has erased.

    Where a reader is at it for longer than a writer waits, it is emptied by a later commit, or when the file is closed.
    """
    connection.info[_EMPTY_LOG] = True


def log_deletion_after(connection: Connection, what: Deleted, how_many: int, ids: Collection[str] = ()) -> None:
    """Let a deletion be logged after this commit: what is rolled back was never deleted. See `log_deletion`."""
    if how_many:
        connection.info.setdefault(_DELETED, []).append((what, how_many, ids))


def _empty_log(of_driver: type[Exception], connection: Connection) -> None:
    # Past SQLAlchemy, which would open a transaction; within one nothing can be emptied. What was to be saved is: that
    # the log can't be emptied (a full disk) must not look as if it were not.
    with suppress(of_driver):
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a reading transaction: one consistent view."""
    with _known_errors(engine), engine.connect() as connection:
        connection.execution_options(**kind_of(engine).reading)
        with connection.begin():
            yield connection


@contextmanager
def _known_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except PoolTimeoutError:
        raise StationError("database-busy") from None
    except DBAPIError as error:
        known = kind_of(engine).known(error.orig)
        if known is None:
            raise
        raise known from error


def known_error(folder: Path, error: object) -> StationError | None:
    """Return what a worker can act on; None for a statement that is wrong, which is a bug."""
    # The lower byte is the kind; sqlcipher3 gives no more than that.
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    failing = kind == sqlite3.SQLITE_IOERR
    if kind == sqlite3.SQLITE_FULL or (failing and shutil.disk_usage(folder).free < _LEAST_FREE_BYTES):
        return StationError("disk-full")
    if kind in _BUSY:
        return StationError("database-busy")
    # A file whose header names a format that no SQLite has comes as a plain error.
    if failing or kind in _DAMAGED or "unsupported file format" in str(error):
        return StationError("database-damaged")
    if kind in _NOT_WRITABLE:
        return StationError("database-not-writable")
    return None
