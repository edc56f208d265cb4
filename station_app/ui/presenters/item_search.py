"""Finding the item that somebody came for: the directory read once, the search off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import QObject, Signal

from station_app.domain.errors import StationError
from station_app.domain.items import Directory, Item
from station_app.domain.lookup import search_items
from station_app.ui.background import Lane
from station_app.ui.models.choices import Choices
from station_app.ui.models.item_matches import item_choice, offered_here
from station_app.ui.presenters.latest import Latest
from station_app.ui.workplace import Workplace
from station_app.usecases.reference import reference_of
from station_app.usecases.times import local_day

MOST_SHOWN = 50


class ItemSearch(QObject):
    """Searches the items that this office takes in."""

    loaded = Signal()
    answered = Signal(str)
    """The matches of this text are in `matches`."""

    def __init__(self, place: Workplace, parent: QObject) -> None:
        super().__init__(parent)
        self._place = place
        self.directory: Directory | None = None
        self.matches = Choices(self)
        self._latest = Latest(place.jobs, self._search, self)
        self._latest.answered.connect(self._show)

    @property
    def today(self) -> date:
        """Return the local date."""
        return local_day(self._place.session.desk.now())

    @property
    def waiting(self) -> bool:
        """Tell whether an answer is still to come."""
        return self._latest.waiting

    def load(self, failed: Callable[[StationError], None]) -> None:
        """Read the directory in force, and make ready what the first search needs."""
        office = self._place.session.office
        self._place.read(
            lambda book: offered_here(reference_of(book).directory, office),
            owner=self,
            done=self._take,
            failed=failed,
        )

    def find(self, code: str) -> Item | None:
        """Return the item with this code, None when it is no longer offered here."""
        items = self.directory.items if self.directory else ()
        return next((item for item in items if item.code == code), None)

    def ask(self, text: str) -> None:
        """Search for a text; the empty one finds everything."""
        self._latest.ask(text)

    def drop(self) -> None:
        """Want no matches any more."""
        self._latest.drop()

    def _take(self, directory: Directory) -> None:
        first = self.directory is None
        self.directory = directory
        if first:
            # The tables of pinyin take a quarter of a second to load: now, and not at the first letter.
            warm = partial(search_items, directory, "a")
            self._place.jobs.submit(Lane.DB, warm, owner=self, done=lambda _: None)
        self.loaded.emit()

    def _search(self, text: str) -> list[Item]:
        return search_items(self.directory, text)[:MOST_SHOWN] if self.directory else []

    def _show(self, text: str, items: list[Item]) -> None:
        today = self.today
        self.matches.put([item_choice(item, today) for item in items])
        self.answered.emit(text)
