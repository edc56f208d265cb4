"""A gate on screen, hands that press its keys, and a station behind it that does as it is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.ui.background import Jobs
from station_app.ui.ports import PcCard
from station_app.ui.settings import Settings
from station_app.ui.widgets.gate import Gate
from station_app.ui.widgets.theme import Theme

VILLAGE = PcCard(enrolled=True, office_name="示例一村", level=Level.VILLAGE)
CHALLENGE = "1234 5698 7654 0013"


@dataclass
class FakeStation:
    """A station that does as it is told, and notes what it was asked."""

    known: PcCard = field(default_factory=lambda: PcCard(enrolled=False))
    refusal: StationError | None = None
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def card(self) -> PcCard:
        return self.known

    def enrol(self, center_url: str, code: str) -> PcCard:
        self._note("enrol", center_url, code)
        self.known = VILLAGE
        return self.known

    def activate(self, name: str, code: str, pin: str) -> PcCard:
        self._note("activate", name, code, pin)
        self.known = replace(self.known, workers=(*self.known.workers, name))
        return self.known

    def request_enrolment(self, code: str, path: str) -> str:
        self._note("request_enrolment", code, path)
        return path

    def take_enrolment(self, path: str) -> PcCard:
        self._note("take_enrolment", path)
        self.known = VILLAGE
        return self.known

    def request_activation(self, name: str, code: str, path: str) -> str:
        self._note("request_activation", name, code, path)
        return path

    def take_activation(self, path: str, pin: str) -> str:
        self._note("take_activation", path, pin)
        return "李𬭎"

    def sign_in(self, name: str, pin: str) -> Any:
        self._note("sign_in", name, pin)
        return SimpleNamespace(desk=SimpleNamespace(worker=SimpleNamespace(name=name)))

    def pin_challenge(self, name: str) -> str:
        self._note("pin_challenge", name)
        return CHALLENGE

    def reset_pin(self, name: str, code: str, pin: str) -> None:
        self._note("reset_pin", name, code, pin)

    def restore(self, file: str, code: str, watch: Any) -> PcCard:
        watch(1, 2)
        self._note("restore", file, code)
        self.known = VILLAGE
        return self.known

    def open_demo(self) -> None:
        self._note("open_demo")

    def save_settings(self, settings: Settings) -> None:
        raise AssertionError("the gate has no settings")

    def _note(self, *asked: str) -> None:
        self.asked.append(asked)
        if self.refusal is not None:
            raise self.refusal


class Opened:
    """A gate on screen, with hands."""

    def __init__(self, qtbot: QtBot, theme: Theme, station: Any, jobs: Jobs) -> None:
        self.station = station
        self._qtbot = qtbot
        self._jobs = jobs
        self.sessions: list[Any] = []
        self.gate = Gate(station, jobs, theme)
        self.gate.signed_in.connect(self.sessions.append)
        qtbot.addWidget(self.gate)
        self.gate.resize(1366, 728)
        self.gate.show()
        self.gate.activateWindow()
        qtbot.waitUntil(self.gate.isActiveWindow)
        self.start()

    def start(self) -> None:
        self.gate.start()
        self.rest()

    def rest(self) -> None:
        self._qtbot.waitUntil(lambda: self._jobs.idle)

    def focus(self) -> QWidget:
        widget = self.gate.focusWidget()
        assert widget is not None
        return widget

    def keys(self, text: str) -> None:
        self._qtbot.keyClicks(self.focus(), text)

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self._qtbot.keyClick(self.focus(), key)
        self.rest()

    def name(self, text: str) -> None:
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self.focus(), event)

    def texts(self) -> str:
        labels = self.gate.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisibleTo(self.gate))
