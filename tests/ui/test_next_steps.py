"""Words that say where one is and what comes next: the same everywhere, and each leads there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from station_app.domain.actions import action_named
from station_app.domain.forms import Field
from station_app.domain.organisations import Level
from station_app.domain.people import Role
from station_app.ui.presenters.action_entry import next_step_of
from station_app.ui.widgets.pages.decide_page import DecidePage
from station_app.ui.widgets.pages.deliver_page import DeliverPage
from station_app.ui.widgets.pages.hand_over_page import HandOverPage
from station_app.ui.widgets.pages.receive_page import ReceivePage
from station_app.ui.widgets.registry import specs_for
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from tests.ui.opened import Opener
from tests.ui.said import said
from tests.ui.test_deliver_page import REFUSED

Key = Qt.Key


@pytest.fixture
def opener(theme: Theme, qtbot: QtBot) -> Opener:
    return Opener(theme, qtbot)


@pytest.mark.parametrize("key", ["register", "hand_over", "deliver", "decide", "receive", "instant"])
@pytest.mark.parametrize("who", ["village", "township"])
def test_a_page_is_called_by_its_name_in_the_menu(
    who: str, key: str, request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot
) -> None:
    place = request.getfixturevalue(who)
    for spec in specs_for(place.session.office.level, list(Role)):
        if spec.key == key:
            page = spec.make(place, theme)
            qtbot.addWidget(page)
            assert page.accessibleName() == spec.label


def test_a_case_put_right_says_where_it_goes_on() -> None:
    assert "交到镇里" in next_step_of(action_named("supply"), Level.VILLAGE)
    assert "交到县里" in next_step_of(action_named("supply"), Level.TOWNSHIP)
    assert next_step_of(action_named("note"), Level.VILLAGE) == ""
    assert "交到市里" in next_step_of(action_named("supply"), Level.COUNTY)
    assert next_step_of(action_named("supply"), Level.CITY) == ""


def test_after_handing_over_the_new_batch_is_the_one_whose_slip_is_printed_again(
    village: Workplace, opener: Opener, qtbot: QtBot
) -> None:
    page = opener(HandOverPage, village)
    page.tabs.setCurrentWidget(page.sent)
    page.sent.batches.move_to(1)
    page.tabs.setCurrentWidget(page.ready)
    with qtbot.waitSignal(village.print_now) as printed:
        page.ready.button.click()
    opener.settle(village)
    assert page.tabs.tabBar().hasFocus()
    page.tabs.setCurrentWidget(page.sent)
    with qtbot.waitSignal(village.print_now) as again:
        page.sent.slip.click()
    assert again.args == printed.args


@pytest.mark.parametrize("digits", [1, 2, 3, 6])
def test_a_batch_is_found_by_as_few_digits_as_tell_it_apart(
    digits: int, township: Workplace, opener: Opener, qtbot: QtBot
) -> None:
    page = opener(ReceivePage, township)
    numbers = [view.batch.number for view in page._work.batches]
    wanted = numbers[0][-digits:]
    page.number.setText(wanted)
    qtbot.keyClick(page.number, Key.Key_Return)
    opener.settle(township)
    if sum(number.endswith(wanted) for number in numbers) == 1:
        assert page.stack.currentWidget() is page.count
    else:
        assert "请再多输前面几位" in said(page)


def test_enter_in_the_empty_box_opens_the_batch_that_is_marked(
    township: Workplace, opener: Opener, qtbot: QtBot
) -> None:
    page = opener(ReceivePage, township)
    qtbot.keyClick(page.number, Key.Key_Return)
    opener.settle(township)
    assert page.stack.currentWidget() is page.count


def test_ctrl_tab_goes_from_queue_to_queue(township: Workplace, opener: Opener, qtbot: QtBot) -> None:
    page = opener(DecidePage, township)
    before = page.tabs.currentIndex()
    qtbot.keyClick(page.queue, Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert page.tabs.currentIndex() != before
    assert page.queue.hasFocus()


def test_a_remedy_begins_with_a_text_that_has_to_be_finished(
    township_head: Workplace, opener: Opener, qtbot: QtBot
) -> None:
    page = opener(DecidePage, township_head, "to_decide")
    next(b for b in page.choices.findChildren(QPushButton) if b.accessibleName() == "不予").click()
    opener.settle(township_head)
    [begin] = [b for b in page.form.findChildren(QPushButton) if b.text() == "填入样文，再改"]
    begin.click()
    written = page.form.typed()["remedy"]
    for part in ("六十日", "行政复议法第二十条", "六个月", "行政诉讼法第四十六条"):
        assert part in written
    page.form.put({"reason": "不符合条件"})
    page.form.submit()
    opener.settle(township_head)
    assert "还有【】没有填" in said(page)
    page.form.put(
        {"remedy": written.replace("【哪个人民政府】", "示例县人民政府").replace("【哪个人民法院】", "示例县人民法院")}
    )
    page.form.submit()
    opener.settle(township_head)
    assert "不予，已存本机" in said(page)


def test_every_template_fits_its_field() -> None:
    fields: tuple[Field, ...] = action_named("refuse").fields
    assert [f.name for f in fields if f.template] == ["remedy"]
    assert all(len(f.template) <= f.max_length for f in fields)


def test_a_refusal_is_delivered_only_after_it_was_explained(village: Workplace, opener: Opener, qtbot: QtBot) -> None:
    page = opener(DeliverPage, village)
    row = next(row for row, entry in enumerate(page._model.rows) if entry.line.applicant == REFUSED)
    page.rows.move_to(row)
    before = len(page._model.rows)
    qtbot.keyClick(page, Key.Key_F8)
    opener.settle(village)
    assert len(page._model.rows) == before
    assert "先说清楚" in said(page)
    assert page.card.form.told.hasFocus()
    qtbot.keyClick(page.card.form.told, Key.Key_Space)
    qtbot.keyClick(page, Key.Key_F8)
    qtbot.waitUntil(lambda: len(page._model.rows) == before - 1)
