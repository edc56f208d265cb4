"""Writing a backup where somebody wants it: whole, on the medium, and read back, or not there at all."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from station_app.carriers.backup_file import CHUNK_BYTES, BackupFile, Contents, Part, Watch, end_of, open_backup
from station_app.domain.errors import StationError
from station_app.keys.key_files import sync_folder

_FULL = (errno.ENOSPC, errno.EDQUOT)
# What a machine may never have had, or drop while the backup runs: nothing is lost with it.
_MAY_BE_GONE = ("attachments/", "written.json", "card.sealed")


@dataclass(frozen=True, slots=True)
class Source:
    """What becomes one part: its name, and its bytes, read when its turn comes; None where there is none by then."""

    name: str
    pieces: Callable[[], Iterator[bytes] | None]


def file_source(name: str, path: Path) -> Source:
    """Return a file as it lies there as a source."""
    return Source(name, lambda: _opened(path))


def watch_nothing(_done: int, _total: int) -> None:
    """Let a long job go on, unwatched."""


class Meter:
    """Counts the bytes of several steps and tells how far they have come."""

    def __init__(self, watch: Watch, total: int) -> None:
        self._watch, self._total, self._done = watch, max(total, 1), 0

    def add(self, count: int) -> None:
        """Tell that so many more are done; what is more than was foreseen is not told."""
        self._done = min(self._done + count, self._total)
        self._watch(self._done, self._total)


ContentsOf = Callable[[tuple[Part, ...]], Contents]


def write_backup(
    path: Path, sources: Iterable[Source], contents_of: ContentsOf, secret: bytes, meter: Meter
) -> BackupFile:
    """Write under a temporary name, flush, read back, and rename; return what lies there then.

    Args:
        contents_of: what is in it, once the parts are known.
        secret: proves later that nobody else made it.

    Raises:
        StationError: `backup-disk-full`, `backup-too-large`, `backup-not-saved` (file each), `backup-source-unread`
            (file; it is not there either, and a backup without it could not be put back), and what the meter's watch
            raises. What was there under this name is as before.
    """
    temporary = path.with_name(path.name + ".new")
    try:
        temporary.unlink(missing_ok=True)
        with temporary.open("xb") as file:
            written = (_written(file, source, meter) for source in sources)
            contents = contents_of(tuple(part for part in written if part is not None))
            raw = contents.to_bytes()
            file.write(raw + end_of(raw, secret))
            file.flush()
            os.fsync(file.fileno())
            _let_go(file)
        _read_back(temporary, contents, meter)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        _drop(temporary)
        raise _told(path, error) from None
    except BaseException:
        _drop(temporary)
        raise
    return open_backup(path, contents.kind, contents.schema)


def _written(file: BinaryIO, source: Source, meter: Meter) -> Part | None:
    pieces = source.pieces()
    if pieces is None:
        if not source.name.startswith(_MAY_BE_GONE):
            raise StationError("backup-source-unread", file=source.name)
        return None
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        file.write(piece)
        digest.update(piece)
        size += len(piece)
        meter.add(len(piece))
    return Part(source.name, size, digest.hexdigest())


def _read_back(path: Path, wanted: Contents, meter: Meter) -> None:
    """Look at what the medium has: a stick that is worn out or no larger than it says keeps silent in the writing."""
    try:
        there = open_backup(path, wanted.kind, wanted.schema)
        same = there.contents == wanted
        for part in wanted.parts if same else ():
            for piece in there.read(part):
                meter.add(len(piece))
    except StationError as error:
        if error.code not in ("backup-damaged", "backup-unreadable"):
            raise
        same = False
    if not same:
        raise StationError("backup-not-saved", file=str(path))


def _let_go(file: BinaryIO) -> None:
    """Have the system forget what it keeps of the file in memory, so that it is read from the medium again."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _opened(path: Path) -> Iterator[bytes] | None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    except OSError:
        raise StationError("backup-source-unread", file=path.name) from None
    return _pieces(file)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while True:
            try:
                piece = file.read(CHUNK_BYTES)
            except OSError:
                raise StationError("backup-source-unread", file=Path(file.name).name) from None
            if not piece:
                return
            yield piece


def _drop(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _told(path: Path, error: OSError) -> StationError:
    if error.errno in _FULL:
        return StationError("backup-disk-full", file=str(path))
    return StationError("backup-too-large" if error.errno == errno.EFBIG else "backup-not-saved", file=str(path))
