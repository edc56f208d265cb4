"""A worker at a real window, by keyboard and scanner alone: what the trip, its test and its measurement press and read.

Nothing that the program loads after its first picture is imported here: that loading is part of what is measured.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from station_app.bootstrap.windows import make_window
from station_app.ui.background import Lane
from station_app.ui.widgets.scanner import Scanner
from station_app.ui.widgets.window import StationWindow
from tests.reliability.place import PIN

if TYPE_CHECKING:
    from station_app.ui.widgets.workspace import Workspace
    from station_app.usecases.ports import Book

T = TypeVar("T")
Key = Qt.Key
WAIT_S = 20.0
BETWEEN_TURNS_S = 0.001


class Turns(Protocol):
    """Lets the program run: each call is one turn of the event loop, or one key."""

    def __call__(self, turn: Callable[[], object]) -> None: ...


def just_run(turn: Callable[[], object]) -> None:
    """Run a turn and measure nothing."""
    turn()


def turn_once() -> None:
    """Deliver the events that are there."""
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


class Worker:
    """Presses keys, scans, reads; every act of it is a turn of the program."""

    def __init__(self, window: StationWindow, scanner: Scanner, run: Turns) -> None:
        self.window = window
        self.keys = 0
        self._scanner = scanner
        self._run = run

    @property
    def workspace(self) -> Workspace:
        assert self.window.workspace is not None
        return self.window.workspace

    def press(self, *keys: Qt.Key, alt: bool = False) -> None:
        modifier = Qt.KeyboardModifier.AltModifier if alt else Qt.KeyboardModifier.NoModifier
        for key in keys:
            self.keys += 1
            self._strike(key, modifier)
            self.rest()

    def type(self, text: str) -> None:
        self.keys += len(text)
        self._write(text)
        self.rest()

    def give(self, text: str) -> None:
        """Type what belongs to the applicant: not counted."""
        if text.isascii():
            self._write(text)
        else:
            event = QInputMethodEvent()
            event.setCommitString(text)
            self._run(lambda: QApplication.sendEvent(self._focus(), event))
        self.rest()

    def scan(self, number: str) -> None:
        """Do what a scanner does: the digits and Enter, as fast as they come, whatever has the focus."""
        self.keys += 1
        self._write(number)
        self._strike(Key.Key_Return)
        self.rest()

    def open(self, page: str) -> None:
        """Open a page of the menu by its key."""
        shown = self.workspace.rail.buttons[page].text().split()[-1]
        self.press(Key[f"Key_{shown.removeprefix('Alt+')}"], alt=shown.startswith("Alt+"))

    def sign_in(self, number: int) -> None:
        """Choose the n-th tile and type the PIN."""
        tiles = self.window.gate.sign_in.tiles
        if tiles.count() > 1:
            self.press(Key(Key.Key_A + number - 1))
        self.give(PIN)
        self.press(Key.Key_Return)
        self.wait(lambda: self.window.workspace is not None)
        self.rest()

    def wait(self, what: Callable[[], bool]) -> None:
        until = time.monotonic() + WAIT_S
        while not what():
            self._run(turn_once)
            time.sleep(BETWEEN_TURNS_S)
            if time.monotonic() > until:
                self.window.grab().save(os.environ.get("STATION_LAST_PICTURE", os.devnull), "PNG")
                raise AssertionError(f"the window says: {self.read()}")

    def rest(self) -> None:
        """Wait as people do between two keys: until the digits have arrived and what they asked for is shown."""
        self.wait(lambda: not self._scanner.holding)
        for _ in range(3):
            self.wait(lambda: self.window.jobs.idle)
            self._run(turn_once)

    def sees(self, text: str) -> bool:
        """Tell whether a text stands on the open page or on the status band."""
        return any(text in shown for shown in self.read())

    def read(self) -> list[str]:
        """Return every text on the window."""
        return [label.text() for label in self.window.findChildren(QLabel) if label.isVisible() and label.text()]

    def all_is_at_the_center(self) -> None:
        self.wait(lambda: self.sees("都已传到县中心"))

    def in_book(self, read: Callable[[Book], T]) -> T:
        """Return what is found in the book of the worker's session, read in a job."""
        found: list[T] = []
        place = self.window.place
        assert place is not None
        desk = place.session.desk

        def job() -> T:
            with desk.read_book() as book:
                return read(book)

        place.jobs.submit(Lane.DB, job, owner=place, done=found.append)
        self.wait(lambda: bool(found))
        return found[0]

    def _write(self, text: str) -> None:
        for character in text:
            self._run(lambda character=character: QTest.keyClick(self._focus(), character))  # type: ignore[misc]

    def _strike(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._run(lambda: QTest.keyClick(self._focus(), key, modifier))

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window


class Rooms:
    """The windows of the offices whose homes are in a folder, one after the other."""

    def __init__(self, application: QApplication, folder: Path, run: Turns = just_run) -> None:
        self._application = application
        self._folder = folder
        self._run = run
        self._scanner = Scanner(application)

    @contextmanager
    def open(self, home: str, number: int) -> Iterator[Worker]:
        """Open the window of an office and sign its n-th worker in."""
        window = make_window(self._application, self._scanner, self._folder / home)
        worker = Worker(window, self._scanner, self._run)
        self._run(window.start)
        self._run(window.activateWindow)
        try:
            worker.wait(window.gate.sign_in.isVisible)
            worker.rest()
            worker.sign_in(number)
            yield worker
        finally:
            window.close()
            window.deleteLater()
            self._run(turn_once)

    def leave(self) -> None:
        """Put the scanner away."""
        self._application.removeEventFilter(self._scanner)
