"""A scanned symbol of a printed slip: opened with the key of this office, and kept."""

from __future__ import annotations

from station_app.carriers.slip_symbols import read_symbol
from station_app.usecases.office_key import office_key
from station_app.usecases.ports import Desk
from station_app.usecases.slips import SlipProgress, take_part


def read_slip(desk: Desk, digits: str) -> SlipProgress:
    """Take a scanned symbol in and return what has become of it.

    Raises:
        StationError: those of `read_symbol` and `take_part`; then nothing is kept.
    """
    with desk.read_book() as book:
        part = read_symbol(digits, book.identity().org, lambda version: office_key(book, version).private)
    return take_part(desk, part)
