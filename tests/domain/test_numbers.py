"""Printed numbers and their check digit."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.domain.numbers import (
    ParsedNumber,
    batch_number,
    case_number,
    check_digit,
    grouped,
    is_valid,
    parse_number,
    point_digits,
)

POINT = "511123102001"
DAY = date(2026, 11, 22)
DIGITS = st.text("0123456789", min_size=1, max_size=30)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
TAGS = st.integers(0, 99)


def test_a_case_number_has_25_digits_and_a_batch_number_26() -> None:
    assert case_number(POINT, DAY, 7, 12) == "511123102001" + "261122" + "07" + "0012" + "9"
    assert batch_number(POINT, DAY, 7, 12)[:-1] == "511123102001" + "261122" + "07" + "00012"
    assert (len(case_number(POINT, DAY, 7, 12)), len(batch_number(POINT, DAY, 7, 12))) == (25, 26)


@pytest.mark.parametrize(("digits", "check"), [("0794", "5"), ("8609574271", "9"), ("3339200596", "1")])
def test_published_examples_of_mod_11_10_agree(digits: str, check: str) -> None:
    assert check_digit(digits) == check


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), DAYS, TAGS, st.integers(1, 9999))
def test_a_case_number_gives_back_its_parts(point: str, day: date, tag: int, serial: int) -> None:
    assert parse_number(case_number(point, day, tag, serial)) == ParsedNumber("case", point, day, tag, serial)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), DAYS, TAGS, st.integers(1, 99999))
def test_a_batch_number_gives_back_its_parts(point: str, day: date, tag: int, serial: int) -> None:
    assert parse_number(batch_number(point, day, tag, serial)) == ParsedNumber("batch", point, day, tag, serial)


@given(DIGITS, st.integers(min_value=0), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(digits: str, place: int, shift: int) -> None:
    whole = digits + check_digit(digits)
    place %= len(whole)
    wrong = whole[:place] + str((int(whole[place]) + shift) % 10) + whole[place + 1 :]
    assert is_valid(whole)
    assert not is_valid(wrong)


def test_nearly_every_swap_of_neighbours_is_found() -> None:
    # The ten heads bring the sum into each of its ten states; two neighbours and a tail follow.
    missed = swaps = 0
    for head in map(str, range(10)):
        for one, other in permutations("0123456789", 2):
            whole = head + one + other + "4"
            whole += check_digit(whole)
            swaps += 1
            missed += is_valid(head + other + one + whole[3:])
    assert (missed, swaps) == (20, 900)


def test_spaces_dashes_and_wide_digits_do_not_matter() -> None:
    number = case_number(POINT, DAY, 7, 12)
    grouped = f" {number[:12]}-{number[12:18]}—{number[18:20]} {number[20:]}\n"
    for typed in (grouped, "５" + number[1:]):
        assert parse_number(typed) == ParsedNumber("case", POINT, DAY, 7, 12)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "number-length"),
        ("123", "number-length"),
        ("1" * 27, "number-length"),
        ("51112310200126112207O0126", "number-character"),
        ("5111231020012611220700127", "number-check"),
        ("٥111231020012611220700126", "number-character"),
    ],
)
def test_a_number_that_cannot_be_is_refused(text: str, code: str) -> None:
    with pytest.raises(StationError) as caught:
        parse_number(text)
    assert caught.value.code == code


def test_a_number_with_an_impossible_date_is_refused() -> None:
    digits = "511123102001" + "261322" + "07" + "0012"
    with pytest.raises(StationError, match="number-date"):
        parse_number(digits + check_digit(digits))


@pytest.mark.parametrize(
    ("day", "tag", "serial", "part"),
    [
        (DAY, -1, 1, "设备标记"),
        (DAY, 100, 1, "设备标记"),
        (DAY, 0, 0, "当日流水号"),
        (DAY, 0, 10000, "当日流水号"),
        (date(1999, 12, 31), 0, 1, "年份"),
        (date(2100, 1, 1), 0, 1, "年份"),
    ],
)
def test_parts_that_do_not_fit_are_refused(day: date, tag: int, serial: int, part: str) -> None:
    with pytest.raises(StationError) as caught:
        case_number(POINT, day, tag, serial)
    assert (caught.value.code, caught.value.params["part"]) == ("number-range", part)


def test_a_batch_has_room_for_more_than_a_case() -> None:
    assert parse_number(batch_number(POINT, DAY, 0, 99999)).serial == 99999


@pytest.mark.parametrize("point", ["", "11", "51112310200A", "5111231020010", "５11123102001", "51112310200²"])
def test_a_point_code_must_be_12_digits(point: str) -> None:
    with pytest.raises(StationError) as caught:
        case_number(point, DAY, 0, 1)
    assert (caught.value.code, caught.value.params) == ("point-code-not-digits", {"point": point})


def test_a_point_code_of_12_digits_stays_as_it_is() -> None:
    assert point_digits(POINT) == POINT


def test_what_are_no_digits_has_no_check_digit() -> None:
    for text in ("", "12a", "１２"):
        with pytest.raises(ValueError, match=f"^{text}$"):
            check_digit(text)
        assert not is_valid(text)
    assert not is_valid("5")


def test_a_printed_number_is_read_as_point_day_and_serial() -> None:
    assert grouped("5111332012012611220100234") == "511133201201 261122 0100234"
    assert grouped("110") == "110"
