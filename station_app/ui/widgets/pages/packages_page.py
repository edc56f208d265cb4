"""优盘交换: where there is no network the exchange goes by files; writing and reading them, and whether they came."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QComboBox

from station_app.domain.errors import StationError
from station_app.ui.background import Job, Lane
from station_app.ui.models.package_rows import (
    brought_words,
    destination_text,
    package_table,
    packed_text,
    state_word,
    step_text,
)
from station_app.ui.models.page_names import PACKAGES
from station_app.ui.ports import Brought, Packed
from station_app.ui.tokens import Tone
from station_app.ui.widgets.asking_path import ask_files, ask_save_path
from station_app.ui.widgets.batch.rows import Rows
from station_app.ui.widgets.controls import Button, Text, row_of, shaped
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.package_pages import PackagesPage as Shown
from station_app.usecases.package_pages import packages_page
from station_app.usecases.package_port import PackageStep

KINDS = "包 (*.stpkg)"
HOW = (
    "写出包：插上优盘，选交给谁，按“写出包”，把优盘带给对方。"
    "收包：按“收包”选对方给的文件，或者把文件拖到这一页上，一次可以收很多个。"
)


class _Steps:
    """How far a job on packages has come; its thread writes here, and the window reads."""

    def __init__(self, stopped: StationError) -> None:
        """Take what the job ends with where it is stopped."""
        self._stopped = stopped
        self.last = PackageStep(0, 0, 0, 0)
        self.doing = ""

    def of(self, job: Job) -> Callable[[PackageStep], None]:
        """Return what the job tells its steps; the window hears of each hundredth."""

        def tell(step: PackageStep) -> None:
            if job.stopped:
                raise self._stopped
            before, self.last = self.last, step
            if (_hundredths(before), before.checking) != (_hundredths(step), step.checking):
                job.progress(step.bytes, step.of_bytes)

        return tell


def _hundredths(step: PackageStep) -> int:
    return step.bytes * 100 // max(1, step.of_bytes)


class PackagesPage(Page):
    """To whom, write, read; below what was written and what came. Files may be dropped anywhere on the page."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, PACKAGES)
        self._shown: Shown | None = None
        self._job: Job | None = None
        self.setAcceptDrops(True)
        self.to = QComboBox()
        self.to.setAccessibleName("包交给哪个单位")
        self.write_button = Button("写出包", self._write, kind="primary", key="F8")
        self.read_button = Button("收包", self._read, key="F6")
        self.stop_button = Button("停下", self._stop)
        self.stop_button.hide()
        self.with_files = QCheckBox("附件一起带")
        self.with_files.setChecked(True)
        self.told = Text()
        self.told.hide()
        self.rows = Rows("写出的和收到的包", package_table(place.session.desk.now), theme)
        self.body.addLayout(row_of(Text("交给"), self.to, self.write_button, self.read_button, stretch=1))
        self.body.addLayout(row_of(self.with_files, self.stop_button))
        self.body.addWidget(self.told)
        self.body.addWidget(self.rows, 1)
        self.body.addWidget(Text(HOW, muted=True))

    def open(self, about: str) -> None:
        self.told.hide()
        super().open(about)
        self.to.setFocus()

    def refresh(self) -> None:
        self.place.read(packages_page, owner=self, done=self._show)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.read_files([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])

    def _show(self, found: Shown) -> None:
        self._shown = found
        word = state_word(found, self.place.center)
        self.notice.show_text(word.text, word.tone)
        chosen = self.to.currentData()
        self.to.clear()
        for office in found.destinations:
            self.to.addItem(destination_text(office), office.org)
        self.to.setCurrentIndex(max(0, self.to.findData(chosen)))
        self.rows.show_rows(found.packages)
        self._show_buttons()

    def _show_buttons(self) -> None:
        idle = self._job is None
        self.write_button.setEnabled(idle and self.to.count() > 0)
        self.read_button.setEnabled(idle)
        self.stop_button.setVisible(not idle)
        self.stop_button.setEnabled(not idle)

    def ask_path(self) -> str:
        """Ask the worker where the package is to go; "" when they thought better of it."""
        to = str(self.to.currentData())
        packages = self._shown.packages if self._shown else ()
        number = max((row.note.number for row in packages if row.note.made and row.note.org == to), default=0) + 1
        return ask_save_path(self, "写出包", f"包-{self.place.session.office.code}-{to}-{number}.stpkg", KINDS)

    def ask_files(self) -> list[str]:
        """Ask the worker which packages are to be read; none when they thought better of it."""
        return ask_files(self, "收包", KINDS)

    def _write(self) -> None:
        path, to, name = self.ask_path(), str(self.to.currentData()), self._name()
        if not path:
            return
        files, steps = self.with_files.isChecked(), _Steps(StationError("package-stopped"))
        self._tell("正在写出，请不要拔优盘…", Tone.PLAIN)
        self._job = self.place.jobs.submit_long(
            # Not the lane of what is saved: a stick may be slow, or gone.
            Lane.NET,
            lambda job: self.place.session.export_package(to, path, files, steps.of(job)),
            owner=self,
            done=lambda packed: self._end_writing(packed, name),
            failed=self._fail,
            progress=lambda *_: self._tell(step_text(steps.last, "正在写出"), Tone.PLAIN),
        )
        self._show_buttons()

    def _name(self) -> str:
        offices = self._shown.destinations if self._shown else ()
        return next((office.name for office in offices if office.org == self.to.currentData()), "")

    def _end_writing(self, packed: Packed, name: str) -> None:
        self._end(packed_text(packed, name), Tone.GOOD)

    def _read(self) -> None:
        self.read_files(self.ask_files())

    def read_files(self, paths: list[str]) -> None:
        """Read packages, one after the other; a bad one keeps no other from being read."""
        if not paths or self._job is not None:
            return
        steps = _Steps(StationError("package-taking-stopped"))
        self._tell("正在收包，请不要拔优盘…", Tone.PLAIN)
        self._job = self.place.jobs.submit_long(
            Lane.NET,
            lambda job: self._take_all(job, paths, steps),
            owner=self,
            done=self._end_reading,
            failed=self._fail,
            progress=lambda *_: self._tell(step_text(steps.last, steps.doing), Tone.PLAIN),
        )
        self._show_buttons()

    def _take_all(self, job: Job, paths: list[str], steps: _Steps) -> list[Brought]:
        found: list[Brought] = []
        for number, path in enumerate(paths, start=1):
            if job.stopped:
                break
            steps.doing = f"正在收第 {number} 个包，一共 {len(paths)} 个"
            try:
                found.append(self.place.session.import_package(path, steps.of(job)))
            except StationError as error:
                found.append(Brought(PurePath(path).name, code=error.code, params=error.params))
        return found

    def _end_reading(self, found: list[Brought]) -> None:
        word = brought_words(found, self.place.center)
        self._end(word.text, word.tone)

    def _fail(self, error: StationError) -> None:
        self._end(self.place.text_of(error), Tone.BAD)

    def _end(self, text: str, tone: Tone) -> None:
        self._job = None
        self._tell(text, tone)
        # Every page may show something that came; and what waits for the center goes on by network, where there is one.
        self.place.changed.emit()
        self.refresh()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.stop()
            self.stop_button.setEnabled(False)

    def _tell(self, text: str, tone: Tone) -> None:
        self.told.setText(shaped(text, tone))
        self.told.set_tone(tone)
        self.told.show()
