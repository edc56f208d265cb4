"""A worker gives themselves a new PIN."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from station_app.domain.errors import StationError
from station_app.ui.background import Lane
from station_app.ui.presenters.pins import new_pin_problem
from station_app.ui.workplace import Workplace

_FIELDS = {"pin-wrong": "old", "pin-wait": "old"}


class ChangingPin(QObject):
    """Checks what can be checked at once, and has the rest done in a job."""

    refused = Signal(str, str)
    """Beside which box (old, pin, again; "" for none of them), and the sentence."""
    changed = Signal()

    def __init__(self, place: Workplace, parent: QObject) -> None:
        super().__init__(parent)
        self._place = place

    def change(self, old: str, pin: str, again: str) -> None:
        """Put the new PIN in place of the old one."""
        problem = new_pin_problem(pin, again)
        if problem:
            self.refused.emit(*problem)
            return
        work = partial(self._place.session.change_pin, old, pin)
        self._place.jobs.submit(Lane.DB, work, owner=self, done=self._tell, failed=self._refuse)

    def _tell(self, _: None) -> None:
        self.changed.emit()

    def _refuse(self, error: StationError) -> None:
        self.refused.emit(_FIELDS.get(error.code, ""), self._place.text_of(error))
