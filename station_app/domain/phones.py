"""Telephone numbers: as people write them, checked for what can't be one."""

from __future__ import annotations

import re
import unicodedata

from station_app.domain.errors import StationError

LEAST_DIGITS, MOST_DIGITS = 5, 15
_WRITTEN = re.compile(r"\+?[0-9][0-9 -]*")


def check_phone(text: str) -> str:
    """Return a number in plain signs, without outer white space; spaces and dashes stay where they are.

    Raises:
        StationError: `phone-malformed` (digits, least, most): other signs than digits, `+` in front, `-` and space, or
            not 5 to 15 digits.

    Source: ITU-T E.164 (15 digits at most); the shortest numbers that people give are 5 digits long.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = sum(c.isdigit() for c in plain)
    if not _WRITTEN.fullmatch(plain) or not LEAST_DIGITS <= digits <= MOST_DIGITS:
        raise StationError("phone-malformed", digits=digits, least=LEAST_DIGITS, most=MOST_DIGITS)
    return plain
