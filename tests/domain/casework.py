"""Cases made by running real actions: offices, workers, and the events they write, ruled as they come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from station_app.domain.action import ActionContext, check_may, fence
from station_app.domain.actions import action_named
from station_app.domain.calendar import Calendar
from station_app.domain.cases import POSSIBLE_DUPLICATE, Case, CaseState
from station_app.domain.directory_file import parse_directory
from station_app.domain.effects import Effects
from station_app.domain.fold import Entry, Ruling, Verdict, fold
from station_app.domain.forms import read_form
from station_app.domain.items import Directory
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.domain.people import Role, Worker
from station_app.paths import resource

CITY, COUNTY = "511100000000", "511123000000"
TOWNSHIP, OTHER_TOWNSHIP = "511123100000", "511123101000"
VILLAGE, OTHER_VILLAGE = "511123100201", "511123100202"
OFFICES = (CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE, OTHER_VILLAGE)
ORGANISATIONS = Organisations(
    [
        Organisation(CITY, "乐山市政务服务中心", Level.CITY),
        Organisation(COUNTY, "犍为县政务服务中心", Level.COUNTY, CITY),
        Organisation(TOWNSHIP, "玉津镇便民服务中心", Level.TOWNSHIP, COUNTY),
        Organisation(OTHER_TOWNSHIP, "孝姑镇便民服务中心", Level.TOWNSHIP, COUNTY),
        Organisation(VILLAGE, "荷花村代办点", Level.VILLAGE, TOWNSHIP),
        Organisation(OTHER_VILLAGE, "松林村代办点", Level.VILLAGE, TOWNSHIP),
    ]
)
COUNTY_ITEM, TOWNSHIP_ITEM, INSTANT_ITEM = "SAMPLE-SB-003", "SAMPLE-MZ-003", "SAMPLE-SB-001"
MONDAY = date(2026, 11, 23)
ALL_ROLES = frozenset(Role)
SCAN: Mapping[str, Any] = {
    "file": "a1" * 32,
    "key": "b2" * 32,
    "size": 66_000,
    "name": "户口簿.jpg",
    "media": "image/jpeg",
    "original": {"hash": "c3" * 32, "size": 3_000_000},
}
ID_NUMBER = "11010519491231002X"
OTHER_NUMBER = "5111021010012603020100017"


@cache
def directory() -> Directory:
    found, faults = parse_directory(resource("data/items_sample.yaml").read_text(encoding="utf-8"))
    assert found is not None, faults
    return found


@cache
def calendar() -> Calendar:
    return Calendar.from_json(json.loads(resource("data/calendar_cn.json").read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Seat:
    """A worker at a PC of an office; `worker` tells the two persons of four-eyes decisions apart."""

    office: str
    device: str = "pc-1"
    person: str = "a"
    roles: frozenset[Role] = ALL_ROLES

    @property
    def worker(self) -> Worker:
        return Worker(f"{self.office}-{self.person}", "王代办", self.office, self.roles)

    @property
    def origin(self) -> str:
        return f"{self.office}-{self.device}"


AT_VILLAGE, AT_TOWNSHIP, AT_COUNTY = Seat(VILLAGE), Seat(TOWNSHIP), Seat(COUNTY)
TOWNSHIP_PC_2 = Seat(TOWNSHIP, "pc-2")


def materials_of(code: str) -> list[dict[str, Any]]:
    """Return the form rows of a person who brings all that the item asks for."""
    item = directory().find(code)
    return [{"name": m.name, "originals": m.originals, "copies": m.copies} for m in item.materials]


def registration(code: str = COUNTY_ITEM, **changed: Any) -> dict[str, Any]:
    applicant = {"name": "李𬭎", "id_type": "111", "id_number": ID_NUMBER, "phone": "13800138000"}
    return {"item": code, "applicant": applicant, "materials": materials_of(code), **changed}


FORMS: Mapping[str, Mapping[str, Any]] = {
    "register": registration(),
    "offer": {"to": TOWNSHIP},
    "request_withdrawal": {"reason": "材料拿错了一份"},
    "accept_handover": {},
    "reject_handover": {"reason": "缺申请表"},
    "request_reclaim": {"reason": "乡镇一直没有接收"},
    "reclaim": {"to": "giver", "reason": "材料还在村里", "slip": "no"},
    "take_over": {},
    "judge_duplicate": {"verdict": "different", "reason": "两件的申请事由不同"},
    "supply": {"note": "补了申请表"},
    "accept_application": {},
    "opinion": {"text": "材料属实"},
    "grant": {},
    "refuse": {"reason": "不符合条件", "remedy": "六十日内向县人民政府申请行政复议"},
    "send_papers": {"to": VILLAGE},
    "receive_papers": {},
    "deliver": {"signed_by": "李𬭎", "method": "in_person"},
    "close": {},
    "note": {"text": "已电话联系"},
    "attach": {"file": SCAN, "material": "居民户口簿", "grade": "C"},
}


@dataclass
class Casework:
    """One case as its events grow; each custody-lane event is ruled accepted at once unless told otherwise."""

    today: date = MONDAY
    entries: list[Entry] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)

    @property
    def case(self) -> Case:
        found = fold(self.entries, self.rulings)
        assert found is not None
        return found

    @property
    def now(self) -> str:
        """Return noon in China of the day, as every clock here shows it."""
        return f"{self.today.isoformat()}T04:00:00Z"

    def seen_by(self, seat: Seat) -> Case | None:
        """Return the case on that seat's PC, where its own events count before any ruling."""
        return fold([replace(entry, own=entry.origin == seat.origin) for entry in self.entries], self.rulings)

    def context(self, seat: Seat, item_code: str | None = None, batch: str | None = None) -> ActionContext:
        return ActionContext(
            office=ORGANISATIONS.get(seat.office),
            worker=seat.worker,
            device=seat.origin,
            today=self.today,
            calendar=calendar(),
            organisations=ORGANISATIONS,
            item=directory().find(item_code) if item_code else None,
            directory={"number": 1, "hash": "0" * 64, "version": directory().version, "sample": True},
            number=f"{seat.office}2611230000017",
            batch=batch,
            now=self.now,
        )

    def entry(self, code: str, seat: Seat, form: Mapping[str, Any] | None = None, on: Case | None = None) -> Entry:
        """Return the event that the action makes, checked as the use cases check it; it is not written down."""
        action = action_named(code)
        case = on or self.seen_by(seat)
        if code == "register":
            case = None
        check_may(action, case, seat.worker)
        values = read_form(action.fields, FORMS[code] if form is None else form)
        under = fence(action, case, seat.office, seat.origin)
        batch = "batch-1" if action.in_batch else None
        context = self.context(seat, values.get("item"), batch)
        if case is not None:
            action.guard(case, context.office, context.worker.person_id)
        effects = action.apply(case, values, context)
        return self.written(code, seat, effects, grant=under.grant, base=under.base)

    def written(
        self, code: str, seat: Seat, effects: Effects | None, *, grant: str | None = None, base: str | None = None
    ) -> Entry:
        number = len(self.entries) + 1
        return Entry(
            event_id=f"event-{number}",
            type=code,
            case_id="case-1",
            origin=seat.origin,
            org=seat.office,
            actor=seat.worker.person_id,
            seq=number,
            lamport=number,
            claimed_at=f"2026-11-23T01:{number:02d}:00Z",
            grant=grant,
            base=base,
            effects=effects,
            roles=frozenset(role.value for role in seat.roles),
        )

    def add(self, entry: Entry, verdict: Verdict | None = Verdict.ACCEPTED, reason: str = "") -> Entry:
        self.entries.append(entry)
        if verdict is not None and entry.in_custody_lane:
            number = len(self.rulings) + 1
            previous = self.rulings[-1].ruling_id if self.rulings else None
            ruling = Ruling(number, entry.event_id, verdict, reason, previous, f"ruling-{number}", at=self.now)
            self.rulings.append(ruling)
        return entry

    def act(self, code: str, seat: Seat, form: Mapping[str, Any] | None = None, *, ruled: bool = True) -> Entry:
        return self.add(self.entry(code, seat, form), Verdict.ACCEPTED if ruled else None)

    def days_later(self, days: int) -> Casework:
        self.today += timedelta(days=days)
        return self


def registered(code: str = COUNTY_ITEM, seat: Seat = AT_VILLAGE) -> Casework:
    work = Casework()
    work.act("register", seat, registration(code))
    return work


def offered(code: str = COUNTY_ITEM) -> Casework:
    work = registered(code)
    work.act("offer", AT_VILLAGE, {"to": TOWNSHIP})
    return work


def asked_back() -> Casework:
    work = offered()
    work.act("request_withdrawal", AT_VILLAGE)
    return work


def maybe_twice() -> Casework:
    """Return a case of which its center has said that it may be the same errand as another."""
    work = at_township()
    told = {"kind": POSSIBLE_DUPLICATE, "number": OTHER_NUMBER, "org": COUNTY, "on": "2026-11-20", "text": "也收过"}
    about = replace(work.entry("note", AT_TOWNSHIP, {"text": "-"}), event_id="d" * 64, type=POSSIBLE_DUPLICATE)
    work.entries.append(replace(about, org=COUNTY, actor=None, effects=Effects(remark=told)))
    return work


def returned(code: str = COUNTY_ITEM) -> Casework:
    work = offered(code)
    work.act("reject_handover", AT_TOWNSHIP)
    return work


def at_township(code: str = TOWNSHIP_ITEM) -> Casework:
    work = offered(code)
    work.act("accept_handover", AT_TOWNSHIP)
    return work


def at_county() -> Casework:
    work = at_township(COUNTY_ITEM)
    work.act("offer", AT_TOWNSHIP, {"to": COUNTY})
    work.act("accept_handover", AT_COUNTY)
    return work


def accepted(code: str = TOWNSHIP_ITEM) -> Casework:
    work = at_township(code)
    work.act("accept_application", AT_TOWNSHIP)
    return work


SECOND_PERSON = replace(AT_TOWNSHIP, person="b")


def decided(code: str = "grant") -> Casework:
    work = accepted()
    work.act(code, SECOND_PERSON)
    return work


def papers_sent() -> Casework:
    """Return a case whose written decision is on the road from the township to the village."""
    work = decided()
    work.act("send_papers", SECOND_PERSON, {"to": VILLAGE})
    return work


def delivered(code: str = "grant") -> Casework:
    work = decided(code)
    work.act("deliver", AT_VILLAGE)
    return work


def closed(code: str = "grant") -> Casework:
    work = delivered(code)
    work.act("close", AT_VILLAGE)
    return work


STANDING = {
    CaseState.REGISTERED: registered,
    CaseState.RECEIVED: at_township,
    CaseState.RETURNED: returned,
    CaseState.ACCEPTED: accepted,
    CaseState.GRANTED: decided,
    CaseState.REFUSED: lambda: decided("refuse"),
    CaseState.DELIVERED: delivered,
    CaseState.CLOSED: closed,
}
