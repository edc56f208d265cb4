"""A station's backups into the folder that was chosen for them: named, noted, and the oldest make room."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from station_app.bootstrap.backup_notes import last_backup, note_backup
from station_app.bootstrap.station import SignedIn
from station_app.bootstrap.station_backup import back_up
from station_app.carriers.backup_file import STATION, Watch
from station_app.carriers.kept_backups import Keeping, backup_name, drop_older, with_room
from station_app.domain.calendar import SHANGHAI
from station_app.domain.errors import StationError
from station_app.storage.schema import VERSION
from station_app.usecases.backups import LastBackup

KEEPING = Keeping(days=7, weeks=4)
STOPPED = "backup-stopped"


def back_up_into(signed_in: SignedIn, to: Path, now: datetime, watch: Watch) -> LastBackup:
    """Make a backup in a folder, drop those that are too old or in its way, and note how it went.

    Raises:
        StationError: as `back_up`; it is noted too, but for one that somebody has stopped.
    """
    folder, local = signed_in.home.folder, now.astimezone(SHANGHAI)
    at = local.isoformat(timespec="seconds")
    device = signed_in.home.identity().device
    path = to / backup_name(STATION, device, local)
    try:
        made = with_room(to, STATION, device, VERSION, partial(back_up, signed_in, path, watch))
    except StationError as error:
        if error.code != STOPPED:
            note_backup(folder, replace(last_backup(folder), failed_at=at, code=error.code))
        raise
    drop_older(made.path, STATION, device, KEEPING, VERSION)
    found = LastBackup(at, str(made.path))
    note_backup(folder, found)
    return found
