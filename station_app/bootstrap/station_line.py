"""The way from a station to its center: the connection, and how what comes over it is checked."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from station_app.domain.errors import StationError
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, Checks
from station_app.keys.signing import SigningKey, verify, verify_many
from station_app.protocol.signed import CENTERS, Signed, keys_of_centers
from station_app.sync.addresses import check_address
from station_app.sync.center_client import CenterClient, HttpAnswer
from station_app.usecases.ports import Identity, OpenBook

if TYPE_CHECKING:
    from station_app.sync.transport import HttpTransport


def new_epoch() -> str:
    """Return a new random epoch."""
    return secrets.token_hex(8)


def checked(by: Checks, context: str, wire: Any) -> Signed:
    """Return a signed record of the center; `center-record-forged` where its signature is not good."""
    signed = Signed.from_wire(wire)
    if not by.by_center(context, signed):
        raise StationError("center-record-forged", record=context)
    return signed


def checks(center_key: bytes, read_book: OpenBook | None = None) -> Checks:
    """Return how records are checked: by the pinned key; credentials also by those of other centers that it names."""

    def by_center(context: str, signed: Signed, named: Collection[bytes] = ()) -> bool:
        if verify(center_key, context, signed.payload, signed.signature):
            return True
        if context != CREDENTIAL_CONTEXT:
            return False
        others = (*named, *(_other_centers(read_book) if read_book is not None else ()))
        return any(verify(key, context, signed.payload, signed.signature) for key in others)

    return Checks(verify_many=verify_many, by_center=by_center, fresh_epoch=new_epoch)


def _other_centers(read_book: OpenBook) -> list[bytes]:
    with read_book() as book:
        document = book.document(CENTERS)
    return keys_of_centers(document.content[CENTERS]) if document else []


def client(me: Identity, device_key: SigningKey) -> CenterClient:
    """Return the client of this PC's center."""
    line = line_to(me.center_url, me.authority_pem) if me.center_url else NoLine()
    return CenterClient(line, device_key, bytes.fromhex(me.center_key))


class NoLine:
    """The way of a PC that joined by file and was told no address: it exchanges by packages alone."""

    def post(self, _path: str, _body: bytes, _headers: Mapping[str, str]) -> HttpAnswer:
        """Refuse with `center-address-missing`."""
        raise StationError("center-address-missing")

    def request(
        self, _method: str, _path: str, _body: bytes, _headers: Mapping[str, str], _record_bytes: int = 0
    ) -> HttpAnswer:
        """Refuse likewise."""
        raise StationError("center-address-missing")

    def fetch(self, _path: str, _headers: Mapping[str, str], _take: Callable[[bytes], None]) -> HttpAnswer:
        """Refuse likewise."""
        raise StationError("center-address-missing")


def line_to(center_url: str, authority_pem: str) -> HttpTransport:
    """Return the connection to a center; it trusts the given authority alone. `center-address-missing` for ""."""
    if not center_url:
        raise StationError("center-address-missing")
    # Loading this takes 0.2 s of one core, and most commands talk to nobody.
    from station_app.sync.transport import HttpTransport

    secure = check_address(center_url).scheme == "https"
    return HttpTransport(center_url, authority_pem if secure else None, timeout_s())


def timeout_s() -> tuple[float, float]:
    """Return the seconds that a connection may take, and those that it may be silent."""
    from station_app.sync.transport import TIMEOUT_S

    # Tests do not wait half a minute for a line to be given up; a real station never sets this.
    connect_s, stall_s = TIMEOUT_S
    return connect_s, float(os.environ.get("STATION_STALL_S", stall_s))
