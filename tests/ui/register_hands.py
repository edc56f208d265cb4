"""A worker's hands on the page of taking in, for the tests that drive it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from station_app.domain.cases import Case
from station_app.ui.background import Lane
from station_app.ui.widgets.pages.register_page import RegisterPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.case_pages import CaseQuery, count_cases
from station_app.usecases.drafts import Draft, drafts_of
from station_app.usecases.run_action import find_case
from tests.ui.conftest import SetUp

T = TypeVar("T")
NAME, CARD = "阿尔依诺木嘎·吉克曲布史日", "11010519491231002X"
Key = Qt.Key


class Hands:
    """A worker's ten fingers on the page; counts the keys besides the applicant's own data."""

    def __init__(self, page: RegisterPage, place: Workplace, qtbot: QtBot) -> None:
        self.page = page
        self.place = place
        self.keys = 0
        self._qtbot = qtbot

    @property
    def focus(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.keys += 1
            self._qtbot.keyClick(self.focus, key)

    def type(self, text: str) -> None:
        self.keys += len(text)
        self._qtbot.keyClicks(self.focus, text)

    def type_own_data(self, text: str) -> None:
        """Type a name through an input method, numbers by key."""
        if text.isascii():
            self._qtbot.keyClicks(self.focus, text)
            return
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self.focus, event)

    def wait(self) -> None:
        """Wait until no job runs any more."""
        self._qtbot.waitUntil(lambda: self.place.jobs.idle)

    def choose(self, text: str = "gljt") -> None:
        """Choose an item in the search box, which has the focus."""
        self.type(text)
        self.press(Key.Key_Return)
        self.wait()

    def fill(self, name: str = NAME) -> None:
        """Fill the whole form in, with all papers."""
        self.choose()
        self.type_own_data(name)
        self.press(Key.Key_Return)
        self.type_own_data(CARD)
        self.press(*[Key.Key_Return] * 4)
        self.type("0")

    def save(self) -> str:
        """Press F8 and return the id of the case of which the receipt is printed."""
        with self._qtbot.waitSignal(self.place.print_now) as printed:
            self.press(Key.Key_F8)
        self.wait()
        assert printed.args[0] == "receipt"
        return str(printed.args[1])

    def case(self, case_id: str) -> Case:
        def work() -> Case:
            with self.place.session.desk.read_book() as book:
                return find_case(book, case_id)

        return self._in_job(work)

    def count_cases(self) -> int:
        def work() -> int:
            with self.place.session.desk.read_book() as book:
                return count_cases(book, CaseQuery())

        return self._in_job(work)

    def drafts(self) -> list[Draft]:
        return self._in_job(lambda: drafts_of(self.place.session.desk))

    def _in_job(self, work: Callable[[], T]) -> T:
        found: list[Any] = []
        self.place.jobs.submit(Lane.DB, work, owner=self.place, done=found.append)
        self._qtbot.waitUntil(lambda: bool(found))
        value: T = found[0]
        return value


SitAt = Callable[..., Hands]


@pytest.fixture
def sit_at(sit_down: SetUp, theme: Theme, qtbot: QtBot) -> Iterator[SitAt]:
    """Open the page at a workplace, as big as in the window on the smallest screen; left before the lanes close."""
    pages: list[RegisterPage] = []

    def sit(place: Workplace, about: str = "") -> Hands:
        page = RegisterPage(place, theme)
        qtbot.addWidget(page)
        pages.append(page)
        page.resize(1180, 650)
        page.show()
        qtbot.waitActive(page)
        hands = Hands(page, place, qtbot)
        page.open(about)
        hands.wait()
        return hands

    yield sit
    for page in pages:
        page.close_up()


@pytest.fixture
def hands(village: Workplace, sit_at: SitAt) -> Hands:
    """The agent of village 1 at the open page."""
    return sit_at(village)
