"""What is typed about an applicant, and what is said beside each field when it is left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from station_app.domain.errors import StationError
from station_app.domain.id_numbers import NO_PAPER, IdNumber, check_id_number, check_identity
from station_app.domain.names import check_name
from station_app.domain.phones import check_phone
from station_app.messages import sentence, text_of
from station_app.ui.tokens import Tone

RESIDENT_CARD = "111"
GREEN_LANE_AGE = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """The texts of the form as they stand."""

    name: str = ""
    id_type: str = RESIDENT_CARD
    id_number: str = ""
    phone: str = ""
    address: str = ""
    note: str = ""

    @property
    def empty(self) -> bool:
        """Tell whether nothing is typed; the type of paper is always there and counts for nothing."""
        return not any((self.name, self.id_number, self.phone, self.address, self.note))


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said beside a field, and the value in its right form."""

    value: str
    text: str = ""
    tone: Tone = Tone.PLAIN


def remark_on(entry: Entry, field: str, today: date) -> Remark:
    """Return what is said of a field when it is left; one that is still empty is left in peace."""
    value = str(getattr(entry, field)).strip()
    if not value or field not in _CHECKS:
        return Remark(value)
    return _checked(entry, field, today)


def missing_or_wrong(entry: Entry, today: date) -> dict[str, str]:
    """Return what keeps the applicant's data from being saved: field to sentence."""
    found = {}
    for field, label in (("name", "申请人姓名"), ("id_number", "证件号码"), ("phone", "")):
        remark = _checked(entry, field, today)
        may_be_empty = not label or (field == "id_number" and entry.id_type == NO_PAPER)
        if not getattr(entry, field).strip() and not may_be_empty:
            found[field] = sentence("form-field-missing", {"label": label})
        elif remark.tone is Tone.BAD:
            found[field] = remark.text
    return found


def _checked(entry: Entry, field: str, today: date) -> Remark:
    try:
        return _CHECKS[field](entry, today)
    except StationError as error:
        return Remark(getattr(entry, field), text_of(error), Tone.BAD)


def _name(entry: Entry, _today: date) -> Remark:
    return Remark(check_name(entry.name))


def _id_number(entry: Entry, today: date) -> Remark:
    value = check_identity(entry.id_type, entry.id_number, today)
    try:
        return Remark(value, _person_words(check_id_number(value, today), today), Tone.GOOD)
    except StationError:
        # Other papers have numbers of their own, which tell nothing about their holder.
        return Remark(value)


def _person_words(number: IdNumber, today: date) -> str:
    age = number.age_on(today)
    green = "，高龄优先，可上门办" if age >= GREEN_LANE_AGE else ""
    return f"{number.sex}，{number.birth} 生，{age} 周岁{green}"


def _phone(entry: Entry, _today: date) -> Remark:
    return Remark(check_phone(entry.phone) if entry.phone.strip() else "")


def age_doubt(item_name: str, entry: Entry, today: date) -> str:
    """Return what to look at again where an item names an age in its title that the applicant has not reached.

    The directory has no rule for ages that a program could read; a title such as “80周岁以上老年人高龄津贴” tells.
    """
    named = _AGE.search(item_name)
    try:
        age = check_id_number(entry.id_number, today).age_on(today) if named else 0
    except StationError:
        return ""
    if not named or age >= int(named[1]):
        return ""
    return f"事项写的是{named[1]}周岁以上，申请人 {age} 周岁。请看清楚是不是这一项，再收。"


_AGE = re.compile(r"(\d{2,3})\s*周岁以上")
_CHECKS = {"name": _name, "id_number": _id_number, "phone": _phone}
