"""What a center does with each call: who asks, what is written, what is answered. Commit comes before the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from station_app.center.calls import Call
from station_app.center.carrying import serve_part
from station_app.center.exchanging import Exchanging
from station_app.center.ports import CenterParts, CenterStore
from station_app.domain.errors import StationError
from station_app.exchange.healing_state import is_healing
from station_app.keys.codes import hash_code, parse_activation_code
from station_app.keys.sealing import seal_to
from station_app.keys.signing import ACTIVATION, REPLY
from station_app.protocol.package_records import pack_part, unpack_part
from station_app.protocol.requests import activation_bytes, reply_bytes
from station_app.protocol.signed import device_id
from station_app.protocol.wire import pack, unpack
from station_app.usecases.office_key_release import release_office_key
from station_app.usecases.phone_resets import phone_key
from station_app.usecases.run_center import Enrolled, NewPc, activate, enrol, organisations_of

MAX_RECORD_BYTES = 64 * 1024
CodeOf = Callable[[Mapping[str, Any], NewPc], str]


class CenterService:
    """The center's answers.

    Args:
        parts: store, keys, clock.
        wake_ruler: called when events wait for a ruling and the station has no more to send (it asks for rows then).
    """

    def __init__(self, parts: CenterParts, wake_ruler: Callable[[], None]) -> None:
        self._parts = parts
        self._exchanging = Exchanging(parts, wake_ruler)

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
        return pack(self.join(call, lambda found, _pc: hash_code(_text(found, "code")).hex()))

    def join(self, call: Call, code_hash_of: CodeOf) -> dict[str, Any]:
        """Return the answer to an enrolment.

        Args:
            code_hash_of: (the request, the PC in it) to the hash of the code by which it is made.
        """
        found = _object(unpack(call.body, MAX_RECORD_BYTES))
        public_key = _hex(found, "public_key", 32)
        epoch = _hex(found, "epoch", 8).hex()
        if device_id(public_key) != call.device:
            raise StationError("request-not-signed")
        call.require_signature(public_key, self._parts)
        box_key = _box_key(found) if "box_key" in found else b""
        pc = NewPc(public_key, epoch, box_key, is_center=found.get("center") is True)
        code_hash = code_hash_of(found, pc)
        with self._parts.write() as store:
            is_new = store.station(call.device) is None
            joined = enrol(store, self._parts.clerk, code_hash, pc)
            # While a center heals it publishes nothing: its number may have been used before.
            if is_new and joined.station.box_key and not is_healing(store):
                release_office_key(store, self._parts.clerk, joined.station.org)
            return self._enrolled(store, joined)

    def _enrolled(self, store: CenterStore, joined: Enrolled) -> dict[str, Any]:
        center, station, epoch = store.setting("center"), joined.station, joined.epoch
        office = organisations_of(store).get(station.org)
        credentials = store.signed_credentials({station.device, center["device"]}, ())
        return {
            "org": office.code,
            "name": office.name,
            "level": office.level.value,
            "epoch": epoch.epoch,
            "tag": epoch.tag,
            "nonce": epoch.nonce,
            "incarnation": center["incarnation"],
            "center_device": center["device"],
            "center_org": center["org"],
            "center_name": center["name"],
            "recovery_public": self._parts.recovery_public.hex(),
            "documents": [document.to_wire() for document in joined.documents],
            "credentials": [credential.to_wire() for credential in credentials],
        }

    def activate(self, call: Call) -> bytes:
        """Certify a worker's key on an enrolled PC by an activation code.

        A PC that other workers have locked sends its recovery box along and gets its database key back, sealed to a key
        made for this call. Asking twice gives the same answer, so the call needs no nonce.
        """
        with self._parts.read() as store:
            call.station(store, self._parts)
        found = _object(unpack(call.body, MAX_RECORD_BYTES))
        public_key = _hex(found, "public_key", 32)
        code, name = _text(found, "code"), _text(found, "name")
        proof = activation_bytes(call.device, code)
        if not self._parts.verify(public_key, ACTIVATION, proof, _hex(found, "proof", 64)):
            raise StationError("request-not-signed")
        code_hash = hash_code(parse_activation_code(code)).hex()
        answer: dict[str, Any] = {}
        with self._parts.write() as store:
            station = call.station(store, self._parts)
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
        return self._exchanging.exchange(call)

    def carried(self, call: Call) -> bytes:
        """Serve the requests in a sealed part that some PC of this center brings; the answer is sealed to who asked."""
        with self._parts.read() as store:
            call.station(store, self._parts)
        return pack_part(serve_part(self._parts, self._exchanging, unpack_part(call.body)))


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


def _box_key(found: Mapping[str, Any]) -> bytes:
    """Return the key that a PC gives, tried at once: a center that heals wraps keys of the office for it much later."""
    key = _hex(found, "box_key", 32)
    try:
        seal_to(key, b"", b"")
    except ValueError:
        raise StationError("record-malformed", reason="box_key") from None
    return key


def _hex(found: Mapping[str, Any], name: str, size: int) -> bytes:
    value = _bytes(found, name)
    if len(value) != size:
        raise StationError("record-malformed", reason=name)
    return value
