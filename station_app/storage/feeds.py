"""The feed of each office at a center, numbered without gaps, and the reference documents that go into it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select

from station_app.exchange.id_sums import IdSum
from station_app.exchange.ports import Placement
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import BACKFILL, PUT_AWAY, REVOKE, FeedRow
from station_app.protocol.signed import Signed
from station_app.storage.center_rows import FeedHeadRow, FeedRowRow
from station_app.storage.journal import BodyCipher, chunks, events_by_id
from station_app.storage.rows import DocumentRow, EventRow
from station_app.storage.settings_table import SettingTable
from station_app.storage.upserts import put_row

_WITH_SUBJECT = (REVOKE, PUT_AWAY)
# Asked in every exchange: made once, for putting a statement together takes longer than running it.
_HEAD = select(FeedHeadRow.head).where(FeedHeadRow.org == bindparam("of"))
_SUM = select(FeedHeadRow.count, FeedHeadRow.total).where(FeedHeadRow.org == bindparam("of"))


class FeedTables(SettingTable):
    """The feeds and documents in one open transaction of a center's database."""

    def __init__(self, connection: Connection, cipher: BodyCipher) -> None:
        super().__init__(connection)
        self._cipher = cipher

    def place_document(self, orgs: Iterable[str], kind: str, number: int) -> None:
        """Put a reference document into the feeds of these offices."""
        for org in orgs:
            row = feed_row(org, self._allot(org, 1), "document", document=kind, number=number)
            self._connection.execute(insert(FeedRowRow).values(**row))

    def _allot(self, org: str, count: int, event_ids: Sequence[str] = ()) -> int:
        # Inside the writing transaction: a row that commits later never has a smaller number (sync.md §3).
        first = self.feed_head(org) + 1
        after = self.feed_sum(org).plus(event_ids)
        values = {"head": first + count - 1, "count": after.count, "total": after.total}
        put_row(self._connection, FeedHeadRow, org=org, **values)
        return first

    def _in_feed(self, org: str, event_ids: Collection[str]) -> set[str]:
        found: set[str] = set()
        for chunk in chunks(event_ids):
            query = select(FeedRowRow.event_id).where(FeedRowRow.org == org, FeedRowRow.event_id.in_(chunk))
            found.update(self._connection.scalars(query))
        return found

    def shown_in_feed(self, org: str) -> set[str]:
        """Return the subjects of which a feed has ever brought anything."""
        query = select(EventRow.subject_id).join(FeedRowRow, FeedRowRow.event_id == EventRow.event_id)
        return set(self._connection.scalars(query.where(FeedRowRow.org == org).distinct()))

    def revoked_in_feed(self, org: str) -> set[str]:
        """Return the subjects that a feed has ever taken from its office, whether or not they came again."""
        query = select(FeedRowRow.subject_id).where(FeedRowRow.org == org, FeedRowRow.kind == REVOKE)
        return set(self._connection.scalars(query))

    def feed_head(self, org: str) -> int:
        return self._connection.scalar(_HEAD, {"of": org}) or 0

    def feed_sum(self, org: str) -> IdSum:
        row = self._connection.execute(_SUM, {"of": org}).first()
        return IdSum(*row) if row else IdSum()

    def feed_ids(self, org: str) -> Iterable[str]:
        query = select(FeedRowRow.event_id).where(FeedRowRow.org == org, FeedRowRow.event_id != "")
        return self._connection.scalars(query)

    def bodiless_in_feed(self, org: str) -> Sequence[Event]:
        empty = select(FeedRowRow.event_id).join(EventRow, EventRow.event_id == FeedRowRow.event_id)
        found = self._connection.scalars(empty.where(FeedRowRow.org == org, EventRow.body.is_(None)))
        return list(events_by_id(self._connection, set(found), self._cipher).values())

    def events_in_feed(self, org: str, event_ids: Collection[str]) -> Sequence[Event]:
        return list(events_by_id(self._connection, self._in_feed(org, event_ids), self._cipher).values())

    def feed(self, org: str, after: int, limit: int, floor: int = 0) -> Sequence[FeedRow]:
        query = select(*FeedRowRow.__table__.columns).where(FeedRowRow.org == org, FeedRowRow.n > after)
        if after < floor:
            query = query.where(or_(FeedRowRow.n >= floor, FeedRowRow.left_out == 0, FeedRowRow.left_out > floor))
        rows = self._connection.execute(query.order_by(FeedRowRow.n).limit(limit)).all()
        events = events_by_id(self._connection, {_event_in(row) for row in rows} - {""}, self._cipher)
        newest = {row.document: self.last_document(row.document) for row in rows if row.document}
        return [
            FeedRow(
                row.n,
                row.kind,
                event=events.get(_event_in(row)),
                # Only the newest of a kind is worth carrying; an older one leaves its place in the numbering.
                document=self._document(row.document, row.number)
                if row.document and row.number == newest[row.document]
                else None,
                subject=(row.subject_kind, row.subject_id) if row.kind in _WITH_SUBJECT and row.subject_id else None,
                hop=(row.hop_org, row.hop_at) if row.kind == "receipt" else None,
                event_id=row.subject_id if row.kind == "receipt" else "",
            )
            for row in rows
        ]

    def _document(self, kind: str, number: int) -> Signed:
        columns = (DocumentRow.payload, DocumentRow.signature)
        row = self._connection.execute(
            select(*columns).where(DocumentRow.kind == kind, DocumentRow.number == number)
        ).one()
        return Signed(row.payload, row.signature)

    def save_document(self, kind: str, number: int, signed: Signed) -> None:
        """Store a numbered reference document."""
        row = {"kind": kind, "number": number, "payload": signed.payload, "signature": signed.signature}
        self._connection.execute(insert(DocumentRow).values(**row))

    def last_document(self, kind: str) -> int:
        """Return the latest number of a kind, 0 before the first."""
        return self._connection.scalar(select(func.max(DocumentRow.number)).where(DocumentRow.kind == kind)) or 0


def event_row(org: str, placed: Placement, n: int, *, again: bool) -> dict[str, str | int]:
    """Return the values of the row that brings an event; the column of events has each once: the sum counts it."""
    return feed_row(org, n, placed.kind, **{"subject_id" if again else "event_id": placed.event_id})


def _event_in(row: Any) -> str:
    """Return the id of the event that a row of the feed brings, "" for none."""
    return str(row.event_id or (row.subject_id if row.kind == BACKFILL else ""))


def feed_row(org: str, n: int, kind: str, **values: str | int) -> dict[str, str | int]:
    """Return the values of a row of a feed, empty but for those given."""
    texts = ("event_id", "document", "subject_kind", "subject_id", "hop_org", "hop_at")
    return {"org": org, "n": n, "kind": kind, "number": 0, "left_out": 0, **dict.fromkeys(texts, ""), **values}
