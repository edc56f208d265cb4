"""A case from the village up to the township, decided, delivered and closed, at a center of any kind of store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from station_app.domain.effects import Effects
from station_app.domain.lanes import Audience
from station_app.domain.removals import Reach, Removal
from station_app.exchange.authentic import DEVICE_CONTEXT
from station_app.exchange.center import CenterDesk, accept_push, rule_pending
from station_app.exchange.intake_records import IntakePlan, Pusher
from station_app.exchange.ports import Epoch
from station_app.exchange.removed import removable
from station_app.exchange.removing import write_removal
from station_app.exchange.returning import accept_relayed
from station_app.exchange.writing import Pen
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.protocol.signed import DeviceCredential
from tests.exchange.makers import (
    ACCEPT,
    CASE,
    CENTER,
    CENTER_KEY,
    CLOSE,
    COUNTY,
    DELIVER,
    GRANT,
    NOTE,
    OFFER,
    OPEN,
    ORGANISATIONS,
    TAKE_ON,
    TOWNSHIP,
    VILLAGE,
    Device,
    by_center,
)
from tests.fakes import fake_verify_many

DESK = CenterDesk(COUNTY, Pen(partial(CENTER_KEY.sign, DEVICE_CONTEXT)), bytes, str)
NAME, ID_NUMBER, REASON, OPINION = "阿苏吉木", "510525199003077210", "家里老人卧床", "房子漏雨，先办"
CLOSED_AT, REMOVED_AT = "2026-03-02T00:00:00Z", "2029-06-01T02:00:00Z"
APPLICANT = {"name": NAME, "id_type": "111", "id_number": ID_NUMBER, "phone": "13987654321"}
FACTS = {"number": "5111021010012603020100017", "applicant": APPLICANT, "received_on": "2026-03-02"}
BASIS, BY = "《档案管理规定》第十二条", ("王五", "赵六")


@dataclass
class ClosedCase:
    """The case; `book` is an open transaction of the center."""

    book: Any
    village: Device = field(default_factory=lambda: Device(VILLAGE))
    town: Device = field(default_factory=lambda: Device(TOWNSHIP))

    def __post_init__(self) -> None:
        book = self.book
        book.save_setting("center", {"device": CENTER, "epoch": "0" * 16, "org": COUNTY, "incarnation": "i"})
        book.save_setting("organisations", ORGANISATIONS.to_json())
        book.save_credential(by_center(DeviceCredential(CENTER, COUNTY, CENTER_KEY.public).to_payload()))
        for device in (self.village, self.town):
            book.save_epoch(Epoch(device.device, device.epoch, 0, "n", "n", ""))
            for credential in device.credentials():
                book.save_credential(credential)
        self._run()

    def _run(self) -> None:
        item = {"decide_level": "乡镇", "code": "T-1", "name": "临时救助"}
        opened = self.write(self.village, "register", replace(OPEN, fields={**FACTS, "item": item}))
        under = {"grant": opened.event_id}
        offer = self.write(self.village, "offer", OFFER, **under, base=opened.event_id)
        taken = self.write(self.town, "accept_handover", ACCEPT, **under, base=offer.event_id)
        on = self.write(self.town, "accept_application", TAKE_ON, grant=taken.event_id, base=taken.event_id)
        opinion = Effects(remark={"kind": "opinion", "text": OPINION})
        self.write(self.town, "opinion", opinion, audience=Audience.HANDLING)
        granted = self.write(self.town, "grant", GRANT, grant=taken.event_id, base=on.event_id)
        self.write(self.village, "note", Effects(remark={"kind": "note", "text": REASON}))
        owed = {"grant": granted.event_id}
        delivered = self.write(self.village, "deliver", DELIVER, **owed, base=granted.event_id)
        self.closed = self.write(self.village, "close", CLOSE, **owed, base=delivered.event_id)

    def write(self, device: Device, code: str, effects: Effects = NOTE, **more: Any) -> Event:
        """Let a PC write, push, and be ruled on."""
        event = device.write(code, effects, **more)
        self.push(device, [event], len(device.wrote))
        self.rule()
        return event

    def push(self, device: Device, events: Sequence[Event], first_link: int, review: str = "") -> IntakePlan:
        request = ExchangeRequest(device.epoch, "", 0, first_link, tuple(events), 100)
        return accept_push(self.book, Pusher(device.device, device.epoch, review), request, fake_verify_many)

    def rule(self) -> None:
        while rule_pending(self.book, DESK, CLOSED_AT, 100):
            pass

    def give_back(self, events: Sequence[Event]) -> None:
        accept_relayed(self.book, Pusher("9" * 32, "9" * 16), events, fake_verify_many)

    @property
    def events(self) -> list[Event]:
        """Return the case as it is at the center."""
        return list(self.book.case_events([CASE])[CASE])

    def remove(self, where: Reach = Reach.ALL) -> Event:
        """Remove everything there is, and return the event that says so."""
        events = self.events
        named = tuple(event.event_id for event in events if removable(event))
        write_removal(self.book, DESK, events, Removal(where, BASIS, BY, named), REMOVED_AT)
        return self.events[-1]
