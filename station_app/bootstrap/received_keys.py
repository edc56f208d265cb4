"""Keys that come with an exchange and are sealed or opened while the worker is signed in."""

from __future__ import annotations

from contextlib import suppress

from station_app.bootstrap.station_home import StationHome
from station_app.domain.errors import StationError
from station_app.keys.slots import PhoneKey, Unlocked
from station_app.keys.vault import open_wrap
from station_app.usecases.office_key import new_office_keys
from station_app.usecases.ports import Desk


def keep_received_keys(home: StationHome, name: str, unlocked: Unlocked, desk: Desk) -> None:
    """Seal the worker's secrets for the next code by telephone, and keep the keys of the office that this PC can open.

    A full disk must keep nobody out and end no exchange; the next one tries again.
    """
    with desk.read_book() as book:
        phone = book.phone_keys().get(unlocked.person_id)
    if phone is not None:
        with suppress(OSError, StationError):
            home.slots().keep_phone_key(name, unlocked, PhoneKey(phone[0], bytes.fromhex(phone[1])))
    _keep_office_keys(home, desk)


def _keep_office_keys(home: StationHome, desk: Desk) -> None:
    with suppress(OSError, StationError):
        private = home.box_key().private
        with desk.read_book() as book:
            found = new_office_keys(book, lambda wrap, *about: open_wrap(private, wrap, *about).private)
        if found:
            with desk.open_book() as book:
                book.save_office_keys({**book.office_keys(), **found})
