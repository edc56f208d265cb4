"""The calls a station makes to its center, each signed by the device and answered under the pinned key."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from station_app.domain.errors import StationError
from station_app.keys.signing import ACTIVATION, REPLY, REQUEST, SigningKey, verify
from station_app.protocol.exchange_records import ExchangeReply, ExchangeRequest
from station_app.protocol.fleet_records import Fleet, fleet_from_wire
from station_app.protocol.package_records import Part, pack_part, unpack_part
from station_app.protocol.requests import (
    ACTIVATE_PATH,
    ADMINISTRATOR_HEADERS,
    BODY_HEADER,
    CARRIED_PATH,
    DEVICE_HEADER,
    ENROL_PATH,
    EXCHANGE_PATH,
    FILES,
    MOST_PART_BYTES,
    NONCE_HEADER,
    SIGNATURE_HEADER,
    STATIONS_PATH,
    activation_bytes,
    body_hash,
    reply_bytes,
    request_of,
)
from station_app.protocol.signed import device_id
from station_app.protocol.wire import pack, pack_request, unpack, unpack_reply


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer of the center itself; header names are looked up in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """One HTTP call; `HttpTransport` in earnest."""

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        """Send bytes to a path and return the answer."""
        ...

    def request(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], record_bytes: int = ...
    ) -> HttpAnswer:
        """As `post`, by another method."""
        ...

    def fetch(self, path: str, headers: Mapping[str, str], take: Callable[[bytes], None]) -> HttpAnswer:
        """GET a part of a file, and give what comes of it as it comes."""
        ...


@dataclass(frozen=True, slots=True)
class LockedPc:
    """What a PC that other workers have locked shows the center: its recovery box, and a key to answer to."""

    recovery_box: bytes
    box_key: bytes


@dataclass(frozen=True, slots=True)
class Administrator:
    """A person who signs a request besides the PC; `sign` is by the own key in the context of administrators."""

    person: str
    sign: Callable[[bytes], bytes]


class CenterClient:
    """One station's calls to its center; use one object per thread.

    Args:
        transport: to the center, with its key pinned.
        device_key: this PC's signing key.
        center_key: the center's public key; a reply that it did not sign is refused with `center-key-differs`.
    """

    def __init__(self, transport: Transport, device_key: SigningKey, center_key: bytes) -> None:
        self._transport = transport
        self._device_key = device_key
        self._center_key = center_key

    def exchange(self, request: ExchangeRequest, nonce: str) -> ExchangeReply:
        """Push and pull once."""
        return unpack_reply(self._call(EXCHANGE_PATH, pack_request(request), nonce))

    def carried(self, part: Part) -> Part:
        """Give the center a sealed part that somebody sends it by hand, and return its sealed answer."""
        return unpack_part(self._call(CARRIED_PATH, pack_part(part), ""))

    def enrol(self, code: str, epoch: str, box_public: bytes) -> dict[str, Any]:
        """Join as a PC with a one-time code; asking again with the same code and key gives the same answer."""
        return self._join(code, epoch, {"box_key": box_public.hex()})

    def enrol_center(self, code: str, epoch: str) -> dict[str, Any]:
        """Join as the center of a county, which is given no key of the office."""
        return self._join(code, epoch, {"center": True})

    def send_part(self, address: str, offset: int, body: bytes, record_bytes: int) -> int:
        """Send a part of a file from a byte on, and return how many bytes of it the center has now.

        Raises:
            StationError: `file-offset` (size), `file-unknown`, `file-differs`, and those of the way.
        """
        path = f"{FILES}{address}?offset={offset}"
        shown = body_hash(body)
        signed, headers = self._signed("PUT", path, shown, secrets.token_hex(8))
        answer = self._transport.request("PUT", path, body, {**headers, BODY_HEADER: shown}, record_bytes)
        found = unpack(self._checked(signed, answer))
        if not isinstance(found, dict) or type(found.get("size")) is not int:
            raise StationError("record-malformed", reason="size")
        return int(found["size"])

    def fetch_part(self, address: str, start: int, size: int, take: Callable[[bytes], None]) -> None:
        """Ask for what comes next of a file from a byte on, and give each piece as it comes.

        Where the line breaks, what was given may be kept: it came from behind the pinned key, and the whole file is
        compared with its address. After `center-key-differs` it MUST NOT be: it was another's.

        Args:
            size: of the whole file.

        Raises:
            StationError: `file-unknown`, `file-offset`, and those of the way.
        """
        path = f"{FILES}{address}"
        signed, headers = self._signed("GET", path, body_hash(b""), secrets.token_hex(8))
        asked = f"bytes={start}-{min(size, start + MOST_PART_BYTES) - 1}"
        self._checked(signed, self._transport.fetch(path, {**headers, "Range": asked}, take))

    def fleet(self, administrators: Sequence[Administrator]) -> Fleet:
        """Return how all PCs of the center are; what it refuses is listed in docs/sync.md §20."""
        return fleet_from_wire(unpack(self._administered("GET", STATIONS_PATH, b"", administrators)))

    def administer(
        self, path: str, record: Mapping[str, Any], administrators: Sequence[Administrator]
    ) -> dict[str, Any]:
        """Have the center do something for administrators and return its answer; two sign where two are wanted."""
        found = unpack(self._administered("POST", path, pack(record), administrators))
        if not isinstance(found, dict):
            raise StationError("record-malformed", reason="object expected")
        return found

    def _administered(self, method: str, path: str, body: bytes, administrators: Sequence[Administrator]) -> bytes:
        signed, headers = self._signed(method, path, body_hash(body), secrets.token_hex(16))
        for administrator, names in zip(administrators, ADMINISTRATOR_HEADERS, strict=False):
            headers |= dict(zip(names, (administrator.person, administrator.sign(signed).hex()), strict=True))
        return self._checked(signed, self._transport.request(method, path, body, headers))

    def _join(self, code: str, epoch: str, more: Mapping[str, Any]) -> dict[str, Any]:
        record = {"code": code, "public_key": self._device_key.public.hex(), "epoch": epoch}
        return self._record(ENROL_PATH, {**record, **more}, "")

    def activate(self, name: str, code: str, key: SigningKey, locked: LockedPc | None) -> dict[str, Any]:
        """Have a worker's new key certified; a locked PC sends its recovery box and gets its database key back."""
        proof = key.sign(ACTIVATION, activation_bytes(device_id(self._device_key.public), code))
        record = {"name": name, "code": code, "public_key": key.public.hex(), "proof": proof.hex()}
        if locked is not None:
            record |= {"recovery_box": locked.recovery_box.hex(), "box_key": locked.box_key.hex()}
        return self._record(ACTIVATE_PATH, record, "")

    def _record(self, path: str, record: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        found = unpack(self._call(path, pack(record), nonce))
        if not isinstance(found, dict):
            raise StationError("record-malformed", reason="object expected")
        return found

    def _call(self, path: str, body: bytes, nonce: str) -> bytes:
        signed, headers = self._signed("POST", path, body_hash(body), nonce)
        return self._checked(signed, self._transport.post(path, body, headers))

    def _signed(self, method: str, path: str, hash_of_body: str, nonce: str) -> tuple[bytes, dict[str, str]]:
        signed = request_of(method, path, hash_of_body, nonce)
        return signed, {
            DEVICE_HEADER: device_id(self._device_key.public),
            NONCE_HEADER: nonce,
            SIGNATURE_HEADER: self._device_key.sign(REQUEST, signed).hex(),
        }

    def _checked(self, signed: bytes, answer: HttpAnswer) -> bytes:
        if not verify(self._center_key, REPLY, reply_bytes(signed, answer.body), _signature(answer)):
            raise StationError("center-key-differs", address="")
        return answer.body


def _signature(answer: HttpAnswer) -> bytes:
    try:
        return bytes.fromhex(answer.headers.get(SIGNATURE_HEADER, ""))
    except ValueError:
        return b""
