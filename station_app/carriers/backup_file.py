"""The one file of a backup: its parts one behind the other, then what is in it, then what proves it whole.

    parts ‖ contents (JSON) ‖ length of the contents (8 bytes) ‖ SHA-256 of them ‖ HMAC-SHA256 of them ‖ MAGIC

Who has no key reads of it what kind it is, when and by which program it was made, how far the journal is, and sizes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO, Final

from station_app.domain.errors import StationError
from station_app.keys.sealing import derive_key

FORMAT: Final = 1
STATION, CENTER = "station", "center"
CHUNK_BYTES: Final = 1 << 20
_MAGIC_WORD: Final = b"station backup "
_MAGIC: Final = _MAGIC_WORD + b"1"
_HASH_BYTES: Final = 32
_LENGTH_BYTES: Final = 8
_END_BYTES: Final = _LENGTH_BYTES + 2 * _HASH_BYTES + len(_MAGIC)
_MOST_CONTENTS_BYTES: Final = 1 << 28
_PURPOSE: Final = b"station backup 1"
_NAME: Final = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,128}(/(?!\.)[A-Za-z0-9._-]{1,128}){0,7}")
_HEX: Final = re.compile(r"[0-9a-f]{64}")

# Told after each piece how many bytes of how many are done; raises `backup-stopped` where somebody wants it to end.
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One file in a backup: its path in the data folder, and what its bytes must be."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Box:
    """The secret of a backup, sealed for another machine; person and round are those of a code by telephone."""

    person: str
    round: int
    box: bytes


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a backup.

    Args:
        kind: STATION or CENTER.
        program: version of the program that made it.
        schema: version of the tables in it.
        made_at: by the clock of the PC that made it.
        device, epoch, seq: who wrote the journal, and how far it is.
        boxes: the secret that proves and opens it, for who has not got it.
    """

    kind: str
    program: str
    schema: int
    made_at: str
    device: str
    epoch: str
    seq: int
    boxes: tuple[Box, ...]
    parts: tuple[Part, ...]

    def to_bytes(self) -> bytes:
        """Return how they stand in the file."""
        plain = {
            "format": FORMAT,
            "kind": self.kind,
            "program": self.program,
            "schema": self.schema,
            "made_at": self.made_at,
            "device": self.device,
            "epoch": self.epoch,
            "seq": self.seq,
            "boxes": [[box.person, box.round, box.box.hex()] for box in self.boxes],
            "parts": [[part.name, part.size, part.sha256] for part in self.parts],
        }
        return json.dumps(plain, separators=(",", ":"), sort_keys=True).encode("ascii")


def end_of(contents: bytes, secret: bytes) -> bytes:
    """Return what stands behind the contents; who does not have the secret can't make it."""
    length = len(contents).to_bytes(_LENGTH_BYTES, "big")
    return length + hashlib.sha256(contents).digest() + _mac(contents, secret) + _MAGIC


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup that was found to be one; its parts are looked at as they are read.

    Args:
        starts: by name where each part begins, in bytes from the beginning of the file.
    """

    path: Path
    contents: Contents
    starts: Mapping[str, int]
    raw: bytes
    mac: bytes

    def is_proved_by(self, secret: bytes) -> bool:
        """Tell whether who made it had this secret; then sizes and hashes are those that it wrote."""
        return hmac.compare_digest(self.mac, _mac(self.raw, secret))

    def part(self, name: str) -> Part:
        """Return a part; `backup-damaged` where there is none of this name."""
        found = next((part for part in self.contents.parts if part.name == name), None)
        if found is None:
            raise StationError("backup-damaged", file=str(self.path))
        return found

    def read(self, part: Part, piece_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield a part in pieces of this size, the last one shorter.

        Raises:
            StationError: `backup-damaged`, at the latest at its end; `backup-unreadable`.
        """
        digest = hashlib.sha256()
        with _told(self.path), self.path.open("rb") as file:
            file.seek(self.starts[part.name])
            left = part.size
            while left:
                piece = file.read(min(piece_bytes, left))
                if not piece:
                    break
                left -= len(piece)
                digest.update(piece)
                yield piece
        if left or digest.hexdigest() != part.sha256:
            raise StationError("backup-damaged", file=str(self.path))

    @property
    def size_bytes(self) -> int:
        """Return the size of all parts."""
        return sum(part.size for part in self.contents.parts)


class _told:  # noqa: N801 (reads like a function where it is used)
    """Turns what the system says of a file that is read into what a worker can act on."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError):
            raise StationError("backup-unreadable", file=str(self._path)) from None


def open_backup(path: Path, kind: str, schema: int) -> BackupFile:
    """Return the backup in a file; of its parts nothing has been read yet.

    Args:
        kind: what it must be a backup of.
        schema: the highest version of tables that this program reads.

    Raises:
        StationError: `backup-unreadable` (file), `backup-damaged` (file), `backup-of-other-kind` (file),
            `backup-newer` (file, program).
    """
    with _told(path), path.open("rb") as file:
        raw, mac = _read_contents(path, file)
    found = _contents(path, raw)
    if found.kind != kind:
        raise StationError("backup-of-other-kind", file=str(path))
    if found.schema > schema:
        raise StationError("backup-newer", file=str(path), program=found.program)
    size = sum(part.size for part in found.parts) + len(raw) + _END_BYTES
    if size != path.stat().st_size or len({part.name for part in found.parts}) != len(found.parts):
        raise StationError("backup-damaged", file=str(path))
    ends = accumulate((part.size for part in found.parts), initial=0)
    starts = {part.name: start for part, start in zip(found.parts, ends, strict=False)}
    return BackupFile(path, found, starts, raw, mac)


def _read_contents(path: Path, file: BinaryIO) -> tuple[bytes, bytes]:
    size = file.seek(0, 2)
    if size >= _END_BYTES:
        file.seek(size - _END_BYTES)
        end = file.read(_END_BYTES)
        length = int.from_bytes(end[:_LENGTH_BYTES], "big")
        if end.endswith(_MAGIC) and length <= min(size - _END_BYTES, _MOST_CONTENTS_BYTES):
            file.seek(size - _END_BYTES - length)
            raw = file.read(length)
            digest, mac = end[_LENGTH_BYTES : _LENGTH_BYTES + _HASH_BYTES], end[_LENGTH_BYTES + _HASH_BYTES :]
            if hashlib.sha256(raw).digest() == digest:
                return raw, mac[:_HASH_BYTES]
        elif end[-len(_MAGIC) :].startswith(_MAGIC_WORD) and not end.endswith(_MAGIC):
            raise StationError("backup-newer", file=str(path), program="")
    raise StationError("backup-damaged", file=str(path))


def _contents(path: Path, raw: bytes) -> Contents:
    try:
        found = json.loads(raw)
        if found["format"] > FORMAT:
            raise StationError("backup-newer", file=str(path), program=str(found.get("program", "")))
        texts = {name: _text(found[name]) for name in ("kind", "program", "made_at", "device", "epoch")}
        boxes = tuple(Box(_text(box[0]), _count(box[1]), bytes.fromhex(box[2])) for box in found["boxes"])
        parts = tuple(_part(*part) for part in found["parts"])
        return Contents(**texts, schema=_count(found["schema"]), seq=_count(found["seq"]), boxes=boxes, parts=parts)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        raise StationError("backup-damaged", file=str(path)) from None


def _part(name: Any, size: Any, sha256: Any) -> Part:
    # Never a name by which something outside the data folder could be written.
    if not (_NAME.fullmatch(_text(name)) and _HEX.fullmatch(_text(sha256))):
        raise ValueError("no name or hash of a part")
    return Part(name, _count(size), sha256)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text expected")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("a count expected")
    return value


def _mac(contents: bytes, secret: bytes) -> bytes:
    return hmac.digest(derive_key(secret, _PURPOSE), contents, "sha256")
