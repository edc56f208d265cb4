"""站点总览: asked of the center, kept while the window is open, filtered and put in order here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from station_app.domain.errors import StationError
from station_app.ui.background import Lane
from station_app.ui.models.dates import Word
from station_app.ui.models.fleet_rows import Order, Show, shown_rows, summary_word
from station_app.ui.models.fleet_words import FleetRow, rows_of
from station_app.ui.tokens import Tone
from station_app.ui.workplace import Workplace

if TYPE_CHECKING:
    from station_app.protocol.fleet_records import Fleet


class FleetView(QObject):
    """Asks the center, one question at a time; what it said last stays in sight when it does not answer."""

    shown = Signal(list)
    """The rows that are wanted, in order."""
    told = Signal(str, str)
    """A sentence about all of them, or why the center did not answer, with its Tone."""
    asking = Signal(bool)

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent or place)
        self._place = place
        self._rows: tuple[FleetRow, ...] = ()
        self._summary = Word("")
        self._is_asking = False
        self.show, self.order, self.text = Show.ALL, Order.SILENT, ""

    def ask(self) -> None:
        """Ask the center how the PCs are now."""
        if self._is_asking:
            return
        self._set_asking(True)
        fleet = self._place.session.administration.fleet
        self._place.jobs.submit(Lane.NET, fleet, owner=self, done=self._take, failed=self._fail)

    def choose(self, show: Show, order: Order, text: str) -> None:
        """Show other rows, or in another order."""
        self.show, self.order, self.text = show, order, text
        self.shown.emit(shown_rows(self._rows, show, order, text))

    def _take(self, fleet: Fleet) -> None:
        self._set_asking(False)
        self._rows = rows_of(fleet)
        self._summary = summary_word(self._rows, fleet.at)
        self.told.emit(self._summary.text, self._summary.tone.value)
        self.choose(self.show, self.order, self.text)

    def _fail(self, error: StationError) -> None:
        self._set_asking(False)
        before = f"下面是以前的：{self._summary.text}" if self._rows else ""
        self.told.emit(f"{self._place.text_of(error)}{before}", Tone.BAD.value)

    def _set_asking(self, asking: bool) -> None:
        self._is_asking = asking
        self.asking.emit(asking)
