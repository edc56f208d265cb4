"""A paper that the item's list does not name is taken in by keyboard, with a reason, and kept like the others."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence, QShortcut
from pytestqt.qtbot import QtBot

from station_app.ui.settings import Settings
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from tests.ui.opened import Opener
from tests.ui.register_hands import CARD, Hands, Key, SitAt, hands, sit_at
from tests.ui.said import said

__all__ = ["hands", "sit_at"]

EXTRA = {
    "name": "村委会证明",
    "originals": 1,
    "copies": 2,
    "handling": "核验即还",
    "reason": "户口簿遗失",
}


def take_extra(hands: Hands) -> None:
    """Add the paper by keys, from wherever the focus is."""
    hands.press(Key.Key_F6)
    hands.type_own_data(str(EXTRA["name"]))
    hands.press(Key.Key_Return)
    hands.type("1")
    hands.press(Key.Key_Return)
    hands.type("2")
    hands.press(Key.Key_Return)
    hands.type("2")
    hands.press(Key.Key_Return)
    hands.type_own_data(str(EXTRA["reason"]))
    hands.press(Key.Key_Return)


def test_a_paper_that_is_not_listed_is_saved_with_its_counts_handling_and_reason(hands: Hands) -> None:
    hands.fill()
    take_extra(hands)
    assert hands.focus is hands.page.materials.list
    assert not hands.page.materials.extra.isVisible()
    rows = hands.page.form.materials
    last = rows[rows.rowCount() - 1]
    assert (last.title, last.mark) == ("村委会证明", "另收")
    assert "看完当场退还" in last.detail
    hands.press(Key.Key_Return)
    assert hands.focus is hands.page.save_button
    case = hands.case(hands.save())
    assert dict(case.materials[-1]) == EXTRA


def test_the_wrong_paper_is_taken_off_by_its_key_and_put_back(hands: Hands) -> None:
    hands.fill()
    before = hands.page.form.materials.to_form()
    take_extra(hands)
    key = hands.page.form.materials[len(before)].key
    hands.type(key)
    assert hands.page.form.materials[len(before)].mark == "不收"
    hands.type("0")
    assert hands.page.form.materials.to_form() == before, "0 is about what the directory wants"
    hands.type(key)
    assert hands.page.form.materials.to_form() == [*before, EXTRA]


def test_what_is_missing_is_said_at_its_field(hands: Hands) -> None:
    hands.choose()
    hands.press(Key.Key_F6, *[Key.Key_Return] * 5)
    extra = hands.page.materials.extra
    assert "“材料名称”还没有填" in said(extra)
    assert hands.focus is extra.name
    hands.type_own_data("村委会证明")
    hands.press(*[Key.Key_Return] * 5)
    assert "不在事项目录里" in said(extra.fields["reason"])
    assert hands.focus is extra.reason
    hands.type_own_data("户口簿遗失")
    extra.copies.setFocus()
    extra.copies.selectAll()
    hands.type("0")
    extra.reason.setFocus()
    hands.press(Key.Key_Return)
    assert "“份数”还没有填" in said(extra.fields["copies"])


@pytest.mark.parametrize(
    ("name", "field", "answer"),
    [("申请人居民身份证", "name", "登记了两次"), ("监护人居民身份证", "handling", "看完要当场退还")],
    ids=["twice", "kept card"],
)
def test_what_the_rules_forbid_is_said_at_its_field(hands: Hands, name: str, field: str, answer: str) -> None:
    hands.choose()
    hands.press(Key.Key_F6)
    hands.type_own_data(name)
    hands.press(Key.Key_Return)
    hands.type("1")
    hands.press(*[Key.Key_Return] * 3)
    hands.type_own_data("x")
    hands.press(Key.Key_Return)
    assert answer in said(hands.page.materials.extra.fields[field])
    assert hands.page.form.materials.to_form() == []


def test_f8_takes_a_paper_that_is_still_being_written_or_says_what_it_lacks(hands: Hands) -> None:
    hands.fill()
    before = hands.count_cases()
    hands.press(Key.Key_F6)
    hands.type_own_data("村委会证明")
    hands.press(Key.Key_F8)
    hands.wait()
    assert hands.count_cases() == before
    assert "不在事项目录里" in said(hands.page.materials.extra.fields["reason"])
    hands.type_own_data("户口簿遗失")
    hands.press(Key.Key_F6)
    assert hands.page.materials.extra.name.text() == "村委会证明"
    case = hands.case(hands.save())
    assert case.materials[-1]["name"] == "村委会证明"
    assert not hands.page.materials.extra.isVisible()


def test_escape_gives_up_the_paper_and_not_the_page(hands: Hands) -> None:
    left: list[bool] = []
    leave = QShortcut(QKeySequence(Key.Key_Escape), hands.page)
    leave.activated.connect(lambda: left.append(True))
    hands.choose()
    hands.press(Key.Key_F6, Key.Key_Escape)
    assert not hands.page.materials.extra.isVisible()
    assert (hands.focus, left) == (hands.page.materials.list, [])


def test_without_an_item_nothing_is_asked_for(hands: Hands) -> None:
    hands.press(Key.Key_F6)
    assert not hands.page.materials.extra.isVisible()
    assert not hands.page.materials.extra_button.isVisible()


def test_it_stays_in_the_draft_and_with_another_item_and_goes_with_the_case(
    hands: Hands, village: Workplace, sit_at: SitAt
) -> None:
    hands.choose()
    take_extra(hands)
    hands.page.close_up()
    [draft] = hands.drafts()
    again = sit_at(village, draft.draft_id)
    assert again.page.form.materials.to_form() == [EXTRA]
    again.page.item.box.setFocus()
    again.choose("lsjz")
    assert again.page.form.materials.to_form() == [EXTRA]
    again.type_own_data("李𬭎")
    again.press(Key.Key_Return)
    again.type_own_data(CARD)
    again.press(*[Key.Key_Return] * 4)
    again.type("0")
    again.save()
    assert again.page.form.blank


def test_in_the_smallest_window_the_field_that_has_the_focus_is_in_sight(hands: Hands, qtbot: QtBot) -> None:
    hands.page.resize(850, 500)
    hands.choose()
    hands.press(Key.Key_F6)
    extra = hands.page.materials.extra
    for editor in (extra.name, extra.originals, extra.copies, extra.handling, extra.reason):
        assert hands.focus is editor
        qtbot.waitUntil(lambda editor=editor: editor.visibleRegion().boundingRect().height() == editor.height())
        hands.press(Key.Key_Return)


@pytest.mark.parametrize("scale", [100, 125])
def test_no_text_is_cut_off(hands: Hands, theme: Theme, qtbot: QtBot, scale: int) -> None:
    theme.apply(Settings(scale=scale))
    hands.choose()
    take_extra(hands)
    hands.press(Key.Key_F6)
    Opener(theme, qtbot).see_whole_texts(hands.page)
