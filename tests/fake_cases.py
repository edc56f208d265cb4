"""Lists, boards and local notes of the station's store in memory, by the same rules as on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from station_app.domain.batches import Batch
from station_app.domain.case_cards import OURS_TO_KEEP, CaseCard, CaseQuery, Place, card_of, is_asked_too_early
from station_app.domain.case_words import Search, item_has, read_search, words_of
from station_app.domain.cases import Case, CaseState
from station_app.usecases.ports import CaseTally, ClockTally, Draft, Placed, Reveal, Slice, SyncStatus
from station_app.usecases.reference import seen_through, standpoint_of


class MemoryCases:
    """Lists and boards over `tables.cases` and `tables.cards`; a case's position is its place in the dictionary."""

    tables: Any

    def asked_cases(self) -> Mapping[str, str]:
        return self.tables.settings.get("asked_cases") or {}

    def save_asked_cases(self, asked: Mapping[str, str]) -> None:
        self.tables.settings["asked_cases"] = dict(asked)

    def is_behind(self) -> bool:
        looked = self.tables.settings.get("cases_looked_through")
        return bool(looked != {**seen_through(self), "after": None})  # type: ignore[arg-type]

    def look_anew(self, most: int) -> int:
        through, seen_from = seen_through(self), standpoint_of(self)  # type: ignore[arg-type]
        looked = dict(self.tables.settings.get("cases_looked_through") or {})
        after = looked.pop("after", 0)
        begin = 0 if looked != through else after
        cases = [] if begin is None else list(self.tables.cases.values())[begin : begin + most]
        for case in cases:
            self.tables.cards[case.case_id] = card_of(case, seen_from)
        end = (begin or 0) + most if len(cases) == most else None
        self.tables.settings["cases_looked_through"] = {**through, "after": end}
        return len(cases)

    def case_slice(self, query: CaseQuery, cut: Slice) -> Sequence[Placed]:
        oldest_first = list(self._listed(query))
        if cut.older:
            below = [p for p in reversed(oldest_first) if cut.position is None or p.position < cut.position]
            return below[cut.skip : cut.skip + cut.limit]
        above = [placed for placed in oldest_first if placed.position > (cut.position or 0)]
        return above[cut.skip : cut.skip + cut.limit][::-1]

    def count_cases(self, query: CaseQuery, most: int) -> int:
        found = len(list(self._listed(query)))
        return min(found, most) if read_search(query.text) else found

    def _listed(self, query: CaseQuery) -> Iterator[Placed]:
        search = read_search(query.text)
        for position, (case_id, card) in enumerate(self.tables.cards.items(), start=1):
            if query.place is Place.ASKED_BACK and self._is_too_early(card):
                continue
            if _is_at(card, query) and (search is None or finds(search, self.tables.cases[case_id])):
                yield Placed(position, card)

    def tally_cases(self) -> Sequence[CaseTally]:
        open_ones = [card for card in self.tables.cards.values() if card.place is not Place.DONE]
        placed = [(Place.ALL if self._is_too_early(card) else card.place, card) for card in open_ones]
        alike = Counter((place, card.state, card.decides, card.branch) for place, card in placed)
        return [CaseTally(*key, count) for key, count in alike.items()]

    def _is_too_early(self, card: CaseCard) -> bool:
        if card.place is not Place.ASKED_BACK:
            return False
        org, now = self.tables.settings["identity"].org, self.sync_status().last_ok_at
        return is_asked_too_early(self.tables.cases[card.case_id], org, now)

    def longest_on_the_road(self) -> Mapping[str, str]:
        coming = [c for c in self.tables.cards.values() if c.place is Place.INCOMING and c.offered_on]
        return {b: min(c.offered_on for c in coming if c.branch == b) for b in {c.branch for c in coming}}

    def tally_clocks(self, today: date, soon: date) -> Sequence[ClockTally]:
        found: dict[tuple[str, str], list[Any]] = {}
        for card in self.tables.cards.values():
            for clock in card.clocks if card.place in OURS_TO_KEEP else ():
                found.setdefault((clock.kind, card.branch), []).append(clock)
        return [
            ClockTally(
                kind,
                branch,
                sum(clock.due_on < today for clock in clocks),
                sum(clock.due_on == today for clock in clocks),
                sum(today < clock.due_on <= soon for clock in clocks),
                sum(clock.due_on > soon for clock in clocks),
                sum(clock.provisional for clock in clocks),
            )
            for (kind, branch), clocks in found.items()
        ]

    def due_until(self, day: date, limit: int) -> Sequence[Placed]:
        ours = [p for p in self._listed(CaseQuery()) if p.card.place in OURS_TO_KEEP and p.card.clocks]
        due = [placed for placed in ours if placed.card.clocks[0].due_on <= day]
        return sorted(due, key=lambda placed: placed.card.clocks[0].due_on)[:limit]

    def silent_since(self, day: date, limit: int) -> Sequence[Placed]:
        sent = [p for p in self._listed(CaseQuery(place=Place.ON_THE_ROAD)) if p.card.offered_on <= day.isoformat()]
        return sorted(sent, key=lambda placed: placed.card.offered_on)[:limit]

    def late_cases(self, limit: int) -> Sequence[Placed]:
        late = [p for p in self._listed(CaseQuery()) if p.card.late and p.card.place is not Place.DONE]
        return late[::-1][:limit]

    def rows_fault(self, cases: Iterable[Case], batches: Iterable[Batch]) -> str:
        seen_from, wanted = standpoint_of(self), list(cases)  # type: ignore[arg-type]
        wrong = (f"row {c.case_id}" for c in wanted if self.tables.cards.get(c.case_id) != card_of(c, seen_from))
        if fault := next(wrong, ""):
            return fault
        if others := len(self.tables.cards) - len(wanted):
            return f"rows {others}"
        others = len(self.tables.batches) - len(list(batches))
        return f"batches {others}" if others else ""

    def batch(self, batch_id: str) -> Batch | None:
        return self.tables.batches.get(batch_id)

    def batch_numbered(self, text: str) -> Batch | None:
        return next((batch for batch in self.tables.batches.values() if batch.number == text), None)

    def numbers_here(self, numbers: Collection[str]) -> set[str]:
        known = [*self.tables.cases.values(), *self.tables.batches.values()]
        return {found.number for found in known}.intersection(numbers)

    def batches(self) -> Sequence[Batch]:
        return sorted(self.tables.batches.values(), key=lambda batch: batch.offered_on, reverse=True)

    def batches_from(self, org: str, limit: int) -> Sequence[Batch]:
        sent = [batch for batch in self.tables.batches.values() if batch.from_org == org]
        return sorted(sent, key=lambda batch: (batch.offered_on, batch.number), reverse=True)[:limit]

    def batches_open_for(self, org: str) -> Sequence[Batch]:
        to_come = [batch for batch in self.tables.batches.values() if batch.to_org == org and batch.open_lines]
        return sorted(to_come, key=lambda batch: (batch.offered_on, batch.number))

    def cases_of_person(self, search: Search) -> Iterator[Case]:
        return (case for case in reversed(self.tables.cases.values()) if _has_words(search, case))

    # -- local notes -----------------------------------------------------------------------------------------------

    def save_draft(self, draft: Draft) -> None:
        self.tables.drafts[draft.draft_id, draft.person] = draft

    def drafts(self, person: str) -> Sequence[Draft]:
        own = sorted((d for d in self.tables.drafts.values() if d.person == person), key=lambda d: d.draft_id)
        return sorted(own, key=lambda draft: draft.saved_at, reverse=True)

    def drop_draft(self, draft_id: str, person: str) -> None:
        self.tables.drafts.pop((draft_id, person), None)

    def log_reveal(self, reveal: Reveal) -> None:
        self.tables.reveals[len(self.tables.reveals) + 1] = reveal

    def reveals(self, case_id: str) -> Sequence[Reveal]:
        return [reveal for reveal in self.tables.reveals.values() if reveal.case_id == case_id]

    def serials(self, since: str) -> dict[str, int]:
        return {name: value for name, value in self.tables.counters.items() if name[-len(since) :] >= since}

    def raise_serial(self, name: str, value: int) -> None:
        self.tables.counters[name] = max(value, self.tables.counters.get(name, 0))

    def next_serial(self, name: str) -> int:
        self.tables.counters[name] = self.tables.counters.get(name, 0) + 1
        found: int = self.tables.counters[name]
        return found

    def log_print(self, document: str, subject_id: str, person: str, at: str) -> None:
        self.tables.prints[len(self.tables.prints) + 1] = (document, subject_id, person, at)

    def save_sync_status(self, status: SyncStatus) -> None:
        self.tables.settings["sync_status"] = status

    def sync_status(self) -> SyncStatus:
        return self.tables.settings.get("sync_status") or SyncStatus()

    def save_retried(self, retried: Mapping[str, str]) -> None:
        self.tables.settings["retried"] = dict(retried)

    def retried(self) -> Mapping[str, str]:
        return self.tables.settings.get("retried") or {}

    def save_looked_at(self, looked: Mapping[str, tuple[str, str]]) -> None:
        self.tables.settings["looked_at"] = dict(looked)

    def looked_at(self) -> Mapping[str, tuple[str, str]]:
        return self.tables.settings.get("looked_at") or {}

    def save_seen_below(self, seen: Mapping[str, str]) -> None:
        self.tables.settings["seen_below"] = dict(seen)

    def save_phone_keys(self, keys: Mapping[str, tuple[int, str]]) -> None:
        self.tables.settings["phone_keys"] = dict(keys)

    def save_office_keys(self, keys: Mapping[int, tuple[str, str]]) -> None:
        self.tables.settings["office_keys"] = dict(keys)

    def office_keys(self) -> Mapping[int, tuple[str, str]]:
        return self.tables.settings.get("office_keys") or {}

    def phone_keys(self) -> Mapping[str, tuple[int, str]]:
        return self.tables.settings.get("phone_keys") or {}

    def seen_below(self) -> Mapping[str, str]:
        return self.tables.settings.get("seen_below") or {}


def finds(search: Search, case: Case) -> bool:
    name, code = str(case.item.get("name", "")), str(case.item.get("code", ""))
    if search.item_text and item_has(name, code, search.item_text):
        return True
    part = search.number_part
    return _has_words(search, case) and (not part or case.number.startswith(part) or case.number.endswith(part))


def _has_words(search: Search, case: Case) -> bool:
    words = words_of(case)
    return any(words.issuperset(way) for way in search.ways)


def _is_at(card: CaseCard, query: CaseQuery) -> bool:
    if query.taken_by and card.taken_by != query.taken_by:
        return False
    if query.branch is not None and card.branch != query.branch:
        return False
    if query.state is not None and card.state is not query.state:
        return False
    if query.place is Place.RETURNED:
        return card.place is Place.HERE and card.state is CaseState.RETURNED
    return query.place in (Place.ALL, card.place)
