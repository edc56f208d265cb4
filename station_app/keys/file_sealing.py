"""Files sealed in chunks, so that none can be cut off, put in or moved (docs/sync.md §19; a STREAM construction).

Source: Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption (STREAM), CRYPTO 2015.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from station_app.domain.errors import StationError
from station_app.keys.sealing import KEY_BYTES

CHUNK_BYTES: Final = 65_536
_TAG_BYTES: Final = 16
_PURPOSE: Final = b"station file 1"


def seal_file(key: bytes, plain: bytes) -> bytes:
    """Return the sealed bytes of a file.

    Args:
        key: 32 random bytes that seal this file and nothing else: the nonces count from 0.
    """
    cipher = _cipher(key)
    chunks = list(_cut(plain, CHUNK_BYTES))
    last = len(chunks) - 1
    return b"".join(cipher.encrypt(_nonce(i, i == last), chunk, _PURPOSE) for i, chunk in enumerate(chunks))


def open_file(key: bytes, sealed: bytes) -> bytes:
    """Return the file; `sealed-data-damaged` where a byte is another, or a part is missing or out of its place."""
    cipher = _cipher(key)
    chunks = list(_cut(sealed, CHUNK_BYTES + _TAG_BYTES))
    last = len(chunks) - 1
    try:
        return b"".join(cipher.decrypt(_nonce(i, i == last), chunk, _PURPOSE) for i, chunk in enumerate(chunks))
    except InvalidTag:
        raise StationError("sealed-data-damaged") from None


def sealed_size(plain_bytes: int) -> int:
    """Return how many bytes a file of this size has when it is sealed."""
    return plain_bytes + _TAG_BYTES * max(1, -(-plain_bytes // CHUNK_BYTES))


def address_of(sealed: bytes) -> str:
    """Return under which address sealed bytes are kept."""
    return hashlib.sha256(sealed).hexdigest()


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    view = memoryview(data)
    return (bytes(view[start : start + size]) for start in range(0, max(1, len(data)), size))


def _nonce(number: int, is_last: bool) -> bytes:
    return bytes(7) + number.to_bytes(4, "big") + (b"\1" if is_last else b"\0")


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError("a file's key has 32 bytes")
    return AESGCM(key)
