"""What is in the databases of a world, in the form that the stores in memory have: the same eyes look at both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, select

from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import Case
from station_app.exchange.ports import Head, Refusal
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import PUT_AWAY, REVOKE, FeedRow
from station_app.protocol.signed import Signed, read_document
from station_app.storage.center_rows import FeedHeadRow, FeedPutAwayRow, FeedRowRow, HeadRow, SubjectRow
from station_app.storage.journal import BodyCipher, event_of
from station_app.storage.registry import RegistryOnDisk
from station_app.storage.rows import DocumentRow, OutboxRow, RefusalRow, SettingRow
from station_app.storage.station_book import StationBookOnDisk
from station_app.storage.station_rows import CounterRow, HopRow, PutAwayRow, RevocationRow
from station_app.usecases.ports import Slice
from tests.fake_sent import Sent
from tests.fake_station import REFUSED
from tests.fakes import MISSING, CenterTables, Change, StationTables, Table, tables_of

_ALL = Slice(None, 100_000)
_SETTINGS = ("center", "uplink_link", "organisations", "organisations_elsewhere", "limits")


def change_between(before: Any, after: Any) -> Change:
    """Return what differs between two looks."""
    was, now = tables_of(before), tables_of(after)
    return Change(after, {name: _touched(was[name], now[name]) for name in now})


def _touched(was: Mapping[Any, Any], now: Mapping[Any, Any]) -> dict[Any, Any]:
    found = {key: was.get(key, MISSING) for key, value in now.items() if was.get(key, MISSING) != value}
    return found | {key: value for key, value in was.items() if key not in now}


def remembering(cipher: BodyCipher) -> BodyCipher:
    """Return a cipher that opens each sealed body once: whoever looks at a whole database sees most of it again."""
    return BodyCipher(cipher.seal, cache(cipher.open))


@cache
def _all_of(row: Any) -> Any:
    return select(*row.__table__.columns)


def _rows(connection: Connection, row: Any) -> list[Any]:
    return list(connection.execute(_all_of(row)))


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


def load_station(connection: Connection, before: Any) -> StationTables:
    """Read a station's tables, given those that were read before, None for nothing."""
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
        put_away=Table({r.subject_id: r.kind for r in _rows(connection, PutAwayRow)}),
        hops=Table({(r.event_id, r.org): r for r in _rows(connection, HopRow)}),
        cards=Table({p.card.case_id: p.card for p in placed}),
        batches=Table({batch.batch_id: batch for batch in book.batches()}),
        counters=Table({r.name: r.value for r in _rows(connection, CounterRow)}),
    )
    found.cases = _cases(book, found.cards, found, before)
    return found


def _event(row: Any) -> Event:
    return Event(row.header, row.signature, row.person_signature, row.body)


def load_center(connection: Connection, before: Any, cipher: BodyCipher) -> CenterTables:
    """Read a center's tables, given those that were read before, None for nothing."""
    settings = {r.name: r.value for r in _rows(connection, SettingRow) if r.name in _SETTINGS}
    if "center" not in settings:
        return CenterTables()
    book = RegistryOnDisk(connection, cipher)
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
        refusals=Table({r.number: (r.device, r.epoch, Refusal(r.link, event_of(r, cipher), r.code)) for r in refusals}),
        refused=Table({r.event_id: r.code for r in refusals}),
        heads=Table({(r.origin, r.epoch): Head(r.seq, r.event_id) for r in _rows(connection, HeadRow)}),
        viewers=Table({(r.kind, r.subject_id): tuple(r.viewers) for r in by_subject}),
        unruled=Table({r.subject_id: True for r in by_subject if r.unruled}),
        feed=Table({(r.org, r.n): _feed_row(connection, r) for r in feed}),
        feed_heads=Table({r.org: r.head for r in heads}),
        in_feed=Table({(r.org, r.event_id): True for r in feed if r.event_id}),
        left_out=Table({(r.org, r.n): r.left_out for r in feed if r.left_out}),
        away=Table({(r.org, r.subject_id): (r.kind, r.n) for r in _rows(connection, FeedPutAwayRow)}),
        outbox=_outbox(connection),
        stations=Table({station.device: station for station in stations}),
    )


def _feed_row(connection: Connection, row: Any) -> FeedRow:
    hop = (row.hop_org, row.hop_at) if row.kind == "receipt" else None
    subject = (row.subject_kind, row.subject_id) if row.kind in (REVOKE, PUT_AWAY) and row.subject_id else None
    event_id = row.subject_id if row.kind == "receipt" else row.event_id
    return FeedRow(row.n, row.kind, event_id=event_id, subject=subject, hop=hop)
