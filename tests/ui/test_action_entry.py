"""The form of any action: typed dates, remarks on leaving a field, refusals at their field, the one-line summary."""

from __future__ import annotations

from datetime import date

import pytest

from station_app.domain.actions import ALL, action_named
from station_app.domain.errors import StationError
from station_app.domain.forms import Field
from station_app.ui.presenters.action_entry import (
    consequence_of,
    fault_of,
    field_about,
    form_of,
    label_of,
    remark_on,
    value_of,
)
from station_app.ui.presenters.typed_date import read_day
from station_app.ui.tokens import Tone

TODAY = date(2026, 11, 23)
DAY = Field("day", "日期", "date", required=False)
TEXT = Field("text", "内容", max_length=3)
COUNT = Field("count", "份数", "integer")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-22", date(2026, 11, 22)),
        ("20261122", date(2026, 11, 22)),
        ("2026年11月22日", date(2026, 11, 22)),
        ("2026/1/5", date(2026, 1, 5)),
        ("1122", date(2026, 11, 22)),
        ("11-22", date(2026, 11, 22)),
        ("11月22号", date(2026, 11, 22)),
        ("1230", date(2025, 12, 30)),
        ("229", None),
        ("2-29", date(2024, 2, 29)),
        ("22", date(2026, 11, 22)),
        ("25", date(2026, 10, 25)),
        ("2026-02-30", None),
        ("26-11-22", None),
        ("明天", None),
        ("11-22-2026", None),
        ("99", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_people_type_it(typed: str, day: date | None) -> None:
    assert read_day(typed, TODAY) == day


def test_an_empty_field_is_not_remarked_on_when_it_is_left() -> None:
    assert remark_on(TEXT, "  ", TODAY).text == ""
    assert remark_on(DAY, "", TODAY).text == ""


def test_a_date_that_was_left_is_read_back_with_its_weekday() -> None:
    assert remark_on(DAY, "1122", TODAY) == remark_on(DAY, "2026-11-22", TODAY)
    assert remark_on(DAY, "1122", TODAY).text == "2026年11月22日 星期日"


@pytest.mark.parametrize(("field", "typed"), [(DAY, "明天"), (TEXT, "四个字了"), (COUNT, "两份")])
def test_what_would_be_refused_is_said_when_the_field_is_left(field: Field, typed: str) -> None:
    remark = remark_on(field, typed, TODAY)
    assert remark.tone is Tone.BAD
    assert field.label in remark.text


def test_a_number_typed_as_text_is_one() -> None:
    assert value_of(COUNT, " 12 ", TODAY) == 12
    assert fault_of(COUNT, value_of(COUNT, "12", TODAY)) == ""


def test_a_label_says_what_leaving_it_empty_means() -> None:
    assert [label_of(field) for field in (TEXT, DAY, Field("a", "备注", required=False))] == [
        "内容", "日期（不填就是今天）", "备注（可不填）",
    ]  # fmt: skip


def test_a_form_has_every_field_of_its_action() -> None:
    grant = action_named("grant")
    form = form_of(grant, {"decided_on": "1122", "document_number": " 沙准1 ", "result": ""}, TODAY)
    assert form == {"decided_on": "2026-11-22", "document_number": "沙准1", "result": ""}


@pytest.mark.parametrize(
    ("code", "error", "field"),
    [
        ("refuse", StationError("form-field-missing", field="reason", label="理由"), "reason"),
        ("grant", StationError("date-in-future", label="决定日期"), "decided_on"),
        ("deliver", StationError("name-empty"), "signed_by"),
        ("supply", StationError("id-card-must-be-returned", material="身份证"), "materials"),
        ("grant", StationError("four-eyes", case="1"), ""),
        ("close", StationError("date-in-future"), ""),
    ],
)
def test_a_refusal_finds_its_field(code: str, error: StationError, field: str) -> None:
    assert field_about(action_named(code), error) == field


def test_a_decision_says_in_one_line_what_will_happen() -> None:
    text = consequence_of(action_named("grant"), "示例一村")
    assert "准予" in text
    assert "自动回到示例一村" in text
    assert "收件的单位" in consequence_of(action_named("refuse"))


def test_every_action_says_what_follows_from_it() -> None:
    assert all(consequence_of(action).endswith("。") for action in ALL)
    assert "办结归档" in consequence_of(action_named("close"))
    assert "镇、县" in consequence_of(action_named("opinion"))
