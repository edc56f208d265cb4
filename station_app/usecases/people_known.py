"""A known applicant found again, so that nobody types an address twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from station_app.domain.case_words import read_person_search
from station_app.domain.cases import Case
from station_app.usecases.ports import Book
from station_app.usecases.times import day_of_stamp

# Somebody who comes every week must not hide the others, but a list that is offered while typing must be quick.
_MOST_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class KnownApplicant:
    """A person of an earlier case here, with what was last written down."""

    name: str
    id_type: str
    id_number: str
    phone: str
    address: str
    last_item: str
    last_on: date


def known_applicants(book: Book, text: str, limit: int = 8) -> list[KnownApplicant]:
    """Return the people that a text finds, the latest first, each once.

    Args:
        text: a part of the name, pinyin initials, or at least four digits of the paper's or the phone number.
    """
    search = read_person_search(text)
    if search is None:
        return []
    found: dict[tuple[str, ...], KnownApplicant] = {}
    for case in islice(book.cases_of_person(search), _MOST_LOOKED_AT):
        if _has_digits(case.applicant, text):
            found.setdefault(_identity(case.applicant), _known(case))
        if len(found) == limit:
            break
    return list(found.values())


def same_errand(book: Book, id_number: str, item_code: str, since: date) -> Case | None:
    """Return the newest case of a person about an item that was opened on a day or later, None without one."""
    search = read_person_search(id_number)
    if search is None:
        return None
    for case in islice(book.cases_of_person(search), _MOST_LOOKED_AT):
        same = case.applicant.get("id_number") == id_number and case.item.get("code") == item_code
        if same and day_of_stamp(case.opened_at) >= since:
            return case
    return None


def _has_digits(applicant: Mapping[str, Any], text: str) -> bool:
    """Tell whether digits are really there: the index knows only beginnings and ends of numbers."""
    digits = "".join(text.split()).upper()
    if not digits[:-1].isdigit():
        return True
    return any(digits in str(applicant.get(name, "")) for name in ("id_number", "phone"))


def _identity(applicant: Mapping[str, Any]) -> tuple[str, ...]:
    number = applicant.get("id_number")
    return (str(number),) if number else (str(applicant.get("name", "")), str(applicant.get("phone", "")))


def _known(case: Case) -> KnownApplicant:
    applicant = case.applicant
    name, id_type, id_number, phone, address = (
        str(applicant.get(key) or "") for key in ("name", "id_type", "id_number", "phone", "address")
    )
    last_on = day_of_stamp(case.opened_at)
    return KnownApplicant(name, id_type, id_number, phone, address, str(case.item.get("name", "")), last_on)
