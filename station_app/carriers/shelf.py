"""The files of attachments beside a journal: whole under their address, or not there; and what has come of others."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from station_app.domain.errors import StationError
from station_app.keys.key_files import make_private_folder, sync_folder, write_atomically
from station_app.messages.deletions import Deleted, log_deletion

FOLDER = "attachments"
COMING = ".part"
"""What the name of a file ends in that is not whole yet."""
_LAID = re.compile(rf"([0-9a-f]{{2}})/\1[0-9a-f]{{62}}({re.escape(COMING)})?")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_PIECE_BYTES = 1 << 20


class Shelf:
    """Files by their address, 64 hex digits, which is the SHA-256 of all their bytes.

    Every method that writes raises `disk-full` where there is no room; what lies here stays as it is.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def has(self, address: str) -> bool:
        """Tell whether the file is here whole."""
        return self._path(address).exists()

    def laid(self) -> list[Path]:
        """Return what lies here, whole or on its way; what a system or a person has put beside it is none of ours."""
        found = self._folder.glob("*/*")
        return sorted(path for path in found if _LAID.fullmatch(path.relative_to(self._folder).as_posix()))

    def put(self, address: str, data: bytes) -> None:
        """Keep a file that is whole; it is on the disk when this returns."""
        with _room():
            make_private_folder(self._path(address).parent)
            write_atomically(self._path(address), data)
            sync_folder(self._folder)

    def read(self, address: str, start: int = 0, most: int | None = None) -> bytes:
        """Return a part of a whole file, fewer bytes at its end; `file-missing` where it is not here, or unreadable."""
        try:
            with self._path(address).open("rb") as file:
                file.seek(start)
                return file.read(-1 if most is None else most)
        except OSError:
            raise StationError("file-missing") from None

    def come(self, address: str) -> int:
        """Return how many bytes of a file are here, of one that is whole all of them."""
        for path in (self._path(address), self._part(address)):
            try:
                return path.stat().st_size
            except FileNotFoundError:
                continue
        return 0

    def begin(self, address: str) -> None:
        """Make the place for a file that is about to come."""
        with _room():
            make_private_folder(self._path(address).parent)
            self._part(address).touch(mode=0o600)

    def add(self, address: str, at: int, data: bytes) -> bool:
        """Write what comes next of a file; False where it is not on its way any more, or did not come so far.

        Who else brings the same file at this moment writes the same bytes to the same places.
        """
        try:
            with _room(), self._part(address).open("r+b") as file:
                if file.seek(0, os.SEEK_END) < at:
                    return False
                file.seek(at)
                file.write(data)
        except FileNotFoundError:
            return False
        return True

    def cut(self, address: str, at: int) -> None:
        """Take back what has come of a file from a byte on: it is not what its sender has signed."""
        part = self._part(address)
        with suppress(FileNotFoundError):
            # Never longer: who else brings it may have begun anew meanwhile.
            os.truncate(part, min(at, part.stat().st_size))

    def settle(self, address: str, *sizes: int) -> int:
        """Bring what has come onto the disk; with the last byte the file counts as here. Return how many bytes are.

        Args:
            sizes: that whoever named the file has given it. Only one can be right, and it is the one with which the
                address fits.

        Raises:
            StationError: `file-differs`: it is as long as the longest, and another file; what came is gone.
        """
        if self.has(address):
            return self.come(address)
        part = self._part(address)
        try:
            with _room(), part.open("r+b") as file:
                os.fsync(file.fileno())
        except FileNotFoundError:
            return 0
        try:
            here, most = part.stat().st_size, max(sizes)
            if here < most and here not in sizes:
                return here
            if _hash_of(part) != address:
                if here < most:
                    return here
                part.unlink(missing_ok=True)
                raise StationError("file-differs")
            part.replace(self._path(address))
        except FileNotFoundError:
            # Who else brought it was quicker.
            return self.come(address)
        sync_folder(part.parent)
        sync_folder(self._folder)
        return here

    def drop(self, address: str) -> bool:
        """Take a file off, whole or in part: nothing names it any more. False where another program holds it."""
        for path in (self._path(address), self._part(address)):
            try:
                path.unlink()
            except FileNotFoundError:
                continue
            except PermissionError:
                return False
            log_deletion(Deleted.FILE, 1, [address])
        return True

    def _path(self, address: str) -> Path:
        return self._folder / address[:2] / address

    def _part(self, address: str) -> Path:
        return self._folder / address[:2] / f"{address}{COMING}"


def _hash_of(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            found.update(piece)
    return found.hexdigest()


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StationError("disk-full") from error
        raise
