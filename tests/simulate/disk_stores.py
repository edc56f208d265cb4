"""The stores of a world on real databases: stations on SQLCipher, centers on SQLite or PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from station_app.bootstrap.center import body_cipher
from station_app.domain.errors import StationError
from station_app.keys.sealing import KEY_BYTES
from station_app.protocol.event import Event
from station_app.storage.engine import reading, writing
from station_app.storage.registry import RegistryOnDisk
from station_app.storage.station_book import StationBookOnDisk
from tests.fakes import PowerCutError, StationTables, Store, Table
from tests.postgres import Server
from tests.simulate.building import Stores
from tests.simulate.chance import Chance
from tests.simulate.databases import Database, OnServer, center_file, center_on, drop_all_on, station_file
from tests.simulate.looking import change_between, load_center, load_station, remembering
from tests.simulate.processes import Processes
from tests.simulate.tree import person

Load = Callable[[Connection, Any], Any]


class _UndoneError(Exception):
    """Nothing of a rehearsal is kept."""


class DiskStore(Store):
    """A database that is looked at like a store in memory.

    Args:
        database: where it lies.
        make_book: makes the port of one transaction.
        load: reads it into tables, given those that were read before, None for nothing.

    `processes` are those of the program beside this one that have it open too.
    """

    def __init__(self, database: Database, make_book: Callable[[Connection], Any], load: Load) -> None:
        self.cut = ""
        self.watch = None
        self.rot: Table[int, Event] = Table()
        self.processes: Processes | None = None
        self._database = database
        self._make_book = make_book
        self._load = load
        self._rehearsed = None
        self._seen: Any = None
        self._engine: Engine = database.open()

    @property
    def tables(self) -> Any:
        if self._seen is None:
            with reading(self._engine) as connection:
                self._seen = self._look(connection)
        return self._seen

    def _look(self, connection: Connection) -> Any:
        found = self._load(connection, self._seen)
        if isinstance(found, StationTables):
            found.rot = self.rot
        return found

    @contextmanager
    def write(self) -> Iterator[Any]:
        before = self.tables
        try:
            with writing(self._engine) as connection:
                yield self._make_book(connection)
                after = self._look(connection)
                self._before_commit(before, after)
        except _UndoneError:
            return
        cut, self.cut = self.cut, ""
        self._note(before, after)
        if cut == "after":
            raise PowerCutError

    def _before_commit(self, before: Any, after: Any) -> None:
        if self._rehearsed is not None:
            self._rehearsed |= change_between(before, after).names()
            raise _UndoneError
        if self.cut in ("before", "full"):
            cut, self.cut = self.cut, ""
            raise PowerCutError if cut == "before" else StationError("disk-full")

    def _note(self, before: Any, after: Any) -> None:
        self._seen = after
        if self.watch is not None:
            self.watch(change_between(before, after))

    @contextmanager
    def read(self) -> Iterator[Any]:
        with reading(self._engine) as connection:
            yield self._make_book(connection)

    @property
    def is_rehearsing(self) -> bool:
        """Tell whether nothing of what is done now is kept."""
        return self._rehearsed is not None

    def note_work(self, cut: str, rehearsed: set[str], *, commits: int) -> None:
        """Look at what another process has done.

        Args:
            cut: what is still to become of the next commit.
            rehearsed: the tables that it would have changed.
        """
        self.cut = cut
        if self._rehearsed is not None:
            self._rehearsed |= rehearsed
        if commits:
            before = self.tables
            with reading(self._engine) as connection:
                after = self._look(connection)
            self._note(before, after)

    def take_copy(self) -> Any:
        """Return a copy of the database, as a backup has it."""
        self.close()
        try:
            return self._database.take_copy()
        finally:
            self._engine = self._database.open()

    def put_copy(self, copy: Any) -> None:
        """Put the database back to a copy."""
        self.close()
        self._database.put_copy(copy)
        self._engine, self._seen = self._database.open(), None

    def close(self) -> None:
        """End all connections, and the processes that have some."""
        self._engine.dispose()
        if self.processes is not None:
            self.processes.end()

    def read_anew(self, book: Any) -> None:
        """Leave the events as they are: a database has no memory of what programs understood."""
        self._seen = None


class DiskStores(Stores):
    """Stores whose databases are made in a folder; those of centers on a server, where there is one.

    Args:
        server: two processes of each center have the database there open, and do its work.
    """

    def __init__(self, folder: Path, server: Server | None = None) -> None:
        self.folder = folder
        self.server = server
        self._made: list[DiskStore] = []

    def station(self, name: str) -> Store:
        database = station_file(self.folder / f"station-{name}.db")
        return self._keep(DiskStore(database, StationBookOnDisk, load_station))

    def center(self, name: str) -> Store:
        file = self.folder / f"center-{name}.db"
        database = center_file(file) if self.server is None else center_on(self.server)
        body_key = os.urandom(KEY_BYTES)
        cipher = body_cipher(body_key)
        load = partial(load_center, cipher=remembering(cipher))
        store = DiskStore(database, partial(RegistryOnDisk, cipher=cipher), load)
        store.body_key = body_key
        if isinstance(database, OnServer):
            store.processes = Processes(database.server.address(database.name))
        return self._keep(store)

    def who_comes(self, chance: Chance) -> dict[str, Any]:
        return person(chance)

    def _keep(self, store: DiskStore) -> DiskStore:
        self._made.append(store)
        return store

    def close(self) -> None:
        """End all connections, and leave nothing on the server."""
        for store in self._made:
            store.close()
        if self.server is not None:
            drop_all_on(self.server)
