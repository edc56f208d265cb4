"""Time limits, by the vectors of the rules and by what must always hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.deadlines import MOST, Due, Unit, add_months, due_on, next_working_day, working_days_between
from station_app.domain.errors import StationError
from tests.domain.calendar_seed import seed_calendar

NATIONAL = seed_calendar()
COUNTY = NATIONAL.with_overlay([date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)])
DAYS = st.dates(date(2023, 1, 1), date(2030, 12, 31))
UNITS = st.sampled_from(Unit)
VECTORS = [
    ("2025-12-31", 1, "2026-01-04"),
    ("2026-02-13", 1, "2026-02-14"),
    ("2026-02-13", 5, "2026-02-27"),
    ("2026-02-27", 2, "2026-03-02"),
    ("2026-04-30", 5, "2026-05-11"),
    ("2026-09-18", 2, "2026-09-21"),
    ("2026-09-24", 5, "2026-10-09"),
    ("2026-09-30", 20, "2026-11-03"),
    ("2026-11-19", 5, "2026-11-26"),
]


@pytest.mark.parametrize(("start", "n", "due"), VECTORS)
def test_working_days_are_counted_by_the_national_calendar(start: str, n: int, due: str) -> None:
    found = due_on(date.fromisoformat(start), n, Unit.WORKDAY, NATIONAL)
    assert found == Due(date.fromisoformat(due), provisional=False)


def test_a_county_holiday_moves_the_last_day() -> None:
    assert due_on(date(2026, 11, 19), 5, Unit.WORKDAY, COUNTY).on == date(2026, 11, 27)


def test_calendar_days_that_end_in_a_holiday_roll_to_the_next_working_day() -> None:
    assert due_on(date(2026, 8, 3), 60, Unit.DAY, NATIONAL) == Due(date(2026, 10, 8), provisional=False)


def test_calendar_days_may_end_on_a_worked_saturday() -> None:
    assert due_on(date(2026, 2, 9), 5, Unit.DAY, NATIONAL).on == date(2026, 2, 14)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2026-11-30", 13, "2027-12-30"),
        ("2026-03-05", 0, "2026-03-05"),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_its_last(start: str, months: int, end: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


def test_a_month_that_ends_on_a_sunday_rolls_on() -> None:
    assert due_on(date(2026, 2, 1), 1, Unit.MONTH, NATIONAL).on == date(2026, 3, 2)


@pytest.mark.parametrize("unit", Unit)
def test_at_once_means_the_same_day_even_on_a_rest_day(unit: Unit) -> None:
    assert due_on(date(2026, 10, 3), 0, unit, NATIONAL) == Due(date(2026, 10, 3), provisional=False)


def test_a_limit_that_runs_into_an_unknown_year_is_provisional() -> None:
    assert due_on(date(2026, 12, 28), 3, Unit.WORKDAY, NATIONAL) == Due(date(2026, 12, 31), provisional=False)
    assert due_on(date(2026, 12, 28), 4, Unit.WORKDAY, NATIONAL) == Due(date(2027, 1, 4), provisional=True)
    assert due_on(date(2026, 12, 31), 1, Unit.MONTH, NATIONAL).provisional


@pytest.mark.parametrize("unit", Unit)
def test_an_absurd_length_is_refused(unit: Unit) -> None:
    for n in (-1, MOST[unit] + 1, 10**9):
        with pytest.raises(StationError) as caught:
            due_on(date(2026, 1, 5), n, unit, NATIONAL)
        assert (caught.value.code, caught.value.params["most"]) == ("deadline-length", MOST[unit])


@pytest.mark.parametrize("year", [1, 1948, 2201, 9999])
def test_an_absurd_start_is_refused(year: int) -> None:
    with pytest.raises(StationError, match="deadline-start"):
        due_on(date(year, 12, 31), 1, Unit.DAY, NATIONAL)


def test_the_first_and_last_years_are_counted_in() -> None:
    assert due_on(date(1949, 12, 31), 0, Unit.DAY, NATIONAL).on == date(1949, 12, 31)
    assert due_on(date(1949, 10, 3), 1, Unit.DAY, NATIONAL).provisional


def test_the_longest_limits_can_be_counted() -> None:
    for unit in Unit:
        assert due_on(date(2200, 12, 31), MOST[unit], unit, NATIONAL).provisional


def test_units_know_their_chinese_words() -> None:
    assert [Unit.of_word(word) for word in ("工作日", "自然日", "月")] == list(Unit)
    with pytest.raises(ValueError, match="周"):
        Unit.of_word("周")


@given(DAYS, st.integers(1, 90), UNITS)
def test_the_last_day_is_a_working_day_after_the_first(start: date, n: int, unit: Unit) -> None:
    due = due_on(start, n, unit, COUNTY)
    assert COUNTY.is_working_day(due.on)
    assert due.on > start


@given(DAYS, st.integers(1, 90))
def test_counting_back_gives_the_length(start: date, n: int) -> None:
    assert working_days_between(start, due_on(start, n, Unit.WORKDAY, COUNTY).on, COUNTY) == n


@given(DAYS, st.integers(0, 60), st.integers(0, 30), UNITS)
def test_a_longer_limit_never_ends_earlier(start: date, n: int, more: int, unit: Unit) -> None:
    # n = 0 stays on its day while a rest day would roll on, so it is compared like the others.
    assert due_on(start, n, unit, COUNTY).on <= due_on(start, n + more, unit, COUNTY).on


@given(DAYS, st.integers(0, 400), st.integers(0, 60), UNITS)
def test_a_later_start_never_ends_earlier(start: date, later: int, n: int, unit: Unit) -> None:
    assert due_on(start, n, unit, COUNTY).on <= due_on(start + timedelta(days=later), n, unit, COUNTY).on


@given(DAYS)
def test_the_next_working_day_skips_rest_days_only(day: date) -> None:
    found = next_working_day(day, COUNTY)
    skipped = [day + timedelta(days=step) for step in range((found - day).days)]
    assert COUNTY.is_working_day(found)
    assert not any(COUNTY.is_working_day(rest) for rest in skipped)


def test_no_working_days_lie_before_the_start() -> None:
    assert working_days_between(date(2026, 3, 5), date(2026, 3, 2), NATIONAL) == 0
