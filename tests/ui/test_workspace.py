"""The frame: the window on small screens, the menu by keyboard, the help over the page and over a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from station_app.domain.cases import CaseState
from station_app.ui.settings import Settings
from station_app.ui.widgets.pages.cases_page import CasesPage
from station_app.ui.widgets.pages.results_page import ResultsPage
from station_app.ui.widgets.scanner import Scanner
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.window import StationWindow
from station_app.ui.widgets.workspace import Workspace
from station_app.ui.workplace import Workplace
from tests.ui.test_gate import VILLAGE, FakeStation
from tests.ui.tour import case_in

Idle = Callable[[Workplace], None]
Key = Qt.Key


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, theme: Theme) -> Iterator[StationWindow]:
    """A window at its gate, not shown yet."""

    def nobody_enters(*_: object) -> Any:
        raise AssertionError("nobody signs in")

    def load_workspace() -> Any:
        return nobody_enters

    scanner = Scanner(qapp)
    made = StationWindow(FakeStation(VILLAGE), theme, Settings(), scanner, load_workspace)
    qtbot.addWidget(made)
    yield made
    qapp.removeEventFilter(scanner)


@pytest.mark.parametrize("room", [(1366, 768), (1366, 728), (1092, 574), (1024, 600)])
def test_on_a_small_screen_the_window_takes_all_of_it_and_no_more(window: StationWindow, room: tuple[int, int]) -> None:
    window.fit_to(QSize(*room))
    assert window.isMaximized()
    for size in (window.minimumSize(), window.minimumSizeHint()):
        assert size.width() <= room[0]
        assert size.height() < room[1]


def test_on_a_large_screen_the_window_leaves_room(window: StationWindow) -> None:
    window.fit_to(QSize(1920, 1040))
    assert not window.isMaximized()


def test_at_the_gate_the_title_names_the_office(window: StationWindow, qtbot: QtBot) -> None:
    window.start()
    qtbot.waitUntil(lambda: window.windowTitle() == "代办件 · 示例一村")
    window.close()


class Frame:
    """A worker's workspace, with hands."""

    def __init__(self, place: Workplace, theme: Theme, qtbot: QtBot, idle: Idle) -> None:
        self.place = place
        self.idle = idle
        self.workspace = Workspace(place, theme)
        qtbot.addWidget(self.workspace)
        self.workspace.resize(1366, 728)
        self.workspace.show()
        self.workspace.activateWindow()
        qtbot.waitUntil(self.workspace.isActiveWindow)

    def go(self, key: str, about: str = "") -> None:
        self.workspace.show_page(key, about)
        self.idle(self.place)

    @property
    def focus(self) -> QWidget:
        found = self.workspace.focusWidget()
        assert found is not None
        return found

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            QTest.keyClick(self.focus, key, modifier)
        self.idle(self.place)


@pytest.fixture
def frame(village: Workplace, theme: Theme, qtbot: QtBot, idle: Idle) -> Frame:
    """The village agent's workspace on its first page."""
    made = Frame(village, theme, qtbot, idle)
    made.go("village_home")
    return made


@pytest.mark.parametrize("who", ["village", "township"])
def test_every_entry_of_the_menu_shows_a_key_that_opens_it(
    who: str, request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot, idle: Idle
) -> None:
    frame = Frame(request.getfixturevalue(who), theme, qtbot, idle)
    first = frame.workspace.page_keys[0]
    frame.go(first)
    for page, button in frame.workspace.rail.buttons.items():
        frame.go(first)
        shown = button.text().split()[-1]
        modifier = Qt.KeyboardModifier.AltModifier if "+" in shown else Qt.KeyboardModifier.NoModifier
        name = shown.removeprefix("Alt+")
        frame.press(Key[f"Key_{name}"], modifier=modifier)
        assert frame.workspace.page is frame.workspace._pages[page], shown
        assert button.isChecked()


def test_arrows_in_the_menu_open_nothing_until_enter(frame: Frame) -> None:
    home, rail = frame.workspace.page, frame.workspace.rail
    rail.buttons["village_home"].setFocus()
    frame.press(Key.Key_Down, Key.Key_Down)
    assert frame.workspace.page is home
    assert frame.focus is rail.buttons["hand_over"]
    assert [key for key, button in rail.buttons.items() if button.isChecked()] == ["village_home"]
    frame.press(Key.Key_Return)
    assert frame.workspace.page.accessibleName() == rail.buttons["hand_over"].accessibleName()
    frame.press(Key.Key_Escape)
    assert frame.workspace.page is home


def test_a_page_that_scrolls_inside_does_not_scroll_as_a_whole(frame: Frame) -> None:
    frame.workspace.resize(1092, 566)
    for key in ("register", "cases", "settings"):
        frame.go(key)
        QApplication.processEvents()
        assert frame.workspace._areas[key].verticalScrollBar().maximum() == 0, key


def test_escape_in_the_menu_leads_back_to_the_box(frame: Frame) -> None:
    box = frame.focus
    frame.workspace.rail.buttons["cases"].setFocus()
    frame.press(Key.Key_Escape)
    assert frame.focus is box


def test_on_a_narrow_window_the_help_lies_over_the_page_and_leaves_its_width(frame: Frame) -> None:
    frame.workspace.resize(1024, 620)
    before = frame.workspace.page.width()
    frame.press(Key.Key_F1)
    assert frame.workspace.help.isVisible()
    assert frame.workspace.page.width() == before
    assert frame.workspace.help.geometry().right() == frame.workspace.rect().right()
    frame.press(Key.Key_Escape)
    assert not frame.workspace.help.isVisible()


def test_on_a_wide_window_the_help_stands_beside_the_page(frame: Frame) -> None:
    before = frame.workspace.page.width()
    frame.press(Key.Key_F1)
    QApplication.processEvents()
    assert frame.workspace.page.width() == before - frame.workspace.help.width()


def test_help_over_a_paper_leaves_the_paper_open(frame: Frame, qtbot: QtBot) -> None:
    abouts: list[str] = []
    frame.place.read(case_in(CaseState.GRANTED), owner=frame.workspace, done=abouts.append)
    frame.idle(frame.place)
    sheet = frame.workspace._printing.sheet
    frame.place.preview.emit("receipt", abouts[0])
    qtbot.waitUntil(lambda: bool(sheet.view.findChildren(QWidget)) and sheet.save_button.isEnabled(), timeout=10_000)
    frame.press(Key.Key_F1)
    help_panel = frame.workspace.help
    assert sheet.isVisible()
    assert help_panel.isVisible()
    assert "打印预览" in help_panel.text.toPlainText()
    frame.press(Key.Key_Escape)
    assert sheet.isVisible()
    assert not help_panel.isVisible()
    frame.press(Key.Key_Escape)
    assert not sheet.isVisible()
    frame.press(Key.Key_F1)
    assert "首页" in help_panel.text.toPlainText()


def test_a_page_that_the_worker_has_not_got_gives_way_to_the_one_where_the_batch_is_too(
    township_head: Workplace, theme: Theme, qtbot: QtBot, idle: Idle
) -> None:
    """An approver sends decisions down, and has no page of what goes up: Enter on the batch that waits was a fault."""
    frame = Frame(township_head, theme, qtbot, idle)
    township_head.go.emit("hand_over", "f" * 32)
    idle(township_head)
    assert isinstance(frame.workspace.page, ResultsPage)


def test_f9_goes_to_the_box_from_an_opened_case_and_from_the_list(frame: Frame, qtbot: QtBot) -> None:
    frame.press(Key.Key_F9)
    page = frame.workspace.page
    assert isinstance(page, CasesPage)
    frame.press(Key.Key_Down, Key.Key_Return)
    assert frame.workspace.page is not page
    frame.press(Key.Key_F9)
    assert frame.workspace.page is page
    assert frame.focus is page.box
    frame.press(Key.Key_Down)
    assert frame.focus is page.list
    frame.press(Key.Key_F9)
    assert frame.focus is page.box
    QTest.keyClicks(frame.focus, "0007")
    assert page.box.text() == "0007"
    qtbot.waitUntil(lambda: page.search.is_settled)
    frame.idle(frame.place)


def test_escape_from_a_case_leads_back_to_its_row(frame: Frame) -> None:
    frame.press(Key.Key_F9)
    page = frame.workspace.page
    assert isinstance(page, CasesPage)
    frame.press(Key.Key_Down, Key.Key_Down, Key.Key_Return)
    row = page.list.currentIndex().row()
    frame.press(Key.Key_Escape)
    assert frame.focus is page.list
    assert page.list.currentIndex().row() == row


def test_a_page_shows_how_far_files_are_and_not_for_each_part_of_them(
    frame: Frame, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame.go("cases")
    read: list[int] = []
    monkeypatch.setattr(frame.workspace.page, "refresh", lambda: read.append(1))
    for _ in range(5):
        frame.workspace.syncing.sent.emit()
    assert read == []
    qtbot.waitUntil(lambda: bool(read), timeout=20_000)
    qtbot.wait(1200)
    assert read == [1]
