"""Checking a journal: every event whole, every signature good, chains without gaps, projections equal to the fold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import Credentials, Job, faults
from station_app.exchange.projection import case_of
from station_app.protocol.event import Event
from station_app.usecases.ports import Book

OK = "ok"


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found: "ok", or the first fault with its place.

    Args:
        projections: cases, and what lists, boards and searches read of them: rows, clocks and words.
    """

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
    streams: Mapping[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.header.subject_kind == SubjectKind.CASE:
            streams[event.header.subject_id].append(event)
    refused = book.refused_events()
    forgotten = book.forgotten(streams)
    folded = {i: case_of(stream, device, refused) for i, stream in streams.items() if i not in forgotten}
    for case_id, case in folded.items():
        if case != book.case(case_id):
            return f"case {case_id}"
    return book.rows_fault(case for case in folded.values() if case is not None) or OK
