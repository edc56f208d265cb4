"""A file that somebody carries: written whole or not at all, and read back before it is said to be there."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from station_app.domain.errors import StationError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_whole(path: Path, pieces: Iterable[bytes]) -> Path:
    """Write the pieces under a temporary name, flush, rename and read them back; return the path.

    Raises:
        StationError: `export-disk-full` (file), `export-not-saved` (file): the stick was pulled or is write-protected,
            the folder is gone; `package-read-back` (file): what can be read there is not what was written. What was
            there under this name is as before, but in the last case.
    """
    temporary = path.with_name(path.name + ".new")
    wanted = hashlib.sha256()
    try:
        with temporary.open("wb") as file:
            for piece in pieces:
                file.write(piece)
                wanted.update(piece)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        full = error.errno in _FULL
        raise StationError("export-disk-full" if full else "export-not-saved", file=str(path)) from None
    if found != wanted.digest():
        raise StationError("package-read-back", file=str(path))
    return path


def _sync_folder(folder: Path) -> None:
    # Windows cannot open a folder, and some file systems of sticks can't flush one; the file itself is flushed.
    if os.name == "posix":
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
