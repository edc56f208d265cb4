"""Which of the backups of one machine in a folder are kept, and which make room for newer ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from station_app.carriers.backup_file import open_backup
from station_app.domain.errors import StationError
from station_app.messages.deletions import Deleted, log_deletion

SUFFIX: Final = ".backup"
_LEFT_OVER: Final = ".new"
_AT: Final = re.compile(r"-(\d{8}-\d{6})\.backup(\.new)?")


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many are kept: the newest of so many days, and of so many weeks."""

    days: int
    weeks: int


def backup_name(kind: str, device: str, at: datetime) -> str:
    """Return the name of a backup that nobody has named: which machine, and the local time; nothing of a person."""
    return f"{kind}-backup-{device[:8]}-{at:%Y%m%d-%H%M%S}{SUFFIX}"


def drop_older(made: Path, kind: str, device: str, keeping: Keeping, schema: int) -> list[str]:
    """Delete the backups of this machine that are not to be kept, log it, and return their names.

    Only what this program has named and can read as a backup of this very machine goes.

    Args:
        made: the one that was made now; it stays, whatever the clock says, and those in its folder are looked at.
        schema: the highest version of tables that this program reads.
    """
    names = made.parent.glob(f"{kind}-backup-{device[:8]}-*")
    own = {path: at for path in names if (at := _made(path)) is not None}
    whole = {path: at for path, at in own.items() if path.suffix == SUFFIX and _is_of(path, kind, device, schema)}
    kept = to_keep(whole.values(), keeping)
    dropped = [path for path, at in whole.items() if at not in kept and path != made]
    # What was cut short in the writing, but for one that somebody may be writing now.
    dropped += [path for path, at in own.items() if path.suffix == _LEFT_OVER and whole and at < max(whole.values())]
    gone = []
    for path in dropped:
        with suppress(OSError):
            path.unlink()
            gone.append(path.name)
    if gone:
        log_deletion(Deleted.BACKUP, len(gone), gone)
    return gone


def to_keep(made: Iterable[datetime], keeping: Keeping) -> set[datetime]:
    """Return which to keep: the newest of each of the newest days and weeks that have one."""
    kept: set[datetime] = set()
    times = sorted(made, reverse=True)
    for how_many, span in ((keeping.days, "%Y%m%d"), (keeping.weeks, "%G-%V")):
        newest: dict[str, datetime] = {}
        for at in times:
            newest.setdefault(at.strftime(span), at)
        kept.update(list(newest.values())[:how_many])
    return kept


def _made(path: Path) -> datetime | None:
    found = _AT.search(path.name)
    if found is None or found.end() != len(path.name):
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%d-%H%M%S")  # noqa: DTZ007 (a local time, compared with its like)
    except ValueError:
        return None


def _is_of(path: Path, kind: str, device: str, schema: int) -> bool:
    try:
        return open_backup(path, kind, schema).contents.device == device
    except StationError:
        return False
