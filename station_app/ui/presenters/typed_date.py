"""Dates as people type them: 2026-11-22, 20261122, 11-22, 1122, 11月22日, 22."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

_NUMBERS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\d\s年月日号./\-]")
_LONGEST_SEARCH_DAYS = 366 * 8


def read_day(text: str, today: date) -> date | None:
    """Return the day that a text means, None where it is no date.

    Without a year (or month) it is the last such day up to today: people write down what was, not what will be.
    """
    parts = _parts(text)
    if not parts:
        return None
    if len(parts) == 3:
        return _day(*parts)
    wanted = tuple(parts)
    for back in range(_LONGEST_SEARCH_DAYS):
        day = today - timedelta(days=back)
        if wanted in ((day.day,), (day.month, day.day)):
            return day
    return None


def _parts(text: str) -> list[int]:
    """Return year, month and day, as far as they are given; [] for anything but a date."""
    if _LETTERS.search(text):
        return []
    numbers = _NUMBERS.findall(text)
    if len(numbers) == 1:
        numbers = _apart(numbers[0])
    if len(numbers) > 3 or (len(numbers) == 3 and len(numbers[0]) != 4):
        return []
    return [int(number) for number in numbers]


def _apart(digits: str) -> list[str]:
    cuts = {8: (4, 6), 4: (2,), 2: (), 1: ()}.get(len(digits))
    if cuts is None:
        return []
    edges = (0, *cuts, len(digits))
    return [digits[begin:end] for begin, end in pairwise(edges)]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
