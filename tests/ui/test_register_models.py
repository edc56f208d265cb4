"""What the page of taking in shows, without a window: items, papers, and what is said beside each field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml
from pytestqt.modeltest import ModelTester

from station_app.domain.items import ChangeType, Directory, Item, TimeLimit, Unit
from station_app.domain.organisations import Level, Organisation
from station_app.paths import resource
from station_app.ui.models.choices import Choice, ChoiceRole, Choices
from station_app.ui.models.entry import Entry, missing_or_wrong, remark_on
from station_app.ui.models.item_matches import (
    advice,
    item_choice,
    item_facts,
    offered_here,
    promise_words,
    refusal_of,
    replacement_of,
)
from station_app.ui.models.material_rows import MOST, MaterialRows
from station_app.ui.tokens import Tone

TODAY = date(2026, 11, 23)
VILLAGE = Organisation("511132100201", "示例一村", Level.VILLAGE)
COUNTY = Organisation("511132000000", "示例县", Level.COUNTY)
CARD = "11010519491231002X"


@pytest.fixture(scope="module")
def directory() -> Directory:
    return Directory.from_json(yaml.safe_load(resource("data/items_sample.yaml").read_text("utf-8")))


@pytest.fixture
def rows(directory: Directory) -> MaterialRows:
    rows = MaterialRows()
    rows.begin(directory.find("SAMPLE-MZ-004").materials)
    return rows


def _marks(rows: Choices) -> list[str]:
    return [rows[row].mark for row in range(rows.rowCount())]


def _cancelled(directory: Directory, **change: Any) -> Item:
    item = directory.find("SAMPLE-QX-099")
    assert item.change is not None
    return replace(item, change=replace(item.change, **change))


# items


def test_an_open_item_says_who_when_and_what_kind(directory: Directory) -> None:
    choice = item_choice(directory.find("SAMPLE-MZ-004"), TODAY)
    assert choice.detail == "县民政局 · 上报件 · 受理后 15 个工作日内办结"
    assert (choice.mark, choice.struck) == ("", False)


def test_a_cancelled_item_is_struck_through_with_date_document_and_what_stands_in_its_place(
    directory: Directory,
) -> None:
    choice = item_choice(directory.find("SAMPLE-QX-099"), TODAY)
    assert (choice.mark, choice.tone, choice.struck) == ("已取消", Tone.BAD, True)
    for part in ("2026-06-30", "示例文件号(非真实文件)", "个人承诺，不再开具证明"):
        assert part in choice.detail


def test_a_suspended_item_and_one_not_yet_in_force_are_named_as_such(directory: Directory) -> None:
    later = replace(directory.find("SAMPLE-MZ-004"), valid_from=date(2027, 1, 1))
    assert item_choice(later, TODAY).mark == "还没开始"
    assert "2027-01-01" in item_choice(later, TODAY).detail
    assert item_choice(_cancelled(directory, type=ChangeType.SUSPENDED), TODAY).mark == "已暂停"


def test_an_item_for_which_one_must_come_in_person_says_where_to_go_and_what_to_bring(directory: Directory) -> None:
    item = directory.find("SAMPLE-HJ-005")
    choice, refusal = item_choice(item, TODAY), refusal_of(item, TODAY)
    assert (choice.mark, choice.detail) == ("本人到场", "要本人去派出所办，不能代办")
    assert refusal is not None
    said = advice(item, refusal)
    assert "办理地点：派出所。" in said
    assert item.materials[0].name in said


def test_a_replacement_is_found_by_code_or_name_and_free_text_is_none(directory: Directory) -> None:
    other = directory.find("SAMPLE-MZ-004")
    assert replacement_of(_cancelled(directory, replaced_by=other.code), directory) is other
    assert replacement_of(_cancelled(directory, replaced_by=other.name), directory) is other
    assert replacement_of(directory.find("SAMPLE-QX-099"), directory) is None
    assert replacement_of(other, directory) is None


def test_items_that_other_levels_take_in_are_not_offered(directory: Directory) -> None:
    here = {item.code for item in offered_here(directory, VILLAGE).items}
    county = {item.code for item in offered_here(directory, COUNTY).items}
    assert "SAMPLE-MZ-004" in here
    assert "SAMPLE-MZ-004" not in county
    # Points in other words close nothing: there one reads where to go.
    assert "SAMPLE-HJ-005" in here & county


def test_limits_are_said_in_words() -> None:
    said = {
        (0, Unit.WORKDAY): "当场办结",
        (None, Unit.WORKDAY): "没有定时限",
        (60, Unit.DAY): "受理后 60 个自然日内办结",
        (3, Unit.MONTH): "受理后 3 个月内办结",
    }
    assert {key: promise_words(TimeLimit(*key)) for key in said} == said


def test_the_card_says_who_decides_and_what_it_costs(directory: Directory) -> None:
    facts = dict(item_facts(directory.find("SAMPLE-MZ-004")))
    assert facts == {"谁决定": "县级 · 县民政局", "多久办完": "上报件，受理后 15 个工作日内办结；不收费"}


# papers


def test_the_material_rows_keep_the_rules_of_a_model(rows: MaterialRows, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(rows)


def test_each_paper_begins_as_missing_or_as_one_that_may_come_later(rows: MaterialRows) -> None:
    assert _marks(rows) == ["缺", "可后补", "缺", "可后补"]
    assert "看完当场退还" in rows[0].detail
    assert "5 个工作日内补齐" in rows[1].detail
    assert rows.to_form() == []


def test_a_key_brings_all_of_a_paper_and_again_nothing(rows: MaterialRows) -> None:
    rows.toggle(0)
    assert _marks(rows)[0] == "齐"
    assert rows.to_form() == [{"name": "申请人居民身份证", "originals": 1, "copies": 1}]
    rows.toggle(0)
    assert rows.to_form() == []


def test_one_key_completes_the_whole_list(rows: MaterialRows) -> None:
    rows.toggle(1)
    rows.complete_all()
    assert _marks(rows) == ["齐"] * 4


def test_plus_and_minus_count_the_part_that_is_pointed_at(rows: MaterialRows) -> None:
    rows.change(1)
    assert "▸原件 1/1" in rows[0].detail
    assert (rows[0].mark, rows[0].tone) == ("少", Tone.WARN)
    rows.turn_to(copies=True)
    rows.change(2)
    assert rows.to_form() == [{"name": "申请人居民身份证", "originals": 1, "copies": 2}]
    for by in (-5, MOST * 2, 1):
        rows.change(by)
    assert rows.to_form()[0]["copies"] == MOST


def test_a_row_that_wants_no_original_begins_with_its_copies(rows: MaterialRows) -> None:
    rows.set_current(3)
    rows.change(1)
    assert _marks(rows)[3] == "齐"
    rows.set_current(9)
    rows.change(1)
    assert rows.to_form()[0]["copies"] == 2


def test_rows_beyond_nine_have_letters(directory: Directory) -> None:
    material = directory.find("SAMPLE-MZ-004").materials[0]
    rows = MaterialRows()
    rows.begin([replace(material, name=f"材料 {number}") for number in range(12)])
    assert (rows[8].key, rows[9].key, rows[11].key) == ("9", "a", "c")
    assert [rows.row_of_key(key) for key in ("B", "d", "", "0")] == [10, None, None, None]


def test_counts_are_kept_where_the_next_item_wants_the_same_paper(directory: Directory, rows: MaterialRows) -> None:
    rows.complete_all()
    rows.begin(directory.find("SAMPLE-SB-001").materials, rows.to_form())
    assert _marks(rows) == ["齐", "齐", "缺"]


def test_a_paper_without_a_number_counts_as_one_copy(directory: Directory) -> None:
    rows = MaterialRows()
    material = replace(directory.find("SAMPLE-MZ-004").materials[3], copies=0)
    rows.begin([material])
    rows.toggle(0)
    assert rows.to_form() == [{"name": material.name, "originals": 0, "copies": 1}]


def test_nothing_is_counted_before_an_item_is_chosen() -> None:
    rows = MaterialRows()
    rows.change(1)
    rows.turn_to(copies=True)
    assert rows.to_form() == []


def test_a_row_is_read_aloud_as_a_whole() -> None:
    rows = Choices()
    rows.put([Choice("身份证", "原件 1/1", "1", "齐", Tone.GOOD, more="当场退还")])
    index = rows.index(0)
    assert index.data(11) == "1，身份证，齐，原件 1/1，当场退还"
    assert index.data(ChoiceRole.CHOICE).tone is Tone.GOOD


# the applicant


def test_a_right_number_says_sex_birth_and_age() -> None:
    remark = remark_on(Entry(id_number="11010519491231002x"), "id_number", TODAY)
    assert (remark.value, remark.tone) == (CARD, Tone.GOOD)
    assert remark.text == "女，1949-12-31 生，76 周岁"


def test_who_is_eighty_goes_first() -> None:
    remark = remark_on(Entry(id_number="440524188001010014"), "id_number", TODAY)
    assert remark.text.endswith("146 周岁，高龄优先，可上门办")


def test_a_wrong_number_says_what_it_should_be() -> None:
    remark = remark_on(Entry(id_number=CARD[:-1] + "1"), "id_number", TODAY)
    assert (remark.tone, remark.text) == (Tone.BAD, "身份证号最后一位应为 X，填的是 1。请对照证件重填。")


def test_the_number_of_another_paper_says_nothing_about_its_holder() -> None:
    assert remark_on(Entry(id_type="414", id_number="E12345678"), "id_number", TODAY).text == ""


def test_the_dots_of_a_long_name_become_one_kind() -> None:
    assert remark_on(Entry(name="阿尔依诺木嘎・吉克 "), "name", TODAY).value == "阿尔依诺木嘎·吉克"


@pytest.mark.parametrize("field", ["name", "id_number", "phone", "note"])
def test_an_empty_field_is_left_in_peace(field: str) -> None:
    assert remark_on(Entry(), field, TODAY).text == ""


def test_saving_wants_a_name_and_a_number_unless_there_is_none() -> None:
    assert missing_or_wrong(Entry(), TODAY) == {
        "name": "“申请人姓名”还没有填。请填好再保存。",
        "id_number": "“证件号码”还没有填。请填好再保存。",
    }
    assert missing_or_wrong(Entry(name="李𬭎", id_type="none"), TODAY) == {}
    assert set(missing_or_wrong(Entry(name="李1", id_number=CARD), TODAY)) == {"name"}
