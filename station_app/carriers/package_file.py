"""A package as a file: written whole or not at all and read back, read with every size and hash checked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from station_app.carriers.whole_file import PIECE_BYTES, check_room, write_whole
from station_app.domain.errors import StationError
from station_app.protocol.package_records import (
    MAGIC,
    MOST_MANIFEST_BYTES,
    MOST_PACKAGE_BYTES,
    MOST_PART_BYTES,
    Listed,
    Part,
    PartKind,
    read_manifest,
)
from station_app.usecases.package_port import PackageStep
from station_app.usecases.unpacking import ReadPackage

SUFFIX = ".stpkg"
_LENGTH_BYTES, _SIGNATURE_BYTES = 4, 64


@dataclass(frozen=True, slots=True)
class Body:
    """What lies behind the head of a package: the parts, and the files with their sizes.

    Args:
        pieces: yields the bytes of a file.
    """

    parts: Sequence[Part]
    files: Sequence[tuple[str, int]] = ()
    pieces: Callable[[str], Iterator[bytes]] = lambda _file: iter(())

    @property
    def size_bytes(self) -> int:
        """Return how many bytes it has."""
        return sum(len(part.sealed) for part in self.parts) + sum(size for _, size in self.files)


def write_package(
    path: Path, manifest: bytes, signature: bytes, body: Body, tell: Callable[[PackageStep], None] = lambda _step: None
) -> Path:
    """Write a package whole and read it back; return the path, with its suffix.

    Args:
        tell: after each piece; where it raises, nothing of the package is left.

    Raises:
        StationError: those of `write_whole`; `file-missing`, where a file is not as long as it is to be any more.
    """
    path = path if path.suffix else path.with_suffix(SUFFIX)
    head = b"".join((MAGIC, len(manifest).to_bytes(_LENGTH_BYTES, "big"), manifest, signature))
    total, count = body.size_bytes, len(body.files)
    check_room(path, total)

    def checked(size: int) -> None:
        tell(PackageStep(min(size, total), total, count, count, checking=True))

    return write_whole(
        path, chain((head,), _pieces(body, lambda size, files: tell(PackageStep(size, total, files, count)))), checked
    )


def _pieces(body: Body, tell: Callable[[int, int], None]) -> Iterator[bytes]:
    done = 0
    for part in body.parts:
        yield part.sealed
        done += len(part.sealed)
        tell(done, 0)
    for number, (file, size) in enumerate(body.files):
        end = done + size
        for piece in body.pieces(file):
            yield piece
            done += len(piece)
            tell(done, number)
        if done != end:
            raise StationError("file-missing")
        tell(done, number + 1)


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
    kinds = [listed.kind == PartKind.FILE for listed in manifest.parts]
    before = [listed for listed in manifest.parts if listed.kind != PartKind.FILE]
    rest, least = path.stat().st_size - file.tell(), sum(listed.size for listed in before)
    # Where it has files, it may end early: then these are missing, and nothing else.
    if kinds != sorted(kinds) or least > MOST_PACKAGE_BYTES:
        raise damaged
    if not least <= rest <= sum(listed.size for listed in manifest.parts):
        raise damaged
    parts = tuple(_part(file, listed, damaged) for listed in before)
    return ReadPackage(manifest, data, signature, hashlib.sha256(data).hexdigest(), parts)


def file_pieces(path: Path, package: ReadPackage, wanted: Listed) -> Iterator[bytes]:
    """Yield the bytes of a file of a package.

    Raises:
        StationError: `package-unreadable` (file): the stick was pulled; `package-damaged` (file): the package ends
            before the file does, and nothing was yielded.
    """
    at = len(MAGIC) + _LENGTH_BYTES + len(package.data) + _SIGNATURE_BYTES
    for listed in package.manifest.parts:
        if listed == wanted:
            break
        at += listed.size
    try:
        with path.open("rb") as file:
            if file.seek(0, os.SEEK_END) < at + wanted.size:
                raise StationError("package-damaged", file=path.name)
            file.seek(at)
            left = wanted.size
            while left and (piece := file.read(min(left, PIECE_BYTES))):
                left -= len(piece)
                yield piece
    except OSError:
        raise StationError("package-unreadable", file=path.name) from None


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
