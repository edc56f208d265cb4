"""One county in one process: the machines, the network between them, and what can happen to both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from station_app.center.calls import Call
from station_app.center.ports import CenterParts
from station_app.center.ruler import CASES_AT_ONCE
from station_app.center.service import CenterService
from station_app.domain.errors import StationError
from station_app.exchange import inbox, station
from station_app.exchange.center import CenterDesk, rule_pending
from station_app.exchange.loading import loaded
from station_app.exchange.station import (
    Answered,
    AppliedReply,
    Apply,
    Failed,
    Input,
    Load,
    Rest,
    Send,
    Wake,
)
from station_app.exchange.writing import Pen
from station_app.keys.signing import EVENT_DEVICE, REPLY, REQUEST
from station_app.protocol.requests import EXCHANGE_PATH, reply_bytes, request_bytes
from station_app.protocol.signed import Signed
from station_app.protocol.wire import ExchangeReply, pack_request, unpack_reply
from station_app.usecases.run_center import certify
from station_app.usecases.times import stamp
from tests.fakes import PowerCutError, copied
from tests.simulate.invariants import Watch, check_at_rest, require
from tests.simulate.offices import COUNTY, START, Pc, build_county, desk_of

MOST_TURNS = 400


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something on the way: a request, or the answer to one (bytes with the center's signature, or an error code).

    Args:
        attempt: which request of the PC it belongs to; 0 when nobody waits for the answer.
        pushes: events in the request.
        sent_at: step at which it was sent.
    """

    pc: Pc
    attempt: int
    call: Call
    pushes: int
    sent_at: int
    answer: tuple[bytes, bytes] | None = None
    code: str = ""

    @property
    def is_request(self) -> bool:
        """Tell whether it is on its way to the center."""
        return self.answer is None and not self.code


class World:
    """Everything that a seed makes. All chance comes from `Random(seed)`; the clock is the number of steps."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.steps = 0
        self.stats: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        county = build_county(self.rng, self.now)
        self.pcs, self.scheme, self.center = county.pcs, county.scheme, county.center
        self._center_key = county.center_key
        self.watch = Watch(center=lambda: self.center.tables)
        self.parcels: list[Parcel] = []
        self.old_calls: list[tuple[Pc, Call]] = []
        self.way_limit = 0
        self.ruler_awake = True
        self._pen = Pen(partial(county.center_key.sign, EVENT_DEVICE))
        parts = CenterParts(
            write=self.center.write,
            read=self.center.read,
            clerk=county.clerk,
            desk=CenterDesk(COUNTY, self._pen, self.rng.randbytes, str),
            authority_pem="",
            public_key=county.center_key.public,
            recovery_public=b"",
            recover=lambda _box, _device, _key: b"",
            verify=self.scheme.verify,
            verify_many=self.scheme.verify_many,
            log_error=_raise,
        )
        self._parts = parts
        self.service = CenterService(parts, self._wake_ruler)
        self.checks = inbox.Checks(self.scheme.verify_many, self._by_center, lambda: self.rng.randbytes(8).hex())
        self.center.watch = self.watch.center_committed
        for pc in self.pcs:
            pc.store.watch = partial(self.watch.station_committed, pc)

    def now(self) -> datetime:
        """Return the world's time: half a minute a step."""
        return datetime.fromisoformat(START) + timedelta(seconds=30 * self.steps)

    def _by_center(self, context: str, signed: Signed) -> bool:
        return self.scheme.verify(self._center_key.public, context, signed.payload, signed.signature)

    def _wake_ruler(self) -> None:
        self.ruler_awake = True

    # -- a station's exchange, one piece at a time -----------------------------------------------------------------

    def happen(self, pc: Pc, happened: Input) -> None:
        """Feed one input to a station's machine and do what it says, until it waits for the network or rests."""
        following: Input | None = happened
        while following is not None:
            pc.state, outputs = station.step(pc.state, following)
            require(len(outputs) <= 1, "I5", "more than one thing to do")
            following = self._do(pc, outputs[0]) if outputs else None

    def _do(self, pc: Pc, output: station.Output) -> Input | None:
        if isinstance(output, Load):
            with pc.store.read() as book:
                return loaded(book, output)
        if isinstance(output, Send):
            self._send(pc, output)
        if isinstance(output, Apply):
            return self._apply(pc, output.reply)
        if isinstance(output, Rest):
            require(output.seconds >= 0, "I10", "a pause below zero")
        return None

    def _send(self, pc: Pc, send: Send) -> None:
        body = pack_request(send.request)
        nonce = pc.store.tables.settings["link"].nonce
        signature = pc.key.sign(REQUEST, request_bytes(EXCHANGE_PATH, body, nonce))
        call = Call(EXCHANGE_PATH, pc.device, nonce, signature, body)
        pc.attempt += 1
        pc.sent_to = max(pc.sent_to, send.request.first_link + len(send.request.events) - 1)
        self.parcels.append(Parcel(pc, pc.attempt, call, len(send.request.events), self.steps))
        self.old_calls.append((pc, call))

    def _apply(self, pc: Pc, reply: ExchangeReply) -> Input | None:
        try:
            with pc.store.write() as book:
                applied = inbox.apply_reply(book, reply, self.checks, stamp(pc.clock()))
                settled = any(status.status != "waiting" for status in reply.statuses)
                more = applied.more or bool(settled and book.outbox(1))
        except PowerCutError:
            self.restart(pc)
            return None
        except StationError as error:
            self.stats[f"not applied: {error.code}"] += 1
            return Failed(error.code, None, self.rng.random())
        self.stats["exchanges"] += 1
        self._check_replay(pc, reply)
        return AppliedReply(more, reply.pending, again=applied.again, differs=applied.differs, repair=applied.repair)

    def _check_replay(self, pc: Pc, reply: ExchangeReply) -> None:
        if self.rng.random() > 0.15:
            return
        copy = copied(pc.store.tables)
        book = type(pc.store)(copy, pc.store.book)
        with book.write() as again:
            inbox.apply_reply(again, reply, self.checks, pc.store.tables.settings["link"].last_success_at)
        require(book.tables == pc.store.tables, "I11", f"{pc.name}: the same reply changed something")

    def restart(self, pc: Pc) -> None:
        """Lose what was only in memory; answers to what was asked before find nobody."""
        pc.state = station.State(interval_s=30.0)
        pc.attempt += 1
        pc.smudge = False

    # -- the network -----------------------------------------------------------------------------------------------

    def deliver(self, parcel: Parcel) -> None:
        """Bring a parcel to where it goes."""
        if parcel in self.parcels:
            self.parcels.remove(parcel)
        if parcel.is_request:
            self.parcels.append(self._answer(parcel))
        elif parcel.attempt == parcel.pc.attempt:
            self.happen(parcel.pc, self._read(parcel))
        else:
            self.faults["answer to nobody"] += 1

    def _answer(self, parcel: Parcel) -> Parcel:
        if self.way_limit and parcel.pushes > self.way_limit:
            self.faults["too large for the way"] += 1
            return self._reply(parcel, None, "batch-too-large")
        try:
            body = self.service.exchange(parcel.call)
        except PowerCutError:
            self.ruler_awake = True
            return self._reply(parcel, None, "no-network")
        except StationError as error:
            self.stats[f"refused: {error.code}"] += 1
            return self._reply(parcel, None, error.code)
        self._check_push_again(parcel)
        return self._reply(parcel, (body, self.service.sign_reply(parcel.call, body)), "")

    def _check_push_again(self, parcel: Parcel) -> None:
        if self.rng.random() > 0.15:
            return
        kept, now = self.center.tables, copied(self.center.tables)
        watch, self.center.watch = self.center.watch, None
        try:
            self.service.exchange(parcel.call)
            same = [
                name
                for name in vars(now)
                if name != "stations" and getattr(now, name) != getattr(self.center.tables, name)
            ]
        finally:
            self.center.tables, self.center.watch = kept, watch
        require(not same, "I11", f"the same request changed {same}")

    def _reply(self, parcel: Parcel, answer: tuple[bytes, bytes] | None, code: str) -> Parcel:
        return Parcel(parcel.pc, parcel.attempt, parcel.call, parcel.pushes, self.steps, answer, code)

    def _read(self, parcel: Parcel) -> Input:
        if parcel.answer is None:
            retry = 60.0 if parcel.code == "center-busy" else None
            return Failed(parcel.code, retry, self.rng.random())
        body, signature = parcel.answer
        signed = reply_bytes(parcel.call.signed_bytes, body)
        require(self.scheme.verify(self._center_key.public, REPLY, signed, signature), "I11", "reply not signed")
        return Answered(unpack_reply(body))

    def lose(self, parcel: Parcel) -> None:
        """Let a parcel vanish; who waits for the answer notices in the end."""
        self.parcels.remove(parcel)
        if parcel.attempt == parcel.pc.attempt:
            self.happen(parcel.pc, Failed("stalled", None, self.rng.random()))

    # -- the center ------------------------------------------------------------------------------------------------

    def rule(self, limit: int = CASES_AT_ONCE) -> int:
        """Let the ruler work once; return how many cases it ruled on."""
        try:
            with self.center.write() as book:
                ruled = rule_pending(book, self._parts.desk, stamp(self.now()), limit)
        except PowerCutError:
            return 0
        self.ruler_awake = ruled > 0
        return ruled

    def certify_again(self, pc: Pc) -> None:
        """Give one of a PC's workers a new key, as after a forgotten PIN."""
        place = self.rng.randrange(len(pc.desks))
        worker, key = pc.desks[place].worker, self.scheme.key(self.rng.randbytes(32))
        with self.center.write() as book:
            signed = certify(book, self._parts.clerk, worker, book.station(pc.device), key.public)
        with pc.store.write() as book:
            book.save_credentials([signed])
        pc.desks[place] = desk_of(pc, worker, key)

    # -- rest ------------------------------------------------------------------------------------------------------

    def come_to_rest(self) -> None:
        """Heal the network, let all exchange until nothing moves, and check what must hold then."""
        self.way_limit = 0
        self.center.cut = ""
        for pc in self.pcs:
            pc.store.cut = ""
            pc.smudge = False
        for parcel in list(self.parcels):
            if self.rng.random() < 0.5:
                self.deliver(parcel)
            elif parcel in self.parcels:
                self.lose(parcel)
        for _ in range(20):
            before = self._marks()
            for pc in self.pcs:
                self.exchange_now(pc)
            while self.rule():
                pass
            if self._marks() == before:
                break
        check_at_rest(self.watch, self.center.tables, self.pcs)

    def exchange_now(self, pc: Pc) -> None:
        """Run an exchange of one PC to its end, without faults."""
        self.happen(pc, Wake())
        for _ in range(MOST_TURNS):
            waiting = [parcel for parcel in self.parcels if parcel.pc is pc]
            if not waiting:
                return
            self.deliver(waiting[0])
        require(False, "I10", f"{pc.name} never comes to rest")

    def _marks(self) -> tuple[int, ...]:
        sizes = [len(pc.store.tables.events) + len(pc.store.tables.held) for pc in self.pcs]
        cursors = [pc.store.tables.settings["link"].cursor for pc in self.pcs]
        return (*sizes, *cursors, len(self.center.tables.events), len(self.parcels))


def _raise(_where: str, error: BaseException) -> None:
    raise error


Happening = Callable[["World"], bool]
