"""Lists of cases page by page, newest first, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from station_app.domain.case_cards import PLACE_LABELS, CaseQuery, Place
from station_app.domain.cases import CaseState
from station_app.domain.clocks import Clock
from station_app.usecases.attachment_views import share_words
from station_app.usecases.ports import Book, Placed, Slice
from station_app.usecases.reference import organisation_names
from station_app.usecases.times import day_of_stamp

__all__ = [
    "MOST_COUNTED",
    "PLACE_LABELS",
    "CaseLine",
    "CasePage",
    "CaseQuery",
    "Place",
    "cases_after",
    "cases_before",
    "count_cases",
    "lines_of",
]

# A search that finds more is not worth an exact count; a window shows it as 10,000+.
MOST_COUNTED = 10_001


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case as a list shows it.

    Args:
        position: its place in the order in which cases first came here; a page begins behind one.
        decision: GRANTED or REFUSED as it was decided, delivered or not; None before.
        on_the_road_to: name of the office that is to take it, "" where it is not on the road.
        offered_on: the day on which it was handed over, None where it is not on the road.
        clock: the first to end.
        provisional: it rests on own work that no center has ruled on.
        late: something of it was set aside.
        by_slip: it rests on a printed slip that was scanned here.
        uploaded: how far its scans are, in words, while some of this PC are on their way.
    """

    position: int
    case_id: str
    number: str
    applicant: str
    item_name: str
    state: CaseState
    decision: CaseState | None
    holder: str
    holder_name: str
    on_the_road_to: str
    offered_on: date | None
    opened_on: date
    clock: Clock | None
    provisional: bool
    late: bool
    by_slip: bool = False
    uploaded: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """A part of a list, newest first."""

    lines: tuple[CaseLine, ...]


def count_cases(book: Book, query: CaseQuery) -> int:
    """Return how many cases the list has: exactly, but for a search at most `MOST_COUNTED`."""
    return book.count_cases(query, MOST_COUNTED)


def cases_after(book: Book, query: CaseQuery, position: int | None, limit: int, skip: int = 0) -> CasePage:
    """Return the cases below `position` in the list, which are older; from the top for None."""
    return CasePage(lines_of(book, book.case_slice(query, Slice(position, limit, skip))))


def cases_before(book: Book, query: CaseQuery, position: int | None, limit: int, skip: int = 0) -> CasePage:
    """Return the cases right above `position` in the list, newest first; the bottom of the list for None."""
    return CasePage(lines_of(book, book.case_slice(query, Slice(position, limit, skip, older=False))))


def lines_of(book: Book, found: Sequence[Placed]) -> tuple[CaseLine, ...]:
    """Return the lines of these cards, offices by their names."""
    names = organisation_names(book)
    ids = [placed.card.case_id for placed in found]
    by_slips, uploaded = book.case_heads(ids), book.uploaded_of(ids)
    return tuple(
        CaseLine(
            position=placed.position,
            case_id=placed.card.case_id,
            number=placed.card.number,
            applicant=placed.card.applicant,
            item_name=placed.card.item_name,
            state=placed.card.state,
            decision=placed.card.decision,
            holder=placed.card.holder,
            holder_name=names.get(placed.card.holder, placed.card.holder),
            on_the_road_to=names.get(placed.card.offered_to, placed.card.offered_to),
            offered_on=_day(placed.card.offered_on),
            opened_on=day_of_stamp(placed.card.opened_at),
            clock=placed.card.clocks[0] if placed.card.clocks else None,
            provisional=placed.card.provisional,
            late=placed.card.late,
            by_slip=placed.card.case_id in by_slips,
            uploaded=share_words(*uploaded[placed.card.case_id]) if placed.card.case_id in uploaded else "",
        )
        for placed in found
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        # None is open, or a faulty program wrote it.
        return None
