"""A center of the demonstration: its folder, its program, and the line by which others reach it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from station_app.cli.demo.children import CENTER, START_WITHIN_S, Answer, Children, Resident
from station_app.cli.demo.proxy import LOOPBACK, Line
from station_app.domain.errors import StationError

# How often a center asks the one above: who tries several windows wants to see soon what was done in another.
ASKS_ABOVE_EVERY_S = "1"


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


class DemoCenter:
    """The center of an office: its commands, and the program that serves behind a line that can be cut.

    Args:
        key: name of its folder and of its program.
        patience_s: how long a cut line lets those wait who try it.
    """

    def __init__(self, key: str, office: Office, children: Children, folder: Path, patience_s: float) -> None:
        self.key = key
        self.office = office
        self._children = children
        self._folder = folder
        self._patience_s = patience_s
        self._line: Line | None = None
        self._serving: Resident | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Return where others reach it: the near end of the line."""
        return f"https://{LOOPBACK}:{self.line.port}"

    @property
    def line(self) -> Line:
        """Return the line to it, once it serves."""
        assert self._line is not None
        return self._line

    def run(self, *command: str) -> Answer:
        """Run a command and return its last answer."""
        return self._children.run(CENTER, ["--home", str(self.home)], *command)[-1]

    def make(self, offices: Sequence[Office]) -> None:
        """Make it with its organisations and the sample directory.

        Args:
            offices: its own and those below, as far as it has to know them from the start.
        """
        office = self.office
        self.run("init", "--level", office.level, "--org", office.code, "--name", office.name, "--sample")
        rows = [f"{o.code},{o.name},{o.level},{o.parent if o != office else ''}" for o in offices]
        organisations = self._folder / f"{self.key}.csv"
        organisations.write_text("\n".join(["code,name,level,parent", *rows, ""]), "utf-8")
        self.run("org", "import", str(organisations))

    def serve(self) -> None:
        """Start its program, the second time on the same port, and the line to it.

        Raises:
            StationError: `demo-waited-in-vain`, `demo-program-ended`: it does not come up.
        """
        options = ("serve", "--port", str(self._port), "--interval", ASKS_ABOVE_EVERY_S)
        serving = self._children.start(self.key, CENTER, ["--home", str(self.home)], *options)
        if not serving.wait_for_more(0, START_WITHIN_S):
            serving.require_up()
            raise StationError("demo-waited-in-vain", what="开始服务", office=self.name, seconds=int(START_WITHIN_S))
        self._serving = serving
        self._port = int(serving.lines[0].rpartition(":")[2])
        if self._line is None:
            self._line = Line(self._port, patience_s=self._patience_s).__enter__()

    @property
    def home(self) -> Path:
        """Return its folder."""
        return self._folder / self.key

    @property
    def port(self) -> int:
        """Return where its program listens, behind the line."""
        return self._port

    @property
    def name(self) -> str:
        """Return what people call it."""
        return f"{self.office.name}中心"

    def stop(self) -> None:
        """End its program; the line stays and leads nowhere."""
        if self._serving is not None:
            self._children.end(self._serving)
            self._serving = None

    def close(self) -> None:
        """Take the line down."""
        if self._line is not None:
            self._line.__exit__()
            self._line = None
