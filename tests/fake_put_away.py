"""What is put away in the feeds of a center in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from station_app.exchange.id_sums import IdSum
from station_app.exchange.ports import Subject
from station_app.exchange.putting_away import LOOKED
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import BACKFILL, PUT_AWAY, FeedRow
from tests.fake_offices import MemoryOffices


class MemoryPutAway(MemoryOffices):
    """The part of a center's book that is exchange.put_away_port.PutAwayBook; it marks, and counts when it is asked."""

    def put_away(self, org: str, subjects: Collection[Subject]) -> None:
        for kind, subject_id in subjects:
            if (org, subject_id) in self.tables.away or not self._in_feed_of(org, subject_id):
                continue
            n = self._allot(org)
            events = {event.event_id for event in self.tables.subjects[subject_id]}
            for of, m in [place for place in self.tables.feed if place[0] == org]:
                row = self.tables.feed[of, m]
                about = row.event_id in events or row.subject == (kind, subject_id)
                if about and (of, m) not in self.tables.left_out:
                    self.tables.left_out[of, m] = n
            self.tables.feed[org, n] = FeedRow(n, PUT_AWAY, subject=(str(kind), subject_id))
            self.tables.left_out[org, n] = n
            self.tables.away[org, subject_id] = (str(kind), n)

    def call_back(self, org: str, subjects: Iterable[Subject]) -> None:
        marked = {subject_id for _, subject_id in subjects if (org, subject_id) in self.tables.away}
        for subject_id in sorted(marked):
            del self.tables.away[org, subject_id]
            for event_id in self._in_feed_of(org, subject_id):
                n = self._allot(org)
                self.tables.feed[org, n] = FeedRow(n, BACKFILL, event_id=event_id)

    def _in_feed_of(self, org: str, subject_id: str) -> list[str]:
        events = self.tables.subjects.get(subject_id, ())
        return [event.event_id for event in events if (org, event.event_id) in self.tables.in_feed]

    def bodiless_in_feed(self, org: str) -> Sequence[Event]:
        events = [self.tables.events[event_id] for of, event_id in self.tables.in_feed if of == org]
        return [event for event in events if event.body is None]

    def drop_put_away(self) -> None:
        for place in list(self.tables.away):
            del self.tables.away[place]
        for place in list(self.tables.left_out):
            del self.tables.left_out[place]
        for place, row in list(self.tables.feed.items()):
            if row.kind == PUT_AWAY:
                self.tables.feed[place] = replace(row, subject=None)
        self.save_setting(LOOKED, 0)

    def floor(self, org: str) -> int:
        return max((n for (of, _), (_, n) in self.tables.away.items() if of == org), default=0)

    def kept_sum(self, org: str) -> IdSum:
        return self.feed_sum(org).minus(IdSum().plus(self._away_of(org)))

    def _away_of(self, org: str) -> set[str]:
        return {i for of, subject_id in self.tables.away if of == org for i in self._in_feed_of(org, subject_id)}

    def kept_ids(self, org: str) -> list[str]:
        away = self._away_of(org)
        return [event_id for event_id in self.feed_ids(org) if event_id not in away]

    def last_arrival(self) -> int:
        return len(self.tables.events)

    def subjects_between(self, after: int, until: int, limit: int) -> tuple[Sequence[Subject], int]:
        journal = list(self.tables.events.values())
        last = min(after + limit, until)
        return list(dict.fromkeys(event.header.subject for event in journal[after:last])), last

    def silent_subjects(self, after: int, until: int, limit: int) -> tuple[Sequence[Subject], int]:
        seen, last = self.subjects_between(after, until, limit)
        noisy = {event.header.subject_id for event in list(self.tables.events.values())[until:]}
        return [(kind, subject_id) for kind, subject_id in seen if subject_id not in noisy], last
