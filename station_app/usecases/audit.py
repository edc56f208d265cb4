"""Checking a journal: every event whole, every signature good, chains without gaps, projections equal to the fold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from station_app.domain.batches import Batch
from station_app.domain.case_cards import CaseCard, CaseQuery, Place, Standpoint, card_of
from station_app.domain.cases import Case
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import Credentials, Job, faults
from station_app.exchange.projection import batch_of, case_of
from station_app.protocol.event import Event
from station_app.usecases.ports import Book, Slice
from station_app.usecases.reference import standpoint_of

OK = "ok"
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found: "ok", or the first fault with its place."""

    events: int
    chain: str
    projections: str


def audit(book: Book, verify_many: Callable[[Sequence[Job]], list[bool]]) -> Audit:
    """Check a station's whole journal; reads all of it."""
    me = book.identity()
    events = list(book.all_events())
    chain = check_events(events, book.credentials(), verify_many)
    if chain == OK:
        own = [e for e in events if (e.header.origin, e.header.epoch) == (me.device, me.epoch)]
        chain = check_chain(own)
    return Audit(len(events), chain, _projections(book, events, me.device))


def check_events(
    events: Sequence[Event], known: Credentials, verify_many: Callable[[Sequence[Job]], list[bool]]
) -> str:
    """Return "ok", or the first event that is not what it says, with the reason."""
    for event, code in zip(events, faults(events, known, verify_many), strict=True):
        if code:
            return f"{code}: {event.event_id}"
    return OK


def check_chain(events: Iterable[Event]) -> str:
    """Return "ok", or the first place where one epoch of one device has a gap or a wrong `prev`."""
    seq, prev = 0, None
    for event in sorted(events, key=lambda e: e.header.seq):
        if event.header.seq != seq + 1 or event.header.prev != prev:
            return f"gap after {seq}"
        seq, prev = event.header.seq, event.event_id
    return OK


def _projections(book: Book, events: Iterable[Event], device: str) -> str:
    """Return "ok", or the first case or batch that is not what its events make of it, or that no events make."""
    cases: Mapping[str, list[Event]] = defaultdict(list)
    batches: Mapping[str, list[Event]] = defaultdict(list)
    for event in events:
        header = event.header
        if header.subject_kind == SubjectKind.CASE:
            cases[header.subject_id].append(event)
        if header.subject_kind == SubjectKind.BATCH:
            batches[header.subject_id].append(event)
    refused = book.refused_events()
    folded = {case_id: case_of(stream, device, refused) for case_id, stream in cases.items()}
    for case_id, case in folded.items():
        if not _same(case, book.case, case_id):
            return f"case {case_id}"
    for batch_id, stream in batches.items():
        if not _same(batch_of(stream), book.batch, batch_id):
            return f"batch {batch_id}"
    if len(book.batches()) != sum(batch_of(stream) is not None for stream in batches.values()):
        return "batches"
    return _lists(book, {case_id: case for case_id, case in folded.items() if case is not None})


# What a faulty program has put into a projection may not be readable at all.
_UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def _same(folded: Case | Batch | None, kept: Callable[[str], Case | Batch | None], subject_id: str) -> bool:
    try:
        return kept(subject_id) == folded
    except _UNREADABLE:
        return False


def _lists(book: Book, cases: Mapping[str, Case]) -> str:
    """Return "ok", or the first row of the list that is not what its case makes of it."""
    seen_from, count, position = standpoint_of(book), 0, None
    while page := book.case_slice(CaseQuery(), Slice(position, _AT_ONCE)):
        for placed in page:
            case = cases.get(placed.card.case_id)
            # What is done is left as it was when calendar or organisations change.
            if case is None or (placed.card.place is not Place.DONE and placed.card != _card(case, seen_from)):
                return f"row {placed.card.case_id}"
        position, count = page[-1].position, count + len(page)
    return OK if count == len(cases) else "rows"


def _card(case: Case, seen_from: Standpoint) -> CaseCard:
    card = card_of(case, seen_from)
    return replace(card, clocks=tuple(sorted(card.clocks, key=lambda clock: (clock.due_on, clock.kind))))
