"""To which key a PC seals what is meant for another office, above it or below."""

from __future__ import annotations

from station_app.domain.errors import StationError
from station_app.usecases.office_publics import OFFICE_KEYS, public_in
from station_app.usecases.ports import Book
from station_app.usecases.reference import office_name
from station_app.usecases.run_center import ORGANISATIONS


def public_key_of(book: Book, org: str) -> tuple[int, bytes]:
    """Return version and X25519 public key (32 raw bytes) to which what is meant for an office is sealed.

    Raises:
        StationError: `office-key-unknown` (name): it has none yet, or the center has not told.
    """
    document = book.document(ORGANISATIONS)
    keys = document.content.get(OFFICE_KEYS, {}) if document is not None else {}
    found = public_in(keys.get(org, {}))
    if found is None:
        raise StationError("office-key-unknown", name=office_name(book, org))
    return found
