"""A package as a file: written whole or not at all and read back, read with every size and hash checked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from station_app.carriers.whole_file import write_whole
from station_app.domain.errors import StationError
from station_app.protocol.package_records import (
    MAGIC,
    MOST_MANIFEST_BYTES,
    MOST_PACKAGE_BYTES,
    MOST_PART_BYTES,
    Listed,
    Part,
    read_manifest,
)
from station_app.usecases.unpacking import ReadPackage

SUFFIX = ".stpkg"
_LENGTH_BYTES, _SIGNATURE_BYTES = 4, 64


def write_package(path: Path, manifest: bytes, signature: bytes, parts: Sequence[Part]) -> Path:
    """Write a package whole and read it back; return the path, with its suffix.

    Raises:
        StationError: those of `write_whole`.
    """
    path = path if path.suffix else path.with_suffix(SUFFIX)
    head = (MAGIC, len(manifest).to_bytes(_LENGTH_BYTES, "big"), manifest, signature)
    return write_whole(path, (*head, *(part.sealed for part in parts)))


def read_package(path: Path) -> ReadPackage:
    """Return what a file holds.

    Raises:
        StationError: `package-unreadable` (file): it can't be read at all; `package-not-one` (file): it is no package,
            or one of a newer program; `package-damaged` (file): cut off or changed.
    """
    try:
        with path.open("rb") as file:
            return _read(file, path)
    except OSError:
        raise StationError("package-unreadable", file=path.name) from None


def _read(file: BinaryIO, path: Path) -> ReadPackage:
    if file.read(len(MAGIC)) != MAGIC:
        raise StationError("package-not-one", file=path.name)
    damaged = StationError("package-damaged", file=path.name)
    length = int.from_bytes(_exactly(file, _LENGTH_BYTES, damaged), "big")
    if length > MOST_MANIFEST_BYTES:
        raise damaged
    data, signature = _exactly(file, length, damaged), _exactly(file, _SIGNATURE_BYTES, damaged)
    try:
        manifest = read_manifest(data)
    except StationError:
        raise damaged from None
    rest = path.stat().st_size - file.tell()
    if sum(listed.size for listed in manifest.parts) != rest or rest > MOST_PACKAGE_BYTES:
        raise damaged
    parts = tuple(_part(file, listed, damaged) for listed in manifest.parts)
    if file.read(1):
        raise damaged
    return ReadPackage(manifest, data, signature, hashlib.sha256(data).hexdigest(), parts)


def _part(file: BinaryIO, listed: Listed, damaged: StationError) -> Part:
    if listed.size > MOST_PART_BYTES:
        raise damaged
    part = Part(listed.kind, listed.to, listed.key, listed.device, _exactly(file, listed.size, damaged))
    if part.digest != listed.digest:
        raise damaged
    return part


def _exactly(file: BinaryIO, size: int, damaged: StationError) -> bytes:
    found = file.read(size)
    if len(found) != size:
        raise damaged
    return found
