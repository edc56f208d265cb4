"""Which of the backups of one machine in a folder are kept, and which make room for newer ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from station_app.carriers.backup_file import open_backup
from station_app.domain.errors import StationError
from station_app.messages.deletions import Deleted, log_deletion

SUFFIX: Final = ".backup"
_LEFT_OVER: Final = ".new"
_AT: Final = re.compile(r"-(\d{8}-\d{6})\.backup(\.new)?")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many are kept: the newest of so many days, and of so many weeks."""

    days: int
    weeks: int


def backup_name(kind: str, device: str, at: datetime) -> str:
    """Return the name of a backup that nobody has named: which machine, and the local time; nothing of a person."""
    return f"{kind}-backup-{device[:8]}-{at:%Y%m%d-%H%M%S}{SUFFIX}"


@dataclass(frozen=True, slots=True)
class _Own:
    """A whole backup of the machine in question, by what its name and its contents say."""

    path: Path
    at: datetime
    epoch: str
    seq: int


def drop_older(made: Path, kind: str, device: str, keeping: Keeping, schema: int) -> list[str]:
    """Delete the backups of this machine that are not to be kept, log it, and return their names.

    Only what this program has named and can read as a backup of this very machine goes. The one that reaches farthest
    in its epoch stays for good: after an older one was put back, it alone holds what had been written since.

    Args:
        made: the one that was made now; it stays, whatever the clock says, and those in its folder are looked at.
        schema: the highest version of tables that this program reads.
    """
    named = _named(made.parent, kind, device)
    whole = _whole(named, kind, device, schema)
    kept = to_keep((own.at for own in whole), keeping)
    stay = {made} | _farthest(whole)
    dropped = [own.path for own in whole if own.at not in kept and own.path not in stay]
    # What was cut short in the writing, but for one that somebody may be writing now.
    newest = max((own.at for own in whole), default=None)
    dropped += [path for path, at in named.items() if path.suffix == _LEFT_OVER and newest and at < newest]
    return [path.name for path in _drop(dropped)]


def with_room(folder: Path, kind: str, device: str, schema: int, back_up: Callable[[], T]) -> T:
    """Make a backup in a folder; where it does not fit, the oldest ones make room and it is tried once more.

    Never the newest one that is whole goes, nor what `drop_older` keeps for good.

    Raises:
        StationError: those of making it; `backup-disk-full` where nothing may go, or it does not fit even so.
    """
    try:
        return back_up()
    except StationError as error:
        if error.code != "backup-disk-full" or not _make_room(folder, kind, device, schema):
            raise
    return back_up()


def _make_room(folder: Path, kind: str, device: str, schema: int) -> list[Path]:
    whole = _whole(_named(folder, kind, device), kind, device, schema)
    if not whole:
        return []
    # The next one is like the newest, and somewhat larger.
    wanted = whole[-1].path.stat().st_size * 5 // 4
    stay = {whole[-1].path} | _farthest(whole)
    dropped = []
    for own in whole:
        if wanted > 0 and own.path not in stay:
            wanted -= own.path.stat().st_size
            dropped.append(own.path)
    return _drop(dropped)


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


def _named(folder: Path, kind: str, device: str) -> dict[Path, datetime]:
    names = folder.glob(f"{kind}-backup-{device[:8]}-*")
    return {path: at for path in names if (at := _made(path)) is not None}


def _whole(named: Mapping[Path, datetime], kind: str, device: str, schema: int) -> list[_Own]:
    """Return those that can be read as a backup of this very machine, the oldest first."""
    found = []
    for path, at in named.items():
        if path.suffix != SUFFIX:
            continue
        with suppress(StationError):
            contents = open_backup(path, kind, schema).contents
            if contents.device == device:
                found.append(_Own(path, at, contents.epoch, contents.seq))
    return sorted(found, key=lambda own: own.at)


def _farthest(whole: Iterable[_Own]) -> set[Path]:
    """Return of each epoch the one with the highest seq, the newest of several."""
    farthest: dict[str, _Own] = {}
    for own in whole:
        if own.epoch not in farthest or own.seq >= farthest[own.epoch].seq:
            farthest[own.epoch] = own
    return {own.path for own in farthest.values()}


def _drop(paths: Iterable[Path]) -> list[Path]:
    gone = []
    for path in paths:
        with suppress(OSError):
            path.unlink()
            gone.append(path)
    if gone:
        log_deletion(Deleted.BACKUP, len(gone), [path.name for path in gone])
    return gone
