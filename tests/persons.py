"""Persons who do not exist: citizen numbers of a division that there is not."""

from __future__ import annotations

from station_app.domain.id_numbers import check_character

_SERIALS = 500


def id_number(part: str) -> str:
    """Return the number of a person by its eleven digits of birthday and serial."""
    digits = f"990000{part}"
    return digits + check_character(digits)


def somebody(number: int) -> str:
    """Return the number of another person for each number: two errands of them are never the same errand."""
    day, serial = divmod(number, _SERIALS)
    return id_number(f"1970{1 + day // 28:02}{1 + day % 28:02}{serial:03}")
