"""The station's store in memory: the same port as the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from station_app.domain.batches import Batch
from station_app.domain.case_cards import CaseCard, card_of
from station_app.domain.cases import Case
from station_app.domain.document_numbers import HeldBlock
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import readable
from station_app.exchange.id_sums import IdSum
from station_app.exchange.limits import Limits, limits_in
from station_app.exchange.ports import Hop, Link, OwnEpoch, Subject
from station_app.exchange.projection import batch_of, case_of
from station_app.exchange.removed import beside_to_empty, removal_of, shown_of, to_empty
from station_app.exchange.revocation import held_to_erase, may_forget, remnant, to_erase
from station_app.exchange.writing import Chain
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import PushStatus
from station_app.protocol.signed import Document, Signed
from station_app.usecases.attachment_book import FileState, FileToSend
from station_app.usecases.ports import Draft, Identity, OutboxEntry, OutboxTotals, Reveal
from station_app.usecases.reference import is_village, own_series_of, standpoint_of
from station_app.usecases.run_center import ORGANISATIONS
from tests.fake_carried_files import MemoryCarriedFiles
from tests.fake_cases import MemoryCases
from tests.fake_packages import MemoryPackages, PackageTables
from tests.fake_receipts import MemoryReceipts
from tests.fake_records import MemoryRecords
from tests.fake_sent import Sent
from tests.fake_store import CredentialKey, Store, Table, insert

REFUSED = ("refused",)


@dataclass
class StationTables(PackageTables):
    """What a station keeps; every value is immutable, so that a copy of the tables is a copy of all."""

    events: Table[str, Event] = field(default_factory=Table)
    subjects: Table[str, tuple[Event, ...]] = field(default_factory=Table)
    tops: Table[Any, tuple[int, str]] = field(default_factory=Table)
    held: Table[str, tuple[Event, str]] = field(default_factory=Table)
    credentials: Table[CredentialKey, Signed] = field(default_factory=Table)
    documents: Table[tuple[str, int], Document] = field(default_factory=Table)
    outbox: Table[int, Sent] = field(default_factory=Table)
    revoked: Table[Subject, bool] = field(default_factory=Table)
    put_away: Table[str, str] = field(default_factory=Table)
    hops: Table[tuple[str, str], Hop] = field(default_factory=Table)
    receipts: Table[int, Signed] = field(default_factory=Table)
    cases: Table[str, Case] = field(default_factory=Table)
    cards: Table[str, CaseCard] = field(default_factory=Table)
    drafts: Table[tuple[str, str], Draft] = field(default_factory=Table)
    reveals: Table[int, Reveal] = field(default_factory=Table)
    batches: Table[str, Batch] = field(default_factory=Table)
    counters: Table[str, int] = field(default_factory=Table)
    prints: Table[int, tuple[str, ...]] = field(default_factory=Table)
    attachments: Table[str, tuple[FileToSend, FileState]] = field(default_factory=Table)
    rot: Table[int, Event] = field(default_factory=Table)


def station_store() -> Store:
    return Store(StationTables(), MemoryBook)


class MemoryBook(MemoryRecords, MemoryCases, MemoryReceipts, MemoryPackages, MemoryCarriedFiles):
    """One open transaction of a station; the port is usecases.ports.Book."""

    relays = False

    def __init__(self, tables: StationTables) -> None:
        self.tables = tables

    def setting(self, name: str) -> Any:
        return self.tables.settings.get(name)

    def save_setting(self, name: str, value: Any) -> None:
        self.tables.settings[name] = value

    def identity(self) -> Identity:
        found: Identity = self.tables.settings["identity"]
        return found

    def save_identity(self, identity: Identity) -> None:
        self.tables.settings["identity"] = identity

    def link(self) -> Link:
        return self.tables.settings.get("link") or Link()

    def save_link(self, link: Link) -> None:
        self.tables.settings["link"] = link

    def own_epoch(self) -> OwnEpoch:
        me = self.identity()
        return OwnEpoch(me.epoch, self.chain().seq, me.forked_from, me.tag)

    def start_epoch(self, epoch: str) -> None:
        me = self.identity()
        self.tables.settings["identity"] = replace(me, epoch=epoch, forked_from=me.epoch)

    def written_before(self) -> Mapping[str, int]:
        return self.tables.settings.get("written_before") or {}

    def save_written_before(self, heads: Mapping[str, int]) -> None:
        self.tables.settings["written_before"] = dict(heads)

    def skipped_serials(self) -> Mapping[str, Sequence[Sequence[int]]]:
        return self.tables.settings.get("skipped_serials") or {}

    def save_skipped_serials(self, skipped: Mapping[str, Sequence[Sequence[int]]]) -> None:
        self.tables.settings["skipped_serials"] = dict(skipped)

    def own_series(self) -> Sequence[str]:
        return own_series_of(self)

    def number_blocks(self) -> Sequence[HeldBlock]:
        return self.tables.settings.get("number_blocks") or ()

    def save_number_blocks(self, blocks: Sequence[HeldBlock]) -> None:
        self.tables.settings["number_blocks"] = tuple(blocks)

    def save_tag(self, tag: int) -> None:
        self.tables.settings["identity"] = replace(self.identity(), tag=tag)

    def reopen(self, after: int) -> None:
        for link, row in list(self.tables.outbox.items()):
            if link > after and row.status:
                self.tables.outbox[link] = Sent(row.event_id, row.subject_id)
        self.tables.settings["id_sum"] = IdSum().plus(self.shared_ids())

    def id_sum(self) -> IdSum:
        return self.tables.settings.get("id_sum") or IdSum()

    def _count(self, event_ids: Collection[str]) -> None:
        kept = [i for i in event_ids if not self._is_away(self.tables.events[i])]
        if kept:
            self.tables.settings["id_sum"] = self.id_sum().plus(kept)

    def _is_away(self, event: Event) -> bool:
        return bool(self.tables.put_away) and readable(event) and event.header.subject_id in self.tables.put_away

    def shared_ids(self) -> list[str]:
        return [event.event_id for event in self._shared() if not self._is_away(event)]

    def _shared(self) -> list[Event]:
        own = {row.event_id: row.status for row in self.tables.outbox.values()}
        untold = {event_id for event_id, told in self.tables.brought.items() if not told}
        shared = [(i, e) for i, e in self.tables.events.items() if i not in untold]
        taken = [e for i, e in shared if own.get(i, "stored") in ("stored", "exists")]
        return [*taken, *(event for event, _ in self.tables.held.values())]

    def put_away(self, subjects: Sequence[Subject]) -> None:
        fresh = {subject_id: str(kind) for kind, subject_id in subjects if subject_id not in self.tables.put_away}
        if fresh:
            self.tables.put_away.update(fresh)
            self.tables.settings["id_sum"] = IdSum().plus(self.shared_ids())

    def call_back(self, subjects: Sequence[Subject]) -> None:
        marked = [subject_id for _, subject_id in subjects if subject_id in self.tables.put_away]
        if marked:
            for subject_id in dict.fromkeys(marked):
                del self.tables.put_away[subject_id]
            self.tables.settings["id_sum"] = IdSum().plus(self.shared_ids())

    def call_all_back(self) -> None:
        self.call_back([(kind, subject_id) for subject_id, kind in self.tables.put_away.items()])

    def events_named(self, event_ids: Collection[str]) -> Sequence[Event]:
        return [self.tables.events[i] for i in event_ids if i in self.tables.events]

    def credentials_of(self, events: Sequence[Event]) -> Sequence[Signed]:
        authors = {(who, event.header.origin) for event in events for who in ("", event.header.actor)}
        return [signed for (who, device, _), signed in self.tables.credentials.items() if (who, device) in authors]

    def fill_bodies(self, events: Sequence[Event]) -> None:
        for event in events:
            if self.tables.events[event.event_id].body is None:
                self._replace(event)

    def _replace(self, event: Event) -> None:
        self.tables.events[event.event_id] = event
        subject_id = event.header.subject_id
        stream = self.tables.subjects[subject_id]
        self.tables.subjects[subject_id] = tuple(event if e.event_id == event.event_id else e for e in stream)

    def revoke(self, subjects: Sequence[Subject]) -> None:
        self.tables.revoked.update(dict.fromkeys(subjects, False))

    def show_again(self, subjects: Sequence[Subject]) -> list[Subject]:
        return [subject for subject in subjects if self.tables.revoked.pop(subject, None) is not None]

    def has_revocations(self) -> bool:
        return bool(self.tables.revoked)

    def obey_revocations(self) -> None:
        org = self.identity().org
        for subject in [subject for subject, obeyed in self.tables.revoked.items() if not obeyed]:
            events, case = self.subject_events(subject[1]), self.case(subject[1])
            if not may_forget(events, org, self._unsettled(subject[1])):
                continue
            self.tables.revoked[subject] = True
            for event in to_erase(events, org):
                self._replace(replace(event, body=None))
            held = [event for event, _ in self.tables.held.values()]
            self._empty_held({event.event_id for event in held_to_erase(held, subject[1], org)})
            if case is not None:
                self._put_case(remnant(case))

    def _empty_held(self, event_ids: Collection[str]) -> None:
        held = {i: (replace(e, body=None), code) for i, (e, code) in self.tables.held.items() if i in event_ids}
        self.tables.held.update(held)

    def _unsettled(self, subject_id: str) -> set[str]:
        rows = [row for row in self.tables.outbox.values() if row.subject_id == subject_id]
        return {row.event_id for row in rows if row.status not in ("stored", "exists")}

    def forgotten(self, subject_ids: Iterable[str]) -> set[str]:
        obeyed = {subject_id for (_, subject_id), done in self.tables.revoked.items() if done}
        return obeyed.intersection(subject_ids)

    def save_hops(self, hops: Sequence[Hop]) -> None:
        for hop in hops:
            self.tables.hops.setdefault((hop.event_id, hop.org), hop)

    def hops(self, event_ids: Sequence[str]) -> Sequence[Hop]:
        return [hop for hop in self.tables.hops.values() if hop.event_id in set(event_ids)]

    def chain(self) -> Chain:
        me = self.identity()
        seq, last = self.tables.tops.get((me.device, me.epoch), (0, ""))
        return Chain(me.device, me.epoch, seq, last or None, self.tables.tops.get("", (0, ""))[0])

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

    def add_brought(self, events: Sequence[Event]) -> None:
        insert(self.tables, events)
        self.tables.brought.update({event.event_id: False for event in events})

    def arrived(self, event_ids: Collection[str]) -> None:
        untold = [event_id for event_id in event_ids if self.tables.brought.get(event_id) is False]
        self.tables.brought.update(dict.fromkeys(untold, True))
        self._count(untold)

    def brought(self, subject_ids: Iterable[str]) -> Collection[str]:
        return self.tables.brought

    def add_foreign(self, events: Sequence[Event]) -> None:
        insert(self.tables, events)
        # What was held is in the sum already.
        self._count([e.event_id for e in events if self.tables.held.pop(e.event_id, None) is None])

    def hold(self, event: Event, code: str) -> None:
        about = self.subject_events(event.header.subject_id) if readable(event) else ()
        if any(removal_of(e) for e in about) and beside_to_empty([event], about, village=is_village(self)):
            event = replace(event, body=None)
        if event.event_id not in self.tables.held:
            self.tables.held[event.event_id] = (event, code)
            if not self._is_away(event):
                self.tables.settings["id_sum"] = self.id_sum().plus([event.event_id])
        elif event.body_matches() and self.tables.held[event.event_id][0].body is None:
            self.tables.held[event.event_id] = (event, self.tables.held[event.event_id][1])

    def held_with(self, codes: Collection[str]) -> Sequence[tuple[Event, str]]:
        return [held for held in self.tables.held.values() if held[1] in codes]

    def limits(self) -> Limits:
        return limits_in(self.document(ORGANISATIONS))

    def admit_own(self, event_ids: Collection[str]) -> None:
        admitted = {
            link: r for link, r in self.tables.outbox.items() if r.event_id in event_ids and r.status in REFUSED
        }
        self.tables.outbox.update({link: replace(row, status="stored", code="") for link, row in admitted.items()})
        self._count([row.event_id for row in admitted.values()])
        self.refold({self.tables.events[row.event_id].header.subject: None for row in admitted.values()})

    def refold(self, subjects: Iterable[Subject]) -> None:
        device = self.identity().device
        for kind, subject_id in subjects:
            events = self.subject_events(subject_id)
            self.name_files(events, device)
            if kind == SubjectKind.CASE:
                case = case_of(events, device, self.refused_events(), self.tables.brought)
                if self.forgotten([subject_id]):
                    left = self.case(subject_id) or case
                    case = remnant(left) if left else None
                case = self._without_removed(case, events)
                if case is not None:
                    self._put_case(case)
            elif kind == SubjectKind.BATCH:
                batch = batch_of(events, self.refused_events())
                if batch is not None:
                    self.tables.batches[subject_id] = batch

    def _without_removed(self, folded: Case | None, events: Sequence[Event]) -> Case | None:
        if not any(removal_of(event) for event in events):
            return folded
        village = is_village(self)
        held = [event for event, _ in self.tables.held.values()]
        gone = to_empty(events, village=village) | beside_to_empty(held, events, village=village)
        kept = self.case(events[0].header.subject_id)
        shown = shown_of(folded, kept, events, self.refused_events(), village=village)
        for event in events:
            if event.event_id in gone and event.body is not None:
                self._replace(replace(event, body=None))
        self._empty_held(gone)
        return shown

    def case_heads(self, case_ids: Collection[str] | None = None) -> Mapping[str, Any]:
        """Return none: slips are tested on disk."""
        return {}

    def scanned_batches(self, batch_ids: Collection[str] | None = None) -> Mapping[str, Batch]:
        return {}

    def slip_doubts(self) -> Sequence[Any]:
        return ()

    slip = save_slip = drop_slip_doubts = highest_of_events = case_heads

    def has_traces(self) -> bool:
        return False

    def wipe_traces(self) -> None:
        pass

    def _put_case(self, case: Case) -> None:
        self.tables.cases[case.case_id] = case
        self.tables.cards[case.case_id] = card_of(case, standpoint_of(self))

    def refused_events(self) -> dict[str, str]:
        return {row.event_id: row.code for row in self.tables.outbox.values() if row.status in REFUSED}

    def case(self, case_id: str) -> Case | None:
        return self.tables.cases.get(case_id)

    def case_numbered(self, text: str) -> Case | None:
        return next((case for case in self.tables.cases.values() if case.number == text), None)

    def outbox(self, limit: int) -> Sequence[tuple[int, Event]]:
        waiting = islice((link for link, row in self.tables.outbox.items() if not row.status), limit)
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
            if status.status in ("stored", "exists"):
                self._count([row.event_id])
            if status.status == "refused":
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
            if row.status in ("", "refused"):
                before = found.get(row.subject_id, OutboxEntry(row.subject_id, 0, ""))
                found[row.subject_id] = OutboxEntry(row.subject_id, before.events + 1, max(before.code, row.code))
        return list(found.values())

    def statuses_of(self, event_ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
        wanted = set(event_ids)
        rows = [row for row in self.tables.outbox.values() if row.event_id in wanted]
        return {row.event_id: (row.status, row.code, row.settled_at) for row in rows}
