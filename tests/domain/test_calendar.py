"""The working-day calendar and its shipped data."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import chinese_calendar
import pytest

from station_app.domain.calendar import Calendar
from station_app.domain.errors import StationError
from tests.domain.calendar_seed import all_days, seed_calendar

DATA = Path(__file__).parents[2] / "resources/data/calendar_cn.json"


@pytest.fixture(scope="module")
def national() -> Calendar:
    return Calendar.from_json(json.loads(DATA.read_text(encoding="utf-8")))


def test_the_shipped_data_agree_with_the_package_on_every_day(national: Calendar) -> None:
    wrong = [day for day in all_days() if national.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert wrong == []


def test_the_shipped_file_is_what_the_seed_makes(national: Calendar) -> None:
    assert national == seed_calendar()
    assert json.loads(DATA.read_text(encoding="utf-8")) == seed_calendar().to_json()


@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_its_number_of_working_days(national: Calendar, year: int, count: int) -> None:
    assert sum(national.is_working_day(day) for day in all_days() if day.year == year) == count


def test_the_six_worked_weekend_days_of_2026_are_worked(national: Calendar) -> None:
    worked = {day for day in national.days_on if day.year == 2026}
    assert worked == {date(2026, *day) for day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]}


def test_an_unknown_year_knows_weekends_and_fixed_dates_only(national: Calendar) -> None:
    assert not national.covers(date(2027, 1, 1))
    assert national.covers(date(2026, 12, 31))
    off = [date(2027, 1, 1), date(2028, 5, 1), date(2028, 5, 2), date(2029, 10, 1), date(2029, 10, 3), date(2027, 1, 2)]
    assert not any(national.is_working_day(day) for day in off)
    # Spring festival 2027 begins on 6 February; without a notice its Monday counts as worked.
    assert national.is_working_day(date(2027, 2, 8))


def test_a_county_overlay_wins_over_the_national_calendar(national: Calendar) -> None:
    yi_year = [date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)]
    local = national.with_overlay([*yi_year, date(2026, 10, 10)], [date(2026, 11, 28)])
    assert not local.is_working_day(date(2026, 11, 20))
    assert not local.is_working_day(date(2026, 10, 10))
    assert local.is_working_day(date(2026, 11, 28))
    assert national.is_working_day(date(2026, 11, 20))
    assert Calendar.from_json(json.loads(json.dumps(local.to_json()))) == local


def test_overlays_add_up(national: Calendar) -> None:
    both = national.with_overlay([date(2026, 8, 6)]).with_overlay([date(2026, 8, 7)])
    assert both.local_days_off == {date(2026, 8, 6), date(2026, 8, 7)}


@pytest.mark.parametrize(
    "change",
    [
        {"number": "1"},
        {"number": True},
        {"years": None},
        {"years": ["2026"]},
        {"days_off": ["2026-02-30"]},
        {"days_off": [20260101]},
        {"days_on": ["2031-01-04"]},
    ],
)
def test_a_damaged_calendar_is_refused(national: Calendar, change: dict[str, object]) -> None:
    with pytest.raises(StationError) as caught:
        Calendar.from_json(national.to_json() | change)
    assert caught.value.code == "calendar-unreadable"


def test_a_calendar_that_is_no_object_is_refused() -> None:
    for data in ([], {}, None):
        with pytest.raises(StationError, match="calendar-unreadable"):
            Calendar.from_json(data)  # type: ignore[arg-type]
