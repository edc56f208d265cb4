"""Sending the papers of decisions home: which are ticked, the batch itself, and what was left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from station_app.domain.errors import StationError
from station_app.ui.workplace import Workplace
from station_app.usecases.hand_over import HandOver, send_papers
from station_app.usecases.results import Result


class SendingResults(QObject):
    """Sends them to one office, once however often the key is pressed."""

    sent = Signal(object)
    """The HandOver, whose slip is to be printed."""
    refused = Signal(object)

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._under_way = False

    def send(self, to: str, cases: Sequence[str]) -> None:
        """Send the papers of these cases to an office below."""
        if self._under_way:
            return
        self._under_way = True
        work = self._place.write
        work(lambda desk: send_papers(desk, to, cases), owner=self, done=self.sent.emit, failed=self._after_refusal)

    def note_read(self) -> None:
        """Be ready for the next ones: what is shown was read after the last were sent."""
        self._under_way = False

    def _after_refusal(self, error: StationError) -> None:
        self._under_way = False
        self.refused.emit(error)


def left_behind_words(done: HandOver, results: Sequence[Result], text_of: Callable[[StationError], str]) -> str:
    """Return whose papers did not go and why, "" if all went."""
    names = {result.case_id: result.applicant for result in results}
    return "".join(
        f"\n{names.get(entry.case_id, '')}：{text_of(entry.error)}"
        for entry in done.outcomes
        if entry.error is not None
    )
