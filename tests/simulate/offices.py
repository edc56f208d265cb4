"""The offices of the simulated county: who works where, what they can take in, and their machines at the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from station_app.domain.calendar import Calendar
from station_app.domain.deadlines import Unit
from station_app.domain.items import (
    DecideLevel,
    Directory,
    Fee,
    Handling,
    Item,
    Kind,
    LegalBasis,
    Material,
    ProxyMode,
    TimeLimit,
)
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.domain.people import Role, Worker
from station_app.exchange import station
from station_app.exchange.authentic import DEVICE_CONTEXT, PERSON_CONTEXT
from station_app.exchange.inbox import CREDENTIAL_CONTEXT
from station_app.exchange.ports import Link
from station_app.exchange.writing import Pen
from station_app.protocol.signed import DeviceCredential, device_id, read_document
from station_app.usecases.center_ports import Account, CenterClerk
from station_app.usecases.ports import Desk, Identity
from station_app.usecases.run_center import CALENDAR, DIRECTORY, NewPc, certify, enrol, publish, save_organisations
from tests.fake_vault import FakeVault
from tests.fakes import ED25519, FAKE, Scheme, Store, center_store, station_store

COUNTY, TOWNSHIP = "511102000000", "511102101000"
VILLAGES = ("511102101001", "511102101002")
LEVELS = {COUNTY: "county", TOWNSHIP: "township", VILLAGES[0]: "village", VILLAGES[1]: "village"}
ITEMS = {"T-1": DecideLevel.TOWNSHIP, "T-2": DecideLevel.TOWNSHIP, "C-1": DecideLevel.COUNTY}
PAPER = "申请表"
START = "2026-03-02T00:30:00+00:00"

_ROLES = {
    "village": (frozenset({Role.AGENT}), frozenset({Role.AGENT})),
    "township": (frozenset({Role.CLERK, Role.REVIEWER}), frozenset({Role.APPROVER})),
    "county": (frozenset({Role.CLERK}), frozenset({Role.REVIEWER, Role.APPROVER})),
}


@dataclass
class Pc:
    """A station's machine.

    Args:
        store: what survives a crash.
        sent_to: outbox number of the last event ever sent.
        state: what does not: where the exchange stands.
        attempt: number of the request that is waited for; answers to older ones find nobody.
    """

    name: str
    org: str
    device: str
    key: Any
    store: Store
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    state: station.State = field(default_factory=lambda: station.State(interval_s=30.0))
    attempt: int = 0
    sent_to: int = 0
    smudge: bool = False
    desks: list[Desk] = field(default_factory=list)
    people: list[Any] = field(default_factory=list)

    def sign(self, data: bytes) -> bytes:
        """Sign an event; once after `smudge` was set, wrongly, as a program with a bug would."""
        smudge, self.smudge = self.smudge, False
        return b"\1" * 64 if smudge else self.key.sign(DEVICE_CONTEXT, data)


@dataclass
class County:
    """Center and stations at the start."""

    scheme: Scheme
    center: Store
    center_key: Any
    center_device: str
    clerk: CenterClerk
    pcs: list[Pc]


def build_county(rng: Random, clock: Callable[[], datetime]) -> County:
    """Return an office for each level, enrolled and signed in; one township in two has a second PC."""
    scheme = ED25519 if rng.random() < 0.04 else FAKE
    key = scheme.key(rng.randbytes(32))
    county = County(
        scheme=scheme,
        center=center_store(),
        center_key=key,
        center_device=device_id(key.public),
        clerk=CenterClerk(key.sign, clock, rng.randbytes, FakeVault()),
        pcs=[],
    )
    _open_center(county)
    names = ["v1", "v2", "t1", "c1"] + (["t2"] if rng.random() < 0.6 else [])
    orgs = {"v1": VILLAGES[0], "v2": VILLAGES[1], "t1": TOWNSHIP, "t2": TOWNSHIP, "c1": COUNTY}
    for name in names:
        county.pcs.append(_enrol(county, rng, name, orgs[name], clock))
    with county.center.write() as book:
        publish(book, county.clerk, CALENDAR, Calendar(2, (2026,), frozenset(), frozenset(), "模拟").to_json())
    return county


def _open_center(county: County) -> None:
    with county.center.write() as book:
        center = {"device": county.center_device, "epoch": "0" * 16, "incarnation": "i1", "org": COUNTY, "name": "县"}
        book.save_setting("center", center)
        credential = DeviceCredential(county.center_device, COUNTY, county.center_key.public)
        book.save_credential(county.clerk.signed(CREDENTIAL_CONTEXT, credential.to_payload()))
        offices = Organisations(
            [
                Organisation(COUNTY, "县政务服务中心", Level.COUNTY),
                Organisation(TOWNSHIP, "镇便民服务中心", Level.TOWNSHIP, COUNTY),
                *(Organisation(code, f"{code}村", Level.VILLAGE, TOWNSHIP) for code in VILLAGES),
            ]
        )
        for code, level in LEVELS.items():
            for number, roles in enumerate(_ROLES[level]):
                worker = Worker(f"{code}{number:020d}", f"{level}{code[-2:]}{number}", code, roles)
                book.save_account(Account(worker))
        save_organisations(book, county.clerk, offices)
        publish(book, county.clerk, DIRECTORY, directory().to_json())
        publish(book, county.clerk, CALENDAR, Calendar(1, (2026,), frozenset(), frozenset(), "模拟").to_json())


def _enrol(county: County, rng: Random, name: str, org: str, clock: Callable[[], datetime]) -> Pc:
    key = county.scheme.key(rng.randbytes(32))
    epoch = rng.randbytes(8).hex()
    slow = timedelta(minutes=rng.choice((0, 0, 0, -40, 55, 300)))
    pc = Pc(name, org, device_id(key.public), key, station_store(), lambda: clock() + slow, rng.randbytes)
    with county.center.write() as book:
        book.add_code(name, org)
        joined = enrol(book, county.clerk, name, NewPc(key.public, epoch))
        workers = [account.worker for account in book.accounts() if account.worker.org == org]
        keys = [county.scheme.key(rng.randbytes(32)) for _ in workers]
        signed = [certify(book, county.clerk, w, joined.station, k.public) for w, k in zip(workers, keys, strict=True)]
        known = book.signed_credentials({pc.device, county.center_device}, ())
    with pc.store.write() as book:
        where = ("", county.center_device, county.center_key.public.hex(), "")
        book.save_setting("identity", Identity(pc.device, epoch, joined.epoch.tag, org, *where))
        book.save_link(Link(incarnation="i1", nonce=joined.epoch.nonce))
        book.save_credentials([*known, *signed])
        for document in joined.documents:
            book.save_document(read_document(document))
    pc.desks += [desk_of(pc, worker, person) for worker, person in zip(workers, keys, strict=True)]
    return pc


def desk_of(pc: Pc, worker: Worker, key: Any) -> Desk:
    """Return the desk of a worker who signs with this key on this PC."""
    pen = Pen(pc.sign, partial(key.sign, PERSON_CONTEXT))
    return Desk(worker, pen, pc.store.write, pc.store.read, pc.clock, pc.entropy)


def directory() -> Directory:
    """Return three errands: two that the township decides, one that goes to the county."""
    return Directory("2026-1", "模拟目录", sample=True, items=tuple(_item(code, at) for code, at in ITEMS.items()))


def _item(code: str, level: DecideLevel) -> Item:
    return Item(
        code=code,
        name=f"事项{code}",
        category="社会保障",
        department="民政",
        kind=Kind.INSTANT if code == "T-1" else Kind.PROMISED,
        decide_level=level,
        accept_points=("村级", "乡镇"),
        proxy_mode=ProxyMode.PROXY,
        must_be_in_person=False,
        statutory=TimeLimit(20, Unit.WORKDAY),
        promised=TimeLimit(5, Unit.WORKDAY),
        materials=(Material(PAPER, 1, 1, Handling.COLLECT, tolerable=False),),
        legal_basis=(LegalBasis("行政许可法", "第二十九条", "已核"),),
        fee=Fee(charge=False, standard="不收费", status="已核"),
    )


def form_of(rng: Random, code: str) -> dict[str, Any]:
    """Return a form that fits the action."""
    forms: dict[str, dict[str, Any]] = {
        "request_withdrawal": {"reason": "交错了"},
        "supply": {"note": "补齐", "materials": [{"name": PAPER, "originals": 1, "copies": rng.randint(1, 3)}]},
        "opinion": {"text": "内部意见"},
        "refuse": {"reason": "不符合条件", "remedy": "可以申请行政复议"},
        "deliver": {"signed_by": "王五", "method": "in_person"},
        "note": {"text": f"备注{rng.randint(1, 99)}"},
    }
    return forms.get(code, {})
