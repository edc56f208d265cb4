"""A form that can't be taken in: the sentence says what is wrong, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bad_input.refusals import Desk
from tests.reliability.place import FORM

APPLICANT = FORM["applicant"]
WRONG_FORMS: dict[str, tuple[dict[str, Any], str]] = {
    "id-number-check": (
        {"applicant": {**APPLICANT, "id_number": "110105194912310021"}},
        "身份证号最后一位应为 X，填的是 1。请对照证件重填。",
    ),
    "id-number-length": ({"applicant": {**APPLICANT, "id_number": "1101051949123100"}}, "应为 18 位，填的是 16 位"),
    "id-number-birth-date": ({"applicant": {**APPLICANT, "id_number": "11010519490231002X"}}, "不是有效的出生日期"),
    "name-character": ({"applicant": {**APPLICANT, "name": "阿\x00苏"}}, "请照证件重填"),
    "item-cancelled": ({"item": "SAMPLE-QX-099"}, "替代办法：个人承诺，不再开具证明"),
    "item-in-person": ({"item": "SAMPLE-MZ-008"}, "要本人到"),
    "item-unknown": ({"item": "SAMPLE-XX-999"}, "事项目录里没有“SAMPLE-XX-999”"),
    "material-missing": ({"materials": FORM["materials"][:1]}, "必须交的材料还缺：待遇领取申请表"),
    "form-field-missing": ({"applicant": {"id_type": "111"}}, "“申请人姓名”还没有填"),
    "form-field-unknown": ({"applicnat": APPLICANT}, "表单里没有“applicnat”这一项"),
    "form-field-type": ({"applicant": ["阿苏吉木"]}, "“申请人”填的内容不对"),
    "scan-not-found": ({"attachments": ["a.jpg"]}, "找不到文件“a.jpg”"),
}


@pytest.mark.parametrize("code", WRONG_FORMS)
def test_a_wrong_form_is_refused_and_says_why(desk: Desk, code: str) -> None:
    changes, says = WRONG_FORMS[code]
    desk.refused(code, says, "case", "register", desk.place.form(**changes))


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[1, 2]", b'"text"', b"{'item': 1}", "{“item”: 1}".encode(), b"\xff\xfe\x00", b"[" * 100_000],
    ids=["empty", "cut", "list", "text", "python", "full-width quotes", "no utf-8", "deep"],
)
def test_a_file_that_is_no_form_is_refused(desk: Desk, tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "form.json"
    path.write_bytes(text)
    params = desk.refused("form-not-json", str(path), "case", "register", str(path))
    assert params["file"] == str(path)


def test_a_form_that_is_not_there_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.refused("file-not-found", "请核对路径和文件名", "case", "register", str(tmp_path / "none.json"))


def test_a_folder_in_place_of_a_form_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.refused("system-error", "已保存的内容没有丢失", "case", "register", str(tmp_path))


SPOILERS: list[Any] = [None, True, -1, 10**30, "", "x" * 5000, "\x00", "\u202e", "\ue000", [], {}, [[]], [{}], {"a": 1}]


@pytest.mark.parametrize("spoiler", SPOILERS, ids=repr)
def test_whatever_stands_in_a_field_the_program_answers_in_its_own_words(desk: Desk, spoiler: Any) -> None:
    # Fields that a form may do without take some of these; what none of them may cause is anything but an answer.
    for field in ("name", "id_type"):
        path = desk.place.form(applicant={**APPLICANT, field: spoiler})
        assert desk.place.station("v1", "case", "register", path).refusal()["message"].endswith("。")
    for changes in ({"item": spoiler}, {"applicant": spoiler}, {"materials": spoiler}):
        told = desk.place.station("v1", "case", "register", desk.place.form(**changes))
        assert told.refusal()["message"].endswith("。")


@pytest.mark.parametrize(
    "text", ['{"item": NaN}', '{"item": 1e999}', '{"note": "\\ud800"}', '{"item": "a", "item": {}}']
)
def test_json_that_other_programs_would_not_take_is_answered_as_well(desk: Desk, tmp_path: Path, text: str) -> None:
    path = tmp_path / "form.json"
    path.write_text(json.dumps(FORM, ensure_ascii=False)[:-1] + ", " + text[1:], "utf-8")
    assert desk.place.station("v1", "case", "register", str(path)).refusal()["message"].endswith("。")


def test_a_case_that_nobody_knows_is_refused(desk: Desk) -> None:
    for arguments in (("case", "show", "5111"), ("case", "act", "5111", "close"), ("actions", "--case", "5111")):
        desk.refused("case-unknown", "本机没有这件：5111", *arguments)


def test_an_action_that_nobody_knows_or_may_run_is_refused(desk: Desk) -> None:
    case = desk.place.station("v1", "case", "list").lines()[0]["case_id"]
    desk.refused("action-unknown", "没有“fly”这种操作", "case", "act", case, "fly")
    desk.refused("role-missing", "需要：批准人", "case", "act", case, "grant")
    desk.refused("action-in-batch", "要整批办理", "case", "act", case, "offer")


def test_a_hand_over_to_an_unknown_or_wrong_office_is_refused(desk: Desk) -> None:
    case = desk.place.station("v1", "case", "list").lines()[0]["case_id"]
    desk.refused("organisation-unknown", "没有代码为 999 的单位", "batch", "offer", "--to", "999", case)
    county = "511132000000"
    desk.refused("batch-empty", "只能交给上一级单位", "batch", "offer", "--to", county, case)
    desk.refused("batch-unknown", "本机没有这张交接单：1", "batch", "accept", "1")


def test_a_print_without_a_subject_or_of_an_unknown_paper_is_refused(desk: Desk, tmp_path: Path) -> None:
    out = str(tmp_path / "out.pdf")
    desk.refused("print-needs-subject", "没有写明打印哪一件", "print", "receipt")
    desk.refused("paper-unknown", "没有“poster”这种文书", "print", "poster", "1", "--out", out)
    desk.refused("case-unknown", "本机没有这件：1", "print", "receipt", "1", "--out", out)
    assert not Path(out).exists()


def test_a_print_into_a_folder_that_is_not_there_is_refused(desk: Desk, tmp_path: Path) -> None:
    case = desk.place.station("v1", "case", "list").lines()[0]["case_id"]
    out = str(tmp_path / "none" / "out.pdf")
    desk.refused("file-not-found", "请核对路径", "print", "receipt", case, "--out", out)


def test_wrong_usage_is_told_apart_from_a_refusal(desk: Desk) -> None:
    ran = desk.place.station("v1", "case", "fly")
    assert (ran.status, ran.out) == (2, "")
