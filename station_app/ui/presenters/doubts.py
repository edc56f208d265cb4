"""What a worker should look at twice before taking a case in; nothing here keeps them from it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from PySide6.QtCore import QObject, Signal

from station_app.domain.cases import Case
from station_app.domain.items import Item
from station_app.ui.models.dates import day_text
from station_app.ui.models.entry import Entry, age_doubt
from station_app.ui.workplace import Workplace
from station_app.usecases.people_known import same_errand
from station_app.usecases.ports import Book
from station_app.usecases.times import day_of_stamp, local_day

LOOK_BACK_DAYS = 30
_TAIL_DIGITS = 5


class Doubts(QObject):
    """An age that the item's title rules out; the same errand of the same person a short while ago."""

    told = Signal(str)
    """What to look at, "" for nothing."""

    def __init__(self, place: Workplace, parent: QObject) -> None:
        super().__init__(parent)
        self._place = place
        self._about: tuple[str, str] = ("", "")
        self._age = ""

    def look(self, item: Item | None, entry: Entry) -> None:
        """Look at what stands in the form now."""
        today = local_day(self._place.session.desk.now())
        about = (item.code if item else "", entry.id_number)
        self._age = age_doubt(item.name, entry, today) if item else ""
        self._about = about
        self.told.emit(self._age)
        if not all(about):
            return
        since = today - timedelta(days=LOOK_BACK_DAYS)

        def work(book: Book) -> Case | None:
            return same_errand(book, about[1], about[0], since)

        self._place.read(work, owner=self, done=partial(self._show, about))

    def _show(self, about: tuple[str, str], case: Case | None) -> None:
        if case is None or about != self._about:
            return
        name, day = case.applicant.get("name", ""), day_text(day_of_stamp(case.opened_at))
        again = f"{name}在 {day}已经收过同一件事，登记号末 {_TAIL_DIGITS} 位 {case.number[-_TAIL_DIGITS:]}。"
        self.told.emit(f"{self._age}{again}请问清楚是不是另办一件，再收。")
