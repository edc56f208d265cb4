"""The stores of a world on real databases: stations on SQLCipher, centers on SQLite.

`tables` shows what is in them in the form that the stores in memory have, so that the same eyes look at both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from station_app.bootstrap.center_database import TABLES
from station_app.domain.case_cards import CaseQuery
from station_app.domain.errors import StationError
from station_app.exchange.ports import Head, Refusal
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import FeedRow
from station_app.protocol.signed import Signed, read_document
from station_app.storage.center_rows import FeedHeadRow, FeedRowRow, HeadRow, SubjectRow
from station_app.storage.engine import open_encrypted, open_plain, reading, writing
from station_app.storage.journal import PLAIN
from station_app.storage.registry import RegistryOnDisk
from station_app.storage.rows import SHARED, DocumentRow, OutboxRow, RefusalRow, tables
from station_app.storage.schema import prepare
from station_app.storage.station_book import StationBookOnDisk
from station_app.storage.station_rows import STATION, CounterRow, HopRow, RevocationRow
from station_app.usecases.ports import Slice
from tests.fake_sent import Sent
from tests.fakes import MISSING, CenterTables, Change, PowerCutError, StationTables, Store, Table, tables_of
from tests.simulate.building import Stores

Open = Callable[[], Engine]
Load = Callable[[Connection, Mapping[str, Event]], Any]
_ALL = Slice(None, 100_000)


class _UndoneError(Exception):
    """Nothing of a rehearsal is kept."""


@dataclass
class DiskStore(Store):
    """A database that is looked at like a store in memory.

    Args:
        path: of its file.
        open_it: opens the engine on it.
        make_book: makes the port of one transaction.
        load: reads it into tables.
    """

    path: Path
    open_it: Open
    make_book: Callable[[Connection], Any]
    load: Load
    cut: str = ""
    watch: Callable[[Change], None] | None = None
    rot: Table[int, Event] = field(default_factory=Table)

    def __post_init__(self) -> None:
        self._engine = self.open_it()
        self._rehearsed = None
        self._seen: Any = None

    @property
    def tables(self) -> Any:
        if self._seen is None:
            with reading(self._engine) as connection:
                self._seen = self._look(connection, {})
        return self._seen

    def _look(self, connection: Connection, known: Mapping[str, Event]) -> Any:
        found = self.load(connection, known)
        if isinstance(found, StationTables):
            found.rot = self.rot
        return found

    @contextmanager
    def write(self) -> Iterator[Any]:
        before = self.tables
        try:
            with writing(self._engine) as connection:
                yield self.make_book(connection)
                after = self._look(connection, before.events)
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
    def read(self) -> Iterator[Any]:
        with reading(self._engine) as connection:
            yield self.make_book(connection)

    def take_copy(self) -> bytes:
        """Return the bytes of the file, as a backup has them."""
        self._engine.dispose()
        self._engine = self.open_it()
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.path.read_bytes()

    def put_copy(self, copy: Any) -> None:
        """Put the file back to a copy."""
        self._engine.dispose()
        for name in ("-wal", "-shm"):
            self.path.with_name(self.path.name + name).unlink(missing_ok=True)
        self.path.write_bytes(copy)
        self._engine, self._seen = self.open_it(), None

    def read_anew(self, book: Any) -> None:
        """Leave the events as they are: a database has no memory of what programs understood."""
        self._seen = None


def _change(before: Any, after: Any) -> Change:
    was, now = tables_of(before), tables_of(after)
    return Change(after, {name: _touched(was[name], now[name]) for name in now})


def _touched(was: Mapping[Any, Any], now: Mapping[Any, Any]) -> dict[Any, Any]:
    found = {key: was.get(key, MISSING) for key, value in now.items() if was.get(key, MISSING) != value}
    return found | {key: value for key, value in was.items() if key not in now}


def stores_in(folder: Path) -> Stores:
    """Return stores that make their databases in a folder."""
    return Stores(
        station=lambda name: _store(folder / f"station-{name}.db", _open_station, StationBookOnDisk, _load_station),
        center=lambda name: _store(folder / f"center-{name}.db", _open_center, _registry, _load_center),
    )


def _store(path: Path, open_it: Callable[[Path], Engine], make_book: Callable[[Connection], Any], load: Load) -> Store:
    return DiskStore(path, lambda: open_it(path), make_book, load)


def _open_station(path: Path) -> Engine:
    engine = open_encrypted(path, bytes(32))
    prepare(engine, tables(SHARED + STATION))
    return engine


def _open_center(path: Path) -> Engine:
    engine = open_plain(path)
    prepare(engine, TABLES)
    return engine


def _registry(connection: Connection) -> RegistryOnDisk:
    return RegistryOnDisk(connection, PLAIN)


def _rows(connection: Connection, row: Any) -> list[Any]:
    return list(connection.execute(select(*row.__table__.columns)))


def _events(book: Any, known: Mapping[str, Event]) -> tuple[Table[str, Event], Table[str, tuple[Event, ...]]]:
    """Return the journal and its streams; events that were seen before keep what has been read of them."""
    events: Table[str, Event] = Table()
    streams: dict[str, list[Event]] = {}
    for found in book.all_events():
        before = known.get(found.event_id)
        event = before if before is not None and before.body == found.body else found
        events[event.event_id] = event
        streams.setdefault(event.header.subject_id, []).append(event)
    return events, Table({subject: tuple(stream) for subject, stream in streams.items()})


def _outbox(connection: Connection) -> Table[int, Sent]:
    return Table(
        {r.link: Sent(r.event_id, r.case_id, r.status, r.code, r.settled_at) for r in _rows(connection, OutboxRow)}
    )


def _load_station(connection: Connection, known: Mapping[str, Event]) -> StationTables:
    book = StationBookOnDisk(connection)
    if book.setting("identity") is None:
        return StationTables()
    events, subjects = _events(book, known)
    placed = list(book.case_slice(CaseQuery(), _ALL))[::-1]
    cases = {p.card.case_id: book.case(p.card.case_id) for p in placed}
    documents = [read_document(Signed(r.payload, r.signature)) for r in _rows(connection, DocumentRow)]
    return StationTables(
        settings=Table({"identity": book.identity(), "link": book.link()}),
        events=events,
        subjects=subjects,
        held=Table({r.event_id: (_event(r), r.code) for r in _rows(connection, RefusalRow)}),
        documents=Table({(d.kind, d.number): d for d in documents}),
        outbox=_outbox(connection),
        revoked=Table({(r.kind, r.subject_id): r.obeyed for r in _rows(connection, RevocationRow)}),
        hops=Table({(r.event_id, r.org): r for r in _rows(connection, HopRow)}),
        cases=Table({case_id: case for case_id, case in cases.items() if case is not None}),
        cards=Table({p.card.case_id: p.card for p in placed}),
        batches=Table({batch.batch_id: batch for batch in book.batches()}),
        counters=Table({r.name: r.value for r in _rows(connection, CounterRow)}),
    )


def _event(row: Any) -> Event:
    return Event(row.header, row.signature, row.person_signature, row.body)


def _load_center(connection: Connection, known: Mapping[str, Event]) -> CenterTables:
    book = _registry(connection)
    if book.setting("center") is None:
        return CenterTables()
    events, subjects = _events(book, known)
    refusals = _rows(connection, RefusalRow)
    heads = _rows(connection, FeedHeadRow)
    names = ("center", "uplink_link", "organisations", "organisations_elsewhere")
    stations = book.stations()
    by_subject = _rows(connection, SubjectRow)
    feed = _rows(connection, FeedRowRow)
    return CenterTables(
        settings=Table({name: book.setting(name) for name in names if book.setting(name) is not None}),
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
