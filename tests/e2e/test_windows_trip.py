"""The trip of two cases through the real windows, by keyboard and scanner alone, with a center in its own process.

One window after the other, as on the PCs of the three offices: a village takes in and hands over, the township counts,
accepts, decides one and sends one up, the county decides it, the village delivers both. Nobody presses 同步.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.exceptions import TimeoutError as QtTimeout
from pytestqt.qtbot import QtBot

from station_app.bootstrap.windows import make_window
from station_app.domain.cases import CaseState
from station_app.ui.settings import Settings
from station_app.ui.widgets.application import prepare_application
from station_app.ui.widgets.scanner import Scanner
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.window import StationWindow
from station_app.ui.widgets.workspace import Workspace
from station_app.usecases.case_pages import CaseQuery, cases_after
from station_app.usecases.ports import Book
from station_app.usecases.run_action import find_case
from tests.reliability.place import PIN, Place
from tests.reliability.shared import template

__all__ = ["template"]

Key = Qt.Key
WAIT_MS = 20_000
LONG_NAME = "阿尔依诺木嘎·吉克曲布史日"
MOST_KEYS_A_CASE = 45
MOST_KEYS_A_COUNTED_CASE = 4


class Worker:
    """A worker at a window: presses keys, scans, reads."""

    def __init__(self, window: StationWindow, scanner: Scanner, qtbot: QtBot) -> None:
        self.window = window
        self._scanner = scanner
        self.keys = 0
        self._qtbot = qtbot

    @property
    def workspace(self) -> Workspace:
        assert self.window.workspace is not None
        return self.window.workspace

    def press(self, *keys: Qt.Key, alt: bool = False) -> None:
        modifier = Qt.KeyboardModifier.AltModifier if alt else Qt.KeyboardModifier.NoModifier
        for key in keys:
            self.keys += 1
            self._qtbot.keyClick(self._focus(), key, modifier)
            self.rest()

    def type(self, text: str) -> None:
        self.keys += len(text)
        self._qtbot.keyClicks(self._focus(), text)
        self.rest()

    def give(self, text: str) -> None:
        """Type what belongs to the applicant: not counted."""
        if text.isascii():
            self._qtbot.keyClicks(self._focus(), text)
        else:
            event = QInputMethodEvent()
            event.setCommitString(text)
            QApplication.sendEvent(self._focus(), event)
        self.rest()

    def scan(self, number: str) -> None:
        """Do what a scanner does: the digits and Enter, as fast as they come, whatever has the focus."""
        self.keys += 1
        self._qtbot.keyClicks(self._focus(), number)
        self._qtbot.keyClick(self._focus(), Key.Key_Return)
        self.rest()

    def open(self, page: str) -> None:
        """Open a page of the menu by its key."""
        shown = self.workspace.rail.buttons[page].text().split()[-1]
        self.press(Key[f"Key_{shown.removeprefix('Alt+')}"], alt=shown.startswith("Alt+"))

    def wait(self, what: Callable[[], bool]) -> None:
        try:
            self._qtbot.waitUntil(what, timeout=WAIT_MS)
        except QtTimeout:
            self.window.grab().save(os.environ.get("STATION_LAST_PICTURE", os.devnull), "PNG")
            raise AssertionError(f"the window says: {self.read()}") from None

    def rest(self) -> None:
        """Wait as people do between two keys: until the digits have arrived and what they asked for is shown."""
        self.wait(lambda: not self._scanner.holding)
        for _ in range(3):
            self.wait(lambda: self.window.jobs.idle)
            QApplication.processEvents()

    def sees(self, text: str) -> bool:
        """Tell whether a text stands on the open page or on the status band."""
        return any(text in shown for shown in self.read())

    def read(self) -> list[str]:
        """Return every text on the window."""
        return [label.text() for label in self.window.findChildren(QLabel) if label.isVisible() and label.text()]

    def all_is_at_the_center(self) -> None:
        self.wait(lambda: self.sees("都已传到县中心"))

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window


OpenWindow = Callable[[str, int], AbstractContextManager[Worker]]


@pytest.fixture
def at(template: Place, tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[OpenWindow]:
    """Open the window of an office and sign its n-th worker in, by keys."""
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    place = template.copy(tmp_path / "place", "c", "v1", "t", "k")
    prepare_application(qapp)
    Theme(qapp, Settings())
    scanner = Scanner(qapp)

    @contextmanager
    def open_window(home: str, worker: int) -> Iterator[Worker]:
        window = make_window(qapp, scanner, place.home(home))
        qtbot.addWidget(window)
        window.start()
        window.activateWindow()
        somebody = Worker(window, scanner, qtbot)
        somebody.wait(window.gate.sign_in.isVisible)
        somebody.rest()
        sign_in(somebody, worker)
        yield somebody
        window.close()

    with place.serving():
        yield open_window
    qapp.removeEventFilter(scanner)


def sign_in(worker: Worker, number: int) -> None:
    """Choose a tile and type the PIN."""
    tiles = worker.window.gate.sign_in.tiles
    if tiles.count() > 1:
        worker.press(Key(Key.Key_A + number - 1))
    worker.give(PIN)
    worker.press(Key.Key_Return)
    worker.wait(lambda: worker.window.workspace is not None)
    worker.rest()


def take_in(worker: Worker, item: str, name: str, number: str) -> str:
    """Take a case in with its papers complete and return its 代办登记号; count the keys."""
    before = worker.keys
    worker.press(Key.Key_F7)
    worker.type(item)
    worker.press(Key.Key_Return)
    worker.give(name)
    worker.press(Key.Key_Return)
    worker.give(number)
    worker.press(*[Key.Key_Return] * 4)
    worker.type("0")
    worker.press(Key.Key_F8)
    worker.wait(lambda: worker.sees("已存本机"))
    assert worker.keys - before <= MOST_KEYS_A_CASE
    worker.press(Key.Key_Escape)  # The preview: this PC has no printer.
    return newest_number(worker)


def newest_number(worker: Worker) -> str:
    """Return the number that stands on the receipt of the newest case."""
    found: list[str] = []
    place = worker.window.place
    assert place is not None

    def read() -> str:
        with place.session.desk.read_book() as book:
            return cases_after(book, CaseQuery(), None, 1).lines[0].number

    place.jobs.submit("db", read, owner=place, done=found.append)
    worker.wait(lambda: bool(found))
    return found[0]


def newest_batch(worker: Worker) -> str:
    """Return the number on the newest slip."""
    found: list[str] = []
    place = worker.window.place
    assert place is not None
    place.read(lambda book: book.batches()[0].number, owner=place, done=found.append)
    worker.wait(lambda: bool(found))
    return found[0]


def knows_batch(worker: Worker, number: str) -> bool:
    """Tell whether a batch has come to this office, all its cases with it."""
    found: list[bool] = []
    place = worker.window.place
    assert place is not None

    def arrived(book: Book) -> bool:
        batch = book.batch_numbered(number)
        return batch is not None and all(book.case(line.case_id) for line in batch.lines)

    place.read(arrived, owner=place, done=found.append)
    worker.wait(lambda: bool(found))
    return found[0]


def state_of(worker: Worker, number: str) -> CaseState:
    """Return where a case stands for this office."""
    found: list[CaseState] = []
    place = worker.window.place
    assert place is not None

    def read() -> CaseState:
        with place.session.desk.read_book() as book:
            return find_case(book, number).state

    place.jobs.submit("db", read, owner=place, done=found.append)
    worker.wait(lambda: bool(found))
    return found[0]


def take_in_two_and_hand_over(village: Worker) -> tuple[str, str, str]:
    """Return the numbers of the township's case, of the county's, and of the slip."""
    relief = take_in(village, "lsjz", "李𬭎", "990000196203058816")
    pension = take_in(village, "cxjmjbylbxdysl", LONG_NAME, "990000196411027715")
    village.open("hand_over")
    village.press(Key.Key_F8, Key.Key_Escape)
    village.all_is_at_the_center()
    return relief, pension, newest_batch(village)


def count_and_accept(clerk: Worker, slip: str, numbers: tuple[str, ...]) -> None:
    """Scan the slip and each case, count them complete, and accept the first case that is to be accepted."""
    clerk.wait(lambda: knows_batch(clerk, slip))
    clerk.rest()
    before = clerk.keys
    clerk.scan(slip)
    for number in numbers:
        clerk.scan(number)
        clerk.press(Key.Key_F2)
    clerk.press(Key.Key_F8)
    assert (clerk.keys - before - 2) / len(numbers) <= MOST_KEYS_A_COUNTED_CASE
    clerk.open("decide")
    clerk.press(Key.Key_F8, Key.Key_F8)


def grant(office: Worker, number: str) -> None:
    """Change to the second worker and grant the case that is scanned."""
    office.press(Key.Key_F12)
    sign_in(office, 2)
    office.open("decide")
    office.scan(number)
    office.press(Key.Key_F8, Key.Key_F8)
    assert state_of(office, number) is CaseState.GRANTED
    office.all_is_at_the_center()


def test_two_cases_make_the_whole_trip_without_a_mouse(at: OpenWindow) -> None:
    with at("v1", 1) as village:
        relief, pension, slip = take_in_two_and_hand_over(village)
    with at("t", 1) as clerk:
        count_and_accept(clerk, slip, (relief, pension))
        assert state_of(clerk, relief) is CaseState.ACCEPTED
        clerk.open("hand_over")
        clerk.press(Key.Key_F8, Key.Key_Escape)
        upward = newest_batch(clerk)
        assert upward != slip
        grant(clerk, relief)
    with at("k", 1) as county:
        count_and_accept(county, upward, (pension,))
        assert state_of(county, pension) is CaseState.ACCEPTED
        grant(county, pension)
    with at("v1", 1) as village:
        for number in (relief, pension):
            village.wait(lambda number=number: state_of(village, number) is CaseState.GRANTED)
            village.open("deliver")
            village.scan(number)
            village.press(Key.Key_F8)
            village.wait(lambda number=number: state_of(village, number) is CaseState.CLOSED)
        village.all_is_at_the_center()
