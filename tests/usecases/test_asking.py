"""What is known of a 代办登记号, and asking the center for its case: in memory and on disk."""

from __future__ import annotations

from datetime import date

import pytest

from station_app.domain.errors import StationError
from station_app.domain.numbers import batch_number, case_number, grouped
from station_app.exchange.asked_cases import NOT_FOUND, next_asked
from station_app.usecases.asking import Sought, ask_center, sought
from station_app.usecases.ports import SyncStatus
from station_app.usecases.run_action import register_case
from tests.domain.casework import VILLAGE, registration
from tests.usecases.county import County

NUMBER = case_number(VILLAGE, date(2024, 1, 15), 3, 12)


def test_a_case_that_is_not_here_is_asked_for_until_it_is_answered(county: County) -> None:
    desk = county.village.desk()
    with desk.read_book() as book:
        assert sought(book, grouped(NUMBER)) == Sought(NUMBER, here=False, answer=None, trouble="")
    assert ask_center(desk, f" {grouped(NUMBER)}") == Sought(NUMBER, here=False, answer="", trouble="")
    with desk.open_book() as book:
        assert next_asked(book) == NUMBER
        book.save_asked_cases({NUMBER: NOT_FOUND})
        book.save_sync_status(SyncStatus("no-network", {}, "", ""))
        assert sought(book, NUMBER) == Sought(NUMBER, here=False, answer=NOT_FOUND, trouble="no-network")
    assert ask_center(desk, NUMBER).answer == ""


def test_what_is_here_is_not_asked_for(county: County) -> None:
    desk = county.village.desk()
    case = register_case(desk, registration())
    assert ask_center(desk, case.number) == Sought(case.number, here=True, answer=None, trouble="")
    with desk.read_book() as book:
        assert next_asked(book) == ""


@pytest.mark.parametrize("text", ["", "王五", NUMBER[1:], batch_number(VILLAGE, date(2024, 1, 15), 3, 12)])
def test_what_is_no_number_of_a_case_is_asked_for_by_nobody(county: County, text: str) -> None:
    desk = county.village.desk()
    with pytest.raises(StationError, match="number-"):
        ask_center(desk, text)
    with desk.read_book() as book:
        assert book.asked_cases() == {}
