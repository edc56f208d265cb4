"""Backups from the window: at once when a worker asks, once a day by itself, and when the window is closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from station_app.domain.calendar import SHANGHAI
from station_app.domain.errors import StationError
from station_app.ui.background import Job, Lane
from station_app.ui.ports import Session
from station_app.ui.tokens import Tone
from station_app.ui.workplace import Workplace
from station_app.usecases.backups import is_due_today, time_noted

if TYPE_CHECKING:
    from station_app.usecases.backups import LastBackup

LOOK_EVERY_MS = 15 * 60 * 1000
# Somebody who closes the window a moment after a backup need not wait for another.
FRESH = timedelta(minutes=10)
Watch = Callable[[int, int], None]


class BackingUp(QObject):
    """Makes one backup at a time, beside the work."""

    told = Signal(str, str)
    """A sentence about the last backup or the one under way, with its Tone."""
    progress = Signal(int, int)
    """How many of how many bytes are done."""
    running = Signal(bool)

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent or place)
        self._place = place
        self._job: Job | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look_if_due)

    def keep_daily(self) -> None:
        """Make the backup of the day once it is due, from now on."""
        self._timer.start()
        self._look_if_due()

    def stop_daily(self) -> None:
        """Begin no more of them."""
        self._timer.stop()

    def show_last(self) -> None:
        """Tell how the last one went."""
        jobs = self._place.jobs
        jobs.submit(Lane.NET, self._place.session.last_backup, owner=self, done=lambda found: self._tell(found[0]))

    def start(self) -> None:
        """Make one now."""
        folder = self._place.settings.backup_folder
        if self._job is not None or not folder:
            return
        back_up, now = self._place.session.back_up, self._place.session.desk.now()
        self.running.emit(True)
        self._job = self._place.jobs.submit_long(
            Lane.NET,
            lambda job: back_up(folder, now, watch_of(job)),
            owner=self,
            done=self._after,
            failed=self._after_refusal,
            progress=self.progress.emit,
        )

    def cancel(self) -> None:
        """Stop the one under way; those of before stay."""
        if self._job is not None:
            self._job.stop()

    def _look_if_due(self) -> None:
        if not self._place.settings.backup_folder:
            return
        now = self._place.session.desk.now().astimezone(SHANGHAI)

        def begin(due: bool) -> None:
            if due:
                self.start()

        last = self._place.session.last_backup
        self._place.jobs.submit(Lane.NET, lambda: is_due_today(now, last()[0]), owner=self, done=begin)

    def _after(self, found: LastBackup) -> None:
        self._rest()
        self._tell(found)
        # What stands above the pages about old backups goes.
        self._place.changed.emit()

    def _after_refusal(self, error: StationError) -> None:
        self._rest()
        text = self._place.text_of(error)
        self.told.emit(text, Tone.BAD.value)
        if error.code != "backup-stopped":
            self._place.say.emit(text, Tone.BAD.value)

    def _rest(self) -> None:
        self._job = None
        self.running.emit(False)

    def _tell(self, found: LastBackup) -> None:
        if found.code:
            self.told.emit(self._place.text_of(StationError(found.code, file=found.file)), Tone.BAD.value)
        elif found.good_at:
            self.told.emit(f"上次备份 {found.good_at[:16].replace('T', ' ')}，在 {found.file}", Tone.GOOD.value)
        else:
            self.told.emit("还没有备份过。", Tone.WARN.value)


def watch_of(job: Job, *, restores: bool = False) -> Watch:
    """Return what a backup or a restore tells its progress to; it ends the job once somebody has stopped it."""

    def watch(done: int, total: int) -> None:
        if job.stopped:
            raise StationError("restore-stopped" if restores else "backup-stopped")
        job.progress(done, total)

    return watch


def back_up_at_the_end(session: Session, folder: str) -> None:
    """Make the backup at the end of work, in a job: whatever becomes of it is noted and told at the next start."""
    now = session.desk.now()
    last = time_noted(session.last_backup()[0].good_at, now)
    if last is None or now - last > FRESH:
        session.back_up(folder, now, lambda _done, _total: None)
