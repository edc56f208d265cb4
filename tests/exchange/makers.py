"""Devices that write events for tests, and a center in memory that knows them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from station_app.domain.cases import CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects, ObligationMove, ObligationOp
from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.exchange.authentic import DEVICE_CONTEXT, PERSON_CONTEXT
from station_app.exchange.center import CenterDesk, accept_push, rule_pending
from station_app.exchange.inbox import CREDENTIAL_CONTEXT
from station_app.exchange.intake_records import IntakePlan, Pusher
from station_app.exchange.ports import Epoch
from station_app.exchange.relayed import Relayed
from station_app.exchange.returning import accept_relayed
from station_app.exchange.writing import Chain, Draft, Pen, write_event
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.protocol.signed import DeviceCredential, PersonCredential, Signed, device_id
from tests.fakes import FakeKey, MemoryCenterBook, Store, center_store, fake_verify_many

COUNTY, TOWNSHIP, VILLAGE, OTHER = "511102000000", "511102101000", "511102101001", "511102101002"
ORGANISATIONS = Organisations(
    [
        Organisation(COUNTY, "示例县", Level.COUNTY),
        Organisation(TOWNSHIP, "示例镇", Level.TOWNSHIP, COUNTY),
        Organisation(VILLAGE, "示例一村", Level.VILLAGE, TOWNSHIP),
        Organisation(OTHER, "示例二村", Level.VILLAGE, TOWNSHIP),
    ]
)
CASE, BATCH = "c" * 32, "b" * 32
EPOCH = "e" * 16
OPEN = Effects(
    fields={"number": "1", "item": {"decide_level": "乡镇"}},
    state=CaseState.REGISTERED,
    custody=CustodyMove(CustodyOp.OPEN),
)
OFFER = Effects(custody=CustodyMove(CustodyOp.OFFER, to=TOWNSHIP, arbiter=COUNTY))
ACCEPT = Effects(state=CaseState.RECEIVED, custody=CustodyMove(CustodyOp.ACCEPT))
REJECT = Effects(state=CaseState.RETURNED, custody=CustodyMove(CustodyOp.REJECT))
TAKE_ON = Effects(state=CaseState.ACCEPTED)
GRANT = Effects(
    state=CaseState.GRANTED,
    custody=CustodyMove(CustodyOp.END),
    obligation=ObligationMove(ObligationOp.CREATE, "deliver", VILLAGE),
)
DELIVER = Effects(state=CaseState.DELIVERED, obligation=ObligationMove(ObligationOp.ADVANCE))
CLOSE = Effects(state=CaseState.CLOSED, obligation=ObligationMove(ObligationOp.FINISH))
NOTE = Effects(remark={"kind": "note", "text": "备注"})
CENTER_KEY = FakeKey(b"center" * 5)
CENTER = device_id(CENTER_KEY.public)
ROLES = {
    VILLAGE: ("agent",),
    OTHER: ("agent",),
    TOWNSHIP: ("approver", "clerk"),
    COUNTY: ("approver", "clerk", "supervisor"),
}


DECISIONS = ("grant", "refuse")


@dataclass
class Device:
    """A PC with a worker and one who decides; `wrote` is its outbox.

    Args:
        one_key: both of them have the same key.
    """

    org: str
    number: int = 0
    epoch: str = EPOCH
    one_key: bool = False

    def __post_init__(self) -> None:
        self.key = FakeKey(hashlib.sha256(f"{self.org}{self.number}".encode()).digest())
        self.person_key = FakeKey(hashlib.sha256(f"person{self.org}{self.number}".encode()).digest())
        self.device = device_id(self.key.public)
        self.person = hashlib.sha256(f"{self.org}{self.number}".encode()).hexdigest()[:32]
        self.decider = hashlib.sha256(f"decider{self.org}{self.number}".encode()).hexdigest()[:32]
        other_key = FakeKey(hashlib.sha256(f"decider{self.org}{self.number}".encode()).digest())
        self.decider_key = self.person_key if self.one_key else other_key
        self.chain = Chain(self.device, self.epoch, 0, None, 0)
        self.wrote: list[Event] = []

    def write(self, code: str, effects: Effects | dict[str, object] = NOTE, **more: object) -> Event:
        """Write the next event of this PC; `grant`, `base`, `subject`, `audience` and `actor` may be given."""
        subject = more.pop("subject", (SubjectKind.CASE, CASE))
        actor = self.decider if code in DECISIONS else self.person
        draft = Draft(code, subject, self.org, actor, "2026-03-02T00:00:00Z", effects)  # type: ignore[arg-type]
        draft = replace(draft, **more)  # type: ignore[arg-type]
        key = self.decider_key if draft.actor == self.decider else self.person_key
        pen = Pen(partial(self.key.sign, DEVICE_CONTEXT), partial(key.sign, PERSON_CONTEXT))
        event, self.chain = write_event(draft, self.chain, pen, bytes(16))
        self.wrote.append(event)
        return event

    def credentials(self) -> list[Signed]:
        device = DeviceCredential(self.device, self.org, self.key.public)
        dates = ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z")
        people = [
            PersonCredential(person, name, self.org, ROLES[self.org], self.device, key.public, *dates)
            for person, name, key in (
                (self.person, "王五", self.person_key),
                (self.decider, "赵六", self.decider_key),
            )
        ]
        return [by_center(credential.to_payload()) for credential in (device, *people)]


def by_center(payload: bytes, context: str = CREDENTIAL_CONTEXT) -> Signed:
    return Signed(payload, CENTER_KEY.sign(context, payload))


@dataclass
class Center:
    """A center in memory."""

    store: Store

    def push(
        self, device: Device, events: Sequence[Event] | None = None, first_link: int = 1, review: str = ""
    ) -> IntakePlan:
        """Push events (all that the device wrote) and commit."""
        events = device.wrote if events is None else events
        request = ExchangeRequest(device.epoch, "", 0, first_link, tuple(events), 100)
        with self.store.write() as book:
            return accept_push(book, Pusher(device.device, device.epoch, review), request, fake_verify_many)

    def give_back(self, events: Sequence[Event], by: Device | None = None, review: str = "") -> Relayed:
        """Take in events that a device gives back, another than their author if none is named, and commit."""
        device = by or Device(COUNTY, 9)
        with self.store.write() as book:
            return accept_relayed(book, Pusher(device.device, device.epoch, review), events, fake_verify_many)

    def rule(self, at: str = "2026-03-02T00:00:00Z") -> int:
        desk = CenterDesk(COUNTY, Pen(partial(CENTER_KEY.sign, DEVICE_CONTEXT)), bytes, str)
        with self.store.write() as book:
            return rule_pending(book, desk, at, 100)

    @property
    def book(self) -> MemoryCenterBook:
        return MemoryCenterBook(self.store.tables)


def center_with(*devices: Device) -> Center:
    """Return a center that knows these devices and their people."""
    store = center_store()
    with store.write() as book:
        book.save_setting("center", {"device": CENTER, "epoch": "0" * 16})
        book.save_setting("organisations", ORGANISATIONS.to_json())
        book.save_credential(by_center(DeviceCredential(CENTER, COUNTY, CENTER_KEY.public).to_payload()))
        for device in devices:
            book.save_epoch(Epoch(device.device, device.epoch, 0, "n", "n", ""))
            for credential in device.credentials():
                book.save_credential(credential)
    return Center(store)


def answers(plan: IntakePlan) -> list[tuple[int, str, str]]:
    return [(status.link, status.status, status.code) for status in plan.statuses]
