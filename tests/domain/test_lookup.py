"""Finding by name, pinyin and initials."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.directory_file import parse_directory
from station_app.domain.items import Directory
from station_app.domain.lookup import initials, matches, search_items

SAMPLE = (Path(__file__).parents[2] / "resources/data/items_sample.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def directory() -> Directory:
    loaded, _ = parse_directory(SAMPLE)
    assert loaded is not None
    return loaded


@pytest.mark.parametrize("query", ["gljt", "GLJT", "gaolingjintie", "gaoljt", "gaolingj", "高龄津贴", " 高龄 津贴 "])
def test_an_item_is_found_by_name_pinyin_and_initials(directory: Directory, query: str) -> None:
    assert "高龄津贴" in search_items(directory, query)[0].name


def test_an_exact_code_comes_first(directory: Directory) -> None:
    assert [item.code for item in search_items(directory, "sample-sb-003")] == ["SAMPLE-SB-003"]
    assert len(search_items(directory, "SAMPLE-SB")) == 10


def test_a_name_that_begins_with_the_query_stands_before_one_that_contains_it(directory: Directory) -> None:
    names = [item.name for item in search_items(directory, "残疾人")]
    begins = [name.startswith("残疾人") for name in names]
    assert True in begins
    assert False in begins
    assert begins == sorted(begins, reverse=True)


def test_initials_of_the_beginning_stand_before_those_of_the_middle(directory: Directory) -> None:
    found = search_items(directory, "sb")
    assert found[0].name.startswith("社保") or found[0].code.startswith("SAMPLE-SB")


def test_an_empty_query_finds_all_in_order_and_nonsense_nothing(directory: Directory) -> None:
    assert search_items(directory, " ") == list(directory.items)
    assert search_items(directory, "zzzzqq") == []
    assert search_items(directory, "高铃") == []
    assert search_items(directory, "g-l") == []
    assert search_items(directory, "ｇl") == []


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("单秀英", "sxy"),
        ("仇秀英", "qxy"),
        ("解秀英", "xiexiuying"),
        ("曾秀英", "zxy"),
        ("区秀英", "ouxy"),
        ("查良镛", "zhaliangyong"),
        ("尉迟恭", "ycg"),
        ("尉迟恭", "yuchigong"),
        ("长孙无忌", "zhangsunwj"),
        ("吕秀英", "lvxy"),
        ("吕秀英", "luxy"),
        ("李𬭎", "lihong"),
        ("吉克·阿依", "jkay"),
        ("李 明", "lm"),
    ],
)
def test_a_person_is_found_by_the_surname_as_it_is_said(name: str, spelled: str) -> None:
    assert matches(spelled, name, person=True)


@pytest.mark.parametrize(
    ("name", "spelled"), [("单秀英", "danxy"), ("仇秀英", "cxy"), ("解秀英", "jxy"), ("尉迟恭", "wcg")]
)
def test_a_surname_is_not_read_as_another_word(name: str, spelled: str) -> None:
    assert not matches(spelled, name, person=True)


def test_a_code_is_found_by_any_part_of_it() -> None:
    assert matches("0012", "李秀英", "5111231020010012")
    assert not matches("0013", "李秀英", "5111231020010012")


def test_initials_know_every_way_to_read_a_name() -> None:
    assert "gljt" in initials("高龄津贴")
    assert initials("长") >= {"c", "z"}
    assert initials("尉迟恭", person=True) == {"ycg"}
    assert initials("A1（）") == {"a1"}
    assert initials("，") == frozenset()


def test_a_long_text_of_many_readings_stays_bounded() -> None:
    assert len(initials("长" * 60)) == 64
    assert matches("c" * 30 + "z" * 29 + "x", "长" * 60) is False
    assert matches("cz" * 30, "长" * 60)


@given(st.text(max_size=12), st.text(max_size=12))
def test_a_part_of_a_name_always_finds_it(before: str, after: str) -> None:
    assert matches("津贴", before + "津贴" + after)


@given(st.text("高龄津贴长行重女吕单", min_size=1, max_size=6))
def test_every_way_to_read_a_name_finds_it(name: str) -> None:
    assert all(matches(way, name) for way in initials(name))
