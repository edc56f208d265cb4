"""A small place to work in: a county's center, the city's above it, and stations that reach theirs by a line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from station_app.cli.demo.centers import DemoCenter, Office, Person
from station_app.cli.demo.children import STATION, Answer, Children, Resident
from station_app.cli.demo.proxy import Line
from station_app.domain.errors import StationError

WAIT_S = 60.0
LOOK_AGAIN_S = 3.0
PIN = "248163"

T = TypeVar("T")


CITY = Office(
    "city",
    "511100000000",
    "乐山市",
    "city",
    "",
    (Person("罗正刚", "clerk"), Person("阿库伍呷", "clerk,approver")),
)
COUNTY = Office(
    "county",
    "511132000000",
    "峨边彝族自治县",
    "county",
    CITY.code,
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
EVERYBODY = (*OFFICES, CITY)


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

    def exchanges(self) -> int:
        """Return how many exchanges it has finished by itself since it was switched on."""
        return sum(1 for report in self.running.reports() if not report["code"]) if self.running else 0

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
    """A county's center, the line to it, and the stations; on demand its city's center above it."""

    def __init__(
        self, folder: Path, *, patience_s: float = 0.0, children: Callable[[Path, str], Children] = Children
    ) -> None:
        self.folder = folder
        self.children = children(folder, PIN)
        self.stations: dict[str, Station] = {}
        self.county = DemoCenter("center", COUNTY, self.children, folder, patience_s)
        self.city = DemoCenter("city-center", CITY, self.children, folder, patience_s)

    @property
    def url(self) -> str:
        """Return where the stations of the county reach its center."""
        return self.county.url

    @property
    def line(self) -> Line:
        """Return the line to the county's center, once it serves."""
        return self.county.line

    @property
    def stick(self) -> Path:
        """Return the folder that is the stick which people carry."""
        folder = self.folder / "stick"
        folder.mkdir(exist_ok=True)
        return folder

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Cut the network of the whole county for the length of a block."""
        with self.line.offline():
            yield

    def center(self, *command: str) -> Answer:
        """Run a command of the county's center and return its last answer."""
        return self.county.run(*command)

    def open_center(self, offices: Sequence[Office] = OFFICES) -> None:
        """Make the county's center with its organisations and the sample directory, and serve it."""
        self.county.make(offices)
        self.county.serve()

    def open_city(self) -> None:
        """Make the city's center, serve it, and have the county's center join it."""
        self.make_city()
        self.join_city()

    def make_city(self) -> None:
        """Make the city's center and serve it."""
        self.city.make((CITY, COUNTY))
        self.city.serve()

    def join_city(self) -> None:
        """Have the county's center join the city's."""
        code = self.city.run("enrol-code", "--org", COUNTY.code)["code"]
        self.county.run("join", self.city.url, code)

    def center_of(self, office: Office) -> DemoCenter:
        """Return the center that an office's stations belong to."""
        return self.city if office.level == CITY.level else self.county

    def join(self, office: Office) -> Station:
        """Enrol a new PC of an office and sign its people in on it for the first time."""
        station = Station(office, self.folder, self.children)
        center = self.center_of(office)
        code = center.run("enrol-code", "--org", office.code)["code"]
        self.children.run(STATION, ["--home", str(station.folder)], "enrol", center.url, code)
        for person in office.people:
            self.sign_in_first(station, person)
        self.stations[office.key] = station
        return station

    def join_by_file(self, office: Office) -> Station:
        """Enrol a new PC that has no line, and sign its people in on it, by files on the stick.

        Where its center has not served yet, the PC is told no address and goes on by packages alone.
        """
        station = Station(office, self.folder, self.children)
        code = self.center_of(office).run("enrol-code", "--org", office.code)["code"]
        self._granted(station, "enrol", code)
        for person in office.people:
            self._granted(station, "activate", person.name, self._activation_code(office, person))
        self.stations[office.key] = station
        return station

    def sign_in_first(self, station: Station, person: Person) -> Answer:
        """Open an account at the center and use its activation code on the station's PC."""
        code = self._activation_code(station.office, person)
        return self.children.run(STATION, ["--home", str(station.folder)], "activate", person.name, code)[0]

    def _activation_code(self, office: Office, person: Person) -> str:
        add = ("user", "add", "--org", office.code, "--name", person.name, "--roles", person.roles)
        return str(self.center_of(office).run(*add)["activation_code"])

    def _granted(self, station: Station, *command: str) -> None:
        """Run a command that asks the center, by a request that is carried there and a grant that is carried back."""
        home, file = ["--home", str(station.folder)], str(self.stick / f"{station.office.key}-{command[0]}")
        asked = self.children.run(STATION, home, *command, "--request", file)[0]["file"]
        granted = self.center_of(station.office).run("enrol-grant", asked, file)["file"]
        self.children.run(STATION, home, command[0], "--grant", granted)

    def exchanges(self) -> int:
        """Return how many exchanges the running stations have finished by themselves."""
        return sum(station.exchanges() for station in self.stations.values())

    def error_tails(self) -> dict[str, str]:
        """Return what the programs that stay up wrote on standard error, where there is anything."""
        tails = {resident.label: resident.error_tail() for resident in self.children.residents}
        return {label: tail for label, tail in tails.items() if tail}

    def close(self) -> None:
        """End every process and take the lines down."""
        self.children.end_all()
        self.county.close()
        self.city.close()


def expect(holds: bool, what: str, found: object) -> None:
    """Raise `demo-unexpected` (what, found) unless something is as the story has it."""
    if not holds:
        raise StationError("demo-unexpected", what=what, found=str(found)[:500])
