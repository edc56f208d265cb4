"""Putting a station back from a backup: what is there is put aside, never deleted, and all of it happens or nothing."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from station_app.bootstrap.backup_folders import lay_out
from station_app.bootstrap.in_use import coming_in, nobody_at_work
from station_app.bootstrap.restored_mark import MARK_FILE, RestoredMark, mark_in, save_mark
from station_app.bootstrap.restoring import STAGING, finish_restore, note_ready, roll_on
from station_app.bootstrap.station_backup import open_secret
from station_app.bootstrap.station_home import (
    ATTACHMENTS_FOLDER,
    BOX_KEY_FILE,
    CARD_FILE,
    DEVICE_KEY_FILE,
    IDENTITY_FILE,
    JOURNAL_FILE,
    WRITTEN_BEFORE_FILE,
    WRITTEN_FILE,
    StationHome,
)
from station_app.bootstrap.station_line import new_epoch
from station_app.carriers.backup_file import STATION, BackupFile, Part, Watch, open_backup
from station_app.carriers.backup_writing import Meter, watch_nothing
from station_app.carriers.shelf import COMING
from station_app.domain.errors import StationError
from station_app.keys.key_files import make_private_folder, write_atomically
from station_app.keys.phone_codes import Challenge, parse_code
from station_app.keys.slot_folder import DEVICE_SECRET_FILE, SLOTS_FILE
from station_app.storage.schema import VERSION

_ASIDE = "before-restore-{:%Y%m%d-%H%M%S}"
_OWN = (
    JOURNAL_FILE,
    f"{JOURNAL_FILE}-wal",
    f"{JOURNAL_FILE}-shm",
    SLOTS_FILE,
    DEVICE_SECRET_FILE,
    DEVICE_KEY_FILE,
    BOX_KEY_FILE,
    CARD_FILE,
    IDENTITY_FILE,
    WRITTEN_FILE,
    WRITTEN_BEFORE_FILE,
    MARK_FILE,
)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_MUST_HAVE = (JOURNAL_FILE, SLOTS_FILE, DEVICE_KEY_FILE, IDENTITY_FILE)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back.

    Args:
        seq: number of the last step that was in it.
        aside: where what had been here lies now, None where there was nothing.
    """

    device: str
    org: str
    made_at: str
    seq: int
    aside: Path | None


def challenges(folder: Path, path: Path) -> tuple[str, ...]:
    """Return what may be read out to the county for a backup; nothing where this PC can open it by itself.

    One for each worker of the PC that made it: the county says whose each is, and any of them will do.

    Raises:
        StationError: those of opening a backup, and of `finish_restore`.
    """
    finish_restore(folder)
    found = open_backup(path, STATION, VERSION)
    return () if _own_secret(folder, found) else _challenges_of(found)


def restore(folder: Path, path: Path, now: datetime, code_text: str = "", watch: Watch = watch_nothing) -> Restored:
    """Put this PC back to what a backup holds. It goes on under a new epoch at the next sign-in, in any case.

    Args:
        now: this PC's local time, for the name under which what is here is put aside.
        code_text: what the county has read out, where the backup is of another PC or this one lost its secret.

    Raises:
        StationError: `backup-unreadable`, `backup-damaged`, `backup-newer`, `backup-of-other-kind`,
            `backup-of-other-pc`, `backup-code-needed` (challenges), `backup-not-opened` (no code can open it),
            `reset-code-malformed`, `reset-code-wrong`, `station-in-use`, `disk-full`, `database-not-writable`, what
            `watch` raises. Then nothing has changed here.
    """
    finish_restore(folder)
    found = open_backup(path, STATION, VERSION)
    _require_same_device(folder, found)
    secret = _own_secret(folder, found) or _secret_by_code(found, code_text)
    try:
        make_private_folder(folder)
        with coming_in(folder), nobody_at_work(folder):
            roll_on(folder)
            _stage(folder, found, secret, watch)
            org = StationHome(folder / STAGING).identity().org
            aside = _make_ready(folder, now)
            roll_on(folder)
    except OSError as error:
        raise StationError("disk-full" if error.errno in _FULL else "database-not-writable") from None
    return Restored(found.contents.device, org, found.contents.made_at, found.contents.seq, aside)


def _own_secret(folder: Path, found: BackupFile) -> bytes | None:
    with suppress(OSError):
        secret = StationHome(folder).secret()
        if found.is_proved_by(secret):
            return secret
    return None


def _secret_by_code(found: BackupFile, code_text: str) -> bytes:
    if not found.contents.boxes:
        raise StationError("backup-not-opened")
    if not code_text:
        raise StationError("backup-code-needed", challenges=list(_challenges_of(found)))
    secret = open_secret(found, parse_code(code_text))
    if not found.is_proved_by(secret):
        raise StationError("backup-damaged", file=str(found.path))
    return secret


def _challenges_of(found: BackupFile) -> tuple[str, ...]:
    device = found.contents.device
    return tuple(Challenge.of(device, box.person, box.round).text for box in found.contents.boxes)


def _require_same_device(folder: Path, found: BackupFile) -> None:
    home = StationHome(folder)
    if not home.enrolled:
        return
    try:
        me = home.identity()
    except StationError:
        # It can't be read, which may be why somebody is here; whose it is the secret tells.
        return
    if me.device != found.contents.device:
        raise StationError("backup-of-other-pc", org=me.org)


def _stage(folder: Path, found: BackupFile, secret: bytes, watch: Watch) -> None:
    staging = folder / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    make_private_folder(staging)
    meter = Meter(watch, found.size_bytes)
    try:
        for name in _MUST_HAVE:
            found.part(name)
        for part in found.contents.parts:
            if _is_here(folder, part):
                meter.add(part.size)
            else:
                lay_out(staging / part.name, _metered(found.read(part), meter))
        write_atomically(staging / DEVICE_SECRET_FILE, secret)
        kept = _keep_notes(folder, staging)
        save_mark(staging, RestoredMark(new_epoch(), found.contents.made_at, note_is_older=not kept))
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _is_here(folder: Path, part: Part) -> bool:
    """Tell whether an attachment need not come: under its name, a hash, the same bytes lie here, or it is on its way.

    One that is here with another size is damaged.
    """
    if not _is_attachment(part.name):
        return False
    here = folder / part.name
    if here.suffix == COMING:
        return here.exists() or here.with_suffix("").exists()
    return here.is_file() and here.stat().st_size == part.size


def _is_attachment(name: str) -> bool:
    return name.startswith(f"{ATTACHMENTS_FOLDER}/")


def _metered(pieces: Iterable[bytes], meter: Meter) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        meter.add(len(piece))


def _keep_notes(folder: Path, staging: Path) -> bool:
    """Have how far this PC had written go on lying beside the journal: it knows of more than the backup does."""
    if StationHome(folder).written() is None or _note_is_of_a_backup(folder):
        return False
    for name in (WRITTEN_FILE, WRITTEN_BEFORE_FILE):
        with suppress(FileNotFoundError):
            write_atomically(staging / name, (folder / name).read_bytes())
    return True


def _note_is_of_a_backup(folder: Path) -> bool:
    """Tell whether the note here came with a backup and nobody has signed in since: it tells nothing of this PC."""
    try:
        mark = mark_in(folder)
    except StationError:
        # Numbers that are passed over for nothing do no harm, those that are printed twice do.
        return True
    return mark is not None and mark.note_is_older


def _make_ready(folder: Path, now: datetime) -> Path | None:
    # Its own attachments stay; only what is damaged makes room for the whole one.
    staged = (path.relative_to(folder / STAGING).as_posix() for path in (folder / STAGING).rglob("*") if path.is_file())
    old = [name for name in (*_OWN, *filter(_is_attachment, sorted(staged))) if (folder / name).exists()]
    aside = _free_name(folder, _ASIDE.format(now)) if old else ""
    note_ready(folder, old, aside)
    return folder / aside if aside else None


def _free_name(folder: Path, name: str) -> str:
    names = [name, *(f"{name}-{number}" for number in range(2, 100))]
    return next(found for found in names if not (folder / found).exists())
