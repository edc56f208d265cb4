"""A clerk's hands on the page where batches are received, for the tests that drive it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station_app.ui.models.count_sheet import CountSheet, Mark
from station_app.ui.widgets.pages.receive_page import ReceivePage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from tests.ui.opened import Opener

Key = Qt.Key


class Clerk:
    """Somebody with a scanner and a keyboard, whose every act is counted."""

    def __init__(self, page: ReceivePage, opener: Opener, qtbot: QtBot) -> None:
        self.page = page
        self.acts = 0
        self._opener = opener
        self._qtbot = qtbot

    def scan(self, number: str) -> None:
        self.acts += 1
        assert self.page.take_scan(number)
        self._opener.settle(self.page.place)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.acts += 1
            self._qtbot.keyClick(QApplication.focusWidget() or self.page, key)
        self._opener.settle(self.page.place)

    def save(self) -> None:
        """Press F8 and wait until it is done."""
        before = self.page._work.batches
        self.press(Key.Key_F8)
        self._qtbot.waitUntil(lambda: self.page._work.batches is not before)
        self._opener.settle(self.page.place)


@pytest.fixture
def opener(theme: Theme, qtbot: QtBot) -> Opener:
    return Opener(theme, qtbot)


@pytest.fixture
def clerk(township: Workplace, opener: Opener, qtbot: QtBot) -> Clerk:
    return Clerk(opener(ReceivePage, township), opener, qtbot)


@pytest.fixture
def at_work(clerk: Clerk) -> Clerk:
    """The clerk with the slip of three cases scanned."""
    clerk.scan(biggest(clerk.page))
    clerk.acts = 0
    return clerk


def biggest(page: ReceivePage) -> str:
    return max(page._work.batches, key=lambda view: len(view.cases)).batch.number


def sheet_of(page: ReceivePage) -> CountSheet:
    assert page._work.sheet is not None
    return page._work.sheet


def marks(page: ReceivePage) -> list[Mark]:
    return [row.mark for row in sheet_of(page).rows]
