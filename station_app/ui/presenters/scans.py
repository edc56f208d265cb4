"""Attaching scans to a case, and showing one: reading, making small, sealing and fetching happen in jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from station_app.domain.attachments import Attachment
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.ui.background import Job, Lane
from station_app.ui.ports import NewScan, PageImage
from station_app.ui.workplace import Workplace
from station_app.usecases.ports import Desk
from station_app.usecases.run_action import attach_files

# Some 60 kB each.
MOST_SMALL = 200


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page of the scan that is open, its number from 0, and how many there are."""

    page: PageImage
    at: int
    count: int


class Scans(QObject):
    """The scans of one case page."""

    added = Signal(int)
    """So many were attached."""
    opened = Signal(object, object)
    """The Attachment that was asked for, and the ShownPage."""
    made_small = Signal(str, object)
    """The address of a file, and its first page as a PageImage too small to be read."""
    came = Signal(int, int)
    """Of a file that is being fetched: bytes here, bytes in all."""
    refused = Signal(object)
    """It was not done: the StationError."""
    busy = Signal(bool)

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._job: Job | None = None
        self._opened: tuple[Attachment, Sequence[PageImage]] | None = None
        self._small: dict[str, PageImage] = {}
        self._to_make_small: list[Attachment] = []
        self._making_small = False

    def add(self, case_id: str, scans: Sequence[NewScan], more: Mapping[str, Any]) -> None:
        """Attach scans, all of them or none; `more` is what the form has besides the file."""
        if not scans:
            return
        self.busy.emit(True)
        files = self._place.session.files
        self._place.jobs.submit(
            Lane.NET,
            lambda: files.prepare(scans),
            owner=self,
            done=partial(self._write, case_id, more),
            failed=self._refuse,
        )

    def open(self, attachment: Attachment) -> None:
        """Show a scan, fetched first where it is not here."""
        self.busy.emit(True)
        files = self._place.session.files

        def work(job: Job) -> tuple[Sequence[PageImage], PageImage | None]:
            def tell(here: int, size: int) -> bool:
                job.progress(here, size)
                return not job.stopped

            pages = files.pages(attachment, tell)
            return pages, pages[0] if pages else None

        self._job = self._place.jobs.submit_long(
            Lane.NET,
            work,
            owner=self,
            done=partial(self._open, attachment),
            failed=self._refuse,
            progress=self.came.emit,
        )

    def turn(self, at: int) -> None:
        """Show another page of the scan that is open, counted from 0."""
        if self._opened is None:
            return
        attachment, pages = self._opened
        self.busy.emit(True)
        self._place.jobs.submit(
            Lane.NET,
            lambda: pages[at],
            owner=self,
            done=lambda page: self._show(attachment, ShownPage(page, at, len(pages))),
            failed=self._refuse,
        )

    def close(self) -> None:
        """Keep nothing of the scan that was open."""
        self._opened = None

    def show_small(self, attachments: Sequence[Attachment]) -> None:
        """Show the first pages of scans whose files are here; those not made yet are made one after the other."""
        for attachment in attachments:
            if (page := self._small.get(attachment.sealed.file)) is not None:
                self.made_small.emit(attachment.sealed.file, page)
        self._to_make_small = [shown for shown in attachments if shown.sealed.file not in self._small]
        self._make_small()

    def _make_small(self) -> None:
        if self._making_small or not self._to_make_small:
            return
        self._making_small = True
        attachment = self._to_make_small.pop(0)
        files = self._place.session.files
        self._place.jobs.submit(
            Lane.NET,
            lambda: files.small(attachment),
            owner=self,
            done=partial(self._made_small, attachment.sealed.file),
            # Whoever opens it is told what is wrong with it.
            failed=lambda _error: self._made_small(attachment.sealed.file, None),
        )

    def _made_small(self, file: str, page: PageImage | None) -> None:
        self._making_small = False
        if page is not None:
            if len(self._small) >= MOST_SMALL:
                self._small.pop(next(iter(self._small)))
            self._small[file] = page
            self.made_small.emit(file, page)
        self._make_small()

    def stop(self) -> None:
        """Fetch no further; what came stays, and it goes on from there the next time."""
        if self._job is not None:
            self._job.stop()

    def _write(self, case_id: str, more: Mapping[str, Any], forms: Sequence[Mapping[str, Any]]) -> None:
        whole = [{**more, **form} for form in forms]

        def work(desk: Desk) -> Case:
            try:
                return attach_files(desk, case_id, whole)
            except StationError:
                self._place.session.files.discard(forms)
                raise

        self._place.write(work, owner=self, done=lambda _case: self._added(len(forms)), failed=self._refuse)

    def _added(self, count: int) -> None:
        self.busy.emit(False)
        self.added.emit(count)

    def _open(self, attachment: Attachment, found: tuple[Sequence[PageImage], PageImage | None]) -> None:
        self._job = None
        pages, first = found
        if first is None:
            self.busy.emit(False)
            return
        self._opened = (attachment, pages)
        self._show(attachment, ShownPage(first, 0, len(pages)))

    def _show(self, attachment: Attachment, page: ShownPage) -> None:
        self.busy.emit(False)
        self.opened.emit(attachment, page)

    def _refuse(self, error: StationError) -> None:
        self._job = None
        self.busy.emit(False)
        self.refused.emit(error)
