"""What a station has in common with its center: the sum of its ids, subjects no longer seen, further hops."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, delete, insert, select, update

from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import readable
from station_app.exchange.id_sums import IdSum
from station_app.exchange.ports import Hop, Subject
from station_app.messages.deletions import Deleted
from station_app.protocol.event import Event
from station_app.storage.engine import log_deletion_after
from station_app.storage.journal import PLAIN, chunks, event_of, insert_events
from station_app.storage.rows import EventRow, OutboxRow, RefusalRow
from station_app.storage.settings_table import SettingTable
from station_app.storage.station_rows import BroughtRow, HopRow, PutAwayRow, RevocationRow
from station_app.storage.upserts import add_rows, put_rows

TAKEN_IN = ("stored", "exists")
_SUM = "id_sum"
_ANY_BROUGHT = select(BroughtRow.event_id).limit(1)
_ANY_UNTOLD = _ANY_BROUGHT.where(~BroughtRow.told)
_AWAY = select(PutAwayRow.subject_id)
_HELD = (RefusalRow.event_id, RefusalRow.header, RefusalRow.signature, RefusalRow.person_signature, RefusalRow.body)


def _shared() -> tuple[Select[Any], ...]:
    """Return the queries for what came from the center, and for what was taken in there."""
    own = select(OutboxRow.event_id)
    taken_in = select(EventRow.event_id).join(OutboxRow, OutboxRow.event_id == EventRow.event_id)
    untold = select(BroughtRow.event_id).where(~BroughtRow.told)
    return (
        select(EventRow.event_id).where(EventRow.event_id.not_in(own), EventRow.event_id.not_in(untold)),
        taken_in.where(OutboxRow.status.in_(TAKEN_IN)),
    )


class SharedSet(SettingTable):
    """The station's side of the comparison with its center, in the same transaction as the journal."""

    def id_sum(self) -> IdSum:
        found = self.setting(_SUM)
        return IdSum(*found) if found else IdSum()

    def _count(self, event_ids: Sequence[str]) -> None:
        """Add events of the journal to the sum: each when it has come from the center, or was taken in there."""
        away: set[str] = set()
        for chunk in chunks(event_ids):
            query = select(EventRow.event_id).where(EventRow.event_id.in_(chunk), EventRow.subject_id.in_(_AWAY))
            away.update(self._connection.scalars(query))
        self._save_sum(self.id_sum().plus(event_id for event_id in event_ids if event_id not in away))

    def _count_held(self, event: Event) -> None:
        if not (readable(event) and self._put_away_among([event.header.subject_id])):
            self._save_sum(self.id_sum().plus([event.event_id]))

    def _count_anew(self) -> None:
        self._save_sum(IdSum().plus(self.shared_ids()))

    def _save_sum(self, after: IdSum) -> None:
        if after != self.id_sum():
            self.save_setting(_SUM, [after.count, after.total])

    def shared_ids(self) -> Iterator[str]:
        for query in _shared():
            yield from self._connection.scalars(query.where(EventRow.subject_id.not_in(_AWAY)))
        away = set(self._connection.scalars(_AWAY))
        yield from (e.event_id for e in self._held() if not (readable(e) and e.header.subject_id in away))

    def _held(self) -> Iterator[Event]:
        return (event_of(row, PLAIN) for row in self._connection.execute(select(*_HELD)))

    # -- what came by hand -------------------------------------------------------------------------------------------

    def brought(self, subject_ids: Iterable[str]) -> Collection[str]:
        query = select(BroughtRow.event_id).join(EventRow, EventRow.event_id == BroughtRow.event_id)
        found: set[str] = set()
        if self._connection.scalar(_ANY_BROUGHT) is None:
            return found
        for chunk in chunks(subject_ids):
            found.update(self._connection.scalars(query.where(EventRow.subject_id.in_(chunk))))
        return found

    def add_brought(self, events: Sequence[Event]) -> None:
        insert_events(self._connection, events, PLAIN)
        rows = [{"event_id": event.event_id, "told": False} for event in events]
        add_rows(self._connection, BroughtRow, rows)

    def arrived(self, event_ids: Collection[str]) -> None:
        self._count(self._told_of_brought(event_ids))

    def _told_of_brought(self, event_ids: Collection[str]) -> list[str]:
        """Mark those of these events that were brought as told of, and return those that had not been."""
        found: list[str] = []
        if self._connection.scalar(_ANY_UNTOLD) is None:
            return found
        for chunk in chunks(event_ids):
            here = BroughtRow.event_id.in_(chunk) & ~BroughtRow.told
            found += self._connection.scalars(select(BroughtRow.event_id).where(here))
            self._connection.execute(update(BroughtRow).where(here).values(told=True))
        return found

    # -- what the center has put away --------------------------------------------------------------------------------

    def put_away(self, subjects: Sequence[Subject]) -> None:
        marked = self._put_away_among([subject_id for _, subject_id in subjects])
        fresh = {subject_id: kind for kind, subject_id in subjects if subject_id not in marked}
        if fresh:
            self._save_sum(self.id_sum().minus(self._sum_about(fresh)))
            rows = [{"kind": str(kind), "subject_id": subject_id} for subject_id, kind in fresh.items()]
            self._connection.execute(insert(PutAwayRow), rows)

    def call_back(self, subjects: Sequence[Subject]) -> None:
        marked = self._put_away_among([subject_id for _, subject_id in subjects])
        for chunk in chunks(marked):
            self._connection.execute(delete(PutAwayRow).where(PutAwayRow.subject_id.in_(chunk)))
        self._save_sum(self.id_sum().plus(self._ids_about(marked)))

    def call_all_back(self) -> None:
        if self._connection.execute(delete(PutAwayRow)).rowcount:
            self._count_anew()

    def _put_away_among(self, subject_ids: Collection[str]) -> set[str]:
        found: set[str] = set()
        for chunk in chunks(subject_ids):
            found.update(self._connection.scalars(_AWAY.where(PutAwayRow.subject_id.in_(chunk))))
        return found

    def _sum_about(self, subject_ids: Collection[str]) -> IdSum:
        return IdSum().plus(self._ids_about(subject_ids))

    def _ids_about(self, subject_ids: Collection[str]) -> Iterator[str]:
        """Yield what is shared of these subjects, put away or not."""
        for chunk in chunks(subject_ids):
            for query in _shared():
                yield from self._connection.scalars(query.where(EventRow.subject_id.in_(chunk)))
        if subject_ids:
            yield from (e.event_id for e in self._held() if readable(e) and e.header.subject_id in subject_ids)

    def save_hops(self, hops: Sequence[Hop]) -> None:
        add_rows(self._connection, HopRow, [asdict(hop) for hop in hops])

    def hops(self, event_ids: Sequence[str]) -> list[Hop]:
        found: list[Hop] = []
        for chunk in chunks(event_ids):
            rows = self._connection.execute(select(*HopRow.__table__.columns).where(HopRow.event_id.in_(chunk)))
            found += [Hop(row.event_id, row.org, row.at) for row in rows]
        return found

    def revoke(self, subjects: Sequence[Subject]) -> None:
        # Where it was obeyed before, bodies may have come again since: the center numbers its feed anew.
        rows = [{"kind": kind, "subject_id": subject_id, "obeyed": False} for kind, subject_id in subjects]
        put_rows(self._connection, RevocationRow, rows)

    def has_revocations(self) -> bool:
        return self._connection.scalar(select(RevocationRow.subject_id).limit(1)) is not None

    def forgotten(self, subject_ids: Iterable[str]) -> set[str]:
        """Return those of these subjects of which only a remnant is left here."""
        obeyed = select(RevocationRow.subject_id).where(RevocationRow.obeyed)
        found: set[str] = set()
        for chunk in chunks(subject_ids):
            found.update(self._connection.scalars(obeyed.where(RevocationRow.subject_id.in_(chunk))))
        return found

    def _to_forget(self) -> list[str]:
        cases = select(RevocationRow.subject_id).where(RevocationRow.kind == SubjectKind.CASE.value)
        return list(self._connection.scalars(cases.where(~RevocationRow.obeyed)))

    def _forget_bodies(self, subject_id: str, others: Sequence[str]) -> None:
        forgotten = 0
        for chunk in chunks(others):
            for row in (EventRow, RefusalRow):
                here = row.event_id.in_(chunk) & row.body.is_not(None)
                forgotten += self._connection.execute(update(row).where(here).values(body=None)).rowcount
        log_deletion_after(self._connection, Deleted.FORGOTTEN, forgotten, [subject_id])
        obeyed = update(RevocationRow).where(RevocationRow.subject_id == subject_id).values(obeyed=True)
        self._connection.execute(obeyed)

    def show_again(self, subjects: Sequence[Subject]) -> list[Subject]:
        found: list[Subject] = []
        for kind, subject_id in subjects:
            here = (RevocationRow.kind == kind) & (RevocationRow.subject_id == subject_id)
            if self._connection.execute(delete(RevocationRow).where(here)).rowcount:
                found.append((kind, subject_id))
        return found

    def _release(self, event_ids: Collection[str]) -> set[str]:
        """Hold these events no more, and return those that were held: they are in the sum already."""
        found: set[str] = set()
        for chunk in chunks(event_ids):
            held = RefusalRow.event_id.in_(chunk)
            found.update(self._connection.scalars(select(RefusalRow.event_id).where(held)))
            self._connection.execute(delete(RefusalRow).where(held))
        log_deletion_after(self._connection, Deleted.HELD_ASIDE, len(found), found)
        return found

    def unsettled_of(self, subject_id: str) -> set[str]:
        """Return the own events of a subject that the center has not taken in."""
        waiting = (OutboxRow.case_id == subject_id) & OutboxRow.status.not_in(TAKEN_IN)
        return set(self._connection.scalars(select(OutboxRow.event_id).where(waiting)))
