"""Parts of a backup that lie in it encrypted, piece by piece, so that no size is too large for the memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from station_app.carriers.backup_file import CHUNK_BYTES, BackupFile, Part
from station_app.carriers.backup_writing import Source, file_source
from station_app.domain.errors import StationError
from station_app.keys.sealing import SEALED_MORE_BYTES, derive_key, open_sealed, seal

_PURPOSE = b"station backup part 1\0"


def sealed_source(name: str, path: Path, secret: bytes) -> Source:
    """Return a file as a source of pieces that are sealed, each in its place, the last one known as such."""
    plain = file_source(name, path)

    def pieces() -> Iterator[bytes] | None:
        found = plain.pieces()
        return None if found is None else _sealed(found, _key(secret, name))

    return Source(name, pieces)


def sealed_bytes(name: str, plain: bytes, secret: bytes) -> Source:
    """Return the same of what is in memory."""
    return Source(name, lambda: _sealed(iter([plain]), _key(secret, name)))


def read_sealed(found: BackupFile, part: Part, secret: bytes) -> Iterator[bytes]:
    """Yield the plain pieces of such a part.

    Raises:
        StationError: `backup-damaged`, those of reading a part.
    """
    key = _key(secret, part.name)
    whole_bytes = CHUNK_BYTES + SEALED_MORE_BYTES
    last = max(0, -(-part.size // whole_bytes) - 1)
    for number, piece in enumerate(found.read(part, whole_bytes)):
        try:
            plain = open_sealed(key, piece, _place(number, last=number == last))
        except StationError:
            raise StationError("backup-damaged", file=str(found.path)) from None
        yield plain


def _sealed(pieces: Iterator[bytes], key: bytes) -> Iterator[bytes]:
    number, held = 0, b""
    for piece in pieces:
        held += piece
        # One more byte than a piece: only then it is known not to be the last.
        while len(held) > CHUNK_BYTES:
            yield seal(key, held[:CHUNK_BYTES], _place(number, last=False))
            number, held = number + 1, held[CHUNK_BYTES:]
    yield seal(key, held, _place(number, last=True))


def _key(secret: bytes, name: str) -> bytes:
    return derive_key(secret, _PURPOSE + name.encode("ascii"))


def _place(number: int, *, last: bool) -> bytes:
    return b"%d %d" % (number, last)
