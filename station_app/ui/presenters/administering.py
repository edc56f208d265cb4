"""What an administrator does about PCs from the window: each asks the center, one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from station_app.domain.errors import StationError
from station_app.ui.background import Lane
from station_app.ui.workplace import Workplace

T = TypeVar("T")
_FIELD_OF = {
    "challenge-malformed": "challenge",
    "challenge-unknown": "challenge",
    "challenge-ambiguous": "challenge",
    "worker-unknown-here": "second",
    "two-administrators-needed": "second",
    "role-missing": "second",
    "pin-wrong": "pin",
}


class Administering(QObject):
    """Asks, and tells what came of it; what was typed stays where the center refused."""

    code_given = Signal(object)
    """A NewCode."""
    granted = Signal(object)
    """A GrantFile."""
    revoked = Signal(int)
    """How many events of the PC count."""
    read_out = Signal(object)
    """A ReadOut."""
    refused = Signal(str, str)
    """The field that a refusal is about, "" for none, and its sentence."""
    busy = Signal(str)
    """What is under way, "" when it is over."""

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent or place)
        self._place = place
        self._is_busy = False

    def give_code(self, org: str) -> None:
        """Have a code made for a PC of an office."""
        ask = self._place.session.administration.enrolment_code
        self._do("正在取加入码…", lambda: ask(org), self.code_given.emit)

    def grant(self, request: str, path: str) -> None:
        """Answer a request that came on a stick."""
        ask = self._place.session.administration.grant
        self._do("正在办批复，请不要拔优盘…", lambda: ask(request, path), self.granted.emit)

    def revoke(self, device: str, reason: str) -> None:
        """Revoke a PC for good."""
        ask = self._place.session.administration.revoke
        self._do("正在停用…", lambda: ask(device, reason), self.revoked.emit)

    def reset_pin(self, challenge: str, second: str, pin: str) -> None:
        """Have the code made that is read out to a worker; the second person signs too."""
        ask = self._place.session.administration.pin_code
        self._do("正在取口令…", lambda: ask(challenge, second, pin), self.read_out.emit)

    def _do(self, what: str, work: Callable[[], T], done: Callable[[T], object]) -> None:
        if self._is_busy:
            return
        self._show_busy(what)

        def ended(found: T) -> None:
            self._show_busy("")
            done(found)

        self._place.jobs.submit(Lane.NET, work, owner=self, done=ended, failed=self._refuse)

    def _refuse(self, error: StationError) -> None:
        self._show_busy("")
        self.refused.emit(_FIELD_OF.get(error.code, ""), self._place.text_of(error))

    def _show_busy(self, what: str) -> None:
        self._is_busy = bool(what)
        self.busy.emit(what)
