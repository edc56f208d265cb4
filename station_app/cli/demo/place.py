"""A small place to work in: one county center, and stations that reach it through a line of their own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from station_app.cli.demo.children import CENTER, START_WITHIN_S, STATION, Answer, Children, Resident
from station_app.cli.demo.proxy import LOOPBACK, Line
from station_app.domain.errors import StationError

WAIT_S = 60.0
LOOK_AGAIN_S = 3.0
PIN = "248163"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """Who works in an office, and as what."""

    name: str
    roles: str


@dataclass(frozen=True, slots=True)
class Office:
    """One office of the place; the first person's name is the one the station runs under."""

    key: str
    code: str
    name: str
    level: str
    parent: str
    people: tuple[Person, ...]


COUNTY = Office(
    "county",
    "511132000000",
    "峨边彝族自治县",
    "county",
    "",
    (Person("王海燕", "clerk"), Person("吉克阿依", "clerk,approver")),
)
TOWNSHIP = Office(
    "township",
    "511132100000",
    "沙坪镇",
    "township",
    COUNTY.code,
    (Person("张䶮", "clerk"), Person("沙马木呷", "clerk,approver")),
)
VILLAGE_1 = Office("village-1", "511132100201", "示例一村", "village", TOWNSHIP.code, (Person("李𬭎", "agent"),))
VILLAGE_2 = Office("village-2", "511132100202", "示例二村", "village", TOWNSHIP.code, (Person("曲比阿妞", "agent"),))
OFFICES = (COUNTY, TOWNSHIP, VILLAGE_1, VILLAGE_2)


class Station:
    """One office's PC: commands that a person gives on it, and the program that stays up beside them."""

    def __init__(self, office: Office, folder: Path, children: Children) -> None:
        self.office = office
        self.folder = folder / office.key
        self.running: Resident | None = None
        self._children = children

    @property
    def person(self) -> str:
        """Return who works here first of all."""
        return self.office.people[0].name

    def run(self, *command: str, by: str = "") -> list[Answer]:
        """Run a command as a person of this office; StationError if it is refused."""
        return self._children.run(STATION, ["--home", str(self.folder), "--as", by or self.person], *command)

    def ask(self, *command: str, by: str = "") -> Answer:
        """Run a command that gives one answer."""
        return self.run(*command, by=by)[0]

    def act(self, case: str, action: str, form: Mapping[str, Any] | None = None, *, by: str = "") -> Answer:
        """Run a case action with its form."""
        return self.ask("case", "act", case, action, *self._form_file(form), by=by)

    def register(self, form: Mapping[str, Any], *, by: str = "") -> Answer:
        """Take an errand in."""
        return self.ask("case", "register", *self._form_file(form), by=by)

    def cases(self) -> dict[str, Answer]:
        """Return the cases that this office sees, by number."""
        return {case["number"]: case for case in self.run("case", "list")}

    def start(self, every_s: float = 1.0) -> None:
        """Switch the station on: from now on it exchanges by itself."""
        options = ["--home", str(self.folder), "--as", self.person]
        command = ("run", "--headless", "--every", str(every_s))
        self.running = self._children.start(self.office.key, STATION, options, *command)

    def stop(self) -> None:
        """Switch the station off."""
        if self.running is not None:
            self._children.end(self.running)
            self.running = None

    def pause_s(self) -> float:
        """Return how long the station rests before it tries again by itself, as it said last."""
        reports = self.running.reports() if self.running else []
        return float(reports[-1]["pause_s"]) if reports else 0.0

    def wait(self, what: str, probe: Callable[[], T | None], within_s: float = WAIT_S) -> T:
        """Look again and again until `probe` finds something, at the latest after each exchange that moved something.

        Args:
            what: what the office is to do, as it follows on its name and 还没有.
            probe: looks once; None when it is not there yet.
            within_s: how long at most.

        Raises:
            StationError: `demo-waited-in-vain` (what, office, seconds), `demo-program-ended` if the station is down.
        """
        until = time.monotonic() + within_s
        while True:
            seen = self._lines()
            found = probe()
            if found is not None:
                return found
            left = until - time.monotonic()
            if left <= 0:
                raise StationError("demo-waited-in-vain", what=what, office=self.office.name, seconds=int(within_s))
            self._rest(seen, min(left, LOOK_AGAIN_S))
            if self.running is not None:
                self.running.require_up()

    def _lines(self) -> int:
        return len(self.running.lines) if self.running else 0

    def _rest(self, seen: int, within_s: float) -> None:
        """Rest until an exchange has moved something: a look costs a whole process, an idle exchange nothing."""
        until = time.monotonic() + within_s
        while self.running is not None and self.running.wait_for_more(seen, until - time.monotonic()):
            if any(line["pushed"] or line["pulled"] for line in self.running.reports()[seen:]):
                return
            seen = self._lines()
        time.sleep(max(0.0, until - time.monotonic()))

    def _form_file(self, form: Mapping[str, Any] | None) -> list[str]:
        if form is None:
            return []
        path = self.folder.with_name(f"form-{time.monotonic_ns()}-{id(form)}.json")
        path.write_text(json.dumps(form, ensure_ascii=False), "utf-8")
        return [str(path)]


class Place:
    """The center, the line to it, and the stations."""

    def __init__(self, folder: Path, *, patience_s: float = 0.0) -> None:
        self.folder = folder
        self.children = Children(folder, PIN)
        self.stations: dict[str, Station] = {}
        self._patience_s = patience_s
        self._line: Line | None = None
        self._home = folder / "center"

    @property
    def url(self) -> str:
        """Return where the stations reach the center: the near end of the line."""
        return f"https://{LOOPBACK}:{self.line.port}"

    @property
    def line(self) -> Line:
        """Return the line to the center, once it serves."""
        assert self._line is not None
        return self._line

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Cut the network of the whole place for the length of a block."""
        with self.line.offline():
            yield

    def center(self, *command: str) -> Answer:
        """Run a command of the center and return its last answer."""
        return self.children.run(CENTER, ["--home", str(self._home)], *command)[-1]

    def open_center(self, offices: Sequence[Office] = OFFICES) -> None:
        """Make the center with its organisations and the sample directory, and serve it at the end of the line."""
        root = offices[0]
        self.center("init", "--level", root.level, "--org", root.code, "--name", root.name, "--sample")
        rows = [f"{office.code},{office.name},{office.level},{office.parent}" for office in offices]
        organisations = self.folder / "organisations.csv"
        organisations.write_text("\n".join(["code,name,level,parent", *rows, ""]), "utf-8")
        self.center("org", "import", str(organisations))
        self._line = Line(self._serve(), patience_s=self._patience_s).__enter__()

    def join(self, office: Office) -> Station:
        """Enrol a new PC of an office and sign its people in on it for the first time."""
        station = Station(office, self.folder, self.children)
        code = self.center("enrol-code", "--org", office.code)["code"]
        self.children.run(STATION, ["--home", str(station.folder)], "enrol", self.url, code)
        for person in office.people:
            self.sign_in_first(station, person)
        self.stations[office.key] = station
        return station

    def sign_in_first(self, station: Station, person: Person) -> Answer:
        """Open an account at the center and use its activation code on the station's PC."""
        add = ("user", "add", "--org", station.office.code, "--name", person.name, "--roles", person.roles)
        code = self.center(*add)["activation_code"]
        return self.children.run(STATION, ["--home", str(station.folder)], "activate", person.name, code)[0]

    def exchanges(self) -> int:
        """Return how many exchanges the running stations have finished by themselves."""
        running = [station.running for station in self.stations.values() if station.running]
        return sum(1 for resident in running for report in resident.reports() if not report["code"])

    def error_tails(self) -> dict[str, str]:
        """Return what the programs that stay up wrote on standard error, where there is anything."""
        tails = {resident.label: resident.error_tail() for resident in self.children.residents}
        return {label: tail for label, tail in tails.items() if tail}

    def close(self) -> None:
        """End every process and take the line down."""
        self.children.end_all()
        if self._line is not None:
            self._line.__exit__()
            self._line = None

    def _serve(self) -> int:
        serving = self.children.start("center", CENTER, ["--home", str(self._home)], "serve", "--port", "0")
        if not serving.wait_for_more(0, START_WITHIN_S):
            serving.require_up()
            raise StationError("demo-waited-in-vain", what="开始服务", office="县中心", seconds=int(START_WITHIN_S))
        return int(serving.lines[0].rpartition(":")[2])
