"""Citizen numbers and other papers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.domain.id_numbers import ID_TYPES, check_character, check_id_number, check_identity

TODAY = date(2026, 11, 22)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    region = draw(st.integers(100000, 999999))
    birth = draw(st.dates(date(1850, 1, 1), TODAY))
    digits = f"{region}{birth:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return digits + check_character(digits)


def refused(text: str) -> StationError:
    with pytest.raises(StationError) as caught:
        check_id_number(text, TODAY)
    return caught.value


@pytest.mark.parametrize(
    ("text", "value", "birth", "sex"),
    [
        ("11010519491231002X", "11010519491231002X", date(1949, 12, 31), "女"),
        (" 110105 19491231 002x ", "11010519491231002X", date(1949, 12, 31), "女"),
        ("１１０１０５１９４９１２３１００２ｘ", "11010519491231002X", date(1949, 12, 31), "女"),
        ("110105491231002", "11010519491231002X", date(1949, 12, 31), "女"),
        ("440524188001010014", "440524188001010014", date(1880, 1, 1), "男"),
    ],
)
def test_a_good_number_is_read(text: str, value: str, birth: date, sex: str) -> None:
    number = check_id_number(text, TODAY)
    assert (number.value, number.birth, number.sex) == (value, birth, sex)


@given(numbers())
def test_every_well_formed_number_is_taken_whatever_its_region(value: str) -> None:
    assert check_id_number(value, TODAY).value == value


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_every_wrong_digit_is_found(value: str, place: int, shift: int) -> None:
    digit = (int(value[place]) + shift) % 10
    assert refused(f"{value[:place]}{digit}{value[place + 1 :]}").code in {"id-number-check", "id-number-birth-date"}


def test_a_wrong_check_character_names_the_right_one() -> None:
    error = refused("110105194912310021")
    assert (error.code, error.params) == ("id-number-check", {"expected": "X", "given": "1"})


@pytest.mark.parametrize("text", ["", "1", "1101051949123100", "11010519491231002X1"])
def test_a_wrong_length_is_told(text: str) -> None:
    assert (refused(text).code, refused(text).params) == ("id-number-length", {"length": len(text)})


@pytest.mark.parametrize(
    ("text", "character", "position"),
    [
        ("1101051949123100OX", "O", 17),
        ("X10105194912310021", "X", 1),
        ("11010519491231002Y", "Y", 18),
        ("11010549123100X", "X", 15),
        ("11010519491231002\x00", "�", 18),
        ("1101051949123١002X", "١", 14),
    ],
)
def test_a_character_that_cannot_stand_there_is_told(text: str, character: str, position: int) -> None:
    error = refused(text)
    assert (error.code, error.params) == ("id-number-character", {"character": character, "position": position})


@pytest.mark.parametrize("birth", ["20260230", "19991301", "20261123", "18491231", "00000000", "20991231"])
def test_a_birth_date_that_cannot_be_is_told(birth: str) -> None:
    digits = f"511123{birth}001"
    assert refused(digits + check_character(digits)).code == "id-number-birth-date"


def test_a_child_born_today_has_a_number() -> None:
    digits = "51112320261122001"
    assert check_id_number(digits + check_character(digits), TODAY).birth == TODAY


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("19491231", date(2026, 12, 30), 76),
        ("19491231", date(2026, 12, 31), 77),
        ("20240229", date(2025, 2, 28), 0),
        ("20240229", date(2025, 3, 1), 1),
        ("20240229", date(2028, 2, 29), 4),
    ],
)
def test_age_is_full_years(birth: str, day: date, age: int) -> None:
    digits = f"511123{birth}001"
    assert check_id_number(digits + check_character(digits), TODAY).age_on(day) == age


@pytest.mark.parametrize("id_type", ["111", "112", "113"])
def test_papers_of_citizens_carry_the_citizen_number(id_type: str) -> None:
    assert check_identity(id_type, "110105491231002", TODAY) == "11010519491231002X"
    with pytest.raises(StationError, match="id-number-length"):
        check_identity(id_type, "E1234", TODAY)


def test_other_papers_have_any_visible_number() -> None:
    assert check_identity("414", " E 1234 5678 ", TODAY) == "E12345678"
    assert check_identity("154", "x" * 40, TODAY) == "x" * 40
    assert check_identity("335", "7", TODAY) == "7"


@pytest.mark.parametrize(
    ("id_type", "number", "code"),
    [
        ("414", "", "id-other-length"),
        ("414", "  ", "id-other-length"),
        ("414", "x" * 41, "id-other-length"),
        ("414", "E12\x07", "id-other-character"),
        ("none", "E123", "id-none-with-number"),
        ("999", "E123", "id-type-unknown"),
        ("", "", "id-type-unknown"),
    ],
)
def test_a_paper_that_does_not_fit_its_type_is_refused(id_type: str, number: str, code: str) -> None:
    with pytest.raises(StationError) as caught:
        check_identity(id_type, number, TODAY)
    assert caught.value.code == code


def test_a_person_may_have_no_number() -> None:
    assert check_identity("none", "  ", TODAY) == ""
    assert ID_TYPES["111"] == "居民身份证"
