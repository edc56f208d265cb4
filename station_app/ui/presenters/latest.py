"""Questions that come faster than their answers, as when somebody types: only the latest is answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from station_app.domain.errors import StationError
from station_app.ui.background import Jobs, Lane


class Latest(QObject):
    """Runs one question at a time off the GUI thread; those in between are passed over."""

    answered = Signal(str, object)

    def __init__(self, jobs: Jobs, work: Callable[[str], Any], parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._work = work
        self._wanted: str | None = None
        self._busy = False

    @property
    def waiting(self) -> bool:
        """Tell whether an answer is still to come."""
        return self._wanted is not None

    def ask(self, text: str) -> None:
        """Want the answer to this, and to nothing asked before."""
        self._wanted = text
        if not self._busy:
            self._run(text)

    def drop(self) -> None:
        """Want no answer any more."""
        self._wanted = None

    def _run(self, text: str) -> None:
        self._busy = True
        self._jobs.submit(
            Lane.DB,
            partial(self._work, text),
            owner=self,
            done=partial(self._end, text),
            failed=self._end_badly,
        )

    def _end(self, text: str, answer: Any) -> None:
        self._busy = False
        if self._wanted == text:
            self._wanted = None
            self.answered.emit(text, answer)
        elif self._wanted is not None:
            self._run(self._wanted)

    def _end_badly(self, error: StationError) -> None:
        self._busy = False
        self._wanted = None
        self._jobs.refused.emit(error)
