"""Putting this PC back from a backup, at the entrance: file and code, how far it has come, and stopping it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from station_app.domain.errors import StationError
from station_app.messages import center_word, text_of
from station_app.ui.background import Job, Jobs, Lane
from station_app.ui.ports import PcCard, Station
from station_app.ui.presenters.backing_up import watch_of

NEEDED = "backup-code-needed"
_FIELDS = {
    "backup-unreadable": "file",
    "backup-damaged": "file",
    "backup-of-other-kind": "file",
    "backup-newer": "file",
    "reset-code-malformed": "code",
    "reset-code-wrong": "code",
}


class PuttingBack(QObject):
    """One restore at a time; until it is done nothing on this PC has changed."""

    refused = Signal(str, str)
    """Beside which box ("" for the whole form), and the sentence."""
    code_needed = Signal(object)
    """What may be read out to the county: a list of challenges."""
    progress = Signal(int, int)
    running = Signal(bool)
    done = Signal(object)
    """The PcCard of this PC as it is now."""

    def __init__(self, station: Station, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._station, self._jobs = station, jobs
        self._job: Job | None = None
        self._center = center_word(None)

    def start(self, file: str, code: str) -> None:
        """Put this PC back; `code` is what the county has read out, "" for none."""
        if self._job is not None:
            return
        self.running.emit(True)
        self._job = self._jobs.submit_long(
            Lane.NET,
            lambda job: self._station.restore(file, code, watch_of(job, restores=True)),
            owner=self,
            done=self._after,
            failed=self._refuse,
            progress=self.progress.emit,
        )

    def cancel(self) -> None:
        """Stop the one under way; nothing has changed then."""
        if self._job is not None:
            self._job.stop()

    def _after(self, card: PcCard) -> None:
        self._rest()
        self.done.emit(card)

    def _refuse(self, error: StationError) -> None:
        self._rest()
        found: Any = error.params.get("challenges")
        if error.code == NEEDED and found:
            self.code_needed.emit(list(found))
        else:
            self.refused.emit(_FIELDS.get(error.code, ""), text_of(error, self._center))

    def _rest(self) -> None:
        self._job = None
        self.running.emit(False)
