"""What a PC that died had printed and nobody else has, as far as the paper in people's hands tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from station_app.domain.errors import StationError
from station_app.domain.numbers import ParsedNumber, case_digits, case_number, parse_number, point_digits
from station_app.usecases.ports import Book

# More than a point takes in on one day; of what was printed on a day without a number here nothing can be known.
MOST_A_DAY = 200
DAYS_BACK = 31


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing of a PC's printed numbers.

    Args:
        last: the number that was read off the paper.
        numbers: those of its tag that are not here: of its day up to it, of the days before up to the highest here.
    """

    last: str
    numbers: tuple[str, ...]


def missing_up_to(book: Book, text: str) -> Missing:
    """Return the 代办登记号 that the PC which printed this last one must have printed, and that are not here.

    The serials of a day and tag (of one epoch of one PC) have no gaps; so what is not here was never sent, and is only
    on paper. It counts once this PC has all that the center has.

    Raises:
        StationError: `number-character`, `number-length`, `number-check`, `number-date`, `number-of-other-point`
            (point).
    """
    last = parse_number(case_digits(text))
    if last.point != point_digits(book.identity().org):
        raise StationError("number-of-other-point", point=last.point)
    first = max(1, last.serial - MOST_A_DAY + 1)
    candidates = {_number(last, last.day, serial) for serial in range(first, last.serial + 1)}
    days = [[_number(last, day, serial) for serial in range(1, MOST_A_DAY + 1)] for day in _days_before(last.day)]
    here = book.numbers_here(candidates | {number for numbers in days for number in numbers})
    missing = candidates - here
    for numbers in days:
        highest = max((at for at, number in enumerate(numbers) if number in here), default=-1)
        missing |= set(numbers[: highest + 1]) - here
    return Missing(_number(last, last.day, last.serial), tuple(sorted(missing)))


def _days_before(day: date) -> Iterator[date]:
    return (day - timedelta(days=back) for back in range(1, DAYS_BACK + 1))


def _number(last: ParsedNumber, day: date, serial: int) -> str:
    return case_number(last.point, day, last.tag, serial)
