"""The working-day calendar: which dates are worked, and how far that is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta, timezone
from typing import Any

from station_app.domain.errors import StationError

# China has had one time zone without summer time since 1991.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_SATURDAY = 5
# 全国年节及纪念日放假办法 (2024) 第二条: the days with a date of their own; the others follow the moon or the sun.
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@dataclass(frozen=True, slots=True)
class Calendar:
    """The national calendar of some years, with a county's own holidays laid over it.

    Args:
        number: edition of the calendar; a higher one replaces a lower one.
        years: years whose State Council notice is in it.
        days_off: holidays that fall on Monday to Friday.
        days_on: Saturdays and Sundays that are worked in exchange.
        source: where the data come from, shown to the worker.
        local_days_off: days of the county (放假办法 第四条: 少数民族聚居地区的节日); they win over everything else.
        local_days_on: weekend days the county works in exchange.
    """

    number: int
    years: tuple[int, ...]
    days_off: frozenset[date]
    days_on: frozenset[date]
    source: str
    local_days_off: frozenset[date] = frozenset()
    local_days_on: frozenset[date] = frozenset()

    def covers(self, day: date) -> bool:
        """Tell whether the arrangement of this year is known; outside it every answer is provisional."""
        return day.year in self.years

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on `day`; in unknown years by weekend and fixed-date holidays only."""
        if day in self.local_days_off:
            return False
        if day in self.days_on or day in self.local_days_on:
            return True
        if day.weekday() >= _SATURDAY or day in self.days_off:
            return False
        return self.covers(day) or (day.month, day.day) not in _FIXED_HOLIDAYS

    def with_overlay(self, days_off: Iterable[date], days_on: Iterable[date] = ()) -> Calendar:
        """Return the calendar with these local holidays (and worked weekend days) added."""
        return replace(
            self,
            local_days_off=self.local_days_off | frozenset(days_off),
            local_days_on=self.local_days_on | frozenset(days_on),
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; dates as ISO text, sorted, so that equal calendars give equal bytes."""
        return {
            "number": self.number,
            "source": self.source,
            "years": list(self.years),
            "days_off": _texts(self.days_off),
            "days_on": _texts(self.days_on),
            "local_days_off": _texts(self.local_days_off),
            "local_days_on": _texts(self.local_days_on),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Calendar:
        """Read what `to_json` wrote.

        Raises:
            StationError: `calendar-unreadable` when keys, types or dates are wrong, or a day lies in a year not listed.
        """
        try:
            calendar = _read(data)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StationError("calendar-unreadable", detail=str(error)) from error
        stray = sorted(day for day in calendar.days_off | calendar.days_on if not calendar.covers(day))
        if stray:
            raise StationError("calendar-unreadable", detail=stray[0].isoformat())
        return calendar


def _texts(days: frozenset[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]


def _days(texts: Iterable[str]) -> frozenset[date]:
    return frozenset(date.fromisoformat(text) for text in texts)


def _read(data: Mapping[str, Any]) -> Calendar:
    return Calendar(
        number=_whole(data["number"]),
        years=tuple(_whole(year) for year in data["years"]),
        days_off=_days(data["days_off"]),
        days_on=_days(data["days_on"]),
        source=str(data["source"]),
        local_days_off=_days(data.get("local_days_off", ())),
        local_days_on=_days(data.get("local_days_on", ())),
    )


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(repr(value))
    return value
