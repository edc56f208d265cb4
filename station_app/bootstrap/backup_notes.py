"""The note beside the data of how the last backup went."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path

from station_app.keys.key_files import write_atomically
from station_app.usecases.backups import LastBackup

NOTE_FILE = "last-backup.json"
_LOG = logging.getLogger(__name__)


def last_backup(folder: Path) -> LastBackup:
    """Return how the backups went; a note that can't be read is as none."""
    try:
        return LastBackup(**json.loads((folder / NOTE_FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return LastBackup()


def note_backup(folder: Path, last: LastBackup) -> None:
    """Note how one went; where that can't be noted (a full disk) it is in the log alone."""
    try:
        write_atomically(folder / NOTE_FILE, json.dumps(asdict(last)).encode("utf-8"))
    except OSError:
        _LOG.exception("backup")
