"""What the first pages have in common: today, the state of directory and calendar, and no number that grows old."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer

from station_app.ui.models.dates import Word
from station_app.ui.presenters.boards import Link
from station_app.ui.widgets.board.wrapping import WrappingRow
from station_app.ui.widgets.controls import Pill
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace

# Nothing need be saved for a day to pass or for an office not to be heard of: what is shown is read again by itself.
READ_AGAIN_MS = 60_000


class BoardPage(Page):
    """A first page: a day and its kind in the header, words about the reference documents at the foot."""

    def __init__(self, place: Workplace, theme: Theme, title: str) -> None:
        super().__init__(place, theme, title)
        self.day_kind = Pill()
        self.header.addWidget(self.day_kind)
        self.foot = WrappingRow()
        self._timer = QTimer(self)
        self._timer.setInterval(READ_AGAIN_MS)
        self._timer.timeout.connect(self._read_again)
        self._timer.start()

    def show_day(self, day: str, kind: Word) -> None:
        """Say which day it is and whether it is worked."""
        self.title.setText(day)
        self.day_kind.show_state(kind.text, kind.tone)

    def show_reference(self, words: Sequence[Word]) -> None:
        """Say which directory and calendar are in force."""
        self.foot.show_parts([Pill(word.text, word.tone) for word in words])

    def follow(self, link: Link) -> None:
        """Open the page that a number or a line leads to."""
        self.place.go.emit(link.key, link.about)

    def _read_again(self) -> None:
        if self.isVisible():
            self.refresh()
