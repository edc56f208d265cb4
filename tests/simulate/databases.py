"""Where the stores of a world lie on disk: in files of SQLite, or in databases of a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from sqlalchemy import Engine

from station_app.bootstrap.center_database import TABLES
from station_app.storage.engine import open_encrypted, open_plain
from station_app.storage.postgres import open_postgres
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.storage.station_rows import STATION
from tests.postgres import Server

_NUMBERS = count(1)
_PREFIX = "simulated_"


class Database(Protocol):
    """A database with empty tables at first; while it is copied or put back, nobody has it open."""

    def open(self) -> Engine: ...
    def take_copy(self) -> Any: ...
    def put_copy(self, copy: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class File:
    """A database in a file."""

    path: Path
    opened: Callable[[Path], Engine]

    def open(self) -> Engine:
        return self.opened(self.path)

    def take_copy(self) -> bytes:
        assert not self.path.with_name(f"{self.path.name}-wal").exists(), "somebody has it open"
        return self.path.read_bytes()

    def put_copy(self, copy: bytes) -> None:
        self.path.write_bytes(copy)


def _encrypted(path: Path) -> Engine:
    return open_encrypted(path, bytes(32))


def station_file(path: Path) -> File:
    """Make a station's journal."""
    path.write_bytes(_new_station())
    return File(path, _encrypted)


def center_file(path: Path) -> File:
    """Make a center's database in a file."""
    path.write_bytes(_new_center())
    return File(path, open_plain)


@cache
def _new_station() -> bytes:
    return _new_file(_encrypted, tables(SHARED + STATION))


@cache
def _new_center() -> bytes:
    return _new_file(open_plain, TABLES)


def _new_file(opened: Callable[[Path], Engine], wanted: Any) -> bytes:
    with TemporaryDirectory() as folder:
        file = File(Path(folder, "new.db"), opened)
        _make(file.open(), wanted)
        return file.take_copy()


def _make(engine: Engine, wanted: Any) -> None:
    prepare(engine, wanted)
    engine.dispose()


@dataclass(frozen=True, slots=True)
class OnServer:
    """A center's database on a server."""

    server: Server
    name: str

    def open(self) -> Engine:
        return open_postgres(self.server.address(self.name))

    def take_copy(self) -> str:
        return _copy(self.server, self.name)

    def put_copy(self, copy: str) -> None:
        self.server.run(f"DROP DATABASE {self.name}")
        _copy(self.server, copy, self.name)


def center_on(server: Server) -> OnServer:
    """Make a center's database on a server."""
    return OnServer(server, _copy(server, _new_on(server)))


def drop_all_on(server: Server) -> None:
    """Drop the databases that were made on a server, and their copies."""
    for name in databases_on(server):
        server.run(f"DROP DATABASE {name}")


def databases_on(server: Server) -> list[str]:
    """Return the databases that were made on a server, and their copies."""
    names = [name for (name,) in server.run("SELECT datname FROM pg_database")]
    return [name for name in names if name.startswith(_PREFIX)]


@cache
def _new_on(server: Server) -> str:
    database = OnServer(server, f"new_center_{next(_NUMBERS)}")
    server.database(database.name)
    _make(database.open(), TABLES)
    return database.name


def _copy(server: Server, name: str, to: str = "") -> str:
    to = to or f"{_PREFIX}{next(_NUMBERS)}"
    server.run(f"CREATE DATABASE {to} TEMPLATE {name} STRATEGY wal_log")
    return to
