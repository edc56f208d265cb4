"""What a search box finds, judged on words alone: names, pinyin, items and numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.case_words import name_words, read_person_search, read_search, words_of
from station_app.domain.cases import Case
from tests.domain.casework import registered
from tests.fake_cases import finds

NUMBER = "5111231002012611230000017"


def case(name: str = "王秀英", id_number: str = "51112319500101123X", phone: str = "13881234567", **item: str) -> Case:
    fields = {
        "number": NUMBER,
        "applicant": {"name": name, "id_number": id_number, "phone": phone},
        "item": {"name": "城乡居民养老保险待遇申领", "code": "SAMPLE-SB-003", **item},
    }
    return replace(registered().case, fields=fields)


def found(text: str, one: Case) -> bool:
    search = read_search(text)
    assert search is not None
    return finds(search, one)


def person(text: str, one: Case) -> bool:
    search = read_person_search(text)
    assert search is not None
    return any(words_of(one).issuperset(way) for way in search.ways)


FINDING = """王 秀 英 王秀 秀英 王秀英 w wx wxy xy WXY wang wangx wangxiuying wangxy 养老 居民养老保险 老
    ylbx cxjm sb003 SAMPLE-SB-003 123X 123x 51112319500101123X 0017 00017 230000017 5111 51112310
    511123100201261123 ５１１１２３"""
NOT_FINDING = (
    """李 王英 英秀 lxy wy xiu wangyy wangl 医保 ylb1 0018 124X 100017 017 5112 1388 4567 51112319500101124X"""
)


@pytest.mark.parametrize("text", [*FINDING.split(), " 王 秀英 ", "5111 2310 0201", NUMBER, NUMBER[:20]])
def test_a_case_is_found_by(text: str) -> None:
    assert found(text, case())


@pytest.mark.parametrize("text", [*NOT_FINDING.split(), NUMBER[:-1] + "8"])
def test_a_case_is_not_found_by(text: str) -> None:
    assert not found(text, case())


def test_an_empty_box_asks_for_nothing_in_particular() -> None:
    assert read_search("") is read_search(" \t") is read_search("%·") is read_person_search(" ") is None


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("单雄信", ["sxx", "shan", "单"]),
        ("尉迟恭", ["ycg", "yuchi", "尉迟"]),
        ("阿依·古丽", ["阿依古丽", "阿依·古丽", "依古", "aygl", "ayiguli"]),
        ("李𬭎", ["𬭎", "李𬭎", "lh"]),
        ("张䶮", ["䶮", "张䶮", "zy"]),
        ("\U000323b0\U00031350", ["\U000323b0", "\U000323b0\U00031350"]),
        ("Tom Li", ["tom", "Tom Li", "li"]),
        ("吕绿", ["lvlv", "lulu", "ll"]),
        ("〇一", ["〇"]),
        ("བཀྲ་ཤིས", ["བཀྲ", "བཀྲ་ཤིས"]),
    ],
)
def test_names_of_all_kinds_are_found(name: str, texts: list[str]) -> None:
    assert [text for text in texts if not found(text, case(name))] == []


def test_a_known_person_is_found_by_name_sound_paper_and_phone() -> None:
    texts = ["王", "秀英", "wxy", "123X", "4567", "1388123", "13881234567", "51112319500101123X", "51112319500101"]
    assert [text for text in texts if not person(text, case())] == []
    assert [text for text in ("养老", "ylbx", "138", "0017", "李") if person(text, case())] == []


def test_an_applicant_without_papers_is_found_by_name() -> None:
    assert found("王", case(id_number="", phone=""))
    assert not found("123X", case(id_number="", phone=""))


@given(st.text(max_size=8), st.text(max_size=20), st.text(max_size=20))
def test_no_text_breaks_an_index_of_ascii_words(name: str, paper: str, phone: str) -> None:
    words = words_of(case(name, paper, phone))
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)


@given(st.text(max_size=20))
def test_what_is_asked_is_made_of_plain_words(text: str) -> None:
    for read in (read_search, read_person_search):
        search = read(text)
        assert search is None or all(word.isascii() and word.isalnum() for way in search.ways for word in way)


def test_a_number_that_is_none_is_no_word() -> None:
    odd = replace(case(), fields={"number": "号 一 %", "applicant": {}, "item": {}})
    assert words_of(odd) == frozenset()


def test_a_name_with_many_readings_has_a_bounded_number_of_words() -> None:
    assert len(name_words("和" * 50)) < 600
