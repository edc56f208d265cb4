"""Centers in memory that exchange with each other, and PCs of their offices that write events."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial

from station_app.center.calls import Call
from station_app.center.ports import CenterParts
from station_app.center.service import CenterService
from station_app.domain.cases import Case
from station_app.domain.fold import fold
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.exchange import inbox, station
from station_app.exchange.authentic import DEVICE_CONTEXT, split
from station_app.exchange.center import CenterDesk, rule_pending
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, Checks
from station_app.exchange.loading import loaded
from station_app.exchange.ports import Link
from station_app.exchange.station import Answered, AppliedReply, Apply, Load, Send, Wake
from station_app.exchange.uplink import LINK, Uplink
from station_app.exchange.writing import Pen
from station_app.keys.signing import REQUEST
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeReply, ExchangeRequest, FeedRow
from station_app.protocol.requests import EXCHANGE_PATH, request_bytes
from station_app.protocol.signed import (
    CENTERS,
    DeviceCredential,
    PersonCredential,
    Signed,
    device_id,
    keys_of_centers,
    read_document,
)
from station_app.protocol.wire import pack_request, unpack_reply
from station_app.usecases.center_ports import CenterClerk
from station_app.usecases.other_centers import hear_from_above, put_below
from station_app.usecases.run_center import UPLINK, NewPc, add_center, enrol, organisations_of, save_organisations
from tests.exchange.makers import CASE, EPOCH, ROLES, Device
from tests.fake_files import MemoryShelf
from tests.fake_vault import FakeVault
from tests.fakes import FakeKey, center_store, fake_verify, fake_verify_many

CITY = "511100000000"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
AT = "2026-03-02T00:00:00Z"
MOST_ROUNDS = 30


def office(code: str, level: Level, parent: str | None = None) -> Organisation:
    return Organisation(code, f"单位{code}", level, parent)


class Node:
    """A center with its store; below another one once it has joined it."""

    def __init__(self, offices: Sequence[Organisation]) -> None:
        root = offices[0]
        self.org = root.code
        self.key = FakeKey(hashlib.sha256(root.code.encode()).digest())
        self.device = device_id(self.key.public)
        self.store = center_store()
        self.drawn = 0
        self.clerk = CenterClerk(self.key.sign, lambda: NOW, self._entropy, FakeVault())
        self.above: Node | None = None
        self.requests: list[ExchangeRequest] = []
        where = {"org": root.code, "name": root.name, "level": root.level.value}
        with self.store.write() as book:
            book.save_setting("center", {**where, "device": self.device, "epoch": EPOCH, "incarnation": f"i{self.org}"})
            own = DeviceCredential(self.device, self.org, self.key.public)
            book.save_credential(self.signed(own.to_payload()))
            save_organisations(book, self.clerk, Organisations(offices))
        self.desk = CenterDesk(self.org, Pen(partial(self.key.sign, DEVICE_CONTEXT)), self._entropy, str)
        self.parts = CenterParts(
            write=self.store.write,
            read=self.store.read,
            clerk=self.clerk,
            desk=self.desk,
            authority_pem="",
            public_key=self.key.public,
            recovery_public=b"",
            recover=lambda _box, _device, _key: b"",
            verify=fake_verify,
            verify_many=fake_verify_many,
            log_error=lambda _where, _error: None,
            shelf=MemoryShelf(),
        )
        self.service = CenterService(self.parts, lambda: None)
        self._state = station.State(interval_s=1.0)

    def _entropy(self, count: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_256(f"{self.org}{self.drawn}".encode()).digest(count)

    def signed(self, payload: bytes, context: str = CREDENTIAL_CONTEXT) -> Signed:
        return self.clerk.signed(context, payload)

    @property
    def organisations(self) -> Organisations:
        with self.store.read() as book:
            return organisations_of(book)

    def import_offices(self, *changed: Organisation) -> None:
        """Do what `org import` does with these rows."""
        with self.store.write() as book:
            known = {known.code: known for known in organisations_of(book)}
            rows = {**known, **{one.code: one for one in changed}}
            save_organisations(book, self.clerk, Organisations(rows.values()))

    def join(self, above: Node) -> None:
        """Become a client of a city's center, as the command does."""
        self.above = above
        with above.store.write() as book:
            book.add_code(self.org, self.org)
            joined = enrol(book, above.clerk, self.org, NewPc(self.key.public, EPOCH, is_center=True))
            known = book.signed_credentials({above.device}, ())
        with self.store.write() as book:
            book.save_setting(UPLINK, {"org": above.org, "name": "市", "url": "", "key": above.key.public.hex()})
            book.save_setting(LINK, asdict(Link(incarnation=f"i{above.org}", nonce=joined.epoch.nonce)))
            put_below(book, self.clerk, office(above.org, Level.CITY))
            add_center(book, self.clerk, above.org, above.key.public)
            Uplink(book, lambda _document: None).save_credentials(known)
            for document in joined.documents:
                hear_from_above(book, self.clerk, read_document(document))

    def rule(self) -> int:
        done = 0
        with self.store.write() as book:
            while ruled := rule_pending(book, self.desk, AT, 100):
                done += ruled
        return done

    # -- the link to above -----------------------------------------------------------------------------------------

    def exchange_up(self, *, lose_reply: bool = False) -> None:
        """Exchange with the center above until it rests; a lost reply ends it where the center above has committed."""
        happened: station.Input | None = Wake()
        while happened is not None:
            self._state, outputs = station.step(self._state, happened)
            happened = self._do(outputs[0], lose_reply=lose_reply) if outputs else None

    def _do(self, output: station.Output, *, lose_reply: bool) -> station.Input | None:
        if isinstance(output, Load):
            with self.store.read() as book:
                return loaded(self._uplink(book), output)
        if isinstance(output, Send):
            self.requests.append(output.request)
            reply = self.ask(output.request)
            return station.Failed("no-network") if lose_reply else Answered(reply)
        if isinstance(output, Apply):
            with self.store.write() as book:
                applied = inbox.apply_reply(self._uplink(book), output.reply, self.checks(), AT, output.returned)
                left = any(s.status != "waiting" for s in output.reply.statuses) and bool(book.outbox(1))
            return AppliedReply(
                applied.more or left, again=applied.again, differs=applied.differs, repair=applied.repair
            )
        return None

    def ask(self, request: ExchangeRequest) -> ExchangeReply:
        """Send one signed request to the center above."""
        assert self.above is not None
        with self.store.read() as book:
            nonce = self._uplink(book).link().nonce
        return exchange(self.above, self.key, request, nonce)

    def _uplink(self, book: object) -> Uplink:
        return Uplink(book, lambda document: hear_from_above(book, self.clerk, document))  # type: ignore[arg-type]

    def checks(self) -> Checks:
        def known(context: str, signed: Signed, named: Collection[bytes] = ()) -> bool:
            assert self.above is not None
            keys = [self.above.key.public]
            if context == CREDENTIAL_CONTEXT:
                with self.store.read() as book:
                    keys += [self.key.public, *keys_of_centers(book.setting(CENTERS) or []), *named]
            return any(fake_verify(key, context, signed.payload, signed.signature) for key in keys)

        return Checks(fake_verify_many, known, lambda: "f" * 16)

    def rows(self, org: str) -> list[FeedRow]:
        with self.store.read() as book:
            return list(book.feed(org, 0, 10_000))

    def waits(self) -> list[Event]:
        with self.store.read() as book:
            return [event for _, event in book.outbox(10_000)]

    def case(self, case_id: str = CASE) -> Case:
        """Return the case as all events here make it."""
        events = self.store.tables.subjects[case_id]
        found = fold(*split(events, ""))
        assert found is not None
        return found


def exchange(center: Node, key: FakeKey, request: ExchangeRequest, nonce: str) -> ExchangeReply:
    body = pack_request(request)
    signature = key.sign(REQUEST, request_bytes(EXCHANGE_PATH, body, nonce))
    return unpack_reply(center.service.exchange(Call(EXCHANGE_PATH, device_id(key.public), nonce, signature, body)))


@dataclass
class Pc(Device):
    """A PC of an office, enrolled at its center; `has` is what came to it or was written on it, by id."""

    def enrol(self, center: Node) -> Pc:
        self.center, self.cursor, self.acked = center, 0, 0
        self.has: dict[str, Event] = {}
        self.hops: dict[str, set[str]] = {}
        with center.store.write() as book:
            book.add_code(self.device, self.org)
            joined = enrol(book, center.clerk, self.device, NewPc(self.key.public, self.epoch))
            dates = ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z")
            roles = ROLES.get(self.org, ("approver", "clerk"))
            people = ((self.person, "王五", self.person_key), (self.decider, "赵六", self.decider_key))
            for who, name, key in people:
                held = PersonCredential(who, name, self.org, roles, self.device, key.public, *dates)
                book.save_credential(center.signed(held.to_payload()))
        self.nonce = joined.epoch.nonce
        return self

    def sync(self) -> int:
        """Exchange until nothing is left; return how many rows came."""
        self.has.update({event.event_id: event for event in self.wrote})
        came = 0
        while True:
            events = tuple(self.wrote[self.acked :])
            request = ExchangeRequest(
                self.epoch, f"i{self.center.org}", self.cursor, self.acked + 1, events, 1000, seq=len(self.wrote)
            )
            reply = exchange(self.center, self.key, request, self.nonce)
            self.nonce, self.acked = reply.nonce, reply.link_head
            for row in reply.rows:
                self._take(row)
            came += len(reply.rows)
            if self.cursor >= reply.head and self.acked == len(self.wrote):
                return came

    def _take(self, row: FeedRow) -> None:
        self.cursor = row.n
        if row.event is not None:
            self.has[row.event.event_id] = row.event
        if row.hop is not None:
            self.hops.setdefault(row.event_id, set()).add(row.hop[0])

    def case(self, case_id: str = CASE) -> Case | None:
        return fold(*split(self.events_of(case_id), ""))

    def events_of(self, case_id: str = CASE) -> list[Event]:
        return [event for event in self.has.values() if event.header.subject_id == case_id]

    def head(self, case_id: str = CASE) -> Mapping[str, object]:
        """Return what the next custody step of the case names."""
        case = self.case(case_id)
        assert case is not None
        return {"grant": case.custody.grant, "base": case.custody.head}


def settle(centers: Sequence[Node], pcs: Sequence[Pc]) -> None:
    """Let all exchange and rule until nothing moves any more."""
    for _ in range(MOST_ROUNDS):
        moved = sum(pc.sync() for pc in pcs)
        moved += sum(center.rule() for center in centers)
        before = [len(center.store.tables.events) for center in centers]
        for center in centers:
            if center.above is not None:
                center.exchange_up()
        moved += sum(center.rule() for center in centers)
        if not moved and before == [len(center.store.tables.events) for center in centers]:
            return
    raise AssertionError("they never come to rest")
