"""A backup of a center while it serves, and putting one back: sealed to a code on paper that the center has not got."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from station_app import __version__
from station_app.bootstrap.backup_folders import copy_folder, lay_out
from station_app.bootstrap.center import OpenCenter, check, declare_restored, open_center
from station_app.bootstrap.center_database import TABLES, is_file
from station_app.bootstrap.center_home import (
    AUTHORITY_FILE,
    BODY_KEY_FILE,
    DATABASE_FILE,
    IDENTITY_FILE,
    MOVED_FILE,
    RECOVERY_FILE,
    SERVE_LOCK,
    VAULT_FILE,
    CenterHome,
)
from station_app.bootstrap.center_move import move
from station_app.bootstrap.restoring import READY_FILE, STAGING, note_ready, roll_on
from station_app.carriers.backup_file import CENTER, BackupFile, Box, Contents, Part, open_backup
from station_app.carriers.backup_writing import Meter, Source, watch_nothing, write_backup
from station_app.carriers.sealed_parts import read_sealed, sealed_bytes, sealed_source
from station_app.carriers.shelf import Shelf
from station_app.domain.errors import StationError
from station_app.keys.codes import new_backup_code, parse_backup_code
from station_app.keys.key_files import exclusive, make_private_folder, write_atomically
from station_app.keys.sealing import KEY_BYTES, BoxKey, box_key_of, derive_key, open_box, seal_to
from station_app.storage.copying import contents as held_in
from station_app.storage.copying import copy
from station_app.storage.engine import check_pages, open_plain, reading, writing
from station_app.storage.schema import VERSION, prepare
from station_app.storage.snapshot import snapshot_plain
from station_app.usecases.times import stamp

BACKUP_KEY_FILE = "backup.public"
"""What the backups are sealed to; the code on paper gives the private half."""
_OWN_KEYS = (IDENTITY_FILE, BODY_KEY_FILE, RECOVERY_FILE, VAULT_FILE, AUTHORITY_FILE)
KEYS = (*_OWN_KEYS, BACKUP_KEY_FILE)
_BACKUP_LOCK = "backup.lock"
_CODE_PURPOSE = b"station center backup code 1"
_BOX_PURPOSE = b"station center backup secret 1\0"
_FULL = (errno.ENOSPC, errno.EDQUOT)
OK = "ok"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup of a center that lies there, whole and read back."""

    path: Path
    size_bytes: int
    made_at: str
    events: int


def make_code(folder: Path, tell: Callable[[str], None], *, anew: bool = False) -> None:
    """Make a new code for the backups from now on; it counts once it has been told.

    Args:
        tell: prints it, in groups of five; "" where there is one already.
        anew: the paper with the code is lost: those made from now on need the new one, those of before the old one.

    Raises:
        StationError: `busy-elsewhere`: a backup is being made.
    """
    home = CenterHome(folder)
    home.identity()
    with _code_of(home, anew=anew) as (code, _public):
        tell(code)


def back_up_and_tell(opened: OpenCenter, path: Path, tell: Callable[[Made, str], None]) -> None:
    """Make a backup as `back_up` does; the first one makes the code too, which counts once it has been told.

    Args:
        tell: prints what was made, and the code; "" where there has been one already.
    """
    with _code_of(opened.home) as (code, public):
        tell(_back_up(opened, path, public), code)


def back_up(opened: OpenCenter, path: Path) -> Made:
    """Write a backup of a center, which goes on serving meanwhile.

    Raises:
        StationError: `backup-code-missing`, `backup-into-home`, `busy-elsewhere`, `database-damaged`, `disk-full` (of
            this machine), those of writing a backup.
    """
    with exclusive(opened.home.folder, _BACKUP_LOCK):
        return _back_up(opened, path, require_code(opened.home))


def restore(folder: Path, path: Path, code_text: str, address: str = "") -> dict[str, Any]:
    """Put a center back into an empty home; it heals before it rules again. Return what it holds, as `check` does.

    Args:
        address: of an empty PostgreSQL database, where it is to be kept there; "" for a file.

    Raises:
        StationError: `center-not-empty`, `code-malformed`, `backup-code-wrong`, `disk-full`, `database-not-writable`,
            those of opening a backup, of moving to a database. Then there is no center here, as before.
    """
    home = CenterHome(folder)
    if home.has_database or any((folder / name).exists() for name in (*KEYS, MOVED_FILE)):
        raise StationError("center-not-empty", file=str(folder))
    found = open_backup(path, CENTER, VERSION)
    if any((folder / part.name).exists() for part in found.contents.parts):
        # Its files, left behind: each of them would stay in the way of the one that comes.
        raise StationError("center-not-empty", file=str(folder))
    secret = _secret_of(found, parse_backup_code(code_text))
    try:
        make_private_folder(folder)
        with exclusive(folder, SERVE_LOCK, patience_s=0):
            checked = _staged(folder / STAGING, found, secret, address)
            note_ready(folder, old=(), aside="")
            roll_on(folder)
    except OSError as error:
        raise StationError("disk-full" if error.errno in _FULL else "database-not-writable") from None
    return {**checked, "made_at": found.contents.made_at, "device": found.contents.device}


def finish_center_restore(folder: Path) -> None:
    """Finish what was cut short once all of it was there; called whenever a command begins on a home."""
    if (folder / STAGING / READY_FILE).exists():
        with exclusive(folder, SERVE_LOCK):
            roll_on(folder)


@contextmanager
def _code_of(home: CenterHome, *, anew: bool = False) -> Iterator[tuple[str, bytes]]:
    """Yield a new code and the key to seal to, which stays from the end on; where there is one already, "" and it.

    Nothing is sealed by another program meanwhile, so no backup is sealed to a code that nobody was told.
    """
    path = home.folder / BACKUP_KEY_FILE
    with exclusive(home.folder, _BACKUP_LOCK):
        if path.exists() and not anew:
            yield "", path.read_bytes()
            return
        code = new_backup_code()
        public = _key_of(parse_backup_code(code)).public
        yield code, public
        write_atomically(path, public)


def _back_up(opened: OpenCenter, path: Path, public: bytes) -> Made:
    home = opened.home
    if home.folder.resolve() in path.resolve().parents:
        raise StationError("backup-into-home", file=str(path))
    with copy_folder(home.folder) as folder:
        database = folder / DATABASE_FILE
        _copy_database(opened, database)
        secret = os.urandom(KEY_BYTES)
        about = partial(_contents, opened, database, public, secret)
        meter = Meter(watch_nothing, 1)
        made = write_backup(path, _sources(home, database, public, secret), about, secret, meter)
    return Made(path, path.stat().st_size, made.contents.made_at, made.contents.seq)


def _staged(staging: Path, found: BackupFile, secret: bytes, address: str) -> dict[str, Any]:
    """Lay the center out beside its place, made to heal there already, and return what it holds."""
    shutil.rmtree(staging, ignore_errors=True)
    make_private_folder(staging)
    try:
        for name in (DATABASE_FILE, *KEYS):
            found.part(name)
        for part in found.contents.parts:
            lay_out(staging / part.name, read_sealed(found, part, secret))
        opened = open_center(staging)
        declare_restored(opened)
        checked = check(opened)
        opened.engine.dispose()
        if address:
            move(staging, address)
        for left in staging.glob("*.lock"):
            left.unlink()
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return checked


def _sources(home: CenterHome, database: Path, public: bytes, secret: bytes) -> Iterator[Source]:
    # The database first: what it names lies beside it by then.
    yield sealed_source(DATABASE_FILE, database, secret)
    for name in _OWN_KEYS:
        yield sealed_source(name, home.folder / name, secret)
    # With the first backup it is not on the disk yet.
    yield sealed_bytes(BACKUP_KEY_FILE, public, secret)
    for path in Shelf(home.folder).laid():
        yield sealed_source(path.relative_to(home.folder).as_posix(), path, secret)


def _copy_database(opened: OpenCenter, target: Path) -> None:
    if is_file(opened.engine):
        snapshot_plain(opened.home.database, target, watch_nothing)
        return
    engine = open_plain(target)
    try:
        prepare(engine, TABLES)
        # One view of the server's, however much is written meanwhile.
        with reading(opened.engine) as source, writing(engine) as into:
            copy(source, into, TABLES)
            if held_in(into, TABLES) != held_in(source, TABLES):
                raise StationError("move-differs")
    finally:
        engine.dispose()


def _contents(opened: OpenCenter, database: Path, public: bytes, secret: bytes, parts: tuple[Part, ...]) -> Contents:
    engine = open_plain(database)
    try:
        if check_pages(engine) != OK:
            raise StationError("database-damaged")
    finally:
        engine.dispose()
    copied = OpenCenter(opened.home, open_plain(database), opened.key, opened.cipher)
    with copied.read() as store:
        center, events = store.setting("center"), store.counts()["events"]
    copied.engine.dispose()
    return Contents(
        kind=CENTER,
        program=__version__,
        schema=VERSION,
        made_at=stamp(opened.clerk.now()),
        device=center["device"],
        epoch=center["epoch"],
        seq=events,
        boxes=(Box("", 0, seal_to(public, secret, _box_aad(center["device"]))),),
        parts=parts,
    )


def _secret_of(found: BackupFile, code: str) -> bytes:
    for box in found.contents.boxes:
        try:
            secret = open_box(_key_of(code).private, box.box, _box_aad(found.contents.device))
        except StationError:
            continue
        if not found.is_proved_by(secret):
            raise StationError("backup-damaged", file=str(found.path))
        return secret
    raise StationError("backup-code-wrong")


def require_code(home: CenterHome) -> bytes:
    """Return the key that backups are sealed to.

    Raises:
        StationError: `backup-code-missing` (command): nobody has made a code yet.
    """
    try:
        return (home.folder / BACKUP_KEY_FILE).read_bytes()
    except FileNotFoundError:
        raise StationError("backup-code-missing", command="station-center backup-code") from None


def _key_of(code: str) -> BoxKey:
    # 125 random bits, chosen by no person: nothing slow is needed to keep them from being tried out.
    return box_key_of(derive_key(code.encode("ascii"), _CODE_PURPOSE))


def _box_aad(device: str) -> bytes:
    return _BOX_PURPOSE + device.encode("ascii")
