"""A case of a village told step by step, with devices that push and a center that rules."""

from __future__ import annotations

from dataclasses import replace

from station_app.domain.cases import Case
from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.fold import Entry
from station_app.domain.lanes import Audience
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.exchange.authentic import entry_of, ruling_of
from station_app.exchange.projection import case_of
from station_app.protocol.event import Event
from tests.exchange.makers import (
    ACCEPT,
    CASE,
    COUNTY,
    GRANT,
    OFFER,
    OPEN,
    ORGANISATIONS,
    OTHER,
    TAKE_ON,
    TOWNSHIP,
    VILLAGE,
    Center,
    Device,
    center_with,
)

LEFT_OPEN = Effects(custody=CustodyMove(CustodyOp.OFFER))


RECLAIM = Effects(fields={"reclaimed": {"countersigned": False}}, custody=CustodyMove(CustodyOp.RECLAIM, to=VILLAGE))


TAKE_OVER = Effects(custody=CustodyMove(CustodyOp.TAKE_OVER))


PAPER = replace(GRANT, outward=True)


CITY, FAR_COUNTY, FAR_VILLAGE = "511100000000", "511129000000", "511129101001"


WIDE = Organisations(
    [
        Organisation(CITY, "示例市", Level.CITY),
        *(replace(office, parent=CITY) if office.code == COUNTY else office for office in ORGANISATIONS),
        Organisation(FAR_COUNTY, "邻县", Level.COUNTY, CITY),
        Organisation(FAR_VILLAGE, "邻县一村", Level.VILLAGE, FAR_COUNTY),
    ]
)


class Story:
    """A case of the village, with devices that push and a center that rules after every push."""

    def __init__(self, decided_at: str = "乡镇", kind: str = "承诺件", *, one_key: bool = False) -> None:
        self.village, self.other = Device(VILLAGE), Device(OTHER)
        self.town, self.town2, self.county = Device(TOWNSHIP, one_key=one_key), Device(TOWNSHIP, 1), Device(COUNTY)
        self.center: Center = center_with(self.village, self.other, self.town, self.town2, self.county)
        self.now = "2026-03-02T00:00:00Z"
        self.reviews: dict[str, str] = {}
        fields = {"number": "1", "item": {"decide_level": decided_at, "kind": kind}}
        self.opened = self.says(self.village, "register", replace(OPEN, fields=fields))

    def says(
        self,
        device: Device,
        code: str,
        effects: object,
        grant: Event | None = None,
        base: Event | None = None,
        *,
        actor: str | None = None,
        audience: Audience = Audience.PARTIES,
    ) -> Event:
        """Write a step, push it and let the center rule at `now`; the actor is who does such steps in the office."""
        names = {"grant": grant.event_id if grant else None, "base": base.event_id if base else None}
        names |= {"actor": actor} if actor else {}
        event = device.write(code, effects, audience=audience, **names)  # type: ignore[arg-type]
        self.center.push(device, [event], first_link=len(device.wrote), review=self.reviews.get(device.device, ""))
        self.center.rule(self.now)
        return event

    def verdict(self, event: Event) -> tuple[str, str]:
        """Return the last word on an event."""
        found = [ruling_of(entry) for entry in self.center.store.tables.subjects[CASE]]
        return [(r.verdict.value, r.reason) for r in found if r is not None and r.event_id == event.event_id][-1]

    @property
    def viewers(self) -> tuple[str, ...]:
        """Return who sees the case by the center's book."""
        return self.center.book.viewers([("case", CASE)])["case", CASE]

    @property
    def case(self) -> Case:
        found = case_of(self.center.store.tables.subjects[CASE], "")
        assert found is not None
        return found

    def offered(self) -> Event:
        return self.says(self.village, "offer", OFFER, self.opened, self.opened)

    def accepted(self) -> Event:
        offer = self.offered()
        return self.says(self.town, "accept_handover", ACCEPT, self.opened, offer)


def asked_back(story: Story) -> Event:
    """Return an offer that the village has asked back, so that the arbiter sees the case."""
    offer = story.offered()
    remark = {"kind": "withdraw_request", "text": "交错了", "offer": offer.event_id}
    story.says(story.village, "request_withdrawal", Effects(remark=remark))
    return offer


def handed_out(story: Story) -> tuple[Event, Event]:
    """Return the custody and the acceptance on which a PC of the township decides without a network."""
    taken = story.accepted()
    return taken, story.says(story.town, "accept_application", TAKE_ON, taken, taken)


def entry(event: Event) -> Entry:
    return entry_of(event, "")
