"""A signed request to a center, and whether it comes from whom it says."""

from __future__ import annotations

from dataclasses import dataclass

from station_app.center.ports import CenterParts, CenterStore
from station_app.domain.errors import StationError
from station_app.keys.signing import REQUEST
from station_app.protocol.requests import body_hash, request_of
from station_app.usecases.center_ports import Station


@dataclass(frozen=True, slots=True)
class Call:
    """One signed request: who says to send it, over what, and its bytes.

    Args:
        path: with the query, where there is one.
        shown_hash: of a body that is read later, "" where `body` is the whole.
    """

    path: str
    device: str
    nonce: str
    signature: bytes
    body: bytes
    method: str = "POST"
    shown_hash: str = ""

    @property
    def signed_bytes(self) -> bytes:
        """Return what the device signed."""
        return request_of(self.method, self.path, self.shown_hash or body_hash(self.body), self.nonce)

    def require_signature(self, public_key: bytes, parts: CenterParts) -> None:
        """Refuse a request that does not bear the signature of this key: `request-not-signed`."""
        if not parts.verify(public_key, REQUEST, self.signed_bytes, self.signature):
            raise StationError("request-not-signed")

    def station(self, store: CenterStore, parts: CenterParts) -> Station:
        """Return the enrolled PC that has signed the request; `device-unknown` or `request-not-signed`."""
        station = store.station(self.device)
        if station is None:
            raise StationError("device-unknown")
        self.require_signature(station.public_key, parts)
        return station
