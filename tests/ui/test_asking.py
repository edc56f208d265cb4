"""查件 where this PC lacks the case: asked of the center by keyboard or scanner alone, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station_app.domain.case_cards import Place as CasePlace
from station_app.domain.numbers import case_number, grouped
from station_app.exchange.asked_cases import FOUND, NOT_FOUND
from station_app.ui.presenters import asking
from station_app.ui.presenters.asking import view_of
from station_app.ui.widgets.pages.cases_page import CasesPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.asking import Sought
from station_app.usecases.ports import Desk, SyncStatus
from tests.reliability.place import VILLAGES
from tests.ui.opened import Opener

NUMBER = case_number(VILLAGES[0], date(2024, 1, 15), 3, 12)


@pytest.fixture
def page(village: Workplace, theme: Theme, qtbot: QtBot) -> CasesPage:
    """The village's list of everything, and whoever opens a case goes on from there."""
    found = Opener(theme, qtbot)(CasesPage, village)
    qtbot.waitUntil(lambda: found.rows.is_quiet)
    return found


@pytest.fixture
def quiet(village: Workplace, page: CasesPage, qtbot: QtBot) -> Callable[[], None]:
    """Wait until all that was asked is shown."""

    def wait() -> None:
        qtbot.waitUntil(lambda: page.search.is_settled and page.rows.is_quiet and village.jobs.idle)

    return wait


def look_for(page: CasesPage, text: str, qtbot: QtBot, quiet: Callable[[], None]) -> None:
    page.box.clear()
    qtbot.keyClicks(page.box, text)
    qtbot.keyClick(page.box, Qt.Key.Key_Return)
    quiet()


def answer(place: Workplace, qtbot: QtBot, found: str, code: str = "") -> None:
    """Let an exchange have ended like this."""

    def work(desk: Desk) -> None:
        with desk.open_book() as book:
            book.save_asked_cases({NUMBER: found})
            book.save_sync_status(SyncStatus(code, {"address": "x"}, "", ""))

    place.write(work, owner=place, done=lambda _: None)
    qtbot.waitUntil(lambda: place.jobs.idle)


def asked(place: Workplace, qtbot: QtBot) -> dict[str, str]:
    found: list[dict[str, str]] = []
    place.read(lambda book: dict(book.asked_cases()), owner=place, done=found.append)
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def test_a_whole_number_that_is_not_here_is_asked_for_by_enter_and_enter(
    page: CasesPage, village: Workplace, theme: Theme, qtbot: QtBot, quiet: Callable[[], None]
) -> None:
    look_for(page, grouped(NUMBER), qtbot, quiet)
    assert page.ask.isVisible()
    assert page.ask.text() == "向县中心查找此件"
    assert page.empty.text().startswith(f"这台电脑没有 {grouped(NUMBER)}。")
    Opener(theme, qtbot).see_whole_texts(page)
    assert QApplication.focusWidget() is page.box
    with qtbot.waitSignal(village.changed):
        qtbot.keyClick(page.box, Qt.Key.Key_Return)
    quiet()
    assert asked(village, qtbot) == {NUMBER: ""}
    assert not page.ask.isVisible()
    assert page.empty.text().startswith(f"已记下，要找 {grouped(NUMBER)}。连上县中心就去找")
    assert page.box.hasFocus()
    # It is not asked for twice, and nothing else is in the way.
    qtbot.keyClick(page.box, Qt.Key.Key_Return)
    quiet()
    assert asked(village, qtbot) == {NUMBER: ""}


def test_a_scanner_alone_asks_for_it(
    page: CasesPage, village: Workplace, qtbot: QtBot, quiet: Callable[[], None]
) -> None:
    gone: list[str] = []
    village.go.connect(lambda *where: gone.extend(where))
    assert page.take_scan(NUMBER)
    quiet()
    assert (page.box.text(), page.ask.isVisible(), page.box.hasFocus()) == (NUMBER, True, True)
    assert page.take_scan(NUMBER)
    quiet()
    assert asked(village, qtbot) == {NUMBER: ""}
    assert gone == []


def test_that_the_center_does_not_answer_is_said_with_the_reason(
    page: CasesPage, village: Workplace, theme: Theme, qtbot: QtBot, quiet: Callable[[], None]
) -> None:
    look_for(page, NUMBER, qtbot, quiet)
    page.ask.click()
    quiet()
    answer(village, qtbot, "", "no-network")
    page.refresh()
    quiet()
    assert "连不上县中心，网络恢复后自动再传。" in page.empty.text()
    assert "自己打开" in page.empty.text()
    Opener(theme, qtbot).see_whole_texts(page)


def test_that_there_is_none_is_said_and_it_may_be_asked_again(
    page: CasesPage, village: Workplace, theme: Theme, qtbot: QtBot, quiet: Callable[[], None]
) -> None:
    look_for(page, NUMBER, qtbot, quiet)
    answer(village, qtbot, NOT_FOUND)
    page.refresh()
    quiet()
    assert "没有这件，或者本单位无权查看" in page.empty.text()
    assert page.ask.text() == "再向县中心查找"
    Opener(theme, qtbot).see_whole_texts(page)
    page.ask.click()
    quiet()
    assert asked(village, qtbot) == {NUMBER: ""}


def test_the_case_opens_by_itself_when_it_comes_and_only_where_it_is_still_looked_for(
    page: CasesPage, village: Workplace, qtbot: QtBot, quiet: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[str] = []
    village.go.connect(lambda *where: gone.extend(where))
    look_for(page, NUMBER, qtbot, quiet)
    page.ask.click()
    quiet()
    monkeypatch.setattr(asking, "sought", lambda book, text: Sought(NUMBER, True, FOUND, ""))
    page.refresh()
    quiet()
    assert gone == ["case", NUMBER]
    page.refresh()
    quiet()
    assert gone == ["case", NUMBER]


def test_a_case_that_is_here_and_anything_but_a_whole_number_is_asked_for_by_nobody(
    page: CasesPage, qtbot: QtBot, quiet: Callable[[], None]
) -> None:
    line = page.rows.line(0)
    assert line is not None
    for text in ("drmag", NUMBER[:-1], NUMBER[:-1] + "9" * (NUMBER[-1] != "9"), "5"):
        look_for(page, text, qtbot, quiet)
        assert not page.ask.isVisible(), text
    # Narrowed to where it is not: it is here all the same.
    page.places.setCurrentIndex(page._places.index(CasePlace.DONE))
    look_for(page, line.number, qtbot, quiet)
    assert (page.rows.rowCount(), page.ask.isVisible(), page.everywhere.isVisible()) == (0, False, True)


def test_a_case_of_which_only_headers_came_is_not_called_missing() -> None:
    said = partial(view_of, center="市中心")
    view = said(Sought(NUMBER, False, FOUND, ""))
    assert view.text.startswith(f"市中心有 {grouped(NUMBER)}，本机显示不出来")
    assert view.button == "再向市中心查找"
    assert said(Sought(NUMBER, False, None, "")).button == "向市中心查找此件"
