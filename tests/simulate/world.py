"""Two counties and their city in one process: the machines, the network between them, and their exchanges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from station_app.center.calls import Call
from station_app.center.ruler import CASES_AT_ONCE
from station_app.domain.errors import StationError
from station_app.exchange import station
from station_app.exchange.asked_cases import next_asked
from station_app.exchange.station import Answered, AppliedReply, Apply, Failed, Input, Load, Rest, Send, Wake
from station_app.keys.signing import REPLY, REQUEST
from station_app.protocol.exchange_records import ExchangeReply
from station_app.protocol.requests import EXCHANGE_PATH, reply_bytes, request_bytes
from station_app.protocol.wire import pack_request, unpack_reply, unpack_request
from station_app.usecases.times import stamp
from tests.fakes import FAKE, PowerCutError, Scheme
from tests.simulate import center_work
from tests.simulate.building import Site, Stores, build, desk_of, home_of, new_pc
from tests.simulate.chance import Chance
from tests.simulate.invariants import Watch, require
from tests.simulate.machines import Center, Machine, Pc, program_of
from tests.simulate.network import Parcel

START = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
MOST_TURNS = 1000
ROUNDS = 40
# Longer than a restored center waits for a station that does not come, also where its clock ran ahead as it began.
LONG_DAYS, DAYS_AT_ONCE = 35, 8


class World:
    """Everything that a seed makes. The clock is the number of steps, and days that pass at once."""

    def __init__(self, chance: Chance, scheme: Scheme = FAKE, stores: Stores | None = None) -> None:
        self.chance, self.scheme = chance, scheme
        self.steps = self.steps_done = 0
        self.passed = timedelta()
        self.stats: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.cells: Counter[tuple[str, str]] = Counter()
        self.site = Site(chance, scheme, self.now, stores or Stores())
        build(self.site)
        self.centers, self.pcs = self.site.centers, self.site.pcs
        self.watch = Watch(self.centers, self.pcs)
        self.backups: dict[int, list[Any]] = {}
        self.parcels: list[Parcel] = []
        self.old_calls: list[Parcel] = []
        self.way_limit = 0
        for center in self.centers.values():
            center.store.watch = partial(self.watch.center_committed, center)
        for pc in self.pcs:
            self.look_after(pc)

    def look_after(self, pc: Pc) -> None:
        """Have each commit of a PC checked."""
        pc.store.watch = partial(self.watch.station_committed, pc)

    def now(self) -> datetime:
        """Return the world's time: half a minute a step, and what was skipped."""
        return START + timedelta(seconds=30 * self.steps) + self.passed

    @property
    def machines(self) -> list[Machine]:
        """Return all clients: PCs and the counties' centers."""
        return [*self.pcs, *self.counties]

    @property
    def counties(self) -> list[Center]:
        """Return the centers that are clients of the city's."""
        return [center for center in self.centers.values() if center.is_client]

    # -- an exchange, one piece at a time --------------------------------------------------------------------------

    def happen(self, machine: Machine, happened: Input) -> None:
        """Feed one input to a machine's exchange and do what it says, until it waits for the network or rests."""
        following: Input | None = happened
        with program_of(machine):
            while following is not None:
                machine.state, outputs = station.step(machine.state, following)
                require(len(outputs) <= 1, "I5", "more than one thing to do")
                following = self._do(machine, outputs[0]) if outputs else None

    def _do(self, machine: Machine, output: station.Output) -> Input | None:
        if isinstance(output, Load):
            return self._does(machine, center_work.load, output)  # type: ignore[no-any-return]
        if isinstance(output, Send):
            self._send(machine, output)
        if isinstance(output, Apply):
            return self._apply(machine, output)
        if isinstance(output, Rest):
            require(output.seconds >= 0, "I10", "a pause below zero")
        return None

    def _send(self, machine: Machine, send: Send) -> None:
        body = pack_request(send.request)
        nonce = machine.link().nonce
        signature = machine.key.sign(REQUEST, request_bytes(EXCHANGE_PATH, body, nonce))
        call = Call(EXCHANGE_PATH, machine.device, nonce, signature, body)
        machine.attempt += 1
        if isinstance(machine, Pc):
            machine.sent_to = max(machine.sent_to, send.request.first_link + len(send.request.events) - 1)
        parcel = Parcel(machine, machine.boss, machine.attempt, call, len(send.request.events), self.steps)
        self.parcels.append(parcel)
        self.old_calls.append(parcel)

    def _apply(self, machine: Machine, output: Apply) -> Input | None:
        reply = output.reply
        try:
            found = self._does(machine, center_work.apply_reply, reply, stamp(machine.clock()), output.returned)
        except PowerCutError:
            self.restart(machine)
            return None
        except StationError as error:
            self.stats[f"not applied: {error.code}"] += 1
            return Failed(error.code, None, self.chance.fraction())
        self.stats["exchanges"] += 1
        if self.chance.happens(0.1):
            self._check_replay(machine, reply)
        applied = found.result
        return AppliedReply(
            found.more, reply.pending, again=applied.again, differs=applied.differs, repair=applied.repair
        )

    def _does(self, machine: Machine, work: center_work.Work, *arguments: Any) -> Any:
        if isinstance(machine, Center):
            return machine.does(self.chance, work, *arguments)
        return work(machine, *arguments)

    def _check_replay(self, machine: Machine, reply: ExchangeReply) -> None:
        at = machine.link().last_success_at
        changed = machine.store.rehearse(lambda: self._does(machine, center_work.apply_reply, reply, at))
        require(not changed, "I11", f"{machine.name}: the same reply changed {changed}")

    def restart(self, machine: Machine) -> None:
        """Lose what was only in memory; answers to what was asked before find nobody."""
        machine.state = station.State(interval_s=30.0)
        machine.attempt += 1
        if isinstance(machine, Pc):
            machine.smudge = False
            with program_of(machine):
                machine.start()

    # -- the network -----------------------------------------------------------------------------------------------

    def deliver(self, parcel: Parcel) -> None:
        """Bring a parcel to where it goes."""
        if parcel in self.parcels:
            self.parcels.remove(parcel)
        if parcel.is_request:
            self.parcels.append(self._answer(parcel))
        elif parcel.attempt == parcel.client.attempt:
            self.happen(parcel.client, self._read(parcel))
        else:
            self.faults["answer to nobody"] += 1

    def _answer(self, parcel: Parcel) -> Parcel:
        if self.way_limit and parcel.pushes > self.way_limit:
            self.faults["too large for the way"] += 1
            return self._reply(parcel, None, "batch-too-large")
        center = parcel.to
        try:
            answer = center.does(self.chance, center_work.exchange, parcel.call)
        except PowerCutError:
            center.ruler_awake = True
            return self._reply(parcel, None, "no-network")
        except StationError as error:
            self.stats[f"refused: {error.code}"] += 1
            return self._reply(parcel, None, error.code)
        if self.chance.happens(0.1):
            self._check_stored(parcel, answer[0])
            self._check_push_again(parcel)
        return self._reply(parcel, answer, "")

    def _check_stored(self, parcel: Parcel, body: bytes) -> None:
        statuses = {status.link: status.status for status in unpack_reply(body).statuses}
        request = unpack_request(parcel.call.body)
        for link, event in enumerate(request.events, start=request.first_link):
            stored = statuses.get(link) in ("stored", "exists")
            kept = not stored or event.event_id in parcel.to.store.tables.events
            require(kept, "I1", f"{parcel.to.name} has told {parcel.client.name} that {link} is stored")

    def _check_push_again(self, parcel: Parcel) -> None:
        center = parcel.to
        changed = center.store.rehearse(lambda: center.does(self.chance, center_work.exchange, parcel.call))
        changed -= {"stations"}
        require(not changed, "I11", f"the same request changed {changed}")

    def _reply(self, parcel: Parcel, answer: tuple[bytes, bytes] | None, code: str) -> Parcel:
        return replace(parcel, sent_at=self.steps, answer=answer, code=code)

    def _read(self, parcel: Parcel) -> Input:
        if parcel.answer is None:
            retry = 60.0 if parcel.code == "center-busy" else None
            return Failed(parcel.code, retry, self.chance.fraction())
        body, signature = parcel.answer
        signed = reply_bytes(parcel.call.signed_bytes, body)
        if not self.scheme.verify(parcel.to.key.public, REPLY, signed, signature):
            return Failed("center-key-differs", None, self.chance.fraction())
        return Answered(unpack_reply(body))

    def lose(self, parcel: Parcel) -> None:
        """Let a parcel vanish; who waits for the answer notices in the end."""
        self.parcels.remove(parcel)
        if parcel.attempt == parcel.client.attempt:
            self.happen(parcel.client, Failed("stalled", None, self.chance.fraction()))

    # -- the centers -----------------------------------------------------------------------------------------------

    def rule(self, center: Center, limit: int = CASES_AT_ONCE) -> int:
        """Let a center's ruler work once; return how many cases it ruled on."""
        try:
            ruled = int(center.does(self.chance, center_work.rule, limit))
        except (PowerCutError, StationError):
            return 0
        center.ruler_awake = ruled > 0
        return ruled

    def certify_again(self, pc: Pc) -> None:
        """Give one of a PC's workers a new key, as after a forgotten PIN."""
        place = self.chance.below(len(pc.desks))
        worker, key = pc.desks[place].worker, self.scheme.key(self.chance.bytes(32))
        signed = pc.boss.does(self.chance, center_work.certify_again, worker, pc.device, key.public)
        if signed is None:
            return
        with pc.store.write() as book:
            book.save_credentials([signed])
        pc.people[place], pc.desks[place] = key, desk_of(pc, worker, key)

    # -- enrolling anew --------------------------------------------------------------------------------------------

    def must_enrol_anew(self, pc: Pc) -> bool:
        """Tell whether a PC is to be set up again, and has given away all that it has."""
        with pc.store.read() as book:
            drained = not book.outbox(1)
        return drained and (bool(pc.link().standing) or home_of(self.site, pc.org) is not pc.boss)

    def enrol_anew(self, pc: Pc) -> None:
        """Set a PC up again under a new key, with an empty journal; what its office has comes by the feed."""
        self.stats["enrolled anew"] += 1
        name = f"{pc.name.split('+')[0].rstrip(chr(39))}+{self.stats['enrolled anew']}"
        fresh = new_pc(self.site, name, home_of(self.site, pc.org), pc.org)
        fresh.slow = pc.slow
        self.pcs[self.pcs.index(pc)] = fresh
        self.look_after(fresh)
        for parcel in [parcel for parcel in self.parcels if parcel.client is pc]:
            self.parcels.remove(parcel)

    # -- rest ------------------------------------------------------------------------------------------------------

    def come_to_rest(self) -> None:
        """Heal the network, let all exchange until nothing moves."""
        self._mend()
        self._settle()
        moved = [pc for pc in self.pcs if self.must_enrol_anew(pc)]
        for pc in moved:
            self.enrol_anew(pc)
        if moved:
            self._settle()
        for _ in range(LONG_DAYS // DAYS_AT_ONCE + 1):
            if not any(center.healing for center in self.centers.values()):
                return
            # Some machine will never come again; it is not waited for for ever. The others come all the time.
            self.passed += timedelta(days=DAYS_AT_ONCE)
            self._settle()

    def _mend(self) -> None:
        self.way_limit = 0
        for machine in [*self.pcs, *self.centers.values()]:
            machine.store.cut = ""
        for pc in self.pcs:
            pc.smudge = False
        for center in self.centers.values():
            # Whoever runs a center is told that its clock is wrong. That of a PC stays as it is.
            center.slow = timedelta()
        for parcel in list(self.parcels):
            if self.chance.happens(0.5):
                self.deliver(parcel)
            elif parcel in self.parcels:
                self.lose(parcel)
        for pc in [pc for pc in self.pcs if pc.old]:
            if self.chance.happens(0.5):
                self.stats["left with an old program"] += 1
            else:
                pc.install(old=False)

    def _settle(self) -> None:
        for number in range(ROUNDS):
            before = self._marks()
            for machine in self.machines:
                if number == 0 or self._has_something(machine):
                    self.exchange_now(machine)
            for center in self.centers.values():
                while self.rule(center):
                    pass
            for pc in self.pcs:
                with program_of(pc):
                    pc.look_anew()
            if self._marks() == before:
                return
        require(False, "I10", "the world never comes to rest")

    def _has_something(self, machine: Machine) -> bool:
        """Tell whether an exchange of this machine could move anything."""
        tables, link = machine.boss.store.tables, machine.link()
        center = tables.settings["center"]
        if link.incarnation != center["incarnation"] or center.get("healing") or link.healing:
            return True
        with machine.book(write=False) as book:
            asks = isinstance(machine, Pc) and not link.standing and bool(next_asked(book))
            return asks or bool(book.outbox(1)) or link.cursor != tables.feed_heads.get(machine.org, 0)

    def exchange_now(self, machine: Machine) -> None:
        """Run an exchange of one machine to its end, without faults."""
        self.happen(machine, Wake())
        for _ in range(MOST_TURNS):
            waiting = [parcel for parcel in self.parcels if parcel.client is machine]
            if not waiting:
                return
            self.deliver(waiting[0])
        require(False, "I10", f"{machine.name} never comes to rest")

    def _marks(self) -> Sequence[object]:
        marks: list[object] = [len(self.parcels)]
        for machine in self.machines:
            link = machine.link()
            marks.append((len(machine.store.tables.events), link.incarnation, link.cursor, link.healing, link.standing))
        for center in self.centers.values():
            tables = center.store.tables
            marks.append((len(tables.events), sum(tables.feed_heads.values()), len(tables.unruled), center.healing))
        return marks
