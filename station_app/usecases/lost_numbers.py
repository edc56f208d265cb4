"""What a PC that was set back had printed and has no more: 代办登记号 and 交接单号, as they stand on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from station_app.domain.errors import StationError
from station_app.domain.numbers import batch_number, case_number, grouped, point_digits
from station_app.usecases.ports import Book

# What a notice names, so that it stays readable; `check --json` has all of them.
MOST_NAMED = 5
_EVER = "000000"


def lost_numbers(book: Book) -> tuple[str, ...]:
    """Return the printed numbers behind which nothing is here; none on a PC that was never set back.

    How many were printed is told by the serials that were noted beside the journal (docs/sync.md §7). Asked again after
    the exchange with the center, it no longer tells what has come back from there. The note has the serials of a month:
    of days before it that are gone as well only the events are known to be lost.
    """
    if not book.written_before():
        return ()
    point = point_digits(book.identity().org)
    skipped = book.skipped_serials()
    printed = {
        number
        for name, last in book.serials(_EVER).items()
        for number in _printed(point, name, last, skipped.get(name, ()))
    }
    return tuple(sorted(printed - book.numbers_here(printed)))


def told_of(numbers: Sequence[str]) -> StationError:
    """Return what people are told: `numbers-lost`, how many there are, and the first of them as they are printed."""
    more = ["……"] if len(numbers) > MOST_NAMED else []
    return StationError("numbers-lost", count=len(numbers), numbers=[*map(grouped, numbers[:MOST_NAMED]), *more])


def _printed(point: str, name: str, last: int, skipped: Sequence[Sequence[int]]) -> Iterator[str]:
    kind, tag, day = name.split(":")
    compose = case_number if kind == "case" else batch_number
    on = date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
    on_nothing = {serial for first, passed in skipped for serial in range(first, passed + 1)}
    return (compose(point, on, int(tag), serial) for serial in range(1, last + 1) if serial not in on_nothing)
