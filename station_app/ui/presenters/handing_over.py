"""Handing cases over: what can go, the batch itself, and what became of the batches sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QObject, Signal

from station_app.domain.errors import StationError
from station_app.messages import text_of
from station_app.ui.workplace import Workplace
from station_app.usecases.batch_pages import BatchLineView, batches_sent
from station_app.usecases.hand_over import HandOver, offer_batch
from station_app.usecases.ports import Book
from station_app.usecases.ready_cases import ReadyCases, ready_cases
from station_app.usecases.times import local_day

MOST_SENT = 60


class HandingOver(QObject):
    """Reads both lists of the page, and hands the chosen cases over."""

    shown = Signal(object, object)
    """ReadyCases, and the batches sent."""
    handed = Signal(object)
    refused = Signal(object)

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._under_way = False
        self.ready: ReadyCases | None = None

    @property
    def today(self) -> date:
        """Return the date in China by this PC's clock."""
        return local_day(self._place.session.desk.now())

    def load(self) -> None:
        """Read both lists again."""
        desk = self._place.session.desk

        def read(book: Book) -> tuple[ReadyCases, list[BatchLineView]]:
            return ready_cases(desk, book), batches_sent(book, MOST_SENT)

        self._place.read(read, owner=self, done=self._show)

    def hand_over(self, cases: Sequence[str]) -> None:
        """Hand these cases to the office above, once however often the key is pressed."""
        if self.ready is None or self._under_way:
            return
        to = self.ready.to
        self._under_way = True
        work = self._place.write
        work(lambda desk: offer_batch(desk, to, cases), owner=self, done=self._after, failed=self._after_refusal)

    def _show(self, found: tuple[ReadyCases, list[BatchLineView]]) -> None:
        self.ready = found[0]
        self.shown.emit(*found)

    def _after(self, done: HandOver) -> None:
        self._under_way = False
        self.handed.emit(done)

    def _after_refusal(self, error: StationError) -> None:
        self._under_way = False
        self.refused.emit(error)


def left_out_words(done: HandOver, ready: ReadyCases) -> str:
    """Return which cases did not go and why, "" if all went."""
    names = {entry.line.case_id: entry.line.applicant for entry in ready.cases}
    return "".join(
        f"\n{names.get(entry.case_id, '')}：{text_of(entry.error)}"
        for entry in done.outcomes
        if entry.error is not None
    )
