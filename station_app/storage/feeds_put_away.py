"""What is put away in the feeds of a center: which rows a new PC does without, and the sum of what is left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, func, insert, or_, select, update

from station_app.exchange.id_sums import IdSum
from station_app.exchange.ports import Placement, Subject
from station_app.exchange.putting_away import LOOKED
from station_app.protocol.exchange_records import BACKFILL, PUT_AWAY
from station_app.storage.center_rows import FeedHeadRow, FeedPutAwayRow, FeedRowRow
from station_app.storage.feeds import FeedTables, event_row, feed_row
from station_app.storage.journal import chunks
from station_app.storage.rows import EventRow


class FeedsPutAway(FeedTables):
    """The feeds in one open transaction, with what is put away in each."""

    def put_away(self, org: str, subjects: Collection[Subject]) -> None:
        marked = self._marked(org, [subject_id for _, subject_id in subjects])
        for kind, subject_id in subjects:
            events = self._events_of(subject_id)
            if subject_id not in marked and self._in_feed(org, events):
                self._put_away(org, (kind, subject_id), events)

    def _put_away(self, org: str, subject: Subject, events: Sequence[str]) -> None:
        kind, subject_id = str(subject[0]), subject[1]
        n = self._allot(org, 1)
        row = feed_row(org, n, PUT_AWAY, subject_kind=kind, subject_id=subject_id, left_out=n)
        self._connection.execute(insert(FeedRowRow).values(**row))
        self._connection.execute(insert(FeedPutAwayRow).values(org=org, kind=kind, subject_id=subject_id, n=n))
        for chunk in chunks([*events, subject_id]):
            rows = or_(FeedRowRow.event_id.in_(chunk), FeedRowRow.subject_id.in_(chunk))
            first = update(FeedRowRow).where(FeedRowRow.org == org, FeedRowRow.left_out == 0, rows)
            self._connection.execute(first.values(left_out=n))
        self._save_away(org, self._away(org).plus(self._in_feed(org, events)))

    def call_back(self, org: str, subjects: Iterable[Subject]) -> None:
        for subject_id in self._marked(org, [subject_id for _, subject_id in subjects]):
            here = (FeedPutAwayRow.org == org) & (FeedPutAwayRow.subject_id == subject_id)
            self._connection.execute(delete(FeedPutAwayRow).where(here))
            events = self._events_of(subject_id)
            in_feed = self._in_feed(org, events)
            self._save_away(org, self._away(org).minus(IdSum().plus(in_feed)))
            again = [Placement(org, BACKFILL, event_id) for event_id in events if event_id in in_feed]
            first = self._allot(org, len(again))
            rows = [event_row(org, placed, n, again=True) for n, placed in enumerate(again, start=first)]
            self._connection.execute(insert(FeedRowRow), rows)

    def _call_back_for(self, org: str, event_ids: Collection[str]) -> None:
        """Call back, in an office's feed, what these events are about: they come to it now."""
        found: set[Subject] = set()
        for chunk in chunks(event_ids):
            query = select(FeedPutAwayRow.kind, FeedPutAwayRow.subject_id).where(FeedPutAwayRow.org == org)
            about = query.join(EventRow, EventRow.subject_id == FeedPutAwayRow.subject_id)
            rows = self._connection.execute(about.where(EventRow.event_id.in_(chunk)).distinct())
            found.update((row.kind, row.subject_id) for row in rows)
        self.call_back(org, sorted(found))

    def drop_put_away(self) -> None:
        self._connection.execute(delete(FeedPutAwayRow))
        self._connection.execute(update(FeedRowRow).where(FeedRowRow.left_out != 0).values(left_out=0))
        # The row keeps its place in the numbering and says nothing any more.
        empty = {"subject_kind": "", "subject_id": ""}
        self._connection.execute(update(FeedRowRow).where(FeedRowRow.kind == PUT_AWAY).values(**empty))
        self._connection.execute(update(FeedHeadRow).values(away_count=0, away_total=IdSum().total))
        self.save_setting(LOOKED, 0)

    def floor(self, org: str) -> int:
        return self._connection.scalar(select(func.max(FeedPutAwayRow.n)).where(FeedPutAwayRow.org == org)) or 0

    def kept_sum(self, org: str) -> IdSum:
        return self.feed_sum(org).minus(self._away(org))

    def kept_ids(self, org: str) -> Iterable[str]:
        about = EventRow.subject_id == FeedPutAwayRow.subject_id
        away = select(EventRow.event_id).join(FeedPutAwayRow, about).where(FeedPutAwayRow.org == org)
        kept = select(FeedRowRow.event_id).where(FeedRowRow.org == org, FeedRowRow.event_id != "")
        return self._connection.scalars(kept.where(FeedRowRow.event_id.not_in(away)))

    # -- what has been silent for long ---------------------------------------------------------------------------------

    def last_arrival(self) -> int:
        return self._connection.scalar(select(func.max(EventRow.arrival))) or 0

    def subjects_between(self, after: int, until: int, limit: int) -> tuple[Sequence[Subject], int]:
        looked_at = (EventRow.arrival > after) & (EventRow.arrival <= until)
        query = select(EventRow.arrival, EventRow.subject_kind, EventRow.subject_id).where(looked_at)
        rows = self._connection.execute(query.order_by(EventRow.arrival).limit(limit)).all()
        found = {row.subject_id: row.subject_kind for row in rows}
        reached = rows[-1].arrival if len(rows) == limit else until
        return [(kind, subject_id) for subject_id, kind in found.items()], reached

    def silent_subjects(self, after: int, until: int, limit: int) -> tuple[Sequence[Subject], int]:
        found, reached = self.subjects_between(after, until, limit)
        named = [subject_id for _, subject_id in found]
        newer = select(EventRow.subject_id).where(EventRow.subject_id.in_(named), EventRow.arrival > until)
        noisy = set(self._connection.scalars(newer))
        return [(kind, subject_id) for kind, subject_id in found if subject_id not in noisy], reached

    # -- inside ----------------------------------------------------------------------------------------------------

    def _marked(self, org: str, subject_ids: Collection[str]) -> list[str]:
        found: list[str] = []
        for chunk in chunks(sorted(set(subject_ids))):
            query = select(FeedPutAwayRow.subject_id).where(FeedPutAwayRow.org == org)
            found += self._connection.scalars(query.where(FeedPutAwayRow.subject_id.in_(chunk)))
        return sorted(found)

    def _events_of(self, subject_id: str) -> Sequence[str]:
        query = select(EventRow.event_id).where(EventRow.subject_id == subject_id).order_by(EventRow.arrival)
        return list(self._connection.scalars(query))

    def _away(self, org: str) -> IdSum:
        query = select(FeedHeadRow.away_count, FeedHeadRow.away_total).where(FeedHeadRow.org == org)
        row = self._connection.execute(query).first()
        return IdSum(*row) if row else IdSum()

    def _save_away(self, org: str, away: IdSum) -> None:
        values = {"away_count": away.count, "away_total": away.total}
        self._connection.execute(update(FeedHeadRow).where(FeedHeadRow.org == org).values(**values))
