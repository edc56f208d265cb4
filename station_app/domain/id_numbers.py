"""Identity papers: the citizen number of GB 11643, and the types of other papers."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from station_app.domain.errors import StationError

NO_PAPER = "none"
# GA/T 2000.156 codes as commonly used; the standard's text was not available for comparison.
ID_TYPES = {
    "111": "居民身份证",
    "112": "临时居民身份证",
    "113": "居民户口簿",
    "114": "军官证",
    "154": "居住证",
    "335": "机动车驾驶证",
    "414": "普通护照",
    "511": "台湾居民来往大陆通行证",
    "516": "港澳居民来往内地通行证",
    "553": "外国人永久居留身份证",
    NO_PAPER: "无证件号码",
}
_WITH_CITIZEN_NUMBER = frozenset({"111", "112", "113"})
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_DIGITS = frozenset("0123456789")
_EARLIEST_YEAR = 1850
_LONGEST_OTHER = 40


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A citizen number of 18 characters that passed every check."""

    value: str
    birth: date
    sex: Literal["男", "女"]

    def age_on(self, day: date) -> int:
        """Return the full years on `day`; who is born on 29 February completes a year on 1 March in common years."""
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))


def check_id_number(text: str, today: date) -> IdNumber:
    """Return the citizen number that `text` stands for.

    White space, full-width digits and a small x are put right; a number of 15 digits becomes one of 18. The division
    code is not looked up: abolished ones live on in people's numbers.

    Args:
        text: as typed or read from the card.
        today: local date; a birth after it is refused.

    Raises:
        StationError: `id-number-length`, `id-number-character`, `id-number-birth-date` or `id-number-check`.

    Source: GB 11643 (MOD 11-2 of ISO 7064).
    """
    value = _compact(text).upper()
    if len(value) not in {15, 18}:
        raise StationError("id-number-length", length=len(value))
    _require_digits(value)
    if len(value) == 15:
        value = f"{value[:6]}19{value[6:]}"
        value += check_character(value)
    birth = _birth(value[6:14], today)
    expected = check_character(value[:17])
    if value[17] != expected:
        raise StationError("id-number-check", expected=expected, given=value[17])
    return IdNumber(value, birth, "男" if int(value[16]) % 2 else "女")


def check_character(digits: str) -> str:
    """Return the 18th character for 17 digits (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def check_identity(id_type: str, number: str, today: date) -> str:
    """Return the number of a paper in normal form, checked by the rules of its type; empty for type `none`.

    Raises:
        StationError: `id-type-unknown`; `id-none-with-number` when a number comes with type `none`; for other types
            `id-other-length` or `id-other-character` (1 to 40 visible characters), or what `check_id_number` raises.
    """
    if id_type not in ID_TYPES:
        raise StationError("id-type-unknown", id_type=id_type, allowed="、".join(ID_TYPES.values()))
    if id_type in _WITH_CITIZEN_NUMBER:
        return check_id_number(number, today).value
    value = _compact(number)
    if id_type == NO_PAPER:
        if value:
            raise StationError("id-none-with-number")
        return ""
    _require_visible(value)
    return value


def _compact(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _require_digits(value: str) -> None:
    for position, character in enumerate(value, start=1):
        if character not in _DIGITS and (character, position) != ("X", 18):
            shown = character if character.isprintable() else "�"
            raise StationError("id-number-character", character=shown, position=position)


def _birth(digits: str, today: date) -> date:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise StationError("id-number-birth-date") from error
    if birth > today or birth.year < _EARLIEST_YEAR:
        raise StationError("id-number-birth-date")
    return birth


def _require_visible(value: str) -> None:
    if not 1 <= len(value) <= _LONGEST_OTHER:
        raise StationError("id-other-length", length=len(value), most=_LONGEST_OTHER)
    if not value.isprintable():
        raise StationError("id-other-character")
