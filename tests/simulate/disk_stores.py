"""The stores of a world on real databases: stations on SQLCipher, centers on SQLite or PostgreSQL.

`tables` shows what is in them in the form that the stores in memory have, so that the same eyes look at both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.exchange.ports import Head, Refusal
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import FeedRow
from station_app.protocol.signed import Signed, read_document
from station_app.storage.center_rows import FeedHeadRow, FeedRowRow, HeadRow, SubjectRow
from station_app.storage.engine import reading, writing
from station_app.storage.journal import PLAIN
from station_app.storage.registry import RegistryOnDisk
from station_app.storage.rows import DocumentRow, OutboxRow, RefusalRow, SettingRow
from station_app.storage.station_book import StationBookOnDisk
from station_app.storage.station_rows import CounterRow, HopRow, RevocationRow
from station_app.usecases.ports import Slice
from tests.fake_sent import Sent
from tests.fake_station import REFUSED
from tests.fakes import MISSING, CenterTables, Change, PowerCutError, StationTables, Store, Table, tables_of
from tests.postgres import Server
from tests.simulate.building import Stores
from tests.simulate.databases import Database, center_file, center_on, drop_all_on, station_file

Load = Callable[[Connection, Any], Any]
_ALL = Slice(None, 100_000)
_SETTINGS = ("center", "uplink_link", "organisations", "organisations_elsewhere")


class _UndoneError(Exception):
    """Nothing of a rehearsal is kept."""


class DiskStore(Store):
    """A database that is looked at like a store in memory, by one or several processes of its program in turn.

    Args:
        database: where it lies.
        make_book: makes the port of one transaction.
        load: reads it into tables, given those that were read before, None for nothing.
        processes: how many have it open, each with connections of its own.
    """

    def __init__(
        self, database: Database, make_book: Callable[[Connection], Any], load: Load, processes: int = 1
    ) -> None:
        self.cut = ""
        self.watch = None
        self.rot: Table[int, Event] = Table()
        self.processes = [_Process(self, number) for number in range(processes)]
        self._database = database
        self._make_book = make_book
        self._load = load
        self._rehearsed = None
        self._seen: Any = None
        self._engines = self._open_all()

    def _open_all(self) -> list[Engine]:
        return [self._database.open() for _ in self.processes]

    @property
    def tables(self) -> Any:
        if self._seen is None:
            with reading(self._engines[0]) as connection:
                self._seen = self._look(connection)
        return self._seen

    def _look(self, connection: Connection) -> Any:
        found = self._load(connection, self._seen)
        if isinstance(found, StationTables):
            found.rot = self.rot
        return found

    def write(self) -> AbstractContextManager[Any]:
        return self.write_by(0)

    def read(self) -> AbstractContextManager[Any]:
        return self.read_by(0)

    @contextmanager
    def write_by(self, process: int) -> Iterator[Any]:
        """Open the writing transaction in one of the processes."""
        before = self.tables
        try:
            with writing(self._engines[process]) as connection:
                yield self._make_book(connection)
                after = self._look(connection)
                self._before_commit(before, after)
        except _UndoneError:
            return
        self._seen = after
        cut, self.cut = self.cut, ""
        if self.watch is not None:
            self.watch(_change(before, after))
        if cut == "after":
            raise PowerCutError

    def _before_commit(self, before: Any, after: Any) -> None:
        if self._rehearsed is not None:
            self._rehearsed |= _change(before, after).names()
            raise _UndoneError
        if self.cut in ("before", "full"):
            cut, self.cut = self.cut, ""
            raise PowerCutError if cut == "before" else StationError("disk-full")

    @contextmanager
    def read_by(self, process: int) -> Iterator[Any]:
        """Open a reading transaction in one of the processes."""
        with reading(self._engines[process]) as connection:
            yield self._make_book(connection)

    def take_copy(self) -> Any:
        """Return a copy of the database, as a backup has it."""
        self.close()
        try:
            return self._database.take_copy()
        finally:
            self._engines = self._open_all()

    def put_copy(self, copy: Any) -> None:
        """Put the database back to a copy."""
        self.close()
        self._database.put_copy(copy)
        self._engines, self._seen = self._open_all(), None

    def close(self) -> None:
        """End all connections."""
        for engine in self._engines:
            engine.dispose()

    def read_anew(self, book: Any) -> None:
        """Leave the events as they are: a database has no memory of what programs understood."""
        self._seen = None


class _Process:
    def __init__(self, store: DiskStore, number: int) -> None:
        self.write = partial(store.write_by, number)
        self.read = partial(store.read_by, number)


def _change(before: Any, after: Any) -> Change:
    was, now = tables_of(before), tables_of(after)
    return Change(after, {name: _touched(was[name], now[name]) for name in now})


def _touched(was: Mapping[Any, Any], now: Mapping[Any, Any]) -> dict[Any, Any]:
    found = {key: was.get(key, MISSING) for key, value in now.items() if was.get(key, MISSING) != value}
    return found | {key: value for key, value in was.items() if key not in now}


class DiskStores(Stores):
    """Stores whose databases are made in a folder; those of centers on a server, where there is one.

    Args:
        server: two processes of each center have the database there open.
    """

    def __init__(self, folder: Path, server: Server | None = None) -> None:
        self.processes = 1 if server is None else 2
        self._folder = folder
        self._server = server
        self._made: list[DiskStore] = []

    def station(self, name: str) -> Store:
        database = station_file(self._folder / f"station-{name}.db")
        return self._keep(DiskStore(database, StationBookOnDisk, _load_station))

    def center(self, name: str) -> Store:
        file = self._folder / f"center-{name}.db"
        database = center_file(file) if self._server is None else center_on(self._server)
        return self._keep(DiskStore(database, _registry, _load_center, self.processes))

    def _keep(self, store: DiskStore) -> DiskStore:
        self._made.append(store)
        return store

    def close(self) -> None:
        """End all connections, and leave nothing on the server."""
        for store in self._made:
            store.close()
        if self._server is not None:
            drop_all_on(self._server)


def _registry(connection: Connection) -> RegistryOnDisk:
    return RegistryOnDisk(connection, PLAIN)


def _rows(connection: Connection, row: Any) -> list[Any]:
    return list(connection.execute(select(*row.__table__.columns)))


def _events(book: Any, before: Any) -> tuple[Table[str, Event], Table[str, tuple[Event, ...]]]:
    """Return the journal and its streams; events that were seen before keep what has been read of them."""
    events: Table[str, Event] = Table()
    streams: dict[str, list[Event]] = {}
    for found in book.all_events():
        known = before.events.get(found.event_id) if before else None
        event = known if known is not None and known.body == found.body else found
        events[event.event_id] = event
        streams.setdefault(event.header.subject_id, []).append(event)
    return events, Table({subject: tuple(stream) for subject, stream in streams.items()})


def _cases(book: StationBookOnDisk, shown: Iterable[str], now: StationTables, before: Any) -> Table[str, Case]:
    """Return the cases that are shown; the fold of what has not changed is the one of before."""
    same = before is not None and (before.revoked, _refused(before)) == (now.revoked, _refused(now))
    cases: Table[str, Case] = Table()
    for case_id in shown:
        known = same and case_id in before.cases and before.subjects[case_id] == now.subjects[case_id]
        case = before.cases[case_id] if known else book.case(case_id)
        if case is not None:
            cases[case_id] = case
    return cases


def _refused(tables: StationTables) -> list[Sent]:
    return [row for row in tables.outbox.values() if row.status in REFUSED]


def _outbox(connection: Connection) -> Table[int, Sent]:
    return Table(
        {r.link: Sent(r.event_id, r.case_id, r.status, r.code, r.settled_at) for r in _rows(connection, OutboxRow)}
    )


def _load_station(connection: Connection, before: Any) -> StationTables:
    book = StationBookOnDisk(connection)
    if book.setting("identity") is None:
        return StationTables()
    events, subjects = _events(book, before)
    placed = list(book.case_slice(CaseQuery(), _ALL))[::-1]
    documents = [read_document(Signed(r.payload, r.signature)) for r in _rows(connection, DocumentRow)]
    found = StationTables(
        settings=Table({"identity": book.identity(), "link": book.link()}),
        events=events,
        subjects=subjects,
        held=Table({r.event_id: (_event(r), r.code) for r in _rows(connection, RefusalRow)}),
        documents=Table({(d.kind, d.number): d for d in documents}),
        outbox=_outbox(connection),
        revoked=Table({(r.kind, r.subject_id): r.obeyed for r in _rows(connection, RevocationRow)}),
        hops=Table({(r.event_id, r.org): r for r in _rows(connection, HopRow)}),
        cards=Table({p.card.case_id: p.card for p in placed}),
        batches=Table({batch.batch_id: batch for batch in book.batches()}),
        counters=Table({r.name: r.value for r in _rows(connection, CounterRow)}),
    )
    found.cases = _cases(book, found.cards, found, before)
    return found


def _event(row: Any) -> Event:
    return Event(row.header, row.signature, row.person_signature, row.body)


def _load_center(connection: Connection, before: Any) -> CenterTables:
    settings = {r.name: r.value for r in _rows(connection, SettingRow) if r.name in _SETTINGS}
    if "center" not in settings:
        return CenterTables()
    book = _registry(connection)
    events, subjects = _events(book, before)
    refusals = _rows(connection, RefusalRow)
    heads = _rows(connection, FeedHeadRow)
    stations = book.stations()
    by_subject = _rows(connection, SubjectRow)
    feed = _rows(connection, FeedRowRow)
    return CenterTables(
        settings=Table(settings),
        events=events,
        subjects=subjects,
        refusals=Table({r.number: (r.device, r.epoch, Refusal(r.link, _event(r), r.code)) for r in refusals}),
        refused=Table({r.event_id: r.code for r in refusals}),
        heads=Table({(r.origin, r.epoch): Head(r.seq, r.event_id) for r in _rows(connection, HeadRow)}),
        viewers=Table({(r.kind, r.subject_id): tuple(r.viewers) for r in by_subject}),
        unruled=Table({r.subject_id: True for r in by_subject if r.unruled}),
        feed=Table({(r.org, r.n): _feed_row(connection, r) for r in feed}),
        feed_heads=Table({r.org: r.head for r in heads}),
        in_feed=Table({(r.org, r.event_id): True for r in feed if r.event_id}),
        outbox=_outbox(connection),
        stations=Table({station.device: station for station in stations}),
    )


def _feed_row(connection: Connection, row: Any) -> FeedRow:
    hop = (row.hop_org, row.hop_at) if row.kind == "receipt" else None
    subject = (row.subject_kind, row.subject_id) if row.kind == "revoke" else None
    event_id = row.subject_id if row.kind == "receipt" else row.event_id
    return FeedRow(row.n, row.kind, event_id=event_id, subject=subject, hop=hop)
