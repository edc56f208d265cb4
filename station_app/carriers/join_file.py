"""Requests and grants of joining by file, on the stick."""

from __future__ import annotations

from pathlib import Path

from station_app.carriers.whole_file import write_whole
from station_app.domain.errors import StationError
from station_app.protocol.joining_records import (
    GRANT_MAGIC,
    MOST_FILE_BYTES,
    REQUEST_MAGIC,
    JoinFile,
    pack_join_file,
    unpack_join_file,
)

REQUEST_SUFFIX, GRANT_SUFFIX = ".streq", ".stgrant"


def write_request(path: Path, request: JoinFile) -> Path:
    """Write a request; return the path, with its suffix.

    Raises:
        StationError: those of `write_whole`.
    """
    return _write(path, REQUEST_SUFFIX, pack_join_file(REQUEST_MAGIC, request))


def write_grant(path: Path, grant: JoinFile) -> Path:
    """Write a grant; return the path, with its suffix.

    Raises:
        StationError: those of `write_whole`.
    """
    return _write(path, GRANT_SUFFIX, pack_join_file(GRANT_MAGIC, grant))


def read_request(path: Path) -> JoinFile:
    """Return the request in a file.

    Raises:
        StationError: `package-unreadable` (file): it can't be read at all; `request-not-one` (file): it is something
            else, or of a newer program; `join-file-damaged` (file): cut off or changed.
    """
    data = _bytes_of(path)
    if not data.startswith(REQUEST_MAGIC):
        raise StationError("request-not-one", file=path.name)
    return _unpacked(path, REQUEST_MAGIC, data)


def read_grant(path: Path) -> JoinFile:
    """Return the grant in a file.

    Raises:
        StationError: as `read_request`, with `grant-not-one` (file).
    """
    data = _bytes_of(path)
    if not data.startswith(GRANT_MAGIC):
        raise StationError("grant-not-one", file=path.name)
    return _unpacked(path, GRANT_MAGIC, data)


def _write(path: Path, suffix: str, data: bytes) -> Path:
    return write_whole(path if path.suffix else path.with_suffix(suffix), (data,))


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_FILE_BYTES)
    except OSError:
        raise StationError("package-unreadable", file=path.name) from None


def _unpacked(path: Path, magic: bytes, data: bytes) -> JoinFile:
    try:
        return unpack_join_file(magic, data)
    except StationError:
        raise StationError("join-file-damaged", file=path.name) from None
