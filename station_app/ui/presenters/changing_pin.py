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
    busy = Signal(bool)

    def __init__(self, place: Workplace, parent: QObject) -> None:
        super().__init__(parent)
        self._place = place
        self._under_way = False

    def change(self, old: str, pin: str, again: str) -> None:
        """Put the new PIN in place of the old one, once however often the key is pressed."""
        if self._under_way:
            return
        problem = new_pin_problem(pin, again)
        if problem:
            self.refused.emit(*problem)
            return
        self._be_busy(yes=True)
        work = partial(self._place.session.change_pin, old, pin)
        self._place.jobs.submit(Lane.DB, work, owner=self, done=self._tell, failed=self._refuse)

    def _be_busy(self, *, yes: bool) -> None:
        self._under_way = yes
        self.busy.emit(yes)

    def _tell(self, _: None) -> None:
        self._be_busy(yes=False)
        self.changed.emit()

    def _refuse(self, error: StationError) -> None:
        self._be_busy(yes=False)
        self.refused.emit(_FIELDS.get(error.code, ""), self._place.text_of(error))
