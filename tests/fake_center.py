"""The center's store in memory: the same port as the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import Credentials
from station_app.exchange.duplicates import Errand
from station_app.exchange.id_sums import IdSum
from station_app.exchange.limits import HELD, Limits, read_limits
from station_app.exchange.ports import Epoch, Head, Hop, Placement, Refusal, Subject
from station_app.exchange.writing import Chain
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import BACKFILL, FeedRow
from station_app.protocol.signed import CENTERS, Signed
from station_app.usecases.accounts_of_offices import merged
from station_app.usecases.center_ports import (
    HeldEvent,
)
from station_app.usecases.run_center import ELSEWHERE
from tests.fake_center_tables import CenterTables
from tests.fake_files import MemoryFiles
from tests.fake_numbers import MemoryNumbers
from tests.fake_outbox_above import MemoryOutboxAbove
from tests.fake_put_away import MemoryPutAway
from tests.fake_receipts import MemoryReceipts
from tests.fake_store import Store, credential_key, insert, known

# The tree is asked for at every placement; what it is made of changes seldom and is never changed in place.
_TREES: dict[tuple[int, int], tuple[Any, Any, Organisations]] = {}


def _tree(own: Any, elsewhere: Any) -> Organisations:
    key = (id(own), id(elsewhere))
    if key not in _TREES or _TREES[key][0] is not own or _TREES[key][1] is not elsewhere:
        if len(_TREES) > 64:
            _TREES.clear()
        _TREES[key] = (own, elsewhere, merged(own, elsewhere))
    return _TREES[key][2]


def center_store() -> Store:
    return Store(CenterTables(), MemoryCenterBook)


class MemoryCenterBook(MemoryPutAway, MemoryNumbers, MemoryFiles, MemoryReceipts, MemoryOutboxAbove):
    """One open transaction of a center; the port is center.ports.CenterStore."""

    def setting(self, name: str) -> Any:
        return self.tables.settings.get(name)

    def save_setting(self, name: str, value: Any) -> None:
        self.tables.settings[name] = value

    # -- intake ----------------------------------------------------------------------------------------------------

    def epoch(self, device: str, epoch: str) -> Epoch | None:
        return self.tables.epochs.get((device, epoch))

    def epochs(self, device: str) -> Sequence[Epoch]:
        return [epoch for (of, _), epoch in self.tables.epochs.items() if of == device]

    def save_epoch(self, found: Epoch) -> None:
        self.tables.epochs[found.device, found.epoch] = found

    def heads(self, chains: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Head]:
        return {chain: self.tables.heads[chain] for chain in chains if chain in self.tables.heads}

    def seqs(self, event_ids: Collection[str]) -> Mapping[str, int]:
        return {i: self.tables.events[i].header.seq for i in event_ids if i in self.tables.events}

    def refused_ids(self, event_ids: Collection[str]) -> Mapping[str, str]:
        return {event_id: self.tables.refused[event_id] for event_id in event_ids if event_id in self.tables.refused}

    def viewers(self, subjects: Collection[Subject]) -> Mapping[Subject, tuple[str, ...]]:
        kinds = [kind.value for kind in SubjectKind]
        asked = {(kind, subject_id) for _, subject_id in subjects for kind in kinds}
        return {subject: self.tables.viewers[subject] for subject in sorted(asked) if subject in self.tables.viewers}

    def bodiless(self, event_ids: Collection[str]) -> set[str]:
        return {i for i in event_ids if i in self.tables.events and self.tables.events[i].body is None}

    def note_removals(self, found: Mapping[str, str]) -> None:
        self.tables.removals.update({i: case for i, case in found.items() if i not in self.tables.removals})

    def cases_with_removals(self, cases: Collection[str]) -> set[str]:
        return set(self.tables.removals.values()).intersection(cases)

    def beside(self) -> list[Event]:
        return [refusal.event for _, _, refusal in self.tables.refusals.values() if refusal.event.body is not None]

    def whole_beside(self, event_ids: Collection[str]) -> list[Event]:
        return [event for event in self.beside() if event.event_id in event_ids]

    def erase_bodies(self, event_ids: Collection[str]) -> None:
        for event in [self.tables.events[i] for i in event_ids if i in self.tables.events]:
            if event.body is not None:
                self._replace(replace(event, body=None))
        for number, (device, epoch, refusal) in list(self.tables.refusals.items()):
            if refusal.event.event_id in event_ids:
                emptied = replace(refusal, event=replace(refusal.event, body=None))
                self.tables.refusals[number] = (device, epoch, emptied)
        self.let_go(event_ids)

    def _replace(self, event: Event) -> None:
        self.tables.events[event.event_id] = event
        stream = self.tables.subjects[event.header.subject_id]
        same = tuple(event if e.event_id == event.event_id else e for e in stream)
        self.tables.subjects[event.header.subject_id] = same

    def forget_errand(self, case_id: str) -> None:
        self.tables.errands.pop(case_id, None)

    def cases_after(self, case_id: str, limit: int) -> Sequence[str]:
        later = sorted(i for kind, i in self.tables.viewers if kind == SubjectKind.CASE and i > case_id)
        return later[:limit]

    def highest_lamport(self) -> int:
        return self.tables.tops.get("", (0, ""))[0]

    def organisations(self) -> Organisations:
        return _tree(self.setting("organisations") or [], self.setting(ELSEWHERE) or {})

    def limits(self) -> Limits:
        return read_limits(self.setting("limits") or {})

    def devices_of(self, person: str) -> set[str]:
        return {device for who, device, _ in self.tables.credentials if who == person}

    def chain_heads(self, devices: Collection[str]) -> Mapping[tuple[str, str], int]:
        found = {chain: head.seq for chain, head in self.tables.heads.items() if chain[0] in devices}
        for header in (event.header for event in self.tables.events.values()):
            if header.origin in devices:
                chain = (header.origin, header.epoch)
                found[chain] = max(header.seq, found.get(chain, 0))
        return found

    def held_events(self) -> Sequence[HeldEvent]:
        found = self.tables.refusals.items()
        return [
            HeldEvent(n, r.code, r.event) for n, (_, _, r) in found if self.tables.refused.get(r.event.event_id) in HELD
        ]

    def release(self, event_ids: Collection[str]) -> None:
        for event_id in event_ids:
            self.tables.refused.pop(event_id, None)

    def events_by(self, devices: Collection[str]) -> Sequence[Event]:
        return [event for event in self.tables.events.values() if event.header.origin in devices]

    def seqs_behind(self, chain: tuple[str, str], seq: int) -> set[int]:
        headers = [event.header for event in self.tables.events.values()]
        return {header.seq for header in headers if (header.origin, header.epoch) == chain and header.seq > seq}

    def refused_by(self, devices: Collection[str]) -> Sequence[Event]:
        return [refusal.event for device, _, refusal in self.tables.refusals.values() if device in devices]

    def refusals_by_device(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for device, _, refusal in self.tables.refusals.values():
            if code := self.tables.refused.get(refusal.event.event_id):
                refused, held = found.get(device, (0, 0))
                found[device] = (refused + 1, held + (code in HELD))
        return found

    def refused_links(self, device: str) -> set[int]:
        return {refusal.link for by, _, refusal in self.tables.refusals.values() if by == device}

    def waits_for_ruling(self, org: str) -> bool:
        return any(org in self.tables.viewers.get(("case", case), ()) for case in self.unruled(500))

    def credentials(self, origins: Collection[str]) -> Credentials:
        signed = [found for (_, device, _), found in self.tables.credentials.items() if device in origins]
        return known(self.centers(), signed)

    def centers(self) -> frozenset[str]:
        others = self.setting(CENTERS) or []
        return frozenset({self.setting("center")["device"], *(entry["device"] for entry in others)})

    def add_events(self, events: Sequence[Event]) -> None:
        insert(self.tables, events)

    def add_refusals(self, device: str, epoch: str, refusals: Sequence[Refusal]) -> None:
        for refusal in refusals:
            self.tables.refusals[len(self.tables.refusals) + 1] = (device, epoch, refusal)
            self.tables.refused[refusal.event.event_id] = refusal.code

    def save_heads(self, heads: Mapping[tuple[str, str], Head]) -> None:
        self.tables.heads.update(heads)

    def save_viewers(self, viewers: Mapping[Subject, tuple[str, ...]]) -> None:
        self.tables.viewers.update(viewers)

    def place(self, placements: Sequence[Placement]) -> None:
        self._call_back_for(placements)
        done: set[tuple[str, str]] = set()
        ways = self.ways({placement.org for placement in placements})
        for placement in placements:
            org = ways[placement.org]
            if not org or self._is_shared_with_above(placement.event_id):
                self._send_up(placement.event_id)
            if not org:
                continue
            key = (org, placement.event_id)
            here = key in self.tables.in_feed
            if key in done or (here and placement.kind != BACKFILL):
                continue
            done.add(key)
            n = self._allot(org)
            if not here:
                self.tables.in_feed[key] = True
                self.tables.sums[org] = self.feed_sum(org).plus([placement.event_id])
            self.tables.feed[org, n] = FeedRow(n, placement.kind, event_id=placement.event_id)

    def _call_back_for(self, placements: Sequence[Placement]) -> None:
        ways = self.ways({placed.org for placed in placements} if self.tables.away else ())
        for placed in placements if self.tables.away else ():
            org = ways[placed.org]
            if placed.kind == BACKFILL or (org, placed.event_id) not in self.tables.in_feed:
                self.call_back(org, [self.tables.events[placed.event_id].header.subject])

    def place_revocations(self, found: Sequence[tuple[str, Subject]]) -> None:
        ways = self.ways({org for org, _ in found})
        for org, subject in found:
            if ways[org] != org:
                continue
            self.call_back(org, [subject])
            n = self._allot(org)
            self.tables.feed[org, n] = FeedRow(n, "revoke", subject=subject)

    def ways(self, orgs: Collection[str]) -> dict[str, str]:
        found, here = self.organisations(), self.setting("center").get("org", "")
        return {org: found.reached_from(here, org) if here else org for org in orgs}

    def _is_shared_with_above(self, event_id: str) -> bool:
        if not self.tables.from_above:
            return False
        stream = self.tables.subjects[self.tables.events[event_id].header.subject_id]
        return any(event.event_id in self.tables.from_above for event in stream)

    def errands(self, keys: Collection[str]) -> Sequence[Errand]:
        return [errand for errand in self.tables.errands.values() if errand.key in keys]

    def add_errands(self, found: Sequence[Errand]) -> None:
        for errand in found:
            self.tables.errands.setdefault(errand.case_id, errand)

    def show_again(self, org: str) -> None:
        taken = {row.subject for (of, _), row in self.tables.feed.items() if of == org and row.kind == "revoke"}
        shown = {self.tables.events[event_id].header.subject for of, event_id in self.tables.in_feed if of == org}
        for subject, viewers in self.tables.viewers.items():
            is_case = subject[0] == SubjectKind.CASE
            if org in viewers:
                if is_case:
                    self.mark_unruled([subject[1]])
                kind = BACKFILL if subject in taken else "new"
                events = self.tables.subjects.get(subject[1], ())
                self.place([Placement(org, kind, event.event_id) for event in events])
            elif is_case and viewers and subject in shown:
                self.place_revocations([(org, subject)])

    # -- the link to the center above ------------------------------------------------------------------------------

    def place_hops(self, found: Sequence[tuple[str, Hop]]) -> None:
        ways = self.ways({org for org, _ in found})
        for org, hop in found:
            if ways[org] == org:
                n = self._allot(org)
                self.tables.feed[org, n] = FeedRow(n, "receipt", event_id=hop.event_id, hop=(hop.org, hop.at))

    def events_named(self, event_ids: Collection[str]) -> Sequence[Event]:
        return [self.tables.events[i] for i in event_ids if i in self.tables.events]

    def fill_bodies(self, events: Sequence[Event]) -> None:
        for event in events:
            if self.tables.events[event.event_id].body is None:
                self._replace(event)

    def hold(self, event: Event, code: str) -> None:
        if event.event_id not in self.tables.refused:
            self.add_refusals("", "", [Refusal(0, event, code)])
            self.note_from_above([event.event_id])

    def all_credentials(self) -> Credentials:
        people: Credentials = self.tables.credentials.cached(
            lambda: known(frozenset(), self.tables.credentials.values())
        )
        return replace(people, centers=self.centers())

    def start_center_epoch(self, epoch: str) -> None:
        before = self.setting("center")
        earlier = [*before.get("incarnations", ()), before["incarnation"]]
        renewed = {"epoch": epoch, "forked_from": before["epoch"], "incarnation": f"i{epoch}", "healing": True}
        self.save_setting("center", {**before, **renewed, "incarnations": earlier})
        self.drop_put_away()

    # -- feeds -----------------------------------------------------------------------------------------------------

    def add_reviews(self, found: Mapping[str, str]) -> None:
        self.tables.reviews.update(found)

    def reviews(self, event_ids: Collection[str]) -> Mapping[str, str]:
        return {i: self.tables.reviews[i] for i in event_ids if i in self.tables.reviews}

    def feed_sum(self, org: str) -> IdSum:
        return self.tables.sums.get(org, IdSum())

    def feed_ids(self, org: str) -> list[str]:
        return [event_id for of, event_id in self.tables.in_feed if of == org]

    def events_in_feed(self, org: str, event_ids: Collection[str]) -> Sequence[Event]:
        return [self.tables.events[i] for i in event_ids if (org, i) in self.tables.in_feed]

    def place_document(self, orgs: Iterable[str], kind: str, number: int) -> None:
        for org in orgs:
            n = self._allot(org)
            self.tables.feed[org, n] = FeedRow(n, "document", document=self.tables.documents[kind, number])

    def _allot(self, org: str) -> int:
        self.tables.feed_heads[org] = self.tables.feed_heads.get(org, 0) + 1
        return self.tables.feed_heads[org]

    def mark_unruled(self, cases: Iterable[str]) -> None:
        self.tables.unruled.update(dict.fromkeys(cases, True))

    def unruled(self, limit: int) -> Sequence[str]:
        return list(self.tables.unruled)[:limit]

    def mark_ruled(self, cases: Iterable[str]) -> None:
        for case in cases:
            self.tables.unruled.pop(case, None)

    def case_events(self, cases: Collection[str]) -> Mapping[str, Sequence[Event]]:
        return {case: self.tables.subjects.get(case, ()) for case in cases}

    def chain(self) -> Chain:
        center = self.setting("center")
        head = self.tables.heads.get((center["device"], center["epoch"]), Head(0, ""))
        return Chain(center["device"], center["epoch"], head.seq, head.event_id or None, head.seq)

    def feed(self, org: str, after: int, limit: int, floor: int = 0) -> Sequence[FeedRow]:
        left_out = self.tables.left_out
        numbers = (
            n
            for n in range(after + 1, self.feed_head(org) + 1)
            if n >= floor or not 0 < left_out.get((org, n), 0) <= floor
        )
        return [self._row(self.tables.feed[org, n]) for n in islice(numbers, limit)]

    def _row(self, row: FeedRow) -> FeedRow:
        return FeedRow(row.n, row.kind, self.tables.events[row.event_id]) if row.event_id and not row.hop else row

    def feed_head(self, org: str) -> int:
        return self.tables.feed_heads.get(org, 0)

    # -- the office tables -----------------------------------------------------------------------------------------

    def signed_credentials(self, devices: Collection[str], people: Collection[tuple[str, str]]) -> tuple[Signed, ...]:
        wanted = set(devices)
        return tuple(
            signed
            for (person, device, _), signed in self.tables.credentials.items()
            if device in wanted and (not person or (person, device) in people)
        )

    def save_credential(self, signed: Signed) -> None:
        self.tables.credentials[credential_key(signed)] = signed

    def document(self, kind: str) -> Signed | None:
        number = self.last_document(kind)
        return self.tables.documents[kind, number] if number else None

    def last_document(self, kind: str) -> int:
        return max((number for of_kind, number in self.tables.documents if of_kind == kind), default=0)

    def save_document(self, kind: str, number: int, signed: Signed) -> None:
        assert (kind, number) not in self.tables.documents, "a document number used twice"
        self.tables.documents[kind, number] = signed
