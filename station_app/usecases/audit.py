"""Checking a journal: every event whole, every signature good, chains without gaps, projections equal to the fold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from station_app.domain.batches import Batch
from station_app.domain.case_json import UNREADABLE
from station_app.domain.cases import Case
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import Credentials, Job, faults
from station_app.exchange.losses import LostRange, lost_ranges
from station_app.exchange.projection import batch_of, case_of
from station_app.exchange.removed import shown_of, to_empty
from station_app.exchange.revocation import remnant
from station_app.protocol.event import Event
from station_app.usecases.lost_numbers import lost_numbers
from station_app.usecases.ports import Book
from station_app.usecases.reference import is_village

OK = "ok"


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found: "ok", or the first fault with its place.

    Args:
        projections: cases and batches, and what lists, boards and searches read of them: rows, clocks and words.
        lost: what this PC wrote before its journal was set back, and what has not come back from the center.
        lost_numbers: what it had printed then, as far as that was noted, and what nothing is here of.
    """

    events: int
    chain: str
    projections: str
    lost: tuple[LostRange, ...]
    lost_numbers: tuple[str, ...]


def audit(book: Book, verify_many: Callable[[Sequence[Job]], list[bool]]) -> Audit:
    """Check a station's whole journal; reads all of it."""
    me = book.identity()
    events = list(book.all_events())
    own = [event for event in events if event.header.origin == me.device]
    chain = check_events(events, book.credentials(), verify_many)
    if chain == OK:
        chain = check_chain(event for event in own if event.header.epoch == me.epoch)
    lost = lost_ranges(book.written_before(), [(event.header.epoch, event.header.seq) for event in own])
    return Audit(len(events), chain, _projections(book, events, me.device), lost, lost_numbers(book))


def check_events(
    events: Sequence[Event], known: Credentials, verify_many: Callable[[Sequence[Job]], list[bool]]
) -> str:
    """Return "ok", or the first event that is not what it says, with the reason."""
    for event, code in zip(events, faults(events, known, verify_many), strict=True):
        if code:
            return f"{code}: {event.event_id}"
    return OK


def check_chain(events: Iterable[Event]) -> str:
    """Return "ok", or the first place where one epoch of one device has a gap or a wrong `prev`.

    A place may have two events, of a PC that was restored from a backup; each event follows one of the place before.
    """
    at: dict[int, set[str | None]] = defaultdict(set, {0: {None}})
    for event in sorted(events, key=lambda e: e.header.seq):
        header = event.header
        if header.prev not in at[header.seq - 1]:
            return f"gap after {header.seq - 1}"
        at[header.seq].add(event.event_id)
    return OK


def _projections(book: Book, events: Iterable[Event], device: str) -> str:
    """Return "ok", or the first case or batch that is not what its events make of it, or that no events make."""
    cases, batches = _streams(events, SubjectKind.CASE), _streams(events, SubjectKind.BATCH)
    heads, scanned = book.case_heads(), book.scanned_batches()
    refused, forgotten, village = book.refused_events(), book.forgotten(cases), is_village(book)
    folded: list[Case] = []
    brought = book.brought(cases)
    for case_id in dict.fromkeys((*cases, *heads)):
        stream, kept = cases[case_id], _read(book.case, case_id)
        wanted = case_of(stream, device, refused, brought, heads.get(case_id))
        if case_id in forgotten:
            wanted = _left_of(kept, wanted)
        wanted = shown_of(wanted, kept if isinstance(kept, Case) else None, stream, refused, village=village)
        if any(event.body is not None for event in stream if event.event_id in to_empty(stream, village=village)):
            return f"removed {case_id}"
        if kept != wanted:
            return f"case {case_id}"
        folded += [wanted] if wanted else []
    whole: list[Batch] = []
    for batch_id in dict.fromkeys((*batches, *scanned)):
        batch = batch_of(batches[batch_id], refused, scanned.get(batch_id))
        if _read(book.batch, batch_id) != batch:
            return f"batch {batch_id}"
        whole += [batch] if batch else []
    return book.rows_fault(folded, whole) or OK


def _streams(events: Iterable[Event], kind: SubjectKind) -> Mapping[str, list[Event]]:
    found: Mapping[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.header.subject_kind == kind:
            found[event.header.subject_id].append(event)
    return found


def _read(read: Callable[[str], object], subject_id: str) -> object:
    """Return what the projection has of a subject; the error itself, which equals nothing, where it can't be read."""
    try:
        return read(subject_id)
    except UNREADABLE as error:
        return error


def _left_of(kept: object, folded: Case | None) -> Case | None:
    """Return what must be here of a forgotten case: the remnant of what was, for its events can't all be read."""
    case = kept if isinstance(kept, Case) else folded
    return remnant(case) if case else None
