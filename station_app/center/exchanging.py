"""An exchange at the center: who is let in, what is taken in and committed, and what is answered then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from station_app.center.calls import Call
from station_app.center.epochs import Challenge, admit, admit_carried, turn_nonce
from station_app.center.fleet import note_exchange
from station_app.center.group_commit import GroupCommit
from station_app.center.healing import (
    document_numbers,
    heal,
    know_again,
    proves_loss,
    shown_key,
    take_back_documents,
    take_back_station,
)
from station_app.center.leasing import serve_leases
from station_app.center.ports import CenterParts, CenterStore
from station_app.center.trust import hear_documents, heard, learn_credentials
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.domain.people import Worker
from station_app.exchange.authentic import RememberedChecks, VerifyMany, faults
from station_app.exchange.center import accept_link, accept_push, call_back_brought
from station_app.exchange.healing_state import is_healing
from station_app.exchange.id_sums import IdSum
from station_app.exchange.inbox import RECEIPT_CONTEXT
from station_app.exchange.intake_records import IntakePlan, Pusher
from station_app.exchange.limits import CLONED, DEVICE_REVOKED
from station_app.exchange.obeying import lacks_bodies
from station_app.exchange.ports import Epoch
from station_app.exchange.putting_away import bring_case
from station_app.exchange.returning import accept_relayed, note_returned
from station_app.exchange.serving import Asker, as_rows, differing_ids, serve_feed, serve_wanted, signers
from station_app.exchange.station import REPAIR_AT_ONCE
from station_app.exchange.uplink import may_relay, note_regained
from station_app.protocol import canonical
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import CaseAnswer, ExchangeReply, ExchangeRequest, LeaseGrant
from station_app.protocol.requests import CARRIED_PATH
from station_app.protocol.signed import PersonCredential, Signed
from station_app.protocol.wire import pack_reply, unpack_request
from station_app.usecases.center_ports import Station
from station_app.usecases.holding import is_revoked
from station_app.usecases.phone_resets import phone_keys_of
from station_app.usecases.run_center import certify, organisations_of, seen_below
from station_app.usecases.times import read_stamp, stamp

RENEW_BEFORE = timedelta(days=60)
MOST_ROWS = 2000
MOST_CARRIED_BYTES = 16 * 1024 * 1024
RULING_LOOKS, RULING_LOOK_S = 50, 0.2
# Events taken in by one transaction: no longer than one full batch of a station, so that nobody waits much longer.
MOST_TOGETHER = 1000


class Exchanging:
    """Serves exchanges, those that come at once with one commit.

    Args:
        parts: store, keys, clock.
        wake_ruler: called when events wait for a ruling and the station has no more to send (it asks for rows then).
    """

    def __init__(self, parts: CenterParts, wake_ruler: Callable[[], None]) -> None:
        self._parts = parts
        self._wake_ruler = wake_ruler
        self._intake = GroupCommit(parts.write, MOST_TOGETHER)

    def exchange(self, call: Call) -> bytes:
        """Take in what is pushed, commit, then answer with what the office has not seen yet."""
        return self._served(call)[0]

    def carried(self, call: Call) -> list[bytes]:
        """Do the same for a request that came by hand, and answer with all pages of what the office has not seen yet.

        They end after `MOST_CARRIED_BYTES`; the PC asks for the rest with the next package.
        """
        return self._served(call, MOST_CARRIED_BYTES)

    def _served(self, call: Call, most_bytes: int = 0) -> list[bytes]:
        verify_many = RememberedChecks(self._parts.verify_many)
        with self._parts.read() as store:
            station, request = self._authentic(store, call)
            renews = station is not None and bool(self._to_renew(store, station))
            # Before the writer's turn, since one writes at a time; what has changed until then is verified then.
            faults(request.events, store.credentials({call.device}), verify_many)
        asked = self._intake.run(
            lambda store: self._admit(store, call, request, _Means(verify_many, renews)), 1 + len(request.events)
        )
        if isinstance(asked, Challenge):
            with self._parts.read() as store:
                return [pack_reply(self._ask_again(store, call, asked))]
        # By hand, the last request of a part asks for rows, whatever the ones before it have brought.
        by_hand = bool(most_bytes and request.pull_limit)
        if request.pull_limit and (request.events or request.returns or by_hand):
            self._wake_ruler()
        if by_hand:
            self._await_rulings(asked.station.org)
        with self._parts.read() as store:
            return self._pages(store, asked, most_bytes)

    def _await_rulings(self, org: str) -> None:
        """Wait a little for the ruler: by hand the next answer comes days later."""
        for _ in range(RULING_LOOKS):
            with self._parts.read() as store:
                if is_healing(store) or not store.waits_for_ruling(org):
                    return
            time.sleep(RULING_LOOK_S)

    def _pages(self, store: CenterStore, asked: _Asked, most_bytes: int) -> list[bytes]:
        """Return the first page of the answer, and further ones as long as there are rows and room."""
        reply = self._reply(store, asked)
        pages = [pack_reply(reply)]
        while reply.rows and reply.rows[-1].n < reply.head and sum(map(len, pages)) < most_bytes:
            asked = replace(asked, request=replace(asked.request, cursor=reply.rows[-1].n))
            reply = self._reply(store, asked)
            pages.append(pack_reply(reply))
        return pages

    def _authentic(self, store: CenterStore, call: Call) -> tuple[Station | None, ExchangeRequest]:
        """Return who asks and what, the signature checked; a PC that this center has forgotten shows its credential."""
        station = store.station(call.device)
        if station is not None:
            call.require_signature(station.public_key, self._parts)
            return station, unpack_request(call.body)
        request = unpack_request(call.body)
        public_key = shown_key(store, self._parts, call.device, request.credentials)
        if public_key is None:
            raise StationError("device-unknown")
        call.require_signature(public_key, self._parts)
        return None, request

    def _ask_again(self, store: CenterStore, call: Call, challenge: Challenge) -> ExchangeReply:
        station = store.station(call.device)
        return ExchangeReply(
            incarnation=str(store.setting("center")["incarnation"]),
            nonce=challenge.nonce,
            center_time=stamp(self._parts.clerk.now()),
            link_head=challenge.link,
            statuses=(),
            receipt=None,
            head=store.feed_head(station.org) if station else 0,
            rows=(),
            credentials=(),
            again=True,
            epoch_known=challenge.epoch_known,
            healing=is_healing(store),
            heard=heard(store, station.org) if station else 0,
        )

    def _admit(self, store: CenterStore, call: Call, request: ExchangeRequest, means: _Means) -> _Asked | Challenge:
        station = store.station(call.device)
        if station is None:
            take_back_station(store, self._parts, call.device, request.credentials)
            station = call.station(store, self._parts)
        if proves_loss(store, self._parts, station, request):
            store.start_center_epoch(self._parts.clerk.entropy(8).hex())
            # Whoever it is that showed it: the same request once more proves nothing further.
            know_again(store, request.incarnation)
        epoch = (
            admit_carried(store, self._parts.clerk, station, request)
            if call.path == CARRIED_PATH
            else admit(store, self._parts.clerk, station, request, call.nonce)
        )
        if isinstance(epoch, Challenge):
            return epoch
        note_exchange(store, station.device, request, by_hand=call.path == CARRIED_PATH)
        # Anew: whoever was let in may just have been found to be one of two copies.
        let_in = store.station(call.device) or station
        return self._take_in(store, _Asked(let_in, epoch, request), call.nonce, means)

    def _take_in(self, store: CenterStore, asked: _Asked, nonce: str, means: _Means) -> _Asked:
        request, station, verify_many = asked.request, asked.station, means.verify_many
        standing = self._standing(store, station)
        # By network nothing is served under a closed epoch but what a copy brings; by hand, what was overtaken.
        pusher = Pusher(station.device, request.epoch, "cloned-pc" if station.cloned or asked.epoch.closed else "")
        # First of all: among them are the limits by which events are held, and whose each office is.
        if is_healing(store):
            take_back_documents(store, self._parts, request.documents)
        hear_documents(store, self._parts, station, request.documents if station.is_center else ())
        learn_credentials(store, self._parts, request.credentials)
        # What this center has lost and a station gives back; what is pushed may go on with it.
        _take_returns(store, pusher, station, request.returns, verify_many)
        if station.is_center:
            relays = may_relay(store.organisations(), station.org)
            plan = accept_link(store, pusher, request, verify_many, relays, station.org)
        else:
            plan = accept_push(store, pusher, request, verify_many)
        call_back_brought(store, station.org, [*request.events, *request.returns])
        if is_healing(store):
            heal(store, self._parts, station, request)
            if not is_healing(store):
                # What was left for who has it whole comes as it is; or the same request once more would bring it.
                _take_returns(store, pusher, station, request.returns, verify_many)
        epoch = turn_nonce(store, self._parts.clerk, asked.epoch, nonce, forked=plan.forked)
        store.save_station(replace(station, last_seen_at=stamp(self._parts.clerk.now())))
        # Those that a restored center has just learned may be due as well.
        renewed = self._renew(store, station) if (means.renews or request.credentials) and not standing else ()
        phone = () if standing else phone_keys_of(store, self._parts.clerk, station.device)
        leases = None if standing or station.is_center else serve_leases(store, self._parts.clerk, station, request)
        case = None if standing or station.is_center else _asked_case(store, station.org, request)
        told = replace(asked, renewed=renewed, phone=phone, leases=leases, case=case)
        return replace(told, epoch=epoch, plan=plan, standing=standing)

    @staticmethod
    def _standing(store: CenterStore, station: Station) -> str:
        """Return why a PC gets nothing, "" for one that does."""
        if is_revoked(store, station.device):
            return DEVICE_REVOKED
        return CLONED if station.cloned else ""

    def _reply(self, store: CenterStore, asked: _Asked) -> ExchangeReply:
        request, station, plan = asked.request, asked.station, asked.plan
        center = store.setting("center")
        healing = bool(center.get("healing"))
        incarnation = str(center["incarnation"])
        reset = request.incarnation not in ("", incarnation)
        asker = Asker(station.device, request.epoch, station.org, _level_of(store, station.org))
        limit = 0 if reset or asked.standing else min(request.pull_limit, MOST_ROWS)
        floor = store.floor(station.org) if request.fresh and not reset else None
        rows = serve_feed(store, asker, request.cursor, limit, floor or request.floor or 0)
        found = () if asked.standing else serve_wanted(store, asker, request.wanted[:REPAIR_AT_ONCE])
        head = store.feed_head(station.org)
        here = rows[-1].n if rows else request.cursor
        buckets = None if asked.standing else request.buckets
        at_head = here >= head if not reset else _may_jump(store, asked)
        compares = request.pull_limit > 0 and not asked.standing and at_head
        return ExchangeReply(
            incarnation=incarnation,
            nonce=asked.epoch.nonce,
            center_time=stamp(self._parts.clerk.now()),
            link_head=plan.link_head,
            statuses=tuple(plan.statuses),
            receipt=self._receipt(asked, incarnation, head) if request.events or rows or reset else None,
            head=head,
            rows=rows,
            credentials=(*store.signed_credentials(*signers([*rows, *as_rows(found)])), *asked.renewed),
            reset=reset,
            pending=request.pull_limit > 0 and not healing and store.waits_for_ruling(station.org),
            seen=seen_below(store, station.org) if limit else (),
            phone=asked.phone,
            standing=asked.standing,
            healing=healing,
            numbers=document_numbers(store, station.org) if healing or reset else {},
            tag=asked.epoch.tag,
            sum=_pair(_sum_for(store, asked)) if compares else None,
            differ=None if buckets is None else differing_ids(_ids_for(store, asked), buckets),
            found=found,
            heard=heard(store, station.org),
            leases=asked.leases,
            floor=floor,
            case=asked.case,
        )

    def _receipt(self, asked: _Asked, incarnation: str, head: int) -> Signed:
        came = {"device": asked.station.device, "epoch": asked.request.epoch, "link": asked.plan.link_head}
        went = {"incarnation": incarnation, "head": head, "at": stamp(self._parts.clerk.now())}
        return self._parts.clerk.signed(RECEIPT_CONTEXT, canonical.encode({**came, **went}))

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


@dataclass(frozen=True, slots=True)
class _Asked:
    station: Station
    epoch: Epoch
    request: ExchangeRequest
    plan: IntakePlan = field(default_factory=IntakePlan)
    renewed: tuple[Signed, ...] = ()
    phone: tuple[tuple[str, int, str], ...] = ()
    standing: str = ""
    leases: LeaseGrant | None = None
    case: CaseAnswer | None = None


@dataclass(frozen=True, slots=True)
class _Means:
    """What was found out before the writer's turn: signatures checked, and whether a worker's key is to be renewed."""

    verify_many: VerifyMany
    renews: bool


def _level_of(store: CenterStore, org: str) -> str:
    """Return an office's level; the lowest where a restored center does not know the office again yet."""
    offices = organisations_of(store)
    return (offices.get(org).level if org in offices else Level.VILLAGE).value


def _take_returns(
    store: CenterStore, pusher: Pusher, station: Station, events: Sequence[Event], verify_many: VerifyMany
) -> None:
    if events:
        note_regained(store, accept_relayed(store, pusher, events, verify_many).plan.stored)
        note_returned(store, station.org, events, by_center=station.is_center)


def _asked_case(store: CenterStore, org: str, request: ExchangeRequest) -> CaseAnswer | None:
    """Return what is to be said of the case that a PC asks for, which comes behind its cursor if it does not have it.

    Nothing is said, and nothing called back, while a center may have forgotten the case, or the cursor means nothing.
    """
    center = store.setting("center")
    if not request.case or center.get("healing") or request.incarnation not in ("", center["incarnation"]):
        return None
    return CaseAnswer(request.case, bring_case(store, org, request.case))


def _sum_for(store: CenterStore, asked: _Asked) -> IdSum:
    """Return the sum by which the two compare: without what is put away, where the station heeds that."""
    org = asked.station.org
    return store.feed_sum(org) if asked.request.floor is None else store.kept_sum(org)


def _ids_for(store: CenterStore, asked: _Asked) -> Iterable[str]:
    org = asked.station.org
    return store.feed_ids(org) if asked.request.floor is None else store.kept_ids(org)


def _may_jump(store: CenterStore, asked: _Asked) -> bool:
    """Tell whether equal sums may take a station to the head of a new numbering.

    Not past what puts something away, nor past what is here without contents: it may have those.
    """
    org = asked.station.org
    return (asked.request.floor is None or not store.floor(org)) and not lacks_bodies(store, org)


def _pair(found: IdSum) -> tuple[int, str]:
    return found.count, found.total


def _workers_of(store: CenterStore, station: Station) -> list[PersonCredential]:
    return [held[-1] for held in store.credentials({station.device}).people.values()]
