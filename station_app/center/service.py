"""What a center does with each call: who asks, what is written, what is answered. Commit comes before the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from station_app.center.epochs import Challenge, admit, turn_nonce
from station_app.center.group_commit import GroupCommit
from station_app.center.healing import document_numbers, heal, proves_loss, shown_key, take_back_station
from station_app.center.ports import CenterParts, CenterStore
from station_app.center.trust import hear_documents, heard, learn_credentials
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.domain.people import Worker
from station_app.exchange.authentic import RememberedChecks, VerifyMany, faults
from station_app.exchange.center import (
    Asker,
    accept_link,
    accept_push,
    accept_relayed,
    as_rows,
    differing_ids,
    note_returned,
    serve_feed,
    serve_wanted,
    signers,
)
from station_app.exchange.id_sums import IdSum
from station_app.exchange.inbox import RECEIPT_CONTEXT
from station_app.exchange.intake import IntakePlan, Pusher
from station_app.exchange.ports import Epoch
from station_app.exchange.station import REPAIR_AT_ONCE
from station_app.exchange.uplink import may_relay
from station_app.keys.codes import hash_code, parse_activation_code
from station_app.keys.signing import ACTIVATION, REPLY, REQUEST
from station_app.protocol import canonical
from station_app.protocol.requests import activation_bytes, reply_bytes, request_bytes
from station_app.protocol.signed import PersonCredential, Signed, device_id
from station_app.protocol.wire import ExchangeReply, ExchangeRequest, pack, pack_reply, unpack, unpack_request
from station_app.usecases.center_ports import Station
from station_app.usecases.run_center import Enrolled, activate, certify, enrol, organisations_of, seen_below
from station_app.usecases.times import read_stamp, stamp

RENEW_BEFORE = timedelta(days=60)
MOST_ROWS = 2000
MAX_RECORD_BYTES = 64 * 1024
# Events taken in by one transaction: no longer than one full batch of a station, so that nobody waits much longer.
MOST_TOGETHER = 1000


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
        self._intake = GroupCommit(parts.write, MOST_TOGETHER)

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
        with self._parts.write() as store:
            is_center = found.get("center") is True
            joined = enrol(store, self._parts.clerk, code_hash, public_key, epoch, is_center=is_center)
            answer = self._enrolled(store, joined)
        return pack(answer)

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
            answer["documents"] = [d.to_wire() for d in (store.document("organisations"),) if d is not None]
            if "recovery_box" in found:
                # Inside: a box that does not open must not use the code up.
                box, key = _bytes(found, "recovery_box"), _hex(found, "box_key", 32)
                answer["database_key"] = self._parts.recover(box, station.device, key).hex()
        return pack(answer)

    def exchange(self, call: Call) -> bytes:
        """Take in what is pushed, commit, then answer with what the office has not seen yet."""
        request = self._authentic(call)
        verify_many = RememberedChecks(self._parts.verify_many)
        with self._parts.read() as store:
            station = store.station(call.device)
            renews = station is not None and bool(self._to_renew(store, station))
            # Before the writer's turn, since one writes at a time; what has changed until then is verified then.
            faults(request.events, store.credentials({call.device}), verify_many)
        asked = self._intake.run(
            lambda store: self._admit(store, call, request, _Means(verify_many, renews)), 1 + len(request.events)
        )
        if isinstance(asked, Challenge):
            with self._parts.read() as store:
                return pack_reply(self._ask_again(store, asked))
        if request.pull_limit and (request.events or request.returns):
            self._wake_ruler()
        with self._parts.read() as store:
            return pack_reply(self._reply(store, asked))

    def _authentic(self, call: Call) -> ExchangeRequest:
        """Return what a PC asks, its signature checked; one that this center has forgotten shows its credential."""
        with self._parts.read() as store:
            if store.station(call.device) is not None:
                self._station(store, call)
                return unpack_request(call.body)
            request = unpack_request(call.body)
            public_key = shown_key(store, self._parts, call.device, request.credentials)
        if public_key is None:
            raise StationError("device-unknown")
        if not self._signed(public_key, call):
            raise StationError("request-not-signed")
        return request

    def _ask_again(self, store: CenterStore, challenge: Challenge) -> ExchangeReply:
        return ExchangeReply(
            incarnation=str(store.setting("center")["incarnation"]),
            nonce=challenge.nonce,
            center_time=stamp(self._parts.clerk.now()),
            link_head=challenge.link,
            statuses=(),
            receipt=None,
            head=0,
            rows=(),
            credentials=(),
            again=True,
            epoch_known=challenge.epoch_known,
            healing=bool(store.setting("center").get("healing")),
        )

    def _admit(self, store: CenterStore, call: Call, request: ExchangeRequest, means: _Means) -> _Asked | Challenge:
        if store.station(call.device) is None:
            take_back_station(store, self._parts, call.device, request.credentials)
        station = self._station(store, call)
        if proves_loss(store, self._parts, station, request):
            store.start_center_epoch(self._parts.clerk.entropy(8).hex())
        epoch = admit(store, self._parts.clerk, station, request, call.nonce)
        if isinstance(epoch, Challenge):
            return epoch
        # Anew: whoever was let in may just have been found to be one of two copies.
        return self._take_in(store, _Asked(self._station(store, call), epoch, request), call.nonce, means)

    def _take_in(self, store: CenterStore, asked: _Asked, nonce: str, means: _Means) -> _Asked:
        request, station, verify_many = asked.request, asked.station, means.verify_many
        standing = "cloned" if station.cloned else ""
        pusher = Pusher(station.device, request.epoch, "cloned-pc" if station.cloned else "")
        learn_credentials(store, self._parts, request.credentials)
        hear_documents(store, self._parts, station, request.documents if station.is_center else ())
        if station.is_center:
            relays = may_relay(store.organisations(), station.org)
            plan = accept_link(store, pusher, request, verify_many, relays, station.org)
        else:
            plan = accept_push(store, pusher, request, verify_many)
        if request.returns:
            # What this center has lost and a station gives back.
            accept_relayed(store, request.returns, verify_many)
            note_returned(store, station.org, request.returns)
        if store.setting("center").get("healing"):
            heal(store, self._parts, station, request)
        epoch = turn_nonce(store, self._parts.clerk, asked.epoch, nonce, forked=plan.forked)
        store.save_station(replace(station, last_seen_at=stamp(self._parts.clerk.now())))
        renewed = self._renew(store, station) if means.renews and not standing else ()
        return replace(asked, epoch=epoch, plan=plan, renewed=renewed, standing=standing)

    def _reply(self, store: CenterStore, asked: _Asked) -> ExchangeReply:
        request, station, plan = asked.request, asked.station, asked.plan
        center = store.setting("center")
        healing = bool(center.get("healing"))
        incarnation = str(center["incarnation"])
        reset = request.incarnation not in ("", incarnation)
        asker = Asker(station.device, request.epoch, station.org, _level_of(store, station.org))
        limit = 0 if reset or asked.standing else min(request.pull_limit, MOST_ROWS)
        rows = serve_feed(store, asker, request.cursor, limit)
        found = () if asked.standing else serve_wanted(store, asker, request.wanted[:REPAIR_AT_ONCE])
        head = store.feed_head(station.org)
        here = rows[-1].n if rows else request.cursor
        compares = request.pull_limit > 0 and not asked.standing and (reset or here >= head)
        return ExchangeReply(
            incarnation=incarnation,
            nonce=asked.epoch.nonce,
            center_time=stamp(self._parts.clerk.now()),
            link_head=plan.link_head,
            statuses=tuple(plan.statuses),
            receipt=self._receipt(station, request, plan) if request.events else None,
            head=head,
            rows=rows,
            credentials=(*store.signed_credentials(*signers([*rows, *as_rows(found)])), *asked.renewed),
            reset=reset,
            pending=request.pull_limit > 0 and not healing and store.waits_for_ruling(station.org),
            seen=seen_below(store, station.org) if limit else (),
            standing=asked.standing,
            healing=healing,
            numbers=document_numbers(store) if healing else {},
            tag=asked.epoch.tag,
            sum=_pair(store.feed_sum(station.org)) if compares else None,
            differ=None if request.buckets is None else differing_ids(store, station.org, request.buckets),
            found=found,
            heard=heard(store, station.org),
        )

    def _receipt(self, station: Station, request: ExchangeRequest, plan: IntakePlan) -> Signed:
        found = {"device": station.device, "epoch": request.epoch, "link": plan.link_head}
        payload = canonical.encode({**found, "at": stamp(self._parts.clerk.now())})
        return self._parts.clerk.signed(RECEIPT_CONTEXT, payload)

    def _renew(self, store: CenterStore, station: Station) -> tuple[Signed, ...]:
        due = self._to_renew(store, station)
        return tuple(certify(store, self._parts.clerk, worker, station, key) for worker, key in due)

    def _to_renew(self, store: CenterStore, station: Station) -> list[tuple[Worker, bytes]]:
        """Return whose credential on this PC ends soon or says what is no longer so, with their keys."""
        due = []
        soon = self._parts.clerk.now() + RENEW_BEFORE
        for credential in _workers_of(store, station):
            account = store.account(credential.person)
            if account is None or account.disabled:
                continue
            roles = tuple(sorted(role.value for role in account.worker.roles))
            if roles != credential.roles or read_stamp(credential.valid_to) < soon:
                due.append((account.worker, credential.public_key))
        return due

    def _station(self, store: CenterStore, call: Call) -> Station:
        station = store.station(call.device)
        if station is None:
            raise StationError("device-unknown")
        if not self._signed(station.public_key, call):
            raise StationError("request-not-signed")
        return station

    def _signed(self, public_key: bytes, call: Call) -> bool:
        return self._parts.verify(public_key, REQUEST, call.signed_bytes, call.signature)


@dataclass(frozen=True, slots=True)
class _Asked:
    station: Station
    epoch: Epoch
    request: ExchangeRequest
    plan: IntakePlan = field(default_factory=IntakePlan)
    renewed: tuple[Signed, ...] = ()
    standing: str = ""


@dataclass(frozen=True, slots=True)
class _Means:
    """What was found out before the writer's turn: signatures checked, and whether a worker's key is to be renewed."""

    verify_many: VerifyMany
    renews: bool


def _level_of(store: CenterStore, org: str) -> str:
    """Return an office's level; the lowest where a restored center does not know the office again yet."""
    offices = organisations_of(store)
    return (offices.get(org).level if org in offices else Level.VILLAGE).value


def _pair(found: IdSum) -> tuple[int, str]:
    return found.count, found.total


def _workers_of(store: CenterStore, station: Station) -> list[PersonCredential]:
    return [held[-1] for held in store.credentials({station.device}).people.values()]


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
