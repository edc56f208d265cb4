"""What a worker reads: case lists, one case with its timeline and receipts, the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from station_app.domain.cases import Case
from station_app.domain.clocks import Clock, running
from station_app.domain.effects import CustodyOp
from station_app.domain.fold import Ruling, Verdict
from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import RULING, entry_of, ruling_of
from station_app.protocol.event import Event
from station_app.usecases.ports import Book, CaseFilter
from station_app.usecases.reference import Reference, reference_of
from station_app.usecases.times import stamp


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a list shows it, with its clocks."""

    case: Case
    clocks: tuple[Clock, ...]
    custodian_name: str
    on_the_road_to: str


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One event as people read it.

    Args:
        ruling: accepted, late, superseded, needs_review, or "" while no center has ruled.
        saved: it is in this PC's journal.
        at_center: the county has it.
        taken_over: for a hand-over, the other office has taken the case.
        code: why the center refused it, if it did.
    """

    event_id: str
    type: str
    org: str
    actor: str
    claimed_at: str
    readable: bool
    ruling: str
    reason: str
    at_center: bool
    taken_over: bool
    code: str


def list_cases(book: Book, wanted: CaseFilter) -> list[CaseView]:
    """Return the cases that this office sees, newest first, with what runs on each."""
    reference = reference_of(book)
    return [view_of(case, reference) for case in book.cases(wanted)]


def view_of(case: Case, reference: Reference) -> CaseView:
    """Return a case with its clocks and the names of those who have it."""
    organisations = reference.organisations
    offer = case.custody.offer
    return CaseView(
        case,
        running(case, organisations, reference.calendar),
        _name(organisations, case.custody.holder),
        _name(organisations, offer.to) if offer else "",
    )


def _name(organisations: Organisations, code: str) -> str:
    return organisations.get(code).name if code in organisations else code


def timeline(book: Book, case: Case) -> list[TimelineStep]:
    """Return the case's events in the order in which they were made, with what is known of each."""
    events = book.subject_events(case.case_id)
    rulings = {ruling.event_id: ruling for event in events if (ruling := ruling_of(event)) is not None}
    own = book.statuses_of([event.event_id for event in events])
    credentials = book.credentials()
    taken = _taken_offers(events, rulings)
    steps = []
    for event in sorted(events, key=lambda e: (e.header.lamport, e.event_id)):
        header = event.header
        if header.type == RULING:
            continue
        ruling = rulings.get(event.event_id)
        status, code, _ = own.get(event.event_id, ("stored", "", ""))
        person = credentials.person(header.actor, header.origin)
        steps.append(
            TimelineStep(
                event_id=event.event_id,
                type=header.type,
                org=header.org,
                actor=person.name if person else "",
                claimed_at=header.claimed_at,
                readable=event.body is not None,
                ruling=ruling.verdict.value if ruling else "",
                reason=ruling.reason if ruling else "",
                at_center=status in ("stored", "exists"),
                taken_over=event.event_id in taken,
                code=code,
            )
        )
    return steps


def _taken_offers(events: Sequence[Event], rulings: Mapping[str, Ruling]) -> set[str]:
    """Return the offers that were taken, for all that is known: an acceptance that a ruling set aside took nothing."""
    out = {event_id for event_id, ruling in rulings.items() if ruling.verdict is not Verdict.ACCEPTED}
    standing = [event for event in events if event.header.type != RULING and event.event_id not in out]
    entries = [entry_of(event, "") for event in standing]
    moves = [(entry.base, entry.effects.custody) for entry in entries if entry.effects and entry.effects.custody]
    return {base for base, move in moves if move.op is CustodyOp.ACCEPT and base is not None}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits of one case or batch, why, and when it is tried next."""

    subject_id: str
    label: str
    events: int
    reason: str
    next_attempt: str


def outbox(book: Book, reason: str, next_attempt: datetime | None) -> list[Waiting]:
    """Return what is not yet at the center. `reason` is why the last exchange failed, "" if it did not."""
    found = []
    for entry in book.outbox_entries():
        case = book.case(entry.subject_id)
        batch = None if case else book.batch(entry.subject_id)
        label = case.number if case else batch.number if batch else ""
        when = stamp(next_attempt) if next_attempt and not entry.code else ""
        found.append(Waiting(entry.subject_id, label, entry.events, entry.code or reason, when))
    return found
