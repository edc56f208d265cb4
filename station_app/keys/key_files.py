"""Writing small secret files so that a crash leaves the old or the new one, and one process at a time."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from station_app.domain.errors import StationError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

OWNER_FILE: Final = 0o600
OWNER_FOLDER: Final = 0o700
_LOOK_EVERY_S: Final = 0.05
# Windows would otherwise translate line ends inside os.open's descriptor.
_BINARY: Final[int] = getattr(os, "O_BINARY", 0)


def make_private_folder(folder: Path) -> None:
    """Create the folder if needed; on POSIX nobody but the owner can enter it."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        folder.chmod(OWNER_FOLDER)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file as a whole and durably; a crash at any point leaves the old file or the new one.

    The temporary file has a fixed name, so that what a crash leaves is used up by the next write.
    """
    temporary = path.with_name(path.name + ".new")
    # One left by a crash may have been made under another umask or owner mode.
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, OWNER_FILE), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


@contextmanager
def exclusive(folder: Path, name: str = "keys.lock", patience_s: float = 60.0) -> Iterator[None]:
    """Hold one of the folder's locks: the window and a command may do the same thing at one time.

    Raises:
        StationError: "busy-elsewhere": another program has held it all the time.
    """
    until = time.monotonic() + patience_s
    with (folder / name).open("ab") as file:
        while not try_lock(file):
            if time.monotonic() > until:
                raise StationError("busy-elsewhere", file=name)
            time.sleep(_LOOK_EVERY_S)
        yield


def try_lock(file: BinaryIO) -> bool:
    """Take the lock of an open file, until it is closed; tell whether it could be had."""
    # Without waiting in the system: there a wait has no end on POSIX, and ends in an error after 10 s on Windows.
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Have the disk keep what was renamed, made or removed in a folder."""
    # Windows cannot open a folder; there NTFS journals the rename itself.
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
