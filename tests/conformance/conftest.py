"""A real county center as a process, and stations that ask it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.client import Station

VILLAGE, TOWNSHIP, COUNTY = "511132100201", "511132100000", "511132000000"
ROLES = {VILLAGE: "agent", TOWNSHIP: "clerk", COUNTY: "clerk"}
OFFICES = f"code,name,level,parent\n{TOWNSHIP},沙坪镇,township,{COUNTY}\n{VILLAGE},河口村,village,{TOWNSHIP}\n"
PROGRAM = (sys.executable, "-m", "station_app.cli.center", "--json", "--home")


class RealCenter:
    def __init__(self, home: Path) -> None:
        self.home, self.database, self.port, self.workers = home, home / "center.db", "0", 0

    def command(self, *words: str) -> dict[str, Any]:
        done = subprocess.run([*PROGRAM, str(self.home), *words], capture_output=True, text=True, check=True)
        return dict(json.loads(done.stdout))

    def start(self) -> None:
        words = [*PROGRAM, str(self.home), "serve", "--plain", "--port", self.port]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().split()[-1]
        self.port = self.url.rsplit(":", 1)[1]

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=30)

    def copy_database(self, target: Path) -> None:
        source, copy = sqlite3.connect(self.database), sqlite3.connect(target)
        source.backup(copy)
        source.close()
        copy.close()

    def put_back(self, copy: Path) -> None:
        for old in self.home.glob("center.db*"):
            old.unlink()
        self.database.write_bytes(copy.read_bytes())

    def account(self, office: str) -> tuple[str, str]:
        """Open an account; give name and activation code."""
        self.workers += 1
        name = f"王{chr(0x4E00 + self.workers)}"
        answer = self.command("user", "add", "--org", office, "--name", name, "--roles", ROLES[office])
        return name, answer["activation_code"]

    def station(self, office: str) -> Station:
        """Enrol a station, activate its worker, and let it come to rest."""
        station = Station(self.url)
        station.enrol(self.command("enrol-code", "--org", office)["code"])
        station.activate(*self.account(office))
        station.exchange()
        return station


def _running(folder: Path) -> Iterator[RealCenter]:
    (folder / "offices.csv").write_text(OFFICES, encoding="utf-8")
    center = RealCenter(folder / "center")
    center.command("init", "--level", "county", "--org", COUNTY, "--name", "峨边县", "--sample")
    center.command("org", "import", str(folder / "offices.csv"))
    center.start()
    yield center
    center.stop()


@pytest.fixture(scope="session")
def center(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCenter]:
    yield from _running(tmp_path_factory.mktemp("conformance"))


@pytest.fixture
def own_center(tmp_path: Path) -> Iterator[RealCenter]:
    """A center for one test: it ends its healing only when all its stations have come."""
    yield from _running(tmp_path)


@pytest.fixture(scope="session")
def township(center: RealCenter) -> Station:
    return center.station(TOWNSHIP)


@pytest.fixture(scope="session")
def village(center: RealCenter) -> Station:
    """One village for many tests; it stays in its first epoch."""
    return center.station(VILLAGE)


@pytest.fixture
def fresh(center: RealCenter) -> Station:
    """A village's station for one test that copies or spoils it."""
    return center.station(VILLAGE)
