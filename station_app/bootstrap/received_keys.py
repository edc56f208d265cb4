"""Keys that come with an exchange and are sealed or opened while the worker is signed in."""

from __future__ import annotations

from contextlib import suppress

from station_app.keys.slots import PhoneKey, Slots, Unlocked
from station_app.usecases.ports import OpenBook


def keep_phone_key(slots: Slots, name: str, unlocked: Unlocked, read_book: OpenBook) -> None:
    """Seal the worker's secrets for the next code by telephone, once the center has given its key."""
    with read_book() as book:
        found = book.phone_keys().get(unlocked.person_id)
    if found is not None:
        number, public = found
        # A full disk must keep nobody out and end no exchange; the next one tries again.
        with suppress(OSError):
            slots.keep_phone_key(name, unlocked, PhoneKey(number, bytes.fromhex(public)))
