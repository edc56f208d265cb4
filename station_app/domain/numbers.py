"""Numbers on paper: 代办登记号 of 25 digits and 交接单号 of 26, each with a check digit."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from station_app.domain.errors import StationError

Kind = Literal["case", "batch"]
POINT_LENGTH = 12
_SERIAL_LENGTH: dict[Kind, int] = {"case": 4, "batch": 5}
_KIND_OF_LENGTH: dict[int, Kind] = {25: "case", 26: "batch"}
_DIGITS = frozenset("0123456789")
_SEPARATORS = str.maketrans("", "", "-‐‑‒–—―−")
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """The parts of a printed number; what they mean is never used to decide anything about a case."""

    kind: Kind
    point: str
    day: date
    tag: int
    serial: int


def check_digit(digits: str) -> str:
    """Return the check digit that follows `digits` (ISO 7064 MOD 11,10); ValueError when they are no digits.

    It finds every single wrong digit, and all but 2.2 % (2 of 90 pairs of unequal neighbours) of adjacent swaps.
    """
    if not digits or not _DIGITS.issuperset(digits):
        raise ValueError(digits)
    remainder = 10
    for digit in digits:
        remainder = ((remainder + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - remainder) % 10)


def is_valid(digits: str) -> bool:
    """Tell whether the last digit is the check digit of the others."""
    return len(digits) > 1 and _DIGITS.issuperset(digits) and check_digit(digits[:-1]) == digits[-1]


def point_digits(code: str) -> str:
    """Return the organisation code when it can stand in a number: 12 digits.

    Raises:
        StationError: `point-code-not-digits`; such an organisation needs a 12-digit number code from its center.
    """
    if len(code) != POINT_LENGTH or not _DIGITS.issuperset(code):
        raise StationError("point-code-not-digits", point=code)
    return code


def case_number(point: str, day: date, tag: int, serial: int) -> str:
    """Return the 代办登记号: point (12), yymmdd, tag of the device's epoch (2), serial of the day (4), check digit.

    Args:
        point: code of the registering point, 12 digits.
        day: local date of registration, 2000 to 2099.
        tag: 0 to 99, given by the center, so that a restored folder never repeats a number.
        serial: 1 to 9999, the count of this device on this day.

    Raises:
        StationError: `point-code-not-digits`, or `number-range` naming the part that does not fit.
    """
    return _compose("case", point, day, tag, serial)


def batch_number(point: str, day: date, tag: int, serial: int) -> str:
    """Return the number of a hand-over slip: like `case_number`, but with five digits of serial, so 26 in all."""
    return _compose("batch", point, day, tag, serial)


def plain_digits(text: str) -> str:
    """Return a number as typed or scanned without spaces and dashes, full-width digits made plain."""
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(_SEPARATORS)


def parse_number(text: str) -> ParsedNumber:
    """Return the parts of a number as typed or scanned; spaces, dashes and full-width digits are fine.

    Raises:
        StationError: `number-character`, `number-length`, `number-check` or `number-date`.
    """
    digits = plain_digits(text)
    for character in digits:
        if character not in _DIGITS:
            raise StationError("number-character", character=character if character.isprintable() else "�")
    kind = _KIND_OF_LENGTH.get(len(digits))
    if kind is None:
        raise StationError("number-length", length=len(digits))
    if not is_valid(digits):
        raise StationError("number-check")
    return ParsedNumber(kind, digits[:12], _day(digits[12:18]), int(digits[18:20]), int(digits[20:-1]))


def case_digits(text: str) -> str:
    """Return the 25 digits of a 代办登记号 as typed or scanned.

    Raises:
        StationError: as `parse_number`; `number-length` for that of a batch as well.
    """
    digits = plain_digits(text)
    if parse_number(digits).kind != "case":
        raise StationError("number-length", length=len(digits))
    return digits


def _compose(kind: Kind, point: str, day: date, tag: int, serial: int) -> str:
    width = _SERIAL_LENGTH[kind]
    _require_range("年份", day.year, _CENTURY, _CENTURY + 99)
    _require_range("设备标记", tag, 0, 99)
    _require_range("当日流水号", serial, 1, 10**width - 1)
    digits = f"{point_digits(point)}{day:%y%m%d}{tag:02d}{serial:0{width}d}"
    return digits + check_digit(digits)


def _require_range(part: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise StationError("number-range", part=part, value=value, least=least, most=most)


def _day(yymmdd: str) -> date:
    try:
        return date(_CENTURY + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:]))
    except ValueError as error:
        raise StationError("number-date") from error


def grouped(number: str) -> str:
    """Return a printed number as point, day and serial, the same on paper and on screen; people read the end aloud."""
    return " ".join((number[:12], number[12:18], number[18:])) if len(number) > 18 else number
