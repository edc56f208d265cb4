"""Keys that come with an exchange and are sealed or opened while the worker is signed in."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from station_app.bootstrap.station_home import StationHome
from station_app.domain.errors import StationError
from station_app.keys.slots import PhoneKey, Unlocked
from station_app.keys.vault import open_wrap
from station_app.protocol.signed import Document
from station_app.usecases.center_box import CENTER_BOX
from station_app.usecases.office_key import new_office_keys
from station_app.usecases.ports import Desk
from station_app.usecases.run_center import ORGANISATIONS


def keep_received_keys(home: StationHome, name: str, unlocked: Unlocked, desk: Desk) -> None:
    """Seal the worker's secrets for the next code by telephone, keep the keys of the office that this PC can open, and
    take away the key slots of workers whose accounts are closed.

    A full disk must keep nobody out and end no exchange; the next one tries again.
    """
    with desk.read_book() as book:
        phone = book.phone_keys().get(unlocked.person_id)
    if phone is not None:
        with suppress(OSError, StationError):
            home.slots().keep_phone_key(name, unlocked, PhoneKey(phone[0], bytes.fromhex(phone[1])))
    _keep_office_keys(home, desk)
    with desk.read_book() as book:
        organisations = book.document(ORGANISATIONS)
    _keep_center_box(home, organisations)
    _drop_closed(home, desk.worker.org, organisations)


def center_box_in(documents: Iterable[Document | None]) -> str:
    """Return the key to which what is carried to the center is sealed, as its documents say; "" where none does."""
    found = [document.content.get(CENTER_BOX) for document in documents if document and document.kind == ORGANISATIONS]
    return next((key for key in found if isinstance(key, str)), "")


def _keep_center_box(home: StationHome, organisations: Document | None) -> None:
    """Keep the center's key on the card: a worker who is activated by file has no PIN yet that opens the journal."""
    key = center_box_in([organisations])
    card = home.card()
    if key and card.center_box != key:
        with suppress(OSError, StationError):
            home.save_card(replace(card, center_box=key))


def _drop_closed(home: StationHome, org: str, organisations: Document | None) -> None:
    """Take away the key slots of this office's workers whose accounts are closed.

    The last slot stays: it opens the journal, of which something may not have been sent, and lets nobody sign in.
    """
    accounts: Any = organisations.content.get("accounts", []) if organisations else []
    # A name may have been given to another account since.
    in_use = {account["name"] for account in accounts if not account["disabled"]}
    closed = {account["name"] for account in accounts if account["disabled"] and account["org"] == org}
    for name in sorted(closed - in_use):
        with suppress(OSError, StationError):
            home.slots().remove_worker(name)


def _keep_office_keys(home: StationHome, desk: Desk) -> None:
    with suppress(OSError, StationError):
        private = home.box_key().private
        with desk.read_book() as book:
            found = new_office_keys(book, lambda wrap, *about: open_wrap(private, wrap, *about).private)
        if found:
            with desk.open_book() as book:
                book.save_office_keys({**book.office_keys(), **found})
