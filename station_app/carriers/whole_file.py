"""A file that somebody carries: written whole or not at all, and read back before it is said to be there."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from station_app.domain.errors import StationError

PIECE_BYTES = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_whole(path: Path, pieces: Iterable[bytes], checked: Callable[[int], None] = lambda _size: None) -> Path:
    """Write the pieces under a temporary name, flush, rename and read them back; return the path.

    Args:
        checked: is told how many bytes were read back. Where this or the pieces raise, no file is left.

    Raises:
        StationError: `export-disk-full` (file), `export-not-saved` (file): the stick was pulled or is write-protected,
            the folder is gone; `package-read-back` (file): what can be read there is not what was written. What was
            there under this name is as before, but in the last case.
    """
    temporary = path.with_name(path.name + ".new")
    begun = temporary
    wanted = hashlib.sha256()
    try:
        with temporary.open("wb") as file:
            for piece in pieces:
                file.write(piece)
                wanted.update(piece)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        begun = path
        _sync_folder(path.parent)
        found = _read_back(path, checked)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        full = error.errno in _FULL
        raise StationError("export-disk-full" if full else "export-not-saved", file=str(path)) from None
    except StationError:
        with suppress(OSError):
            begun.unlink(missing_ok=True)
        raise
    if found != wanted.digest():
        raise StationError("package-read-back", file=str(path))
    return path


def _read_back(path: Path, checked: Callable[[int], None]) -> bytes:
    found, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            found.update(piece)
            size += len(piece)
            checked(size)
    return found.digest()


def check_room(path: Path, size: int) -> None:
    """Refuse at once what there is no room for: `export-disk-full` (file)."""
    with suppress(OSError):
        if shutil.disk_usage(path.parent).free < size:
            raise StationError("export-disk-full", file=str(path))


def _sync_folder(folder: Path) -> None:
    # Windows cannot open a folder, and some file systems of sticks can't flush one; the file itself is flushed.
    if os.name == "posix":
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
