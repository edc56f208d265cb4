"""Forms: plain JSON in, checked values out, each fault with the field's label."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.domain.forms import Field, read_form

FIELDS = (
    Field("name", "姓名", max_length=4),
    Field("story", "说明", "long_text", required=False),
    Field("day", "日期", "date", required=False),
    Field("count", "份数", "integer", required=False),
    Field("way", "方式", "choice", required=False, choices={"home": "上门", "here": "当面"}),
    Field("who", "申请人", "object", required=False),
    Field("rows", "材料", "list", required=False),
)
GOOD = {
    "name": " 李𬭎 ",
    "story": "第一行\n第二行",
    "day": "2026-11-22",
    "count": 0,
    "way": "home",
    "who": {"a": 1},
    "rows": ({"b": 2},),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def _refusal(form: dict[str, Any]) -> StationError:
    with pytest.raises(StationError) as refused:
        read_form(FIELDS, form)
    return refused.value


def test_values_come_back_as_types_and_trimmed() -> None:
    assert read_form(FIELDS, GOOD) == {
        "name": "李𬭎",
        "story": "第一行\n第二行",
        "day": date(2026, 11, 22),
        "count": 0,
        "way": "home",
        "who": {"a": 1},
        "rows": [{"b": 2}],
    }


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_what_is_left_out_or_empty_is_none(empty: object) -> None:
    values = read_form(FIELDS, {"name": "李", **dict.fromkeys(["story", "day", "count", "way", "who", "rows"], empty)})
    assert set(values.values()) == {"李", None}
    assert read_form(FIELDS, {"name": "李", "story": " \n "})["story"] is None


@pytest.mark.parametrize("form", [{}, {"name": None}, {"name": ""}, {"name": " 　"}])
def test_a_required_value_that_is_missing_is_named_by_its_label(form: dict[str, Any]) -> None:
    error = _refusal(form)
    assert (error.code, error.params) == ("form-field-missing", {"field": "name", "label": "姓名"})


def test_a_field_that_is_not_in_the_form_is_refused_with_those_that_are() -> None:
    error = _refusal({"name": "李", "nmae": "张"})
    assert (error.code, error.params["field"]) == ("form-field-unknown", "nmae")
    assert "name" in str(error.params["allowed"])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("name", 7),
        ("story", ["a"]),
        ("day", "22.11.2026"),
        ("day", "2026-02-30"),
        ("day", 20261122),
        ("count", "1"),
        ("count", True),
        ("count", -1),
        ("count", 1.0),
        ("count", 10**9 + 1),
        ("who", [1]),
        ("who", "a"),
        ("rows", {"a": 1}),
        ("rows", "abc"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_what_is_expected(name: str, wrong: object) -> None:
    error = _refusal({"name": "李", name: wrong})
    assert (error.code, error.params["field"]) == ("form-field-type", name)
    assert error.params["expected"]


def test_length_is_counted_in_code_points() -> None:
    assert read_form(FIELDS, {"name": "𬭎𠅤𪚥䶮"})["name"] == "𬭎𠅤𪚥䶮"
    error = _refusal({"name": "𬭎𠅤𪚥䶮李"})
    assert (error.code, error.params["limit"]) == ("form-field-too-long", 4)


@pytest.mark.parametrize("wrong", ["away", "上门", 1, ["home"], {"home": 1}])
def test_a_choice_is_one_of_its_words(wrong: object) -> None:
    error = _refusal({"name": "李", "way": wrong})
    assert (error.code, error.params["allowed"]) == ("form-field-choice", "home（上门）、here（当面）")


def test_a_date_may_come_as_a_date() -> None:
    assert read_form(FIELDS, {"name": "李", "day": date(2026, 11, 22)})["day"] == date(2026, 11, 22)


@given(st.dictionaries(st.sampled_from([field.name for field in FIELDS]), JSON))
def test_any_json_is_read_or_refused_and_never_breaks_the_program(form: dict[str, Any]) -> None:
    try:
        values = read_form(FIELDS, form)
    except StationError as error:
        assert error.code.startswith("form-field-")
    else:
        assert set(values) == {field.name for field in FIELDS}


def test_pictures_of_a_telephone_are_told_before_the_save_and_what_nobody_sees_is_left_out() -> None:
    """Only the receipt could not be printed, after the save, and nothing could mend it any more."""
    note = Field("note", "备注", required=False)
    with pytest.raises(StationError) as caught:
        read_form((note,), {"note": "已经电话告知😊"})
    error = caught.value
    assert (error.code, error.params["symbol"]) == ("form-field-unprintable", "😊")
    assert read_form((note,), {"note": "㎡\u200b①\ufe0f★"}) == {"note": "㎡①★"}
    assert read_form((note,), {"note": "\u200b"}) == {"note": None}
    # What a name's character looks like is part of it.
    assert read_form((note,), {"note": "\u845b\U000e0100\u8fbb\ufe00"}) == {"note": "\u845b\U000e0100\u8fbb\ufe00"}
