"""A page as it stands in the window: in its size, read again whenever something was saved."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from tests.ui.painted import cut_texts

P = TypeVar("P", bound=Page)
SIZE = (1180, 650)


class Opener:
    """Opens pages and waits until they show what they read."""

    def __init__(self, theme: Theme, qtbot: QtBot) -> None:
        self._theme = theme
        self._qtbot = qtbot

    def __call__(self, kind: type[P], place: Workplace, about: str = "") -> P:
        page = kind(place, self._theme)
        self._qtbot.addWidget(page)
        place.changed.connect(page.refresh)
        page.resize(*SIZE)
        page.show()
        page.activateWindow()
        page.open(about)
        self.settle(place)
        return page

    def settle(self, place: Workplace) -> None:
        """Wait until what was begun is saved and shown: a job's end may begin another one."""
        for _ in range(3):
            self._qtbot.waitUntil(lambda: place.jobs.idle, timeout=20_000)

    def see_whole_texts(self, page: QWidget) -> None:
        """Wait until nothing that is written on the page is cut off."""

        def nothing_is_cut() -> None:
            cut = cut_texts(page)
            assert not cut, cut

        self._qtbot.waitUntil(nothing_is_cut)
