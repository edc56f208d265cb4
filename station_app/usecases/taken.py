"""A scan that somebody has taken in, made small, and not sealed yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taken:
    """A file ready to be sealed.

    Args:
        media: of `data`.
        original_hash, original_size: of the file that it came from, SHA-256 in hex and bytes.
    """

    name: str
    media: str
    data: bytes
    original_hash: str
    original_size: int


@dataclass(frozen=True, slots=True)
class FreshScan:
    """A file that a scanner has written lately.

    Args:
        size: bytes; written_ns: when it was written last, in nanoseconds since the epoch.
    """

    path: str
    name: str
    size: int
    written_ns: int
