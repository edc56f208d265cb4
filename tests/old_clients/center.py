"""A county's center of today with an office, an account and a code for each PC of the recording, served over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from station_app.bootstrap.center import OpenCenter, init, open_center
from station_app.bootstrap.sample import sample_directory, shipped_calendar
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.domain.people import Role, Worker
from station_app.keys.codes import hash_code
from station_app.usecases.run_center import add_user, open_enrolment, save_organisations
from station_app.usecases.times import read_stamp
from tests.center.served import serving
from tests.old_clients.proto1 import OldStation
from tests.reliability.place import COUNTY, TOWNSHIP, VILLAGES

OFFICES = Organisations(
    [
        Organisation(COUNTY, "峨边彝族自治县", Level.COUNTY),
        Organisation(TOWNSHIP, "沙坪镇", Level.TOWNSHIP, COUNTY),
        Organisation(VILLAGES[0], "示例一村", Level.VILLAGE, TOWNSHIP),
        Organisation(VILLAGES[1], "示例二村", Level.VILLAGE, TOWNSHIP),
    ]
)
# Each PC of the recording: its office, and who works there with which roles.
STATIONS = {
    "village": (VILLAGES[0], {"李𬭎": {Role.AGENT}}),
    "second": (VILLAGES[0], {"吉伍阿支": {Role.AGENT}}),
    "other": (VILLAGES[1], {"阿苏子": {Role.AGENT}}),
    "township": (TOWNSHIP, {"张䶮": {Role.CLERK, Role.REVIEWER}, "镇长": {Role.APPROVER}}),
    "county": (COUNTY, {"王县": {Role.SUPERVISOR}, "局长": {Role.SUPERVISOR}}),
}
WORKERS = [name for _, workers in STATIONS.values() for name in workers]


@dataclass
class Clock:
    """The center's clock, set by hand."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def enrolment_secret(station: str) -> str:
    """Return the secret part of a PC's enrolment code."""
    return f"{list(STATIONS).index(station):010}"


def activation_code(worker: str) -> str:
    """Return a worker's activation code."""
    return f"{WORKERS.index(worker):010}"


def open_place(folder: Path) -> OpenCenter:
    """Make the center; persons have the ids that the recording knows them by."""
    init(folder, OFFICES.get(COUNTY), shipped_calendar().to_json(), sample_directory().to_json())
    opened = open_center(folder)
    with opened.write() as store:
        save_organisations(store, opened.clerk, OFFICES)
        for station, (org, workers) in STATIONS.items():
            open_enrolment(store, org, hash_code(enrolment_secret(station)).hex())
            for name, roles in workers.items():
                worker = Worker(f"{WORKERS.index(name):032}", name, org, frozenset(roles))
                add_user(store, opened.clerk, worker, hash_code(activation_code(name)).hex())
    return opened


@contextmanager
def serve(opened: OpenCenter, clock: Clock) -> Iterator[str]:
    """Serve it by this clock and give its address."""
    parts = opened.parts()
    with serving(replace(parts, clerk=replace(parts.clerk, now=clock))) as port:
        yield f"http://127.0.0.1:{port}"
    opened.engine.dispose()


def replay(recorded: dict[str, Any], url: str, clock: Clock) -> dict[str, OldStation]:
    """Send what was recorded, in its order and by its clock, and return the old programs with what they were told."""
    stations: dict[str, OldStation] = {}
    for send in recorded["sends"]:
        clock.now = read_stamp(send["at"])
        name = send["station"]
        if name not in stations:
            stations[name] = OldStation(url, recorded["stations"][name])
            stations[name].join()
        stations[name].send(send["events"])
    return stations


def told(stations: dict[str, OldStation]) -> dict[str, Any]:
    """Return what each was told of its own events and those of other PCs: what a center of any later day says too."""
    return {
        name: {
            "statuses": old.statuses,
            "verdicts": old.verdicts(),
            "others": old.others,
            "documents": sorted(old.documents),
        }
        for name, old in stations.items()
    }
