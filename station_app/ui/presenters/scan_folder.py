"""The scanner's folder, looked at while a case is open: what is new there is offered, and never attached by itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from station_app.domain.errors import StationError
from station_app.ui.background import Lane
from station_app.ui.workplace import Workplace
from station_app.usecases.taken import FreshScan

# A system's own watching hears nothing of folders that lie on another machine.
LOOK_EVERY_MS = 3000


class ScanFolder(QObject):
    """Offers what two looks have seen alike: before that the scanner is still writing."""

    offered = Signal(object)
    """What may be attached now: FreshScans, none where there is nothing new."""
    refused = Signal(object)
    """The folder can't be read: the StationError."""

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._before: frozenset[FreshScan] = frozenset()
        self._done: set[FreshScan] = set()
        self._looking = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Look again and again, where this PC has such a folder."""
        if not self._timer.isActive() and self._place.settings.scan_folder:
            self._timer.start()
            self.look()

    def stop(self) -> None:
        """Look no more, and offer nothing."""
        self._timer.stop()
        self._before = frozenset()
        self.offered.emit(())

    def forget(self, scans: Sequence[FreshScan]) -> None:
        """Offer these no more: they were attached, or nobody wants them."""
        self._done.update(scans)
        self.offered.emit(())

    def look(self) -> None:
        """Look once."""
        folder = self._place.settings.scan_folder
        if self._looking or not folder:
            return
        self._looking = True
        files = self._place.session.files
        self._place.jobs.submit(Lane.NET, lambda: files.fresh(folder), owner=self, done=self._show, failed=self._refuse)

    def _show(self, found: Sequence[FreshScan]) -> None:
        self._looking = False
        before, self._before = self._before, frozenset(found)
        if self._timer.isActive():
            self.offered.emit(tuple(scan for scan in found if scan in before and scan not in self._done))

    def _refuse(self, error: StationError) -> None:
        self._looking = False
        if self._timer.isActive():
            self.refused.emit(error)
