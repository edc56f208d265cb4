"""Masked facts of a case shown on purpose, each time with a record of who looked."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.domain.errors import StationError
from station_app.usecases.ports import Book, Desk, Reveal
from station_app.usecases.run_action import find_case
from station_app.usecases.times import stamp

__all__ = ["FIELD_LABELS", "Reveal", "reveal", "revealed"]

FIELD_LABELS = {"id_number": "证件号码", "phone": "联系电话", "address": "住址"}


def reveal(desk: Desk, case_id: str, field: str) -> str:
    """Return a masked fact of the applicant as it is, "" where it was not given; the look is on record with it.

    Args:
        field: id_number, phone or address, with or without `applicant.` before it.

    Raises:
        StationError: `case-unknown`, `field-not-masked`.
    """
    name = field.removeprefix("applicant.")
    if name not in FIELD_LABELS:
        raise StationError("field-not-masked", field=field, allowed="、".join(FIELD_LABELS.values()))
    with desk.open_book() as book:
        case = find_case(book, case_id)
        book.log_reveal(Reveal(desk.worker.person_id, case.case_id, name, stamp(desk.now())))
        return str(case.applicant.get(name) or "")


def revealed(book: Book, case_id: str) -> Sequence[Reveal]:
    """Return who looked at what of this case, the first first."""
    return book.reveals(case_id)
