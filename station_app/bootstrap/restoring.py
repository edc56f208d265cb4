"""The last part of putting a station back, which is done to its end whenever it was cut short."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from station_app.bootstrap.in_use import coming_in, nobody_at_work
from station_app.keys.key_files import make_private_folder, sync_folder, write_atomically

STAGING = "restoring"
"""Where all of a backup lies before anything that is in use is touched."""
READY_FILE = "ready.json"


def finish_restore(folder: Path) -> None:
    """Finish what was cut short once all of it was there; called whenever a program begins on a data folder.

    Raises:
        StationError: `station-in-use`, `busy-elsewhere`.
    """
    if (folder / STAGING / READY_FILE).exists():
        with coming_in(folder), nobody_at_work(folder):
            roll_on(folder)


def note_ready(folder: Path, old: Iterable[str], aside: str) -> None:
    """Note what is to be done from now on, whatever happens; until then nothing in use was touched.

    Args:
        old: names of what is here and goes aside; all that is staged comes in, file by file.
        aside: name of the folder that it goes to.
    """
    staging = folder / STAGING
    new = sorted(path.relative_to(staging).as_posix() for path in staging.rglob("*") if path.is_file())
    note = {"old": list(old), "new": new, "aside": aside}
    write_atomically(staging / READY_FILE, json.dumps(note).encode("ascii"))


def roll_on(folder: Path) -> None:
    """Do what is still to be done of the note: first all of the old goes aside, then all of the new comes in."""
    staging = folder / STAGING
    try:
        note = json.loads((staging / READY_FILE).read_bytes())
    except FileNotFoundError:
        return
    if note["aside"]:
        make_private_folder(folder / note["aside"])
        _move(note["old"], folder, folder / note["aside"])
    _move(note["new"], staging, folder)
    _drop_empty(staging)
    (staging / READY_FILE).unlink()
    sync_folder(staging)
    staging.rmdir()
    sync_folder(folder)


def _move(names: Iterable[str], source: Path, target: Path) -> None:
    """Move each that is not there yet: one that is has been moved before a crash."""
    folders = {Path()}
    for name in names:
        if not (target / name).exists():
            make_private_folder((target / name).parent)
            (source / name).rename(target / name)
        folders.update(Path(name).parents)
    for below in sorted(folders, reverse=True):
        sync_folder(target / below)
    sync_folder(source)


def _drop_empty(staging: Path) -> None:
    """Take away the folders that nothing lies in any more."""
    for path in sorted((path for path in staging.rglob("*") if path.is_dir()), reverse=True):
        path.rmdir()
