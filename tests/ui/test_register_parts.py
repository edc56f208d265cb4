"""The item, the applicant and the papers on the page of taking in."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from pytestqt.qtbot import QtBot

from station_app.ui.settings import Settings
from station_app.ui.widgets.controls import Button
from station_app.ui.widgets.theme import Theme
from tests.persons import id_number
from tests.ui.register_hands import CARD, NAME, Hands, Key, hands, sit_at
from tests.ui.said import said

__all__ = ["hands", "sit_at"]


# the item


def test_the_enter_key_may_be_faster_than_the_search(hands: Hands) -> None:
    hands.type("gljt")
    hands.press(Key.Key_Return)
    hands.wait()
    assert hands.page.item.name.text() == "80周岁以上老年人高龄津贴"
    assert hands.focus is hands.page.applicant.name


def test_arrows_choose_among_all_items_and_esc_puts_the_list_away(hands: Hands) -> None:
    offered = hands.page._item_list
    left: list[bool] = []
    leave = QShortcut(QKeySequence(Key.Key_Escape), hands.page)
    leave.activated.connect(lambda: left.append(True))
    hands.press(Key.Key_Down)
    hands.wait()
    assert offered.isVisible()
    hands.press(Key.Key_Escape)
    assert (offered.isVisible(), left) == (False, [])
    hands.press(Key.Key_Escape)
    assert left == [True]
    hands.press(Key.Key_Down)
    hands.wait()
    hands.press(Key.Key_Down, Key.Key_Down, Key.Key_Up, Key.Key_Return)
    hands.wait()
    assert hands.page.form.item == hands.page.form.items.directory.items[1]  # type: ignore[union-attr]


def test_the_mouse_chooses_too(hands: Hands, qtbot: QtBot) -> None:
    hands.type("gljt")
    hands.wait()
    offered = hands.page._item_list
    where = offered.visualRect(offered.model().index(0, 0)).center()
    qtbot.mouseClick(offered.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert hands.page.form.item is not None
    assert hands.focus is hands.page.applicant.name


def test_a_cancelled_item_is_refused_with_what_to_say_instead(hands: Hands) -> None:
    hands.choose("ldrk")
    assert hands.page.form.item is None
    assert "已经取消" in said(hands.page.item)
    assert "个人承诺" in said(hands.page.item)
    assert hands.focus is hands.page.item.box


def test_the_item_that_replaces_a_cancelled_one_is_offered_at_once(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = hands.page.form.items.find("SAMPLE-MZ-004")
    monkeypatch.setattr(hands.page.form, "replacement", lambda _item: other)
    hands.choose("ldrk")
    assert hands.page.item.box.text() == "80周岁以上老年人高龄津贴"
    hands.press(Key.Key_Return)
    hands.wait()
    assert hands.page.form.item is other


def test_an_item_for_which_one_must_come_in_person_says_where_to_go(hands: Hands) -> None:
    hands.choose("jhdj")
    assert hands.page.form.item is None
    assert "办理地点：县婚姻登记处" in said(hands.page.item)


def test_a_search_that_finds_nothing_says_what_to_do(hands: Hands) -> None:
    hands.type("qqqq")
    hands.wait()
    assert "没有找到“qqqq”" in said(hands.page.item)
    hands.press(*[Key.Key_Backspace] * 4)
    hands.wait()
    assert "没有找到" not in said(hands.page.item)


def test_the_search_box_passes_on_when_the_item_is_chosen_already(hands: Hands) -> None:
    hands.choose()
    hands.page.item.box.setFocus()
    hands.press(Key.Key_Return)
    assert hands.focus is hands.page.applicant.name


# the applicant


def test_a_known_applicant_is_filled_in_by_the_first_character(hands: Hands) -> None:
    hands.choose()
    hands.type_own_data("沙")
    hands.wait()
    offered = hands.page._people_lists["name"]
    assert offered.isVisible()
    assert "990***********" in offered.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    hands.press(Key.Key_Down, Key.Key_Return)
    assert hands.page.applicant.name.text() == "沙马拉且"
    assert hands.page.applicant.phone.text() == "13800005678"
    assert hands.page.form.entry.id_number == id_number("19570919113")
    assert hands.focus is hands.page.materials.list
    hands.wait()
    assert not offered.isVisible()


def test_a_known_applicant_is_found_by_digits_of_the_number(hands: Hands) -> None:
    hands.page.applicant.id_number.setFocus()
    hands.type_own_data(id_number("19570919113")[-4:])
    hands.wait()
    assert hands.page._people_lists["id_number"].isVisible()
    hands.press(Key.Key_Up, Key.Key_Escape)
    assert not hands.page._people_lists["id_number"].isVisible()
    hands.press(*[Key.Key_Backspace] * 4)
    hands.wait()
    assert not hands.page._people_lists["id_number"].isVisible()


def test_the_list_of_people_is_asked_for_with_the_down_key(hands: Hands) -> None:
    hands.page.applicant.name.setFocus()
    hands.type_own_data("沙")
    hands.wait()
    hands.press(Key.Key_Escape, Key.Key_Down)
    hands.wait()
    assert hands.page._people_lists["name"].isVisible()


def test_the_list_lies_above_the_field_where_there_is_no_room_below(hands: Hands) -> None:
    number = hands.page.applicant.id_number
    hands.page.resize(1180, 430)
    number.setFocus()
    hands.type_own_data("5678")
    hands.wait()
    offered = hands.page._people_lists["id_number"]
    assert offered.isVisible()
    assert offered.geometry().bottom() < number.mapTo(hands.page, number.rect().topLeft()).y()


def test_enter_goes_on_when_nobody_of_the_list_is_meant(hands: Hands) -> None:
    hands.page.applicant.name.setFocus()
    hands.type_own_data("沙")
    hands.wait()
    hands.press(Key.Key_Return)
    assert hands.page.form.entry.name == "沙"
    assert hands.focus is hands.page.applicant.id_number


def test_a_number_is_checked_when_it_is_left_and_keeps_what_was_typed(hands: Hands) -> None:
    hands.page.applicant.id_number.setFocus()
    hands.type_own_data(CARD[:-1] + "1")
    hands.press(Key.Key_Tab)
    assert "最后一位应为 X" in said(hands.page.applicant)
    assert hands.page.applicant.id_number.text() == CARD[:-1] + "1"
    hands.page.applicant.id_number.setFocus()
    hands.press(Key.Key_End, Key.Key_Backspace)
    hands.type_own_data("x")
    hands.press(Key.Key_Tab)
    assert "女，1949-12-31 生" in said(hands.page.applicant)
    assert hands.page.applicant.id_number.text() == CARD


def test_the_type_of_paper_is_picked_by_its_key(hands: Hands) -> None:
    hands.page.applicant.id_type.setFocus()
    hands.type("7")
    assert hands.page.form.entry.id_type == "414"
    hands.type("0")
    assert hands.page.form.entry.id_type == "none"


def test_a_name_of_fifty_characters_is_seen_whole(hands: Hands, theme: Theme, qtbot: QtBot) -> None:
    name = hands.page.applicant.name
    theme.apply(Settings(scale=125))
    name.setFocus()
    hands.type_own_data((NAME * 4)[:50])
    lines = name.document().size().height()
    assert lines > 1
    qtbot.waitUntil(lambda: name.viewport().height() >= lines * name.fontMetrics().lineSpacing())
    number = hands.page.applicant.id_number
    assert number.contentsRect().width() > number.fontMetrics().horizontalAdvance(CARD)


def test_what_to_write_into_an_empty_name_is_seen_whole_with_big_text(hands: Hands, theme: Theme) -> None:
    theme.apply(Settings(scale=150))
    hands.page.resize(1104, 650)
    name = hands.page.applicant.name
    room = name.viewport().width() - 2 * name.document().documentMargin()
    assert name.fontMetrics().horizontalAdvance(name.placeholderText()) <= room


def test_with_big_text_the_field_that_has_the_focus_is_in_sight(hands: Hands, theme: Theme, qtbot: QtBot) -> None:
    theme.apply(Settings(scale=175))
    page = hands.page
    hands.choose()
    hands.press(*[Key.Key_Return] * 4)
    note = page.applicant.note
    qtbot.waitUntil(lambda: not note.visibleRegion().isEmpty())


# papers


def test_papers_are_counted_with_one_key_each(hands: Hands) -> None:
    hands.choose()
    hands.page.materials.list.setFocus()
    hands.type("13 ")
    assert [row["name"] for row in hands.page.form.materials.to_form()] == ["申请人居民身份证"]
    hands.press(Key.Key_Up, Key.Key_Right, Key.Key_Plus, Key.Key_Plus, Key.Key_Minus, Key.Key_Left)
    counts = {row["name"]: (row["originals"], row["copies"]) for row in hands.page.form.materials.to_form()}
    assert counts == {"申请人居民身份证": (1, 1), "居民户口簿(首页及本人页)": (0, 1)}
    hands.press(Key.Key_Q)
    assert len(hands.page.form.materials.to_form()) == 2


def test_papers_are_counted_with_the_mouse(hands: Hands, qtbot: QtBot) -> None:
    hands.choose()
    hands.page.materials.list.setFocus()
    one_fewer, one_more, everything = hands.page.materials._tools.findChildren(Button)
    for button in (everything, one_fewer, one_more, one_more):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    counts = [(row["originals"], row["copies"]) for row in hands.page.form.materials.to_form()]
    assert counts == [(2, 1), (1, 1), (1, 0), (0, 1)]
    assert hands.focus is hands.page.materials.list


def test_the_list_of_papers_takes_the_room_that_there_is(hands: Hands, qtbot: QtBot) -> None:
    """Four papers were cut off below three, over half a card of nothing."""
    hands.choose()
    papers = hands.page.materials.list
    qtbot.waitUntil(lambda: papers.verticalScrollBar().maximum() == 0)
    hands.page.resize(1180, 1000)
    qtbot.waitUntil(lambda: papers.height() > hands.page.materials.height() / 2)


def test_an_item_without_papers_says_so(hands: Hands) -> None:
    assert "这里列出要带的材料" in said(hands.page.materials)
    hands.page.form.item = hands.page.form.items.find("SAMPLE-QX-099")
    hands.page.form.item_changed.emit()
    assert "不用带材料" in said(hands.page.materials)
