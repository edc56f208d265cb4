"""A small place for tests: a county's center and its stations, made once by command and copied for each test."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.persons import somebody
from tests.reliability.warm import CENTER, STATION, Ran, Started, Warm

COUNTY, TOWNSHIP = "511132000000", "511132100000"
VILLAGES = ("511132100201", "511132100202")
PIN = "248163"
ENV = {"STATION_PIN": PIN, "STATION_PIN_SECOND": PIN, "STATION_TEST_QUICK_PIN": "1"}
ADMINISTRATORS = ("系统管理员", "第二管理员")
ORGANISATIONS = f"""code,name,level,parent
{COUNTY},峨边彝族自治县,county,
{TOWNSHIP},沙坪镇,township,{COUNTY}
{VILLAGES[0]},示例一村,village,{TOWNSHIP}
{VILLAGES[1]},示例二村,village,{TOWNSHIP}
"""
# Home to its office and its workers; the first one is who works there unless a test says otherwise.
STATIONS = {
    "v1": (VILLAGES[0], {"李𬭎": "agent"}),
    "v2": (VILLAGES[1], {"阿苏子": "agent"}),
    "t": (TOWNSHIP, {"张䶮": "clerk", "镇长": "approver"}),
    "k": (COUNTY, {"王县": "clerk", "局长": "approver"}),
}
FORM: dict[str, Any] = {
    "item": "SAMPLE-SB-003",
    "applicant": {"name": "阿苏吉木", "id_type": "111", "id_number": "11010519491231002X", "phone": "13800000000"},
    "materials": [
        {"name": "申请人居民身份证", "originals": 1, "copies": 1},
        {"name": "待遇领取申请表", "originals": 1},
    ],
}


_PERSONS = count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """The homes of a center ("c") and stations in one folder, and the program that runs their commands."""

    folder: Path
    warm: Warm

    def home(self, name: str) -> Path:
        """Return the folder of a center or station."""
        return self.folder / name

    def station(self, name: str, *arguments: str, **who: Any) -> Ran:
        """Run a command of a station with --json; `who` is as for `plain`."""
        return self.plain(name, "--json", *arguments, **who)

    def plain(self, name: str, *arguments: str, worker: str | None = None, env: Mapping[str, str] | None = None) -> Ran:
        """Run a command of a station as a worker; without --json it answers in sentences."""
        if worker is None:
            worker = next(iter(STATIONS[name][1])) if name in STATIONS else ""
        given = ["--home", str(self.home(name)), *(["--as", worker] if worker else []), *arguments]
        return self.warm.run(STATION, *given, env={**ENV, **(env or {})})

    def center(self, *arguments: str, name: str = "c") -> Ran:
        """Run a command of the center with --json."""
        return self.plain_center("--json", *arguments, name=name)

    def plain_center(self, *arguments: str, name: str = "c") -> Ran:
        """Run a command of the center; without --json it answers in sentences."""
        return self.warm.run(CENTER, "--home", str(self.home(name)), *arguments, env=ENV)

    def register(self, name: str, **changes: Any) -> dict[str, Any]:
        """Register a case by command, of another person each time, and return the answer."""
        applicant = {**FORM["applicant"], "id_number": somebody(next(_PERSONS))}
        return self.station(name, "case", "register", self.form(**{"applicant": applicant, **changes})).found()

    def form(self, **changes: Any) -> str:
        """Write a form and return its path."""
        path = self.folder / "form.json"
        path.write_text(json.dumps({**FORM, **changes}, ensure_ascii=False), "utf-8")
        return str(path)

    def act(self, form: Mapping[str, Any]) -> str:
        """Write the form of an action and return its path."""
        path = self.folder / "act.json"
        path.write_text(json.dumps(form, ensure_ascii=False), "utf-8")
        return str(path)

    def copy(self, folder: Path, *names: str) -> Place:
        """Return a place of its own with these homes; nothing may run in the original."""
        for name in names:
            shutil.copytree(self.home(name), folder / name)
        return Place(folder, self.warm)

    @contextmanager
    def serving(self, name: str = "c", *options: str) -> Iterator[str]:
        """Run the center as it is shipped and give its address; all stations of the place are told where it is now."""
        with self.started(name, *options) as started:
            yield self.moved_to(listening(started))

    @contextmanager
    def started(self, name: str = "c", *options: str) -> Iterator[Started]:
        """Run the center as it is shipped and give its process."""
        started = self.warm.start(CENTER, "--home", str(self.home(name)), "serve", "--port", "0", *options, env=ENV)
        try:
            yield started
        finally:
            os.kill(started.pid, signal.SIGTERM)
            self.warm.wait(started)

    def moved_to(self, url: str) -> str:
        """Tell the stations of the place where the center is now, as a person would who gave it another address."""
        for path in self.folder.glob("*/identity.json"):
            found = json.loads(path.read_text("utf-8"))
            path.write_text(json.dumps({**found, "center_url": url}), "utf-8")
        return url


def listening(started: Started, within_s: float = 60.0) -> str:
    """Return the address that a center prints when it takes calls."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        text = started.out.read_text("utf-8") if started.out.exists() else ""
        if text.endswith("\n"):
            return text.split()[1]
        time.sleep(0.005)
    raise AssertionError(f"no center: {started.err.read_text('utf-8')}")


def make_place(folder: Path, warm: Warm) -> Place:
    """Make a center with the sample directory and a station for each office, and join them, all by command."""
    folder.mkdir()
    place = Place(folder, warm)
    make_center(place)
    with place.serving() as url:
        for name, (org, workers) in STATIONS.items():
            join(place, url, name, org, workers)
    return place


def make_center(place: Place, name: str = "c") -> None:
    """Make a center that knows the organisations, has two administrators and has published the sample directory."""
    orgs = place.folder / "orgs.csv"
    orgs.write_text(ORGANISATIONS, "utf-8")
    office = ("--level", "county", "--org", COUNTY, "--name", "峨边彝族自治县")
    first = place.center("init", *office, "--sample", name=name).found()
    place.center("activate", ADMINISTRATORS[0], first["activation_code"], name=name).found()
    place.center("org", "import", str(orgs), name=name).found()
    add = ("user", "add", "--org", COUNTY, "--name", ADMINISTRATORS[1], "--roles", "admin")
    second = place.center(*add, name=name).found()
    place.center("activate", ADMINISTRATORS[1], second["activation_code"], name=name).found()


def join(place: Place, url: str, name: str, org: str, workers: Mapping[str, str]) -> None:
    """Enrol a station and activate its workers."""
    code = place.center("enrol-code", "--org", org).found()["code"]
    place.station(name, "enrol", url, code).found()
    for worker, roles in workers.items():
        added = place.center("user", "add", "--org", org, "--name", worker, "--roles", roles).found()
        place.station(name, "activate", worker, added["activation_code"]).found()
