"""Makes resources/data/calendar_cn.json from the chinesecalendar package.

Run in the repository root: python -m tests.domain.calendar_seed > resources/data/calendar_cn.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar

from station_app.domain.calendar import Calendar

FIRST_YEAR, LAST_YEAR = 2004, 2026
SOURCE = "国务院办公厅2004—2026年节假日安排（据 chinesecalendar 1.11.0 整理）"


def all_days() -> Iterator[date]:
    first = date(FIRST_YEAR, 1, 1)
    for step in range((date(LAST_YEAR, 12, 31) - first).days + 1):
        yield first + timedelta(days=step)


def seed_calendar() -> Calendar:
    weekdays = {day for day in all_days() if day.weekday() < 5}
    return Calendar(
        number=1,
        years=tuple(range(FIRST_YEAR, LAST_YEAR + 1)),
        days_off=frozenset(day for day in weekdays if not chinese_calendar.is_workday(day)),
        days_on=frozenset(day for day in all_days() if day not in weekdays and chinese_calendar.is_workday(day)),
        source=SOURCE,
    )


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    json.dump(seed_calendar().to_json(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
