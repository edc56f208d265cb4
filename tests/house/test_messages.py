"""Every code that the program can raise or record has a sentence that a worker can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.domain.fold import Verdict
from station_app.domain.organisations import Level
from station_app.messages import SENTENCES, center_word, sentence, text_of, verdict_text, waiting_text
from station_app.messages.exchange import REFUSALS, VERDICT_REASONS, VERDICTS, WAITING
from tests.house.codes import error_uses, exchange_codes, fault_codes, is_code, reviews, verdict_reasons

PLACEHOLDER = re.compile(r"\{(\w+)\}")
ENGLISH_ALLOWED = {"JPG", "PNG", "BMP", "TIFF", "PIN", "PDF", "YAML", "CSV", "HTTPS", "UTF", "U", "X"}
TABLES = {"sentences": SENTENCES, "verdicts": VERDICT_REASONS, "refusals": REFUSALS, "waiting": WAITING}
every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


def _codes_in_sentences() -> Iterator[str]:
    for table in TABLES.values():
        yield from table


def test_the_search_finds_codes_of_every_kind() -> None:
    found = {use.code: use.params for use in error_uses()}
    assert found["id-number-check"] == frozenset({"expected", "given"})
    assert found["item-suspended"] is not None
    assert "item-cancelled" in found
    assert found["organisation-level-skipped"] == frozenset({"name", "parent"})
    assert found["organisation-code-twice"] == frozenset({"code", "first"})
    assert found["item-forward-exceeds-law"] == frozenset({"days", "most"})
    assert {"base-passed", "not-offered", "offered"} <= verdict_reasons()
    assert "second-person-needed" in fault_codes()
    assert reviews() == {"cloned-pc"}
    assert {"signature-wrong", "subject-unknown", "ruling-pending"} <= exchange_codes()


def test_every_error_and_fault_has_a_sentence() -> None:
    assert {use.code: use.place for use in error_uses() if use.code not in SENTENCES} == {}
    assert fault_codes() - set(SENTENCES) == set()


def test_every_reason_beside_a_verdict_has_a_label() -> None:
    assert (verdict_reasons() | fault_codes() | reviews()) - set(VERDICT_REASONS) == set()
    assert set(VERDICTS) == {verdict.value for verdict in Verdict}


def test_every_code_of_the_exchange_can_be_shown() -> None:
    assert exchange_codes() - set(_codes_in_sentences()) == set()


def test_no_sentence_is_left_over_from_a_code_that_is_gone() -> None:
    raised = {use.code for use in error_uses()}
    # "cloned" is how a center looks at a PC: a word of `Link.standing`, not of an error.
    mentioned = raised | verdict_reasons() | exchange_codes() | fault_codes() | reviews()
    mentioned |= {"certificate-expired", "fork", "action-unknown", "cloned"}
    assert set(_codes_in_sentences()) - mentioned == set()


def _named_in(text: str) -> set[str]:
    """Return what a sentence names; how the center is called, the reader knows."""
    return set(PLACEHOLDER.findall(text)) - {"center"}


def test_every_placeholder_is_given_where_the_error_is_raised() -> None:
    short = {
        f"{use.place} {use.code}": sorted(missing)
        for use in error_uses()
        if use.params is not None and (missing := _named_in(SENTENCES.get(use.code, "")) - use.params)
    }
    assert short == {}


@every_table
def test_every_sentence_is_whole(table: dict[str, str]) -> None:
    assert {code: text for code, text in table.items() if not text.endswith("。")} == {}
    assert {code: text for code, text in table.items() if PLACEHOLDER.sub("", text).count("{")} == {}


@every_table
def test_no_sentence_has_words_that_a_worker_cannot_read(table: dict[str, str]) -> None:
    english = {
        code: words
        for code, text in table.items()
        if (words := set(re.findall(r"[A-Za-z]+", PLACEHOLDER.sub("", text))) - ENGLISH_ALLOWED)
    }
    assert english == {}
    assert {code: text for code, text in table.items() if re.search(r"失败|错误代码|异常|非法|您错", text)} == {}


NEXT_STEP = re.compile(r"请|会自动|不用|直接办理|可填|可选|可写|可用|可打印|可以")


def test_every_sentence_says_what_to_do_next() -> None:
    assert {code: text for code, text in SENTENCES.items() if not NEXT_STEP.search(text)} == {}


# What may stand between a station and its center, and what is to be done about each.
ON_THE_WAY = {
    "no-network": "检查网线",
    "stalled": "会自动再传",
    "login-page-in-between": "打开浏览器登录网络",
    "tls-refused": "登录网络",
    "clock-wrong": "把日期和时间调准",
    "certificate-date": "把日期和时间调准",
    "center-key-differs": "核对后联系{center}",
    "device-revoked": "马上联系{center}",
    "center-busy": "可以继续收件",
    "center-healing": "不要关掉这台电脑",
    "center-disk-full": "打电话告诉{center}",
    "disk-full": "清理磁盘",
    "disk-low": "清理磁盘",
}


def test_each_trouble_on_the_way_has_a_sentence_of_its_own_that_says_what_to_do() -> None:
    texts = {code: SENTENCES[code] for code in ON_THE_WAY}
    assert len(set(texts.values())) == len(texts)
    assert {code: texts[code] for code, step in ON_THE_WAY.items() if step not in texts[code]} == {}
    lines = [waiting_text(code) for code in ON_THE_WAY if code != "disk-low"]
    assert len(set(lines)) == len(lines)


def test_a_sentence_names_what_is_wrong_and_what_to_do() -> None:
    error = StationError("id-number-check", expected="X", given="1")
    assert text_of(error) == "身份证号最后一位应为 X，填的是 1。请对照证件重填。"


def test_an_unknown_code_is_readable() -> None:
    expected = "出现未登记的情况（moon-phase）。已保存的内容没有丢失，请把这个代号告诉县中心。"
    assert sentence("moon-phase", {"code": "other"}) == expected


@pytest.mark.parametrize("params", [{}, {"expected": None}, {"expected": "X"}, {"other": 1}, None])
def test_a_missing_parameter_is_said_to_be_missing(params: dict[str, object] | None) -> None:
    text = sentence("id-number-check", params)
    assert "（未注明）" in text
    assert "{" not in text


def test_lists_are_read_as_words_and_nested_codes_as_sentences() -> None:
    assert "PIN 应为 1、2 至" in sentence("pin-length", {"min_digits": [1, 2], "max_digits": 3})
    reasons = [
        {"code": "case-ended", "params": {"case": "1"}},
        {"code": "case-ended", "params": {"case": "1"}},
        {"code": "batch-done", "params": "not an object"},
    ]
    text = sentence("batch-empty", {"reasons": reasons})
    assert text.count("已经作出决定") == 1
    assert "交接单 （未注明） 里的件都已清点完" in text


def test_values_are_never_read_as_templates() -> None:
    assert sentence("case-unknown", {"case": "{case}{0}%s"}).startswith("本机没有这件：{case}{0}%s。")


def test_a_verdict_is_said_with_its_reason() -> None:
    assert verdict_text("accepted") == "县中心已确认"
    assert verdict_text("late", "base-passed").startswith("晚了一步，没有生效：这件在另一台电脑上")
    assert "需升级" in verdict_text("postponed", "moon-phase")


def test_what_waits_says_why_in_one_line() -> None:
    assert waiting_text("") == ""
    assert waiting_text("no-network") == "连不上县中心，网络恢复后自动再传。"
    assert waiting_text("signature-wrong") == "这条记录的签名不对。请联系县中心。"
    assert waiting_text("disk-full") == SENTENCES["disk-full"]
    assert "moon-phase" in waiting_text("moon-phase")


@given(
    st.sampled_from(sorted(SENTENCES)) | st.text(max_size=8),
    st.dictionaries(
        st.sampled_from(["case", "reasons", "label", "code", "name"]),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=4),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("code"), inner, max_size=1),
            max_leaves=4,
        ),
    ),
)
def test_no_code_and_no_parameters_ever_break_it(code: str, params: dict[str, object]) -> None:
    assert sentence(code, params)


def test_a_code_is_told_from_other_texts() -> None:
    assert is_code("base-passed")
    assert not is_code("base")
    assert not is_code("station document 1")
    assert not is_code("Content-Type")


@pytest.mark.parametrize(("level", "center"), [(None, "县中心"), (Level.VILLAGE, "县中心"), (Level.CITY, "市中心")])
def test_a_center_is_called_by_the_level_of_who_reads_of_it(level: Level | None, center: str) -> None:
    called = center_word(level)
    nested = StationError(
        "batch-empty", reasons=[{"code": "organisations-unreadable", "params": {"organisation": "1"}}]
    )
    texts = [
        sentence("cloned", {}, called),
        sentence("moon-phase", {}, called),
        text_of(nested, called),
        waiting_text("center-healing", called),
        waiting_text("fork", called),
        waiting_text("clock-wrong", called),
        verdict_text("accepted", center=called),
        verdict_text("needs_review", "not-open", called),
        verdict_text("needs_review", "organisations-apart", called),
    ]
    assert [text for text in texts if center not in text] == []


@every_table
def test_no_sentence_names_the_center_of_one_level(table: dict[str, str]) -> None:
    """At the city's PC the sentences spoke of the county's center."""
    assert [code for code, text in table.items() if "县中心" in text] == []
