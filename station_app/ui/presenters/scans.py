"""Attaching scans to a case, and showing one: reading, making small, sealing and fetching happen in jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class Scans(QObject):
    """The scans of one case page."""

    added = Signal(int)
    """So many were attached."""
    opened = Signal(object, object)
    """The Attachment that was asked for, and its pages."""
    came = Signal(int, int)
    """Of a file that is being fetched: bytes here, bytes in all."""
    refused = Signal(object)
    """It was not done: the StationError."""
    busy = Signal(bool)

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._job: Job | None = None

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

        def work(job: Job) -> Sequence[PageImage]:
            def tell(here: int, size: int) -> bool:
                job.progress(here, size)
                return not job.stopped

            return files.pages(attachment, tell)

        self._job = self._place.jobs.submit_long(
            Lane.NET,
            work,
            owner=self,
            done=partial(self._show, attachment),
            failed=self._refuse,
            progress=self.came.emit,
        )

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

    def _show(self, attachment: Attachment, pages: Sequence[PageImage]) -> None:
        self._job = None
        self.busy.emit(False)
        if pages:
            self.opened.emit(attachment, pages)

    def _refuse(self, error: StationError) -> None:
        self._job = None
        self.busy.emit(False)
        self.refused.emit(error)
