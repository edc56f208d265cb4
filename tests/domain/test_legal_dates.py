"""Dates with legal force: the paper's date counts, checked against today and the step before."""

from __future__ import annotations

from datetime import date

import pytest

from station_app.domain.errors import StationError
from station_app.domain.legal_dates import legal_date

TODAY = date(2026, 11, 23)


def test_nothing_entered_means_today() -> None:
    assert legal_date(None, "受理日期", not_before=None, today=TODAY) == TODAY


@pytest.mark.parametrize("entered", [date(2026, 11, 20), date(2026, 11, 21), TODAY])
def test_the_date_on_the_paper_is_taken_as_it_is(entered: date) -> None:
    assert legal_date(entered, "受理日期", not_before="2026-11-20", today=TODAY) == entered


def test_a_date_in_the_future_is_refused() -> None:
    with pytest.raises(StationError) as refused:
        legal_date(date(2026, 11, 24), "决定日期", not_before=None, today=TODAY)
    assert refused.value.code == "date-in-future"
    assert refused.value.params == {"label": "决定日期", "date": "2026-11-24", "today": "2026-11-23"}


@pytest.mark.parametrize("entered", [date(2026, 11, 19), date(1926, 11, 23)])
def test_a_date_before_the_last_step_is_refused(entered: date) -> None:
    with pytest.raises(StationError) as refused:
        legal_date(entered, "决定日期", not_before="2026-11-20", today=TODAY)
    assert refused.value.code == "date-before-step"
    assert refused.value.params["before"] == "2026-11-20"


def test_a_clock_that_was_set_back_asks_for_the_date_on_the_paper_and_takes_it() -> None:
    dead_battery = date(2009, 1, 1)
    with pytest.raises(StationError, match="date-needed"):
        legal_date(None, "送达日期", not_before="2026-11-20", today=dead_battery)
    on_paper = date(2026, 11, 23)
    assert legal_date(on_paper, "送达日期", not_before="2026-11-20", today=dead_battery) == on_paper
    with pytest.raises(StationError, match="date-before-step"):
        legal_date(date(2026, 11, 19), "送达日期", not_before="2026-11-20", today=dead_battery)
