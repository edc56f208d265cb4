"""A backup of a station while it works: in one file the journal as it is at one moment, and what opens it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from station_app import __version__
from station_app.bootstrap.backup_folders import copy_folder
from station_app.bootstrap.station_home import (
    BOX_KEY_FILE,
    CARD_FILE,
    DEVICE_KEY_FILE,
    IDENTITY_FILE,
    JOURNAL_FILE,
    WRITTEN_FILE,
    StationHome,
)
from station_app.carriers.backup_file import STATION, BackupFile, Box, Contents, Part, Watch
from station_app.carriers.backup_writing import Meter, Source, file_source, watch_nothing, write_backup
from station_app.carriers.shelf import Shelf
from station_app.domain.errors import StationError
from station_app.keys.key_files import exclusive
from station_app.keys.phone_codes import code_key
from station_app.keys.sealing import open_box, seal_to
from station_app.keys.slot_folder import SLOTS_FILE
from station_app.storage.engine import check_pages, open_encrypted, reading
from station_app.storage.schema import VERSION
from station_app.storage.snapshot import snapshot_encrypted
from station_app.storage.station_book import StationBookOnDisk
from station_app.usecases.times import stamp

if TYPE_CHECKING:
    from station_app.bootstrap.station import SignedIn

BESIDE = (SLOTS_FILE, DEVICE_KEY_FILE, BOX_KEY_FILE, CARD_FILE, IDENTITY_FILE, WRITTEN_FILE)
"""What lies beside the journal and goes along as it lies there, each sealed or without a secret."""
_BACKUP_LOCK = "backup.lock"
_BOX_PURPOSE = b"station backup secret 1"
OK = "ok"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that lies there, whole and read back.

    Args:
        elsewhere: whether it can be put back on another PC, with a code read out by the county.
    """

    path: Path
    size_bytes: int
    made_at: str
    epoch: str
    seq: int
    elsewhere: bool


def back_up(signed_in: SignedIn, path: Path, watch: Watch = watch_nothing) -> Made:
    """Write a backup of this PC; windows and loop go on meanwhile.

    Raises:
        StationError: `backup-into-home`, `busy-elsewhere`, `database-damaged` (then the journal itself is),
            `disk-full` (of this PC), those of writing a backup, and what `watch` raises.
    """
    home = signed_in.home
    if home.folder.resolve() in path.resolve().parents:
        raise StationError("backup-into-home", file=str(path))
    with exclusive(home.folder, _BACKUP_LOCK), copy_folder(home.folder) as folder:
        size = home.journal.stat().st_size
        # About, for telling how far it is: others come and go meanwhile.
        foreseen = sum(path.stat().st_size for path in Shelf(home.folder).laid() if path.exists())
        meter = Meter(watch, 3 * size + 2 * foreseen)
        copy = folder / JOURNAL_FILE
        snapshot_encrypted(home.journal, signed_in.database_key, copy, _metered(meter, size))
        about = partial(_contents, signed_in, copy)
        made = write_backup(path, _sources(home, copy), about, home.secret(), meter)
    return _told(made)


def _sources(home: StationHome, copy: Path) -> Iterator[Source]:
    # The journal first: what it names lies beside it by then, and only then is looked at what lies there.
    yield file_source(JOURNAL_FILE, copy)
    for name in BESIDE:
        yield file_source(name, home.folder / name)
    for path in Shelf(home.folder).laid():
        yield file_source(path.relative_to(home.folder).as_posix(), path)


def _metered(meter: Meter, size: int) -> Watch:
    told = 0

    def watch(done: int, total: int) -> None:
        nonlocal told
        reached = size * done // max(total, 1)
        meter.add(reached - told)
        told = reached

    return watch


def _contents(signed_in: SignedIn, copy: Path, parts: tuple[Part, ...]) -> Contents:
    engine = open_encrypted(copy, signed_in.database_key)
    try:
        if check_pages(engine) != OK:
            raise StationError("database-damaged")
        with reading(engine) as connection:
            own = StationBookOnDisk(connection).own_epoch()
    finally:
        engine.dispose()
    return Contents(
        kind=STATION,
        program=__version__,
        schema=VERSION,
        made_at=stamp(signed_in.desk.now()),
        device=signed_in.home.identity().device,
        epoch=own.epoch,
        seq=own.seq,
        boxes=tuple(_boxes(signed_in.home)),
        parts=parts,
    )


def _boxes(home: StationHome) -> Iterator[Box]:
    """Seal the device secret for another PC: to the codes that the county can read out, never in the open.

    A stick is copied without anybody missing it. With the secret in the open, the copy could speak for this PC.
    """
    device = home.identity().device
    for slot in home.slots().phone_slots():
        aad = _box_aad(device, slot.person, slot.round)
        yield Box(slot.person, slot.round, seal_to(slot.public, home.secret(), aad))


def open_secret(found: BackupFile, code: str) -> bytes:
    """Return the device secret of a backup by the code that the county has read out.

    Raises:
        StationError: `reset-code-wrong`: it is the code of none of its challenges.
    """
    device = found.contents.device
    for box in found.contents.boxes:
        key = code_key(code, device, box.person, box.round)
        try:
            return open_box(key.private, box.box, _box_aad(device, box.person, box.round))
        except StationError:
            continue
    raise StationError("reset-code-wrong", wait_s=0)


def _box_aad(device: str, person: str, number: int) -> bytes:
    return b"\0".join((_BOX_PURPOSE, device.encode(), person.encode(), str(number).encode()))


def _told(made: BackupFile) -> Made:
    about = made.contents
    size = made.path.stat().st_size
    return Made(made.path, size, about.made_at, about.epoch, about.seq, bool(about.boxes))
