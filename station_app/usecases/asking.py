"""A case that this PC does not hold, asked of the center by its 代办登记号."""

from __future__ import annotations

from dataclasses import dataclass

from station_app.domain.numbers import case_digits
from station_app.exchange.asked_cases import ask
from station_app.usecases.ports import Book, Desk


@dataclass(frozen=True, slots=True)
class Sought:
    """What is known here of a 代办登记号.

    Args:
        here: this PC has the case.
        answer: of the center (exchange/asked_cases.py); None where it was not asked.
        trouble: why the last exchange did not come through, "" when it did.
    """

    number: str
    here: bool
    answer: str | None
    trouble: str


def sought(book: Book, text: str) -> Sought:
    """Return what is known of a 代办登记号 as typed or scanned.

    Raises:
        StationError: those of reading a number.
    """
    number = case_digits(text)
    here = book.case_numbered(number) is not None
    return Sought(number, here, book.asked_cases().get(number), book.sync_status().code)


def ask_center(desk: Desk, text: str) -> Sought:
    """Note that the center is to be asked for a case with the next exchange; nothing is noted of one that is here.

    Raises:
        StationError: those of reading a number.
    """
    with desk.open_book() as book:
        found = sought(book, text)
        if not found.here:
            ask(book, found.number)
        return sought(book, text)
