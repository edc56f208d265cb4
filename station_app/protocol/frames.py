"""Several byte strings in one, each behind its length."""

from __future__ import annotations

from collections.abc import Iterable

from station_app.domain.errors import StationError

_LENGTH_BYTES = 4


def pack_frames(parts: Iterable[bytes]) -> bytes:
    """Return each part behind its length, four bytes, the highest first (docs/sync.md §16)."""
    return b"".join(len(part).to_bytes(_LENGTH_BYTES, "big") + part for part in parts)


def unpack_frames(data: bytes) -> list[bytes]:
    """Return the parts; `record-malformed` where a length is cut or reaches beyond the end."""
    found: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise StationError("record-malformed", reason="frames")
        found.append(data[start:at])
    return found
