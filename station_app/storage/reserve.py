"""A few megabytes kept beside the journal, given up when the disk is full so that work can be finished and sent."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

RESERVE_FILE = "reserve.bin"
RESERVE_BYTES = 4 << 20
# A save takes some ten kilobytes, with the files that the database keeps beside itself a few hundred.
_LEAST_FREE_BYTES = 1 << 20
# Made only where it does not itself make the disk full.
_ROOM_BYTES = 4 * RESERVE_BYTES
_PIECE_BYTES = 1 << 16
# Windows would otherwise translate line ends inside os.open's descriptor.
_BINARY: int = getattr(os, "O_BINARY", 0)


class Reserve:
    """The reserve of one data folder; asked before anything is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / RESERVE_FILE

    def look_after(self) -> None:
        """Give the reserve up where the next save may not fit, and make it again where there is room."""
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError:
            # The drive is away for a moment: whoever writes now hears of it from the database.
            return
        if free < _LEAST_FREE_BYTES:
            self.give_up()
        elif free > _ROOM_BYTES and not self._file.exists():
            # Without a reserve the station works as well; it is for the day when the disk is full.
            with suppress(OSError):
                self._make()

    def give_up(self) -> None:
        """Let the next save have the room."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)

    def _make(self) -> None:
        temporary = self._file.with_name(RESERVE_FILE + ".new")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for _ in range(RESERVE_BYTES // _PIECE_BYTES):
                # Not zeros: a disk that compresses, or leaves holes, would keep no room for them.
                file.write(os.urandom(_PIECE_BYTES))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._file)
