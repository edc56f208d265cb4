"""By the last number on paper it is known which ones a PC that died had printed and nobody has."""

from __future__ import annotations

from datetime import timedelta

import pytest

from station_app.domain.errors import StationError
from station_app.domain.numbers import batch_number, case_number, grouped, parse_number
from station_app.usecases.replaced_pc import MOST_A_DAY, missing_up_to
from station_app.usecases.run_action import register_case
from tests.domain.casework import registration
from tests.usecases.county import County


def test_what_is_not_here_up_to_the_last_one_and_between_those_of_the_days_before(county: County) -> None:
    printed = register_case(county.village.desk(), registration()).number
    first = parse_number(printed)

    def number(serial: int, days: int = 0) -> str:
        return case_number(first.point, first.day + timedelta(days=days), first.tag, serial)

    with county.village.read_book() as book:
        assert missing_up_to(book, printed).numbers == ()
        assert missing_up_to(book, grouped(number(4))).numbers == (number(2), number(3), number(4))
        # Of the day before it is known up to the highest that is here.
        assert missing_up_to(book, number(2, days=1)).numbers == (number(1, days=1), number(2, days=1))
        # One that was put back goes on far behind: what was passed over is on no paper.
        assert len(missing_up_to(book, number(5961)).numbers) == MOST_A_DAY


def test_a_gap_on_a_day_before_is_found(county: County) -> None:
    desk = county.village.desk()
    today = parse_number(register_case(desk, registration()).number).day
    with county.village.open_book() as book:
        me = book.identity()
        book.raise_serial(f"case:{me.tag:02d}:{today:%y%m%d}", 3)
    fifth = parse_number(register_case(desk, registration()).number)
    assert fifth.serial == 4
    with county.village.read_book() as book:
        later = case_number(fifth.point, fifth.day + timedelta(days=2), fifth.tag, 1)
        found = missing_up_to(book, later).numbers
    assert [parse_number(number).serial for number in found] == [2, 3, 1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12", "number-length"),
        ("batch", "number-length"),
        ("other", "number-of-other-point"),
        ("x", "number-character"),
    ],
)
def test_what_is_no_number_of_this_point_is_refused(county: County, text: str, code: str) -> None:
    own = parse_number(register_case(county.village.desk(), registration()).number)
    numbers = {
        "batch": batch_number(own.point, own.day, own.tag, 1),
        "other": case_number("511132100999", own.day, own.tag, 1),
    }
    with county.village.read_book() as book, pytest.raises(StationError) as refused:
        missing_up_to(book, numbers.get(text, text))
    assert refused.value.code == code
