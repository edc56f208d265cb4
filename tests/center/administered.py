"""A center that answers real calls, and the county's PC with two administrators and a clerk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from station_app.bootstrap import station
from station_app.bootstrap.station_line import client
from station_app.domain.errors import StationError
from station_app.keys.signing import REQUEST
from station_app.protocol.fleet_records import Fleet, FleetPc
from station_app.protocol.requests import (
    DEVICE_HEADER,
    NONCE_HEADER,
    PERSON_HEADER,
    PERSON_SIGNATURE_HEADER,
    SIGNATURE_HEADER,
    STATIONS_PATH,
    body_hash,
    request_of,
)
from station_app.sync.center_client import Administrator, CenterClient
from tests.administrators import add_administrators
from tests.center.served import Answer, Change, Served, served_at
from tests.reliability.place import ADMINISTRATORS, PIN, VILLAGES, Place

HOMES = ("c", "k", "v1", "t")


@dataclass
class Office:
    """A center that answers, and the county's PC with an administrator signed in."""

    served: Served
    place: Place
    pc: station.SignedIn

    def url(self) -> str:
        return f"http://127.0.0.1:{self.served.port}"

    def client(self, pc: station.SignedIn | None = None) -> CenterClient:
        pc = pc or self.pc
        return client(replace(pc.home.identity(), center_url=self.url()), pc.device_key)

    def fleet(self, *who: Administrator, pc: station.SignedIn | None = None) -> Fleet:
        """Ask as the windows do."""
        return self.client(pc).fleet(who or ((pc or self.pc).administrator,))

    def refusal(self, *who: Administrator, pc: station.SignedIn | None = None) -> str:
        with pytest.raises(StationError) as caught:
            self.fleet(*who, pc=pc)
        return caught.value.code

    def of(self, org: str) -> FleetPc:
        """Return the only PC of an office."""
        [found] = [pc for pc in self.fleet().pcs if pc.org == org]
        return found

    def ruled(self) -> bool:
        with self.served.opened.read() as store:
            return not store.waits_for_ruling(VILLAGES[0])

    def raw(self, **changes: str) -> Answer:
        """Make the call by hand, with other headers."""
        signed = request_of("GET", STATIONS_PATH, body_hash(b""), "ab")
        headers = {
            DEVICE_HEADER: self.pc.home.identity().device,
            NONCE_HEADER: "ab",
            SIGNATURE_HEADER: self.pc.device_key.sign(REQUEST, signed).hex(),
            PERSON_HEADER: self.pc.administrator.person,
            PERSON_SIGNATURE_HEADER: self.pc.administrator.sign(signed).hex(),
        }
        return self.served.raw("GET", STATIONS_PATH, headers={**headers, **changes})


def with_administrators(template: Place, folder: Path) -> Place:
    """Return a place in which both administrators can sign in on the county's PC."""
    place = template.copy(folder, *HOMES)
    with place.serving():
        add_administrators(place)
    return place


@contextmanager
def at(place: Place, change: Change = lambda parts: parts) -> Iterator[Office]:
    with served_at(place, change) as served:
        pc = station.sign_in(place.home("k"), ADMINISTRATORS[0], PIN)
        try:
            yield Office(served, place, pc)
        finally:
            pc.engine.dispose()


@pytest.fixture(scope="module")
def ready(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return with_administrators(template, tmp_path_factory.mktemp("administered"))


@pytest.fixture
def office(ready: Place, tmp_path: Path) -> Iterator[Office]:
    with at(ready.copy(tmp_path / "place", *HOMES)) as found:
        yield found
