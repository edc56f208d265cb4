"""Putting a paper on screen, on a printer or into a file; drawing, painting and waiting happen in jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath

from PySide6.QtCore import QIODevice, QObject, QSaveFile, Signal

from station_app.domain.errors import StationError
from station_app.ui.background import Job, Lane
from station_app.ui.ports import PageImage, Paper
from station_app.ui.tokens import Tone
from station_app.ui.workplace import Workplace
from station_app.usecases.ports import Book

PAPER_LABELS: Mapping[str, str] = {"receipt": "收件凭证", "batch_slip": "交接单", "code_slip": "交接码单"}
SCREEN_DPI = 120
PRINT_DPI = 300

PutOnPaper = Callable[[str, Sequence[PageImage], int, Job], bool]
"""Prints pages so many times on the printer of that name; False when the job was stopped before the end."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A finished paper and the printed number of what it is about."""

    paper: Paper
    number: str

    @property
    def file_name(self) -> str:
        """Return a file name without personal data."""
        return f"{self.paper.label} {self.number}.pdf"


@dataclass(frozen=True, slots=True)
class Sheets:
    """A paper as it is shown: its pages, the printers of this PC, and the one that is chosen ("" without any)."""

    drawn: Drawn
    pages: Sequence[PageImage]
    printers: Sequence[str]
    printer: str


class PaperWork(QObject):
    """The way of a paper from the book to where the worker wants it.

    Jobs that paint run on the net lane: they need no book, and must not keep the next page waiting.
    """

    opened = Signal(str)
    """A paper is going to be shown; its label."""
    shown = Signal(object)
    """The Sheets of the paper that was opened."""
    refused = Signal(object)
    """Why the opened paper can't be shown, printed or saved (StationError)."""
    progressed = Signal(int, int)
    """Pages on paper, of how many."""
    saved = Signal(str)
    """The opened paper is in a file: where, and what to mind."""
    ended = Signal(bool)
    """Printing from the preview is over; True when everything is on paper."""

    def __init__(
        self,
        place: Workplace,
        printers: Callable[[], Sequence[str]],
        put_on_paper: PutOnPaper,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._place = place
        self._printers = printers
        self._put_on_paper = put_on_paper
        self._sheets: Sheets | None = None
        self._printing: Job | None = None

    def preview(self, name: str, subject: str) -> None:
        """Show a paper; one that is printing meanwhile goes on."""
        self._sheets = self._printing = None
        self.opened.emit(PAPER_LABELS[name])
        self._draw(name, subject, self._load_pages, self.refused.emit)

    def print_now(self, name: str, subject: str) -> None:
        """Print a paper on the printer remembered for it; where there is none, or it fails, show the paper."""
        printer = self._place.settings.printers.get(name, "")
        if not printer:
            self.preview(name, subject)
            return

        def show_instead(error: StationError) -> None:
            self.preview(name, subject)
            self.refused.emit(error)

        def to_printer(drawn: Drawn) -> None:
            self._print(drawn, printer, 1, done=lambda _: self._after_print(drawn, printer), failed=show_instead)

        # A paper that can't be drawn can't be shown either: the page that asked for it tells why.
        self._draw(name, subject, to_printer, self._place.jobs.refused.emit)

    def print_shown(self, printer: str, copies: int) -> None:
        """Print the paper that is shown."""
        if self._sheets is None or self._printing is not None:
            return
        sheets = self._sheets
        self._printing = self._print(
            sheets.drawn,
            printer,
            copies,
            done=partial(self._end_print, sheets, printer),
            failed=partial(self._fail, sheets),
            progress=partial(self._tell_progress, sheets),
        )

    def stop(self) -> None:
        """Stop printing after the page that is under way."""
        if self._printing is not None:
            self._printing.stop()

    def save_shown(self, path: str) -> None:
        """Write the paper that is shown into a file."""
        if self._sheets is None or not path:
            return
        drawn = self._sheets.drawn
        self._place.jobs.submit(
            Lane.NET,
            partial(_save, path, drawn.paper.pdf),
            owner=self,
            done=lambda _: self._after_save(drawn, path),
            failed=self.refused.emit,
        )

    def _draw(
        self, name: str, subject: str, done: Callable[[Drawn], None], failed: Callable[[StationError], object]
    ) -> None:
        session = self._place.session

        def work() -> Drawn:
            paper = session.draw(name, subject)
            with session.desk.read_book() as book:
                return Drawn(paper, _number(book, paper.subject_id))

        self._place.jobs.submit(Lane.DB, work, owner=self, done=done, failed=failed)

    def _load_pages(self, drawn: Drawn) -> None:
        remembered = self._place.settings.printers.get(drawn.paper.name, "")

        def work() -> Sheets:
            pages = tuple(self._place.session.render(drawn.paper.pdf, SCREEN_DPI))
            printers = tuple(self._printers())
            first = printers[0] if printers else ""
            return Sheets(drawn, pages, printers, remembered if remembered in printers else first)

        self._place.jobs.submit(Lane.NET, work, owner=self, done=self._show, failed=self.refused.emit)

    def _show(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self.shown.emit(sheets)

    def _print(
        self,
        drawn: Drawn,
        printer: str,
        copies: int,
        *,
        done: Callable[[bool], object],
        failed: Callable[[StationError], object],
        progress: Callable[[int, int], object] | None = None,
    ) -> Job:
        def work(job: Job) -> bool:
            if printer not in self._printers():
                raise StationError("printer-gone", printer=printer)
            return self._put_on_paper(printer, self._place.session.render(drawn.paper.pdf, PRINT_DPI), copies, job)

        return self._place.jobs.submit_long(Lane.NET, work, owner=self, done=done, failed=failed, progress=progress)

    def _end_print(self, sheets: Sheets, printer: str, complete: bool) -> None:
        if complete:
            self._after_print(sheets.drawn, printer)
        if self._sheets is sheets:
            self._printing = None
            self.ended.emit(complete)

    def _fail(self, sheets: Sheets, error: StationError) -> None:
        if self._sheets is sheets:
            self._printing = None
        self.refused.emit(error)

    def _tell_progress(self, sheets: Sheets, pages: int, total: int) -> None:
        if self._sheets is sheets:
            self.progressed.emit(pages, total)

    def _after_print(self, drawn: Drawn, printer: str) -> None:
        self._log(drawn)
        printers = self._place.settings.printers
        if printers.get(drawn.paper.name) != printer:
            chosen = {**printers, drawn.paper.name: printer}
            self._place.settings_changed.emit(replace(self._place.settings, printers=chosen))
        self._place.say.emit(f"{drawn.paper.label}已送到打印机“{printer}”。", Tone.GOOD.value)

    def _after_save(self, drawn: Drawn, path: str) -> None:
        self._log(drawn)
        told = f"已存为“{PurePath(path).name}”。文件里有群众的个人信息，打印后请删除。"
        self._place.say.emit(told, Tone.GOOD.value)
        self.saved.emit(f"已存到 {PurePath(path)}。文件里有群众的个人信息，打印后请删除。")

    def _log(self, drawn: Drawn) -> None:
        work = partial(self._place.session.log_print, drawn.paper)
        self._place.jobs.submit(Lane.DB, work, owner=self, done=lambda _: None)


def _number(book: Book, subject_id: str) -> str:
    case, batch = book.case(subject_id), book.batch(subject_id)
    return case.number if case else batch.number if batch else ""


def _save(path: str, content: bytes) -> None:
    file = QSaveFile(path)
    written = file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(content) == len(content) and file.commit()
    if not written:
        raise StationError("paper-not-saved", file=path)
