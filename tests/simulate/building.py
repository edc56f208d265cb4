"""The city at the start: three centers, the counties joined to the city's, and a PC in most offices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from station_app.domain.calendar import Calendar
from station_app.domain.organisations import Organisations
from station_app.domain.people import Worker
from station_app.exchange.authentic import PERSON_CONTEXT
from station_app.exchange.inbox import CREDENTIAL_CONTEXT
from station_app.exchange.ports import Link
from station_app.exchange.uplink import LINK
from station_app.exchange.writing import Pen
from station_app.protocol.signed import DeviceCredential, device_id, read_document
from station_app.usecases.center_ports import Account
from station_app.usecases.other_centers import hear_from_above, put_below
from station_app.usecases.ports import Desk, Identity
from station_app.usecases.run_center import (
    CALENDAR,
    DIRECTORY,
    NewPc,
    add_center,
    enrol,
    organisations_of,
    publish,
    save_organisations,
)
from tests.fakes import Scheme, Store, center_store, station_store
from tests.simulate import center_work, tree
from tests.simulate.chance import Chance
from tests.simulate.machines import Center, Pc, parts_of

# A PC of every kind of office is always there; of the others some seeds have some.
ALWAYS = {"v1": tree.VILLAGE, "t1": tree.TOWNSHIP, "c1": tree.COUNTY, "v4": tree.FAR_VILLAGE, "t4": tree.FAR_TOWNSHIP}
SOMETIMES = {
    "t1b": tree.TOWNSHIP,
    "v2": tree.NEXT_VILLAGE,
    "t2": tree.NEXT_TOWNSHIP,
    "c4": tree.OTHER_COUNTY,
    "m1": tree.CITY,
    "v1b": tree.VILLAGE,
}


class Stores:
    """Where machines keep what survives: here in memory."""

    def station(self, name: str) -> Store:
        """Return the store of a new PC."""
        return station_store()

    def center(self, name: str) -> Store:
        """Return the store of a new center."""
        return center_store()

    def who_comes(self, chance: Chance) -> dict[str, Any]:
        """Return what a form says of the person at the desk: hardly anything, as nobody looks for it in memory."""
        return {"applicant": {"name": "王五", "id_type": "none"}}


@dataclass
class Site:
    """What the building of a world needs, and what it has built so far."""

    chance: Chance
    scheme: Scheme
    now: Callable[[], datetime]
    stores: Stores
    centers: dict[str, Center] = field(default_factory=dict)
    pcs: list[Pc] = field(default_factory=list)


def build(site: Site) -> None:
    """Build centers and PCs."""
    city = _center(site, tree.CITY, [tree.office(tree.CITY), *(tree.office(c, tree.CITY) for c in tree.COUNTIES)])
    for code in tree.COUNTIES:
        _join(_center(site, code, tree.offices_of(code)), city)
    names = dict(ALWAYS)
    for name, org in SOMETIMES.items():
        if site.chance.happens(0.5):
            names[name] = org
    for name, org in names.items():
        site.pcs.append(new_pc(site, name, home_of(site, org)))


def home_of(site: Site, org: str) -> Center:
    """Return the center that says that it serves an office; while word of a move is on its way, the one it moves to."""
    said = {}
    for center in site.centers.values():
        with center.store.read() as book:
            said[center.org] = organisations_of(book)
    centers = list(site.centers.values())
    served = [here for here in centers if org in said[here.org] and said[here.org].is_served_by(org, here.org)]
    return (served or [here for here in centers if said[tree.CITY].is_served_by(org, here.org)])[0]


def _center(site: Site, code: str, offices: list[Any]) -> Center:
    seed = site.chance.bytes(32)
    key = site.scheme.key(seed)
    store = site.stores.center(code)
    parts = parts_of(code, key, store, (lambda: site.now() + center.slow, site.chance.bytes), site.scheme)
    clerk, device = parts.clerk, device_id(key.public)
    center = Center(code, code, device, key, store, None, site.scheme, clerk, parts, seed)  # type: ignore[arg-type]
    center.boss = center
    site.centers[code] = center
    with store.write() as book:
        facts = {"device": device, "epoch": site.chance.bytes(8).hex(), "incarnation": f"i{code}", "org": code}
        book.save_setting("center", {**facts, "name": code, "level": tree.LEVELS[code].value})
        credential = DeviceCredential(device, code, key.public)
        book.save_credential(clerk.signed(CREDENTIAL_CONTEXT, credential.to_payload()))
        for office in offices:
            if office.code == code or code != tree.CITY:
                add_workers(book, tree.workers_of(office.code))
        save_organisations(book, clerk, Organisations(offices))
        publish(book, clerk, DIRECTORY, tree.directory().to_json())
        publish(book, clerk, CALENDAR, calendar(1))
    return center


def calendar(number: int) -> dict[str, Any]:
    """Return a calendar without holidays."""
    return Calendar(number, (2026,), frozenset(), frozenset(), "模拟").to_json()


def add_workers(book: Any, workers: list[Worker]) -> None:
    """Open an account for each."""
    for worker in workers:
        book.save_account(Account(worker))


def _join(county: Center, city: Center) -> None:
    """Make a county's center a client of the city's, as bootstrap.uplink.join does over the network."""
    epoch = county.setting("center")["epoch"]
    with city.store.write() as book:
        book.add_code(county.org, county.org)
        joined = enrol(book, city.clerk, county.org, NewPc(county.key.public, epoch, is_center=True))
        credentials = book.signed_credentials({county.device, city.device}, ())
    county.boss = city
    with county.store.write() as book:
        book.save_setting("uplink", {"key": city.key.public.hex(), "org": city.org, "name": city.name})
        link = Link(incarnation=city.setting("center")["incarnation"], nonce=joined.epoch.nonce)
        book.save_setting(LINK, asdict(link))
        put_below(book, county.clerk, tree.office(city.org))
        add_center(book, county.clerk, city.org, city.key.public)
        for credential in credentials:
            book.save_credential(credential)
        for document in joined.documents:
            hear_from_above(book, county.clerk, read_document(document))


def new_pc(site: Site, name: str, boss: Center, org: str = "") -> Pc:
    """Enrol a PC and sign its workers in."""
    org = org or {**ALWAYS, **SOMETIMES}[name]
    key = site.scheme.key(site.chance.bytes(32))
    store = site.stores.station(name)
    pc = Pc(name, org, device_id(key.public), key, store, boss, site.scheme, site.chance, site.now)
    enrol_pc(pc, site.chance.bytes(8).hex())
    return pc


def enrol_pc(pc: Pc, epoch: str) -> None:
    """Join a PC to its office's center by a code, and certify the keys of the people there."""
    center = pc.boss
    found = center.does(pc.chance, center_work.enrol_pc, pc.org, pc.key.public, epoch)
    joined, people = found["joined"], [pc.scheme.key(seed) for _, seed in found["people"]]
    with pc.store.write() as book:
        key = center.key.public.hex()
        book.save_identity(Identity(pc.device, epoch, joined.epoch.tag, pc.org, "", center.device, key, ""))
        book.save_link(found["link"])
        book.save_credentials(found["credentials"])
        for document in joined.documents:
            book.save_document(read_document(document))
    pc.people = people
    pc.desks = [desk_of(pc, worker, key) for (worker, _), key in zip(found["people"], people, strict=True)]
    pc.note_saved()


def desk_of(pc: Pc, worker: Worker, key: Any) -> Desk:
    """Return the desk of a worker who signs with this key on this PC."""
    pen = Pen(pc.sign, partial(key.sign, PERSON_CONTEXT))
    return Desk(worker, pen, pc.store.write, pc.store.read, pc.clock, pc.chance.bytes)
