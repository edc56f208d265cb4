"""Time limits: the last day of a period, counted as the law counts it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from station_app.domain.calendar import Calendar
from station_app.domain.errors import StationError

_ONE_DAY = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1949, 2200


class Unit(StrEnum):
    """What a time limit is counted in; `word` is how laws and directories write it."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"

    @property
    def word(self) -> str:
        """The Chinese word: 工作日, 自然日 or 月."""
        return _WORDS[self]

    @classmethod
    def of_word(cls, word: str) -> Unit:
        """Return the unit that a directory calls `word`; ValueError for any other word."""
        for unit, text in _WORDS.items():
            if text == word:
                return unit
        raise ValueError(word)


_WORDS = {Unit.WORKDAY: "工作日", Unit.DAY: "自然日", Unit.MONTH: "月"}
# About ten years each: longer than any limit of a law, short enough to count day by day.
MOST = {Unit.WORKDAY: 2500, Unit.DAY: 3660, Unit.MONTH: 120}


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period; `provisional` (暂定) when a year on the way has no holiday arrangement yet."""

    on: date
    provisional: bool


def due_on(start: date, n: int, unit: Unit, calendar: Calendar) -> Due:
    """Return the last day of a period of `n` units that begins on `start`.

    Args:
        start: the day of the event, not counted itself.
        n: length of the period; 0 means at once, on the same day.
        unit: working days skip rest days; days and months that end on a rest day run to the next working day.
        calendar: tells worked days; beyond its years the answer is provisional.

    Raises:
        StationError: `deadline-length` for a negative or absurd `n`, `deadline-start` for a year nobody works in.

    Source: 民法典 第二百零一条 (第一日不计入), 第二百零二条 (月), 第二百零三条 (末日是休息日的顺延);
    行政许可法 第八十二条 (工作日).
    """
    if not 0 <= n <= MOST[unit]:
        raise StationError("deadline-length", length=n, unit=unit.word, most=MOST[unit])
    if not _FIRST_YEAR <= start.year <= _LAST_YEAR:
        raise StationError("deadline-start", year=start.year, first=_FIRST_YEAR, last=_LAST_YEAR)
    if n == 0:
        return Due(start, provisional=False)
    end = _last_day(start, n, unit, calendar)
    return Due(end, provisional=not _covers_all(start + _ONE_DAY, end, calendar))


def add_months(start: date, months: int) -> date:
    """Return the same day `months` later, or the month's last day where it has no such day (民法典 第二百零二条)."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def next_working_day(day: date, calendar: Calendar) -> date:
    """Return `day` itself when it is worked, else the first worked day after it (民法典 第二百零三条)."""
    while not calendar.is_working_day(day):
        day += _ONE_DAY
    return day


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Count the worked days after `start` up to and including `end`; 0 when `end` is not after `start`."""
    span = range(1, (end - start).days + 1)
    return sum(calendar.is_working_day(start + timedelta(days=step)) for step in span)


def _last_day(start: date, n: int, unit: Unit, calendar: Calendar) -> date:
    if unit is Unit.DAY:
        return next_working_day(start + timedelta(days=n), calendar)
    if unit is Unit.MONTH:
        return next_working_day(add_months(start, n), calendar)
    day = start
    for _ in range(n):
        day = next_working_day(day + _ONE_DAY, calendar)
    return day


def _covers_all(first: date, last: date, calendar: Calendar) -> bool:
    return all(calendar.covers(date(year, 1, 1)) for year in range(first.year, last.year + 1))
