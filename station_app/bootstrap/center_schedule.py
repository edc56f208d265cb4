"""A center's backup of every day, made while it serves: when, where, and how the last one went."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path

from station_app.bootstrap.backup_notes import last_backup, note_backup
from station_app.bootstrap.center import open_center
from station_app.bootstrap.center_backup import back_up, require_code
from station_app.bootstrap.center_home import CenterHome
from station_app.carriers.backup_file import CENTER
from station_app.carriers.kept_backups import Keeping, backup_name, drop_older, with_room
from station_app.domain.calendar import SHANGHAI
from station_app.domain.errors import StationError
from station_app.protocol.signed import device_id
from station_app.storage.schema import VERSION
from station_app.usecases.backups import LastBackup, may_try, time_noted

KEEPING = Keeping(days=14, weeks=0)
_DAY = timedelta(days=1)
_LOOK_EVERY_S = 20.0
_LOG = logging.getLogger("station_app.center")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Where to and when, by the clock in China."""

    folder: Path
    at: time


def read_schedule(folder: str, at: str) -> Schedule | None:
    """Return what was asked for on the command line, None where nothing was.

    Raises:
        StationError: `backup-time-malformed`: no time of day, or one of the two without the other.
    """
    if not folder and not at:
        return None
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", at)
    if not folder or found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise StationError("backup-time-malformed", text=at)
    return Schedule(Path(folder), time(int(found[1]), int(found[2])))


def is_due(now: datetime, schedule: Schedule, last: LastBackup) -> bool:
    """Tell whether a backup should be made: the time of day has come since the last good one, or it was missed.

    Args:
        now: local time; what was noted is compared with it.
    """
    today = datetime.combine(now.date(), schedule.at, now.tzinfo)
    due_at = today if now >= today else today - _DAY
    done = time_noted(last.good_at, now)
    return (done is None or done < due_at) and may_try(now, last)


class BackupThread:
    """Looks every now and then whether a backup is due, and makes it; a failure is noted and tried again in an hour."""

    def __init__(self, folder: Path, schedule: Schedule, clock: Callable[[], datetime]) -> None:
        require_code(CenterHome(folder))
        self._folder, self._schedule, self._clock = folder, schedule, clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backup", daemon=True)

    def start(self) -> None:
        """Begin looking."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a backup under way is left unfinished with the program."""
        self._stop.set()

    def _run(self) -> None:
        while True:
            now = self._clock().astimezone(SHANGHAI)
            if is_due(now, self._schedule, last_backup(self._folder)):
                back_up_now(self._folder, self._schedule.folder, now)
            if self._stop.wait(_LOOK_EVERY_S):
                return


def back_up_now(folder: Path, to: Path, now: datetime) -> LastBackup:
    """Make one backup into a folder, drop those that are too old or in its way, and note how it went."""
    last = last_backup(folder)
    stamp = now.isoformat(timespec="seconds")
    try:
        opened = open_center(folder)
        try:
            device = device_id(opened.key.public)
            path = to / backup_name(CENTER, device, now)
            made = with_room(to, CENTER, device, VERSION, partial(back_up, opened, path))
            drop_older(made.path, CENTER, device, KEEPING, VERSION)
        finally:
            opened.engine.dispose()
        last = LastBackup(stamp, str(made.path))
    except StationError as error:
        last = replace(last, failed_at=stamp, code=error.code)
    except Exception:
        # Whatever it was, the next one is tried, and people see that this one is missing.
        _LOG.exception("backup")
        last = replace(last, failed_at=stamp, code="backup-not-saved")
    note_backup(folder, last)
    return last
