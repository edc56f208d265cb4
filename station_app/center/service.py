"""What a center does with each call: who asks, what is written, what is answered. Commit comes before the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from station_app.center.ports import CenterParts, CenterStore
from station_app.domain.errors import StationError
from station_app.exchange.authentic import Credentials
from station_app.exchange.center import Asker, accept_push, serve_feed, signers
from station_app.exchange.inbox import RECEIPT_CONTEXT
from station_app.exchange.intake import IntakePlan
from station_app.exchange.limits import DEVICE_REVOKED
from station_app.keys.codes import hash_code, parse_activation_code
from station_app.keys.signing import ACTIVATION, REPLY, REQUEST
from station_app.protocol import canonical
from station_app.protocol.requests import activation_bytes, reply_bytes, request_bytes
from station_app.protocol.signed import PersonCredential, Signed, device_id, read_credential
from station_app.protocol.wire import ExchangeReply, ExchangeRequest, pack, pack_reply, unpack, unpack_request
from station_app.usecases.center_ports import Station
from station_app.usecases.holding import is_revoked
from station_app.usecases.office_key_release import release_office_key
from station_app.usecases.phone_resets import phone_key, phone_keys_of
from station_app.usecases.run_center import NewPc, activate, certify, enrol, organisations_of, seen_below
from station_app.usecases.times import read_stamp, stamp

RENEW_BEFORE = timedelta(days=60)
MOST_ROWS = 2000
MAX_RECORD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One signed request: who says to send it, over what, and its bytes."""

    path: str
    device: str
    nonce: str
    signature: bytes
    body: bytes

    @property
    def signed_bytes(self) -> bytes:
        """Return what the device signed."""
        return request_bytes(self.path, self.body, self.nonce)


class CenterService:
    """The center's answers.

    Args:
        parts: store, keys, clock.
        wake_ruler: called when events wait for a ruling and the station has no more to send (it asks for rows then).
    """

    def __init__(self, parts: CenterParts, wake_ruler: Callable[[], None]) -> None:
        self._parts = parts
        self._wake_ruler = wake_ruler

    def center(self) -> dict[str, Any]:
        """Return what anybody may know: the certificate to pin, and who this is."""
        with self._parts.read() as store:
            center = store.setting("center")
        return {"authority": self._parts.authority_pem, "org": center["org"], "name": center["name"]}

    def sign_reply(self, call: Call, body: bytes) -> bytes:
        """Return the center's signature over a reply to this call."""
        return self._parts.clerk.sign(REPLY, reply_bytes(call.signed_bytes, body))

    def enrol(self, call: Call) -> bytes:
        """Join a PC to its office by a one-time code; the request is signed by the key that is to be enrolled."""
        found = _object(unpack(call.body, MAX_RECORD_BYTES))
        public_key = _hex(found, "public_key", 32)
        epoch = _hex(found, "epoch", 8).hex()
        if device_id(public_key) != call.device or not self._signed(public_key, call):
            raise StationError("request-not-signed")
        code_hash = hash_code(_text(found, "code")).hex()
        pc = NewPc(public_key, epoch, _hex(found, "box_key", 32) if "box_key" in found else b"")
        with self._parts.write() as store:
            is_new = store.station(call.device) is None
            joined = enrol(store, self._parts.clerk, code_hash, pc)
            if is_new and pc.box_key:
                release_office_key(store, self._parts.clerk, joined.station.org)
            answer = self._enrolled(store, joined.station, joined.documents)
        return pack(answer)

    def _enrolled(self, store: CenterStore, station: Station, documents: tuple[Signed, ...]) -> dict[str, Any]:
        center = store.setting("center")
        office = organisations_of(store).get(station.org)
        credentials = store.signed_credentials({station.device, center["device"]}, ())
        return {
            "org": office.code,
            "name": office.name,
            "level": office.level.value,
            "epoch": station.epoch,
            "tag": station.tag,
            "nonce": station.nonce,
            "incarnation": center["incarnation"],
            "center_device": center["device"],
            "recovery_public": self._parts.recovery_public.hex(),
            "documents": [document.to_wire() for document in documents],
            "credentials": [credential.to_wire() for credential in credentials],
        }

    def activate(self, call: Call) -> bytes:
        """Certify a worker's key on an enrolled PC by an activation code.

        A PC that other workers have locked sends its recovery box along and gets its database key back, sealed to a key
        made for this call. Asking twice gives the same answer, so the call needs no nonce.
        """
        with self._parts.read() as store:
            self._station(store, call)
        found = _object(unpack(call.body, MAX_RECORD_BYTES))
        public_key = _hex(found, "public_key", 32)
        code, name = _text(found, "code"), _text(found, "name")
        proof = activation_bytes(call.device, code)
        if not self._parts.verify(public_key, ACTIVATION, proof, _hex(found, "proof", 64)):
            raise StationError("request-not-signed")
        code_hash = hash_code(parse_activation_code(code)).hex()
        answer: dict[str, Any] = {}
        with self._parts.write() as store:
            station = self._station(store, call)
            answer["credential"] = activate(store, self._parts.clerk, station, name, code_hash, public_key).to_wire()
            answer["phone"] = list(phone_key(store, self._parts.clerk, station.device, name))
            answer["documents"] = [d.to_wire() for d in (store.document("organisations"),) if d is not None]
            if "recovery_box" in found:
                # Inside: a box that does not open must not use the code up.
                box, key = _bytes(found, "recovery_box"), _hex(found, "box_key", 32)
                answer["database_key"] = self._parts.recover(box, station.device, key).hex()
        return pack(answer)

    def exchange(self, call: Call) -> bytes:
        """Take in what is pushed, commit, then answer with what the office has not seen yet."""
        with self._parts.read() as store:
            self._authenticate(store, call)
        request = unpack_request(call.body)
        with self._parts.write() as store:
            station = self._authenticate(store, call)
            plan = accept_push(store, station.device, request, self._parts.verify_many)
            nonce = self._turn_nonce(store, station, call)
            revoked = is_revoked(store, station.device)
            renewed = () if revoked else self._renew(store, station)
            phone = () if revoked else phone_keys_of(store, self._parts.clerk, station.device)
        if request.events and request.pull_limit:
            self._wake_ruler()
        with self._parts.read() as store:
            return pack_reply(self._reply(store, _Asked(station, request, nonce, renewed, phone, revoked), plan))

    def _turn_nonce(self, store: CenterStore, station: Station, call: Call) -> str:
        """Return the nonce for the next request; a new one only when the newest was named.

        Were it new each time, a request delivered twice would leave the station with one that the center has forgotten.
        """
        newest = call.nonce == station.nonce
        nonce = self._parts.clerk.entropy(16).hex() if newest else station.nonce
        previous = call.nonce if newest else station.previous_nonce
        now = stamp(self._parts.clerk.now())
        store.save_station(replace(station, nonce=nonce, previous_nonce=previous, last_seen_at=now))
        return nonce

    def _reply(self, store: CenterStore, asked: _Asked, plan: IntakePlan) -> ExchangeReply:
        request, station = asked.request, asked.station
        if asked.revoked:
            return self._to_revoked(asked, plan)
        incarnation = str(store.setting("center")["incarnation"])
        reset = request.incarnation not in ("", incarnation)
        level = organisations_of(store).get(station.org).level.value
        asker = Asker(station.device, request.epoch, station.org, level)
        limit = min(request.pull_limit, MOST_ROWS)
        rows = () if reset else serve_feed(store, asker, request.cursor, limit)
        return ExchangeReply(
            incarnation=incarnation,
            nonce=asked.nonce,
            center_time=stamp(self._parts.clerk.now()),
            link_head=plan.link_head,
            statuses=tuple(plan.statuses),
            receipt=self._receipt(station, request, plan) if request.events else None,
            head=store.feed_head(station.org),
            rows=rows,
            credentials=(*store.signed_credentials(*signers(rows)), *asked.renewed),
            reset=reset,
            pending=request.pull_limit > 0 and store.waits_for_ruling(station.org),
            seen=seen_below(store, station.org) if request.pull_limit else (),
            phone=asked.phone,
        )

    def _to_revoked(self, asked: _Asked, plan: IntakePlan) -> ExchangeReply:
        """Take note of what a revoked PC sends, and tell it nothing but that."""
        request = asked.request
        return ExchangeReply(
            incarnation=request.incarnation,
            nonce=asked.nonce,
            center_time=stamp(self._parts.clerk.now()),
            link_head=plan.link_head,
            statuses=tuple(plan.statuses),
            receipt=self._receipt(asked.station, request, plan) if request.events else None,
            head=request.cursor,
            rows=(),
            credentials=(),
            code=DEVICE_REVOKED,
        )

    def _receipt(self, station: Station, request: ExchangeRequest, plan: IntakePlan) -> Signed:
        found = {"device": station.device, "epoch": request.epoch, "link": plan.link_head}
        payload = canonical.encode({**found, "at": stamp(self._parts.clerk.now())})
        return self._parts.clerk.signed(RECEIPT_CONTEXT, payload)

    def _renew(self, store: CenterStore, station: Station) -> tuple[Signed, ...]:
        renewed = []
        soon = self._parts.clerk.now() + RENEW_BEFORE
        for credential in _workers_of(store, station):
            account = store.account(credential.person)
            if account is None or account.disabled:
                continue
            roles = tuple(sorted(role.value for role in account.worker.roles))
            if roles != credential.roles or read_stamp(credential.valid_to) < soon:
                key = credential.public_key
                renewed.append(certify(store, self._parts.clerk, account.worker, station, key))
        return tuple(renewed)

    def _station(self, store: CenterStore, call: Call) -> Station:
        station = store.station(call.device)
        if station is None:
            raise StationError("device-unknown")
        if not self._signed(station.public_key, call):
            raise StationError("request-not-signed")
        return station

    def _authenticate(self, store: CenterStore, call: Call) -> Station:
        station = self._station(store, call)
        if call.nonce not in (station.nonce, station.previous_nonce):
            raise StationError("nonce-unknown")
        return station

    def _signed(self, public_key: bytes, call: Call) -> bool:
        return self._parts.verify(public_key, REQUEST, call.signed_bytes, call.signature)


@dataclass(frozen=True, slots=True)
class _Asked:
    station: Station
    request: ExchangeRequest
    nonce: str
    renewed: tuple[Signed, ...]
    phone: tuple[tuple[str, int, str], ...]
    revoked: bool


def _workers_of(store: CenterStore, station: Station) -> list[PersonCredential]:
    signed = store.signed_credentials({station.device}, _Everybody())
    known = Credentials("").with_more([read_credential(record.payload) for record in signed])
    return [held[-1] for held in known.people.values()]


class _Everybody(frozenset[tuple[str, str]]):
    """All (person, device) pairs."""

    def __contains__(self, pair: object) -> bool:
        return True


def _object(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise StationError("record-malformed", reason="object expected")
    return found


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or len(value) > 400 or not _encodes(value):
        raise StationError("record-malformed", reason=name)
    return value


def _encodes(value: str) -> bool:
    """Tell whether a text has no lone surrogates."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _bytes(found: Mapping[str, Any], name: str) -> bytes:
    try:
        return bytes.fromhex(_text(found, name))
    except ValueError:
        raise StationError("record-malformed", reason=name) from None


def _hex(found: Mapping[str, Any], name: str, size: int) -> bytes:
    value = _bytes(found, name)
    if len(value) != size:
        raise StationError("record-malformed", reason=name)
    return value
