"""Handing over: everything that can go is ticked, what can't says why, one key hands over and prints."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.ui.models.hand_over_rows import ready_table, sent_tone, sent_words, totals_of
from station_app.ui.settings import Settings
from station_app.ui.tokens import Tone
from station_app.ui.widgets.pages.hand_over_page import HandOverPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from tests.ui import seeded
from tests.ui.opened import Opener

DAY = date(2026, 11, 24)


@pytest.fixture
def opener(theme: Theme, qtbot: QtBot) -> Opener:
    return Opener(theme, qtbot)


@pytest.fixture
def opened(village: Workplace, opener: Opener) -> HandOverPage:
    return opener(HandOverPage, village)


def names(page: HandOverPage) -> list[str]:
    return [row.line.applicant for row in page.ready.model.rows]


def row_named(page: HandOverPage, name: str) -> int:
    return names(page).index(name)


def test_the_cases_of_this_worker_are_listed_and_all_ticked(opened: HandOverPage) -> None:
    assert sorted(names(opened)) == ["沙马拉且", "阿尔古布"]
    assert len(opened.ready.model.chosen) == 2
    assert opened.ready.totals.text().startswith("交给沙坪镇：2 件 · 材料 8 份 · 其中原件 2 件")
    assert opened.ready.rows.table.hasFocus()


def test_space_takes_a_tick_away_and_the_totals_follow(opened: HandOverPage, qtbot: QtBot) -> None:
    qtbot.keyClick(opened.ready.rows.table, Qt.Key.Key_Space)
    assert len(opened.ready.model.chosen) == 1
    assert "1 件 · 材料 4 份 · 其中原件 1 件" in opened.ready.totals.text()
    qtbot.keyClick(opened.ready.rows.table, Qt.Key.Key_Space)
    assert len(opened.ready.model.chosen) == 2


def test_without_a_tick_nothing_can_be_handed_over_and_the_page_says_so(opened: HandOverPage) -> None:
    for row in range(2):
        opened.ready.model.turn(row)
    assert not opened.ready.button.isEnabled()
    assert "没有打勾" in opened.ready.totals.text()


def test_what_was_unticked_stays_so_when_the_page_is_read_again(
    opened: HandOverPage, village: Workplace, opener: Opener
) -> None:
    opened.ready.model.turn(row_named(opened, "阿尔古布"))
    opened.refresh()
    opener.settle(village)
    assert [row.line.applicant for row in opened.ready.model.chosen] == ["沙马拉且"]


def test_one_key_hands_over_and_prints_the_slip(
    opened: HandOverPage, village: Workplace, opener: Opener, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(village.print_now) as printed:
        qtbot.keyClick(opened, Qt.Key.Key_F8)
    opener.settle(village)
    assert names(opened) == []
    batch = opened.sent.model.rows[0].batch
    assert printed.args == ["batch_slip", batch.batch_id]
    assert len(batch.lines) == 2
    assert "已交接 2 件" in opened.notice.findChildren(type(opened.title))[0].text()
    assert "没有要交接的件" in opened.ready.totals.text()


def test_two_presses_of_the_key_make_one_batch(
    opened: HandOverPage, village: Workplace, opener: Opener, qtbot: QtBot
) -> None:
    before = len(opened.sent.model.rows)
    qtbot.keyClick(opened, Qt.Key.Key_F8)
    qtbot.keyClick(opened, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: names(opened) == [])
    opener.settle(village)
    assert len(opened.sent.model.rows) == before + 1


def test_a_scanned_receipt_ticks_its_case_and_a_strange_one_is_left_to_others(opened: HandOverPage) -> None:
    row = row_named(opened, "阿尔古布")
    opened.ready.model.turn(row)
    assert opened.take_scan(opened.ready.model.rows[row].line.number)
    assert opened.ready.rows.table.currentIndex().row() == row
    assert len(opened.ready.model.chosen) == 2
    assert not opened.take_scan("5111321002012611240109999")


def test_a_scanned_slip_of_our_own_shows_its_batch(opened: HandOverPage) -> None:
    wanted = opened.sent.model.rows[-1]
    assert opened.take_scan(wanted.batch.number)
    assert opened.tabs.currentWidget() is opened.sent
    assert opened.sent.batches.current == wanted.batch.batch_id
    assert len(opened.sent.cases.model.rows) == len(wanted.cases)


def test_a_page_opened_about_a_batch_shows_it(village: Workplace, opener: Opener, opened: HandOverPage) -> None:
    wanted = opened.sent.model.rows[-1].batch.batch_id
    page = opener(HandOverPage, village, wanted)
    assert page.tabs.currentWidget() is page.sent
    assert page.sent.batches.current == wanted


def test_what_came_back_stands_above_with_its_reason_and_leads_to_its_case(
    opened: HandOverPage, village: Workplace, qtbot: QtBot
) -> None:
    card = opened.ready.returned
    assert card.isVisible()
    assert any("补换领登记表没有本人签名" in label.text() for label in card.findChildren(type(opened.title)))
    with qtbot.waitSignal(village.go) as went:
        next(button for button in card.findChildren(QPushButton) if button.text() == "去补齐").click()
    assert went.args[0] == "case"


def test_enter_opens_the_case(opened: HandOverPage, village: Workplace, qtbot: QtBot) -> None:
    with qtbot.waitSignal(village.go) as went:
        qtbot.keyClick(opened.ready.rows.table, Qt.Key.Key_Return)
    assert went.args == ["case", opened.ready.rows.current]


def test_the_slip_can_be_printed_again(opened: HandOverPage, village: Workplace, qtbot: QtBot) -> None:
    opened.tabs.setCurrentWidget(opened.sent)
    with qtbot.waitSignal(village.print_now) as printed:
        opened.sent.slip.click()
    assert printed.args == ["batch_slip", opened.sent.batches.current]


def test_a_township_hands_up_what_the_county_decides_and_names_what_it_decides_itself(
    township: Workplace, opener: Opener
) -> None:
    page = opener(HandOverPage, township)
    assert page.title.text() == "交到县里"
    assert not page.ready.only_mine.isVisible()
    assert "由本单位决定" in page.ready.hint.text()
    assert all(row.error is None for row in page.ready.model.rows)


def test_the_list_can_be_narrowed_to_what_this_worker_took_in(opened: HandOverPage) -> None:
    tab = opened.ready
    assert not tab.only_mine.isVisible()
    found = opened._work.ready
    assert found is not None
    tab.show_cases(replace(found, cases=(replace(found.cases[0], mine=False), found.cases[1])))
    assert tab.only_mine.isVisible()
    assert len(tab.model.rows) == 1
    tab.only_mine.setChecked(False)
    assert len(tab.model.rows) == 2


def test_what_can_not_go_says_why_and_has_no_tick(opened: HandOverPage, qtmodeltester: ModelTester) -> None:
    found = opened._work.ready
    assert found is not None
    stuck = replace(found.cases[0], error=StationError("held-by-other-pc", case="1"))
    model = ready_table(DAY)
    model.show_rows((stuck, found.cases[1]))
    qtmodeltester.check(model, force_py=True)
    assert model.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) is None
    assert model.index(0, 3).data().startswith("不能交：")
    model.turn(0)
    assert model.chosen == (found.cases[1],)
    assert totals_of(model.chosen).cases == 1


def test_a_batch_that_nobody_took_for_a_week_stands_out(opened: HandOverPage) -> None:
    view = opened.sent.model.rows[0]
    assert view.is_open
    old = replace(view, batch=replace(view.batch, offered_on="2026-11-15"))
    assert sent_words(old, DAY) == "已交 9 天，对方还没有接收"
    assert sent_tone(old, DAY) is Tone.WARN
    counted = opened.sent.model.rows[-1]
    assert sent_words(counted, DAY) == "接收 3 件，退回 1 件"


def test_with_nothing_to_hand_over_the_page_says_what_comes_here(opened: HandOverPage, qtbot: QtBot) -> None:
    qtbot.keyClick(opened, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: names(opened) == [])
    assert "现在没有要交接的件" in opened.ready.totals.text()
    assert not opened.ready.button.isEnabled()


@pytest.mark.parametrize("scale", [100, 125])
def test_no_text_is_cut_off(opened: HandOverPage, theme: Theme, opener: Opener, scale: int) -> None:
    theme.apply(Settings(scale=scale))
    for tab in range(2):
        opened.tabs.setCurrentIndex(tab)
        opener.see_whole_texts(opened)


def test_long_names_stand_in_full(opened: HandOverPage) -> None:
    card = opened.ready.returned
    assert any(seeded.LONG_NAME in label.text() for label in card.findChildren(type(opened.title)))
