"""Printing for a signed-in worker: papers that pages ask for come here, and onto paper from here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from station_app.domain.errors import StationError
from station_app.ui.background import Job
from station_app.ui.ports import PageImage
from station_app.ui.presenters.printing import PaperWork
from station_app.ui.tokens import Tone
from station_app.ui.widgets.print_preview import PrintPreview
from station_app.ui.widgets.printers import InstalledPrinters, Printers, print_pages
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace


class Printing(QObject):
    """Joins the papers' way with the preview and the printers of this PC.

    Args:
        inside: the widget that the preview covers while it is open.
    """

    def __init__(self, place: Workplace, theme: Theme, inside: QWidget, printers: Printers | None = None) -> None:
        super().__init__(inside)
        self._printers = printers or InstalledPrinters()
        self._work = PaperWork(place, self._printers.names, self._put_on_paper, self)
        self.sheet = PrintPreview(self._work, theme, inside)
        self._work.refused.connect(self._refuse)
        self._place = place

    def preview(self, name: str, subject: str) -> None:
        """Show a paper, ready to print."""
        self._work.preview(name, subject)

    def print_now(self, name: str, subject: str) -> None:
        """Print a paper without asking where its printer is known."""
        self._work.print_now(name, subject)

    def _refuse(self, error: StationError) -> None:
        if self.sheet.isHidden():
            self._place.say.emit(self._place.text_of(error), Tone.BAD.value)
        else:
            self.sheet.refuse(self._place.text_of(error))

    def _put_on_paper(self, name: str, pages: Sequence[PageImage], copies: int, job: Job) -> bool:
        return print_pages(self._printers.open(name), pages, copies, job)
