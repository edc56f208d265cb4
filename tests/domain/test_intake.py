"""Counting the papers: what must be there, what may be kept, what travels."""

from __future__ import annotations

from typing import Any

import pytest

from station_app.domain.errors import StationError
from station_app.domain.intake import check_handling, held_originals, paper_count, read_extra, read_materials, read_row
from station_app.domain.item_terms import names_id_card
from station_app.domain.items import Handling
from tests.domain.casework import COUNTY_ITEM, directory, materials_of

ITEM = directory().find(COUNTY_ITEM)
ID_CARD, HOUSEHOLD, FORM, BANK_CARD = (material.name for material in ITEM.materials)


def _row(name: str, originals: int = 1, copies: int = 0, **more: Any) -> dict[str, Any]:
    return {"name": name, "originals": originals, "copies": copies, **more}


def _refusal(rows: list[Any]) -> StationError:
    with pytest.raises(StationError) as refused:
        read_materials(ITEM, rows)
    return refused.value


def test_what_is_counted_is_kept_with_the_handling_of_the_item() -> None:
    found = read_materials(ITEM, materials_of(COUNTY_ITEM))
    assert found[0] == {"name": ID_CARD, "originals": 1, "copies": 1, "handling": "核验即还"}
    assert found[2] == {"name": FORM, "originals": 1, "copies": 0, "handling": "收取"}
    assert [row["name"] for row in found] == [ID_CARD, HOUSEHOLD, FORM, BANK_CARD]


def test_every_mandatory_paper_that_is_missing_is_named_at_once() -> None:
    error = _refusal([])
    assert (error.code, error.params["materials"]) == ("material-missing", f"{ID_CARD}、{FORM}")


def test_a_paper_counted_as_zero_is_missing() -> None:
    error = _refusal([_row(ID_CARD), _row(FORM, 0, 0)])
    assert (error.code, error.params["materials"]) == ("material-missing", FORM)


def test_a_tolerable_paper_may_come_later() -> None:
    found = read_materials(ITEM, [_row(ID_CARD), _row(FORM)])
    assert [row["name"] for row in found] == [ID_CARD, FORM]


@pytest.mark.parametrize("handling", ["收取", "交回", "不涉及"])
def test_an_identity_card_is_shown_and_given_back(handling: str) -> None:
    error = _refusal([_row(ID_CARD, handling=handling), _row(FORM)])
    assert (error.code, error.params["material"]) == ("id-card-must-be-returned", ID_CARD)


def test_copies_of_an_identity_card_may_be_kept() -> None:
    found = read_materials(ITEM, [_row(ID_CARD, 0, 2, handling="收取"), _row(FORM)])
    assert found[0]["handling"] == "收取"


@pytest.mark.parametrize(
    ("name", "card"),
    [
        ("申请人居民身份证", True),
        ("夫妻双方身份证", True),
        ("双方身份证、户口簿", True),
        ("委托书及代理人身份证件", True),
        ("成员身份证复印件", False),
        ("困难身份证明(低保、特困、监测对象等)", False),
        ("居民身份证申领登记表", False),
        ("居民户口簿", False),
    ],
)
def test_a_card_is_told_from_copies_proofs_and_forms(name: str, card: bool) -> None:
    assert names_id_card(name) is card


def test_a_paper_outside_the_directory_needs_a_reason() -> None:
    base = [_row(ID_CARD), _row(FORM)]
    error = _refusal([*base, _row("村委会证明")])
    assert (error.code, error.params["material"]) == ("material-not-listed", "村委会证明")
    found = read_materials(ITEM, [*base, _row("村委会证明", reason="户口簿与姓名不一致")])
    assert found[2] == {
        "name": "村委会证明", "originals": 1, "copies": 0, "handling": "收取", "reason": "户口簿与姓名不一致",
    }  # fmt: skip


def test_a_paper_is_counted_in_one_row() -> None:
    error = _refusal([_row(ID_CARD), _row(FORM), _row(FORM)])
    assert (error.code, error.params["material"]) == ("material-twice", FORM)


@pytest.mark.parametrize("row", ["居民身份证", 7, None, [1]])
def test_a_row_that_is_no_object_is_refused(row: object) -> None:
    with pytest.raises(StationError, match="form-field-type"):
        read_row(row)


def test_counts_left_out_are_zero_and_the_handling_falls_back_to_the_usual() -> None:
    assert check_handling(read_row({"name": "照片"}), Handling.NONE) == {
        "name": "照片", "originals": 0, "copies": 0, "handling": "不涉及",
    }  # fmt: skip


def test_only_what_is_kept_and_copies_travel_with_the_case() -> None:
    rows = [
        {"name": "身份证", "originals": 1, "copies": 1, "handling": "核验即还"},
        {"name": "申请表", "originals": 2, "copies": 0, "handling": "收取"},
        {"name": "旧证", "originals": 1, "copies": 0, "handling": "交回"},
        {"name": "照片", "originals": 0, "copies": 2, "handling": "不涉及"},
    ]
    assert held_originals(rows) == (("申请表", 2), ("旧证", 1))
    assert paper_count(rows) == 6
    assert (held_originals([]), paper_count([])) == ((), 0)


def test_a_paper_that_is_not_listed_is_taken_for_a_reason_and_kept_unless_said_otherwise() -> None:
    row = _row("村委会证明", copies=1, reason="户口簿遗失")
    assert read_extra(row, {ID_CARD}) == {**row, "handling": "收取"}
    assert read_extra({**row, "handling": "核验即还"}, ())["handling"] == "核验即还"
    assert read_materials(ITEM, [*materials_of(COUNTY_ITEM), row])[-1] == {**row, "handling": "收取"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (_row("村委会证明"), "material-not-listed"),
        (_row(" ", reason="户口簿遗失"), "form-field-missing"),
        (_row("村委会证明", 0, 0, reason="户口簿遗失"), "form-field-missing"),
        (_row(ID_CARD, reason="户口簿遗失"), "material-twice"),
        (_row("监护人居民身份证", reason="户口簿遗失"), "id-card-must-be-returned"),
    ],
)
def test_a_paper_that_is_not_listed_is_refused_by_the_same_rules(row: dict[str, Any], code: str) -> None:
    with pytest.raises(StationError) as refused:
        read_extra(row, {ID_CARD})
    assert refused.value.code == code
