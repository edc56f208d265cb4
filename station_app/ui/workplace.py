"""What every page is given: the worker's session, the job lanes, and the signals by which pages speak to the frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from station_app.domain.errors import StationError
from station_app.messages import center_word, text_of
from station_app.ui.background import Jobs, Lane
from station_app.ui.ports import Session
from station_app.ui.settings import Settings

if TYPE_CHECKING:
    from station_app.usecases.ports import Book, Desk

T = TypeVar("T")


class Workplace(QObject):
    """A worker's place at this PC, from sign-in until lock."""

    changed = Signal()
    """Something was saved here, or came from the center: what is shown should be read again."""
    go = Signal(str, str)
    """Open a page by its key, about a case, a batch or nothing ("")."""
    back = Signal()
    """Return to the page before."""
    say = Signal(str, str)
    """Tell the worker one sentence, with a Tone; it does not interrupt."""
    preview = Signal(str, str)
    """Show a paper (name, subject id) ready to print."""
    print_now = Signal(str, str)
    """Print a paper on the printer remembered for it; without one, show it as `preview` does."""
    settings_changed = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.jobs = jobs
        self.settings = settings

    @property
    def center(self) -> str:
        """Return what the people of this office call its center."""
        return center_word(self.session.office.level)

    def text_of(self, error: StationError) -> str:
        """Return the sentence of an error as it is read at this office."""
        return text_of(error, self.center)

    def read(
        self,
        work: Callable[[Book], T],
        *,
        owner: QObject,
        done: Callable[[T], Any],
        failed: Callable[[StationError], Any] | None = None,
    ) -> None:
        """Read from the book in a job, in one transaction; `done` gets the value on the GUI thread."""

        def job() -> T:
            with self.session.desk.read_book() as book:
                return work(book)

        self.jobs.submit(Lane.DB, job, owner=owner, done=done, failed=failed)

    def write(
        self,
        work: Callable[[Desk], T],
        *,
        owner: QObject,
        done: Callable[[T], Any],
        failed: Callable[[StationError], Any] | None = None,
    ) -> None:
        """Run a use case that saves something; once it has, every page hears `changed`."""

        def saved(value: T) -> None:
            done(value)
            self.changed.emit()

        self.jobs.submit(Lane.DB, lambda: work(self.session.desk), owner=owner, done=saved, failed=failed)
