"""Joining an office, activating a worker, signing in: which of them is on screen, and what comes of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from station_app.domain.errors import StationError
from station_app.messages import center_word, sentence, text_of
from station_app.ui.background import Jobs, Lane
from station_app.ui.ports import PcCard, Session, Station

T = TypeVar("T")

TRY_AGAIN = "可以再试了。忘记 PIN 的，请按 F4。"
TRY_CODE_AGAIN = "可以再试了。"
PUT_BACK = "已经恢复。请登录，联网同步一次：交上去过的自己回来。"
DEMO_STARTS = "演示正在准备，大约一分钟后会打开三个窗口（村、镇、县）。这个窗口可以先关上。"
REQUEST_SAVED = (
    "申请已存到 {path}。现在可以安全拔出，带到{center}换批复；拿回来以后，在这里按“打开批复”。关上软件也不要紧。"
)
TICK_MS = 1000

# Beside which box a refusal is shown; what is not here concerns the whole form.
_FIELDS = {
    "address-malformed": "address",
    "plain-http-refused": "address",
    "no-network": "address",
    "not-a-center": "address",
    "center-key-differs": "address",
    "code-malformed": "code",
    "code-wrong": "code",
    "code-used": "code",
    "activation-code-wrong": "code",
    "worker-unknown": "name",
    "worker-elsewhere": "name",
    "worker-disabled": "name",
    "worker-unknown-here": "name",
    "pin-length": "pin",
    "pin-too-simple": "pin",
    "pin-wrong": "pin",
    "pin-wait": "pin",
    "reset-code-malformed": "code",
    "reset-code-wrong": "code",
    "reset-code-wait": "code",
}
_WAITS = {
    "pin-wrong": "pin-wait",
    "pin-wait": "pin-wait",
    "reset-code-wrong": "reset-code-wait",
    "reset-code-wait": "reset-code-wait",
}


class Face(StrEnum):
    """What the gate shows."""

    JOIN = "join"
    JOIN_BY_FILE = "join_by_file"
    ACTIVATE = "activate"
    ACTIVATE_BY_FILE = "activate_by_file"
    SIGN_IN = "sign_in"
    RESET = "reset"
    RESTORE = "restore"
    REPLACE = "replace"


class Entering(QObject):
    """The way to a session; everything that takes time runs in a job."""

    shown = Signal(str, object)
    """A Face, and the PcCard of this PC."""
    refused = Signal(str, str)
    """Beside which box ("" for the whole form), and the sentence."""
    told = Signal(str)
    """Good news that is no refusal."""
    counted = Signal(str, str)
    """Beside which box, and how long the next try with this PIN or code has still to wait."""
    challenged = Signal(str)
    """What a worker who has forgotten the PIN reads out to the county."""
    busy = Signal(str)
    """What is under way, or ""."""
    signed_in = Signal(object)

    def __init__(self, station: Station, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._station = station
        self._jobs = jobs
        self._busy = False
        self._seconds = 0
        self._center = center_word(None)
        self._wait_code = "pin-wait"
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._count_down)

    def start(self) -> None:
        """Find out whose PC this is, and show what comes first."""
        self._run("", self._station.card, self._show_first)

    def show_face(self, face: Face, card: PcCard) -> None:
        """Show something else, because the worker asked for it."""
        self.forget_wait()
        self.shown.emit(face, card)

    def join(self, address: str, code: str) -> None:
        """Make this PC one of its office."""
        work = partial(self._station.enrol, plain_address(address), code)
        self._run("正在和中心联系，加入所在单位…", work, self._tell_joined)

    def activate(self, name: str, code: str, pin: str) -> None:
        """Sign a worker in here for the first time."""
        name = name.strip()

        def work() -> Session:
            self._station.activate(name, code, pin)
            return self._station.sign_in(name, pin)

        self._run("正在和中心联系，启用账户…", work, self.signed_in.emit)

    def ask_to_join(self, code: str, path: str) -> None:
        """Write the request of this PC to become one of its office."""
        self._run("正在存出申请…", partial(self._station.request_enrolment, code, path), self._tell_saved)

    def join_by_grant(self, path: str) -> None:
        """Make this PC one of its office by what the center has answered."""
        self._run("正在核对批复…", partial(self._station.take_enrolment, path), self._tell_joined_by_file)

    def ask_to_activate(self, name: str, code: str, path: str) -> None:
        """Write the request of a worker to be signed in here for the first time."""
        work = partial(self._station.request_activation, name.strip(), code, path)
        self._run("正在存出申请…", work, self._tell_saved)

    def activate_by_grant(self, path: str, pin: str) -> None:
        """Sign a worker in here for the first time by what the center has answered."""

        def work() -> Session:
            return self._station.sign_in(self._station.take_activation(path, pin), pin)

        self._run("正在核对批复，启用账户…", work, self.signed_in.emit)

    def sign_in(self, name: str, pin: str) -> None:
        """Sign a worker in with the PIN."""
        self._run("正在打开…", partial(self._station.sign_in, name.strip(), pin), self.signed_in.emit)

    def ask_challenge(self, name: str) -> None:
        """Find out what a worker who has forgotten the PIN reads out to the county."""
        self._run("", partial(self._station.pin_challenge, name.strip()), self.challenged.emit)

    def reset_pin(self, name: str, code: str, pin: str) -> None:
        """Set a new PIN by the code from the county, and sign the worker in with it."""
        name = name.strip()

        def work() -> Session:
            self._station.reset_pin(name, code, pin)
            return self._station.sign_in(name, pin)

        self._run("正在设新 PIN…", work, self.signed_in.emit)

    def open_demo(self) -> None:
        """Start the demonstration, which opens windows of its own."""
        self._run("", self._station.open_demo, lambda _: self.told.emit(DEMO_STARTS))

    def show_put_back(self, card: PcCard) -> None:
        """Go on with what this PC has been put back to."""
        self._show_first(card)
        self.told.emit(PUT_BACK)

    def forget_wait(self) -> None:
        """Count down no more: the wait is one worker's, and another is being chosen."""
        self._clock.stop()
        self._seconds = 0

    def _run(self, what: str, work: Callable[[], T], done: Callable[[T], object]) -> None:
        if self._busy:
            return
        self._busy = True
        self.forget_wait()
        self.busy.emit(what)

        def ended(value: T) -> None:
            self._rest()
            done(value)

        self._jobs.submit(Lane.DB, work, owner=self, done=ended, failed=self._refuse)

    def _rest(self) -> None:
        self._busy = False
        self.busy.emit("")

    def _refuse(self, error: StationError) -> None:
        self._rest()
        text = text_of(error, self._center)
        wait_code = _WAITS.get(error.code, "")
        wait_s = error.params.get("wait_s", error.params.get("seconds", 0)) if wait_code else 0
        if isinstance(wait_s, int) and wait_s:
            self._seconds, self._wait_code = wait_s, wait_code
            self._clock.start()
            if error.code != wait_code:
                text = text.partition("。")[0] + "。" + self._wait_text()
        self.refused.emit(_FIELDS.get(error.code, ""), text)

    def _count_down(self) -> None:
        self._seconds -= 1
        if self._seconds > 0:
            text = self._wait_text()
        else:
            self._clock.stop()
            text = TRY_AGAIN if self._wait_code == "pin-wait" else TRY_CODE_AGAIN
        self.counted.emit(_FIELDS[self._wait_code], text)

    def _wait_text(self) -> str:
        return sentence(self._wait_code, {"seconds": self._seconds}, self._center)

    def _show_first(self, card: PcCard) -> None:
        self._center = center_word(card.level)
        self.shown.emit(_first_face(card), card)

    def _tell_joined(self, card: PcCard) -> None:
        self._show_first(card)
        self.told.emit(f"这台电脑已加入{card.office_name}。")

    def _tell_joined_by_file(self, card: PcCard) -> None:
        self._center = center_word(card.level)
        self.shown.emit(Face.ACTIVATE_BY_FILE, card)
        self.told.emit(f"这台电脑已加入{card.office_name}。")

    def _tell_saved(self, path: str) -> None:
        self.told.emit(REQUEST_SAVED.format(path=path, center=self._center))


def plain_address(typed: str) -> str:
    """Return an address as typed by hand: full-width signs made plain, https:// put in front where it is missing."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    return plain if not plain or "://" in plain else f"https://{plain}"


def _first_face(card: PcCard) -> Face:
    if not card.enrolled:
        return Face.JOIN
    return Face.SIGN_IN if card.workers else Face.ACTIVATE
