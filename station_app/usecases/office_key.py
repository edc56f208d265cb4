"""The keys of this PC's own office: what comes sealed to the office is opened with them, each version its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from station_app.domain.errors import StationError
from station_app.usecases.ports import Book

# (wrap, office, version, device) to the private key, or StationError.
OpenWrap = Callable[[bytes, str, int, str], bytes]

_KIND = "office_key:"


@dataclass(frozen=True, slots=True)
class OfficeKey:
    """An X25519 key pair of the office, 32 raw bytes each."""

    version: int
    public: bytes
    private: bytes = field(repr=False)


def kind_of(org: str) -> str:
    """Return the kind of the document that carries the keys of an office."""
    return f"{_KIND}{org}"


def is_office_key(kind: str) -> bool:
    """Tell whether a document carries the keys of an office."""
    return kind.startswith(_KIND)


def org_of(kind: str) -> str:
    """Return the office whose keys a document of this kind carries."""
    return kind.removeprefix(_KIND)


def new_office_keys(book: Book, open_wrap: OpenWrap) -> dict[int, tuple[str, str]]:
    """Return version → (public, private) in hex of what this PC can open and has not kept yet.

    A wrap that is not for this PC, or damaged, is left out: `office_key` says so where it is asked for.
    """
    me = book.identity()
    document = book.document(kind_of(me.org))
    kept = book.office_keys()
    entries: list[Any] = list(document.content.get("keys", ())) if document is not None else []
    found: dict[int, tuple[str, str]] = {}
    for entry in entries:
        version, wrap = int(entry["version"]), entry["wraps"].get(me.device)
        if wrap is None or version in kept:
            continue
        try:
            private = open_wrap(bytes.fromhex(wrap), me.org, version, me.device)
        except (StationError, ValueError):
            continue
        found[version] = (str(entry["public"]), private.hex())
    return found


def office_key(book: Book, version: int | None = None) -> OfficeKey:
    """Return the key of this office in a version, the newest when none is named.

    Raises:
        StationError: `office-key-missing` (version).
    """
    kept = book.office_keys()
    wanted = max(kept, default=0) if version is None else version
    if wanted not in kept:
        raise StationError("office-key-missing", version=wanted)
    public, private = kept[wanted]
    return OfficeKey(wanted, bytes.fromhex(public), bytes.fromhex(private))
