"""文号 from the blocks that this PC was leased: the next one, and taking it in the transaction of the save."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from station_app.domain.action import CaseAction
from station_app.domain.document_numbers import (
    DocumentNumber,
    held_under,
    next_number,
    numbers_left,
    series_of,
    without,
)
from station_app.domain.errors import StationError
from station_app.usecases.ports import Book
from station_app.usecases.reference import office_of


def number_ahead(book: Book, action: CaseAction, day: date) -> DocumentNumber | None:
    """Return the number that the paper of an action would get, None where it is typed by hand.

    Args:
        day: the local date on the paper; each year has numbers of its own.
    """
    series = _series(book, action)
    return next_number(book.number_blocks(), book.own_epoch().epoch, series, day.year) if series else None


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the paper of an action is numbered.

    Args:
        year: that of the date on the paper; in another one other numbers count.
        ahead: the number that it would get, None where none is left.
        left: how many numbers are left.
    """

    year: int
    ahead: DocumentNumber | None
    left: int


def numbering_of(book: Book, action: CaseAction, day: date) -> Numbering | None:
    """Return how the paper of an action is numbered, None where the office has no series for it."""
    series = _series(book, action)
    if not series:
        return None
    left = numbers_left(book.number_blocks(), book.own_epoch().epoch, series, day.year)
    return Numbering(day.year, number_ahead(book, action, day), left)


def take_number(book: Book, action: CaseAction, typed: str, day: date) -> str:
    """Return the number for the paper of an action, "" where it is typed by hand; it is given once and never again.

    Raises:
        StationError: `document-number-leased` where one was typed though numbers are left: it may be somebody else's.
    """
    number = number_ahead(book, action, day)
    if number is None:
        return ""
    if typed:
        raise StationError("document-number-leased", typed=typed, next=number.text)
    book.save_number_blocks(without(book.number_blocks(), book.own_epoch().epoch, number))
    return number.text


def leave_blocks(book: Book, fresh_epoch: str) -> bool:
    """Go on under a new epoch where this PC has blocks and nothing is noted beside its journal; tell whether it did.

    The journal may be an older copy then, and numbers of the blocks may be on paper that it does not know of.
    """
    has_some = bool(held_under(book.number_blocks(), book.own_epoch().epoch))
    if has_some:
        book.start_epoch(fresh_epoch)
    return has_some


def _series(book: Book, action: CaseAction) -> str:
    return series_of(office_of(book), action.numbers)
