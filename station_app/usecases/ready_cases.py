"""What can be handed over now: the cases, their papers, and why another one has to wait."""

from __future__ import annotations

from dataclasses import dataclass

from station_app.domain.actions import action_named
from station_app.domain.case_cards import CaseQuery, Place
from station_app.domain.cases import Case, CaseState
from station_app.domain.errors import StationError
from station_app.domain.intake import held_originals, paper_count
from station_app.usecases.case_pages import CaseLine, cases_after, count_cases
from station_app.usecases.ports import Book, Desk
from station_app.usecases.reference import Reference, organisation_names, reference_of
from station_app.usecases.run_action import BatchStep, case_draft, find_case

MOST_LISTED = 300
_WAITING = (CaseState.REGISTERED, CaseState.RECEIVED)


@dataclass(frozen=True, slots=True)
class ReadyCase:
    """A case in our hands as the hand-over page lists it.

    Args:
        papers: that travel with it: copies, and the originals that we hold.
        originals: name and count of these.
        mine: this worker took it in.
        error: why it can't go now, None if it can.
    """

    line: CaseLine
    papers: int
    originals: tuple[tuple[str, int], ...]
    mine: bool
    error: StationError | None


@dataclass(frozen=True, slots=True)
class ReturnedCase:
    """A case that came back, by whom and why."""

    line: CaseLine
    by: str
    on: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadyCases:
    """What the hand-over page shows.

    Args:
        to: the office above; `to_name` is what people call it.
        decided_here: so many more are not sent up, because this office decides them.
        more: so many older ones are not listed.
        count: how many wait to be handed over, whether they are listed or not: what the home says too.
    """

    to: str
    to_name: str
    cases: tuple[ReadyCase, ...]
    returned: tuple[ReturnedCase, ...]
    decided_here: int
    more: int
    count: int


def count_to_hand_over(book: Book) -> int:
    """Return how many cases of this office wait to be handed over: in its hands, and not for it to decide."""
    here = [entry for entry in book.tally_cases() if entry.place is Place.HERE and entry.state in _WAITING]
    return sum(entry.count for entry in here if not entry.decides)


def ready_cases(desk: Desk, book: Book) -> ReadyCases:
    """Return what this worker can hand over, by the rules of the hand-over itself; the first to end comes first."""
    reference = reference_of(book)
    to = reference.organisations.get(book.identity().org).parent or ""
    waiting, more = [], 0
    for state in _WAITING:
        query = CaseQuery(place=Place.HERE, state=state)
        lines = cases_after(book, query, None, MOST_LISTED).lines
        more += count_cases(book, query) - len(lines)
        waiting += [_ready(desk, book, line, to, reference) for line in lines]
    names = organisation_names(book)
    listed = [found for found in waiting if found.error is None or found.error.code != "decide-here"]
    returned = cases_after(book, CaseQuery(place=Place.RETURNED), None, MOST_LISTED).lines
    return ReadyCases(
        to=to,
        to_name=names.get(to, to),
        cases=tuple(sorted(listed, key=_urgency)),
        returned=tuple(_returned(book, line, names) for line in returned),
        decided_here=len(waiting) - len(listed),
        more=more,
        count=count_to_hand_over(book),
    )


def _ready(desk: Desk, book: Book, line: CaseLine, to: str, reference: Reference) -> ReadyCase:
    case = find_case(book, line.case_id)
    return ReadyCase(
        line=line,
        papers=paper_count(case.materials),
        originals=held_originals(case.materials),
        mine=case.opened_by == desk.worker.person_id,
        error=_hindrance(desk, book, case, BatchStep(action_named("offer"), {"to": to}, "", reference)),
    )


def _hindrance(desk: Desk, book: Book, case: Case, step: BatchStep) -> StationError | None:
    """Return what the hand-over itself would say of this case; nothing is written."""
    try:
        case_draft(desk, book, case, step)
    except StationError as error:
        return error
    return None


def _urgency(found: ReadyCase) -> tuple[bool, str, int]:
    clock = found.line.clock
    return found.error is not None, clock.due_on.isoformat() if clock else "9", found.line.position


def _returned(book: Book, line: CaseLine, names: dict[str, str]) -> ReturnedCase:
    fields = find_case(book, line.case_id).fields
    by = str(fields.get("returned_by", ""))
    return ReturnedCase(
        line, names.get(by, by), str(fields.get("returned_on", "")), str(fields.get("return_reason", ""))
    )
