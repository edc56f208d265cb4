"""What a center in memory sends to the center above, and what came from there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from station_app.protocol.event import Event
from station_app.protocol.exchange_records import PushStatus
from tests.fake_sent import Sent


class MemoryOutboxAbove:
    """The outbox of a center, and the ids of what the center above has brought."""

    tables: Any

    def outbox(self, limit: int) -> Sequence[tuple[int, Event]]:
        waiting = [(link, row) for link, row in self.tables.outbox.items() if not row.status][:limit]
        return [(link, self.tables.events[row.event_id]) for link, row in waiting]

    def settle_outbox(self, statuses: Sequence[PushStatus], at: str) -> Sequence[str]:
        taken: list[str] = []
        for status in statuses:
            row = self.tables.outbox.get(status.link)
            if row is None or row.status:
                continue
            settled = replace(row, status=status.status, code=status.code, settled_at=at)
            self.tables.outbox[status.link] = settled
            taken += [row.event_id] if status.status in ("stored", "exists") else []
        return taken

    def refused_in_outbox(self) -> Mapping[str, str]:
        return {row.event_id: row.code for row in self.tables.outbox.values() if row.status == "refused"}

    def admit_in_outbox(self, event_ids: Collection[str]) -> Sequence[str]:
        found = {n: r for n, r in self.tables.outbox.items() if r.event_id in event_ids and r.status == "refused"}
        self.tables.outbox.update({link: replace(row, status="stored", code="") for link, row in found.items()})
        return [row.event_id for row in found.values()]

    def outbox_counts(self) -> tuple[int, int]:
        found = [row.status for row in self.tables.outbox.values()]
        return found.count(""), found.count("refused")

    def reopen_outbox(self, after: int) -> None:
        for link, row in self.tables.outbox.items():
            if link > after and row.status:
                self.tables.outbox[link] = Sent(row.event_id, "")

    def last_link(self) -> int:
        return len(self.tables.outbox)

    def send_up_all_of(self, subject_ids: Collection[str]) -> None:
        for subject_id in subject_ids:
            for event in self.tables.subjects.get(subject_id, ()):
                self._send_up(event.event_id)

    def note_from_above(self, event_ids: Sequence[str]) -> None:
        self.tables.from_above.update({i: True for i in event_ids if i not in self.tables.from_above})

    def ids_shared_above(self) -> list[str]:
        taken = [row.event_id for row in self.tables.outbox.values() if row.status in ("stored", "exists")]
        return [*self.tables.from_above, *taken]

    def not_shared_above(self, event_ids: Collection[str]) -> Sequence[str]:
        shared = {*self.tables.sent_up, *self.tables.from_above}
        return [i for i in dict.fromkeys(event_ids) if i in self.tables.events and i not in shared]

    def _send_up(self, event_id: str) -> None:
        if event_id not in self.tables.sent_up and event_id not in self.tables.from_above:
            link = len(self.tables.outbox) + 1
            self.tables.outbox[link] = Sent(event_id, "")
            self.tables.sent_up[event_id] = link
