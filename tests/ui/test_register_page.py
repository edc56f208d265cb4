"""Taking a case in with the keyboard alone, through the real page on a real journal."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from station_app.domain.cases import Case
from station_app.ui.workplace import Workplace
from tests.ui.manual import keys_of_a_case
from tests.ui.register_hands import CARD, NAME, Hands, Key, SitAt, hands, sit_at
from tests.ui.said import said

__all__ = ["hands", "sit_at"]

MOST_KEYS = 45


# the whole way


def test_a_case_is_taken_in_with_few_keys(hands: Hands) -> None:
    hands.choose()
    hands.type_own_data(NAME)
    hands.press(Key.Key_Return)
    hands.type_own_data(CARD)
    hands.press(Key.Key_Return)
    hands.type_own_data("13800001234")
    hands.press(Key.Key_Return)
    hands.type_own_data("示例一村三组")
    hands.press(Key.Key_Return, Key.Key_Return)
    hands.type("123")
    case_id = hands.save()
    case = hands.case(case_id)
    assert hands.keys <= MOST_KEYS
    assert hands.keys == keys_of_a_case()
    assert case.item["name"] == "80周岁以上老年人高龄津贴"
    assert dict(case.applicant) == {
        "name": NAME,
        "id_type": "111",
        "id_number": CARD,
        "phone": "13800001234",
        "address": "示例一村三组",
    }
    assert [(row["name"], row["originals"], row["copies"]) for row in case.materials] == [
        ("申请人居民身份证", 1, 1),
        ("居民户口簿(首页及本人页)", 1, 1),
        ("高龄津贴申请表", 1, 0),
    ]
    assert case.materials[0]["handling"] == "核验即还"


def test_after_saving_the_page_says_number_and_next_step_and_is_ready_for_the_next_caller(hands: Hands) -> None:
    hands.fill()
    case_id = hands.save()
    number = hands.case(case_id).number
    band = said(hands.page.notice)
    for part in ("已存本机", NAME, number[18:], "给群众收件凭证", "交到镇里"):
        assert part in band
    assert hands.page.form.blank
    assert hands.focus is hands.page.item.box
    assert hands.page.applicant.name.text() == ""


def test_pressing_the_key_again_and_again_saves_once(hands: Hands, village: Workplace) -> None:
    before = hands.count_cases()
    hands.fill()
    printed: list[str] = []
    village.print_now.connect(lambda _paper, case_id: printed.append(case_id))
    for _ in range(3):
        hands.page.save_button.click()
        hands.page.form.save()
    hands.wait()
    assert hands.count_cases() == before + 1
    assert len(printed) == 1


def test_enter_alone_leads_from_the_item_to_saving(hands: Hands, village: Workplace, qtbot: QtBot) -> None:
    hands.fill()
    hands.press(Key.Key_Return)
    assert hands.focus is hands.page.save_button
    with qtbot.waitSignal(village.print_now):
        hands.press(Key.Key_Return)
    hands.wait()


def test_a_township_takes_in_what_it_decides_itself(township: Workplace, sit_at: SitAt) -> None:
    hands = sit_at(township)
    hands.choose("lsjz")
    hands.type_own_data("李𬭎")
    hands.press(Key.Key_Return)
    hands.type_own_data(CARD)
    hands.press(*[Key.Key_Return] * 4)
    hands.type("0")
    hands.save()
    assert "在“受理与决定”里受理" in said(hands.page.notice)


# refusals


def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(hands: Hands) -> None:
    hands.choose()
    hands.type_own_data("李1")
    hands.page.form.save()
    hands.wait()
    assert "姓名里不能有“1”" in said(hands.page.applicant)
    assert "“证件号码”还没有填" in said(hands.page.applicant)
    assert "必须交的材料还缺：申请人居民身份证、高龄津贴申请表" in said(hands.page.materials)
    assert hands.focus is hands.page.applicant.name
    assert hands.page.applicant.name.text() == "李1"


def test_a_blank_form_is_not_saved(hands: Hands) -> None:
    hands.page.form.save()
    assert "“事项”还没有填" in said(hands.page.item)
    assert hands.focus is hands.page.item.box


def test_what_the_journal_refuses_is_said_at_its_field(hands: Hands, qtbot: QtBot) -> None:
    hands.fill()
    hands.page.applicant.address.setFocus()
    hands.type_own_data("村" * 400)
    with qtbot.waitSignal(hands.page.form.refused):
        hands.press(Key.Key_F8)
    assert "太长" in said(hands.page.applicant)
    assert hands.focus is hands.page.applicant.address
    assert hands.page.applicant.name.text() == NAME
    assert hands.page.save_button.isEnabled()


def test_after_a_bug_the_form_is_there_as_it_was(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, bugs: list[BaseException]
) -> None:
    def broken(*_: Any) -> Case:
        raise ZeroDivisionError

    monkeypatch.setattr("station_app.ui.presenters.registering.register_case", broken)
    hands.fill()
    hands.page.form.save()
    assert not hands.page.save_button.isEnabled()
    qtbot.waitUntil(hands.page.save_button.isEnabled)
    assert hands.page.applicant.name.text() == NAME
    assert "程序出错（编号 " in said(hands.page)
    bugs.clear()


# for everybody


def test_every_editor_has_a_name_for_those_who_listen(hands: Hands) -> None:
    hands.choose()
    reached = [w for w in hands.page.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert len(reached) >= 10
    assert [widget for widget in reached if widget.isVisible() and not widget.accessibleName()] == []


def test_pasted_text_has_no_line_breaks(hands: Hands) -> None:
    clipboard = QApplication.clipboard()
    clipboard.setText("示例一村\n三组\t12 号")
    hands.page.applicant.address.paste()
    assert hands.page.form.entry.address == "示例一村 三组 12 号"
