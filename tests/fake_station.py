"""The station's store in memory: the same port as the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from station_app.domain.batches import Batch
from station_app.domain.case_cards import CaseCard, card_of
from station_app.domain.cases import Case
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import Credentials
from station_app.exchange.limits import Limits, limits_in
from station_app.exchange.ports import Link, Subject
from station_app.exchange.projection import batch_of, case_of
from station_app.exchange.writing import Chain
from station_app.protocol.event import Event
from station_app.protocol.signed import Document, Signed
from station_app.protocol.wire import PushStatus
from station_app.usecases.ports import Draft, Identity, OutboxEntry, OutboxTotals, Reveal
from station_app.usecases.reference import SEEN_THROUGH, standpoint_of
from station_app.usecases.run_center import ORGANISATIONS
from tests.fake_cases import MemoryCases
from tests.fake_store import CredentialKey, Store, credential_key, insert, known

REFUSED = ("refused", "fork")


@dataclass(frozen=True, slots=True)
class Sent:
    """A row of the outbox."""

    event_id: str
    subject_id: str
    status: str = ""
    code: str = ""
    settled_at: str = ""


@dataclass
class StationTables:
    """What a station keeps; every value is immutable, so that a copy of the dictionaries is a copy of all."""

    settings: dict[str, Any] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    places: dict[tuple[str, str, int], str] = field(default_factory=dict)
    subjects: dict[str, tuple[Event, ...]] = field(default_factory=dict)
    held: dict[str, tuple[Event, str]] = field(default_factory=dict)
    credentials: dict[CredentialKey, Signed] = field(default_factory=dict)
    documents: dict[tuple[str, int], Document] = field(default_factory=dict)
    outbox: dict[int, Sent] = field(default_factory=dict)
    receipts: dict[int, Signed] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    cards: dict[str, CaseCard] = field(default_factory=dict)
    drafts: dict[tuple[str, str], Draft] = field(default_factory=dict)
    reveals: dict[int, Reveal] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    prints: dict[int, tuple[str, ...]] = field(default_factory=dict)
    rot: dict[int, Event] = field(default_factory=dict)


def station_store() -> Store:
    return Store(StationTables(), MemoryBook)


class MemoryBook(MemoryCases):
    """One open transaction of a station; the port is usecases.ports.Book."""

    def __init__(self, tables: StationTables) -> None:
        self.tables = tables

    def setting(self, name: str) -> Any:
        return self.tables.settings.get(name)

    def save_setting(self, name: str, value: Any) -> None:
        self.tables.settings[name] = value

    def identity(self) -> Identity:
        found: Identity = self.tables.settings["identity"]
        return found

    def link(self) -> Link:
        return self.tables.settings.get("link") or Link()

    def save_link(self, link: Link) -> None:
        self.tables.settings["link"] = link

    def chain(self) -> Chain:
        me = self.identity()
        own = [event for event in self.tables.events.values() if event.header.origin == me.device]
        last = max((e for e in own if e.header.epoch == me.epoch), key=lambda e: e.header.seq, default=None)
        lamport = max((event.header.lamport for event in self.tables.events.values()), default=0)
        if last is None:
            return Chain(me.device, me.epoch, 0, None, lamport)
        return Chain(me.device, me.epoch, last.header.seq, last.event_id, lamport)

    def append(self, events: Sequence[Event]) -> None:
        insert(self.tables, events)
        first = len(self.tables.outbox) + 1
        for link, event in enumerate(events, start=first):
            self.tables.outbox[link] = Sent(event.event_id, event.header.subject_id)
        self.refold(dict.fromkeys(event.header.subject for event in events))

    def all_events(self) -> Sequence[Event]:
        return list(self.tables.events.values())

    def subject_events(self, subject_id: str) -> Sequence[Event]:
        return self.tables.subjects.get(subject_id, ())

    def known_ids(self, event_ids: Collection[str]) -> set[str]:
        return {event_id for event_id in event_ids if event_id in self.tables.events}

    def add_foreign(self, events: Sequence[Event]) -> None:
        insert(self.tables, events)

    def hold(self, event: Event, code: str) -> None:
        self.tables.held[event.event_id] = (event, code)

    def limits(self) -> Limits:
        return limits_in(self.document(ORGANISATIONS))

    def admit_own(self, event_ids: Collection[str]) -> None:
        admitted = {
            link: r for link, r in self.tables.outbox.items() if r.event_id in event_ids and r.status in REFUSED
        }
        self.tables.outbox.update({link: replace(row, status="stored", code="") for link, row in admitted.items()})
        self.refold({self.tables.events[row.event_id].header.subject: None for row in admitted.values()})

    def refold(self, subjects: Iterable[Subject]) -> None:
        device, seen_from = self.identity().device, standpoint_of(self)
        for kind, subject_id in subjects:
            events = self.subject_events(subject_id)
            if kind == SubjectKind.CASE:
                case = case_of(events, device, self.refused_events())
                if case is not None:
                    self.tables.cases[subject_id] = case
                    self.tables.cards[subject_id] = card_of(case, seen_from)
            elif kind == SubjectKind.BATCH:
                batch = batch_of(events)
                if batch is not None:
                    self.tables.batches[subject_id] = batch

    def refused_events(self) -> dict[str, str]:
        return {row.event_id: row.code for row in self.tables.outbox.values() if row.status in REFUSED}

    def case(self, case_id: str) -> Case | None:
        return self.tables.cases.get(case_id)

    def case_numbered(self, text: str) -> Case | None:
        return next((case for case in self.tables.cases.values() if case.number == text), None)

    def batch(self, batch_id: str) -> Batch | None:
        return self.tables.batches.get(batch_id)

    def batch_numbered(self, text: str) -> Batch | None:
        return next((batch for batch in self.tables.batches.values() if batch.number == text), None)

    def batches(self) -> Sequence[Batch]:
        return sorted(self.tables.batches.values(), key=lambda batch: batch.offered_on, reverse=True)

    def batches_from(self, org: str, limit: int) -> Sequence[Batch]:
        sent = [batch for batch in self.tables.batches.values() if batch.from_org == org]
        return sorted(sent, key=lambda batch: (batch.offered_on, batch.number), reverse=True)[:limit]

    def batches_open_for(self, org: str) -> Sequence[Batch]:
        to_come = [batch for batch in self.tables.batches.values() if batch.to_org == org and batch.open_lines]
        return sorted(to_come, key=lambda batch: (batch.offered_on, batch.number))

    def outbox(self, limit: int) -> Sequence[tuple[int, Event]]:
        waiting = [link for link, row in self.tables.outbox.items() if not row.status][:limit]
        return [
            (link, self.tables.rot.get(link) or self.tables.events[self.tables.outbox[link].event_id])
            for link in waiting
        ]

    def settle(self, statuses: Iterable[PushStatus], at: str) -> None:
        refused: dict[Subject, None] = {}
        for status in statuses:
            row = self.tables.outbox.get(status.link)
            if status.status == "waiting" or row is None or row.status:
                continue
            settled = replace(row, status=status.status, code=status.code, settled_at=at)
            self.tables.outbox[status.link] = settled
            if status.status in ("refused", "fork"):
                refused[self.tables.events[row.event_id].header.subject] = None
        self.refold(refused)

    def last_link(self) -> int:
        return len(self.tables.outbox)

    def outbox_totals(self) -> OutboxTotals:
        waiting = [row.subject_id for row in self.tables.outbox.values() if not row.status]
        return OutboxTotals(len(waiting), len(set(waiting)), len(self.refused_events()))

    def outbox_entries(self) -> Sequence[OutboxEntry]:
        found: dict[str, OutboxEntry] = {}
        for row in self.tables.outbox.values():
            if row.status in ("", "refused", "fork"):
                before = found.get(row.subject_id, OutboxEntry(row.subject_id, 0, ""))
                found[row.subject_id] = OutboxEntry(row.subject_id, before.events + 1, max(before.code, row.code))
        return list(found.values())

    def statuses_of(self, event_ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
        wanted = set(event_ids)
        rows = [row for row in self.tables.outbox.values() if row.event_id in wanted]
        return {row.event_id: (row.status, row.code, row.settled_at) for row in rows}

    def save_receipt(self, receipt: Signed) -> None:
        self.tables.receipts[int(receipt.value()["link"])] = receipt

    def credentials(self) -> Credentials:
        return known(self.identity().center_device, self.tables.credentials.values())

    def save_credentials(self, found: Sequence[Signed]) -> None:
        for signed in found:
            self.tables.credentials[credential_key(signed)] = signed

    def save_document(self, document: Document) -> None:
        self.tables.documents.setdefault((document.kind, document.number), document)
        if document.kind in SEEN_THROUGH and self.tables.cases:
            self.look_anew()

    def document(self, kind: str) -> Document | None:
        numbers = [number for of_kind, number in self.tables.documents if of_kind == kind]
        return self.tables.documents[kind, max(numbers)] if numbers else None
