"""A center as a real process, and enrolled stations in this process, for benchmarks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from station_app.bootstrap import joining, station
from station_app.usecases.ports import Book, Desk

COUNTY, TOWNSHIP, VILLAGE = "511132000000", "511132100000", "511132100201"
PIN = "248163"
ORGANISATIONS = f"""code,name,level,parent
{COUNTY},峨边彝族自治县,county,
{TOWNSHIP},沙坪镇,township,{COUNTY}
{VILLAGE},示例一村,village,{TOWNSHIP}
"""


class Place(AbstractContextManager["Place"]):
    """A center process on loopback with the sample directory."""

    def __init__(self, folder: Path) -> None:
        os.environ["STATION_TEST_QUICK_PIN"] = "1"
        self._folder = folder
        self._env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self.center("init", "--level", "county", "--org", COUNTY, "--name", "峨边彝族自治县", "--sample")
        (folder / "orgs.csv").write_text(ORGANISATIONS, "utf-8")
        self.center("org", "import", str(folder / "orgs.csv"))
        command = [*self._program("center"), "serve", "--port", "0"]
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self._env)
        assert self._server.stdout is not None
        self.url = self._server.stdout.readline().split()[1]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.terminate()
        self._server.wait(20)

    @property
    def center_home(self) -> Path:
        """Return the center's data folder."""
        return self._folder / "center"

    def center_cpu_s(self) -> float:
        """Return the CPU seconds that the center process has used (Linux)."""
        fields = Path(f"/proc/{self._server.pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _program(self, name: str) -> list[str]:
        return [sys.executable, "-m", f"station_app.cli.{name}", "--home", str(self.center_home), "--json"]

    def until_ruled(self) -> float:
        """Wait until the center has ruled on all that it has; return the seconds."""
        start = time.perf_counter()
        while self.center("status")["unruled"]:
            time.sleep(0.1)
        return time.perf_counter() - start

    def center(self, *arguments: str) -> dict[str, str]:
        """Run a command of station-center and return its last answer."""
        done = subprocess.run(
            [*self._program("center"), *arguments], check=True, capture_output=True, text=True, env=self._env
        )
        answer: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def station(self, name: str, org: str, worker: str, roles: str) -> station.SignedIn:
        """Return a freshly enrolled station with a worker signed in."""
        home = self._folder / name
        joining.enrol(home, self.url, self.center("enrol-code", "--org", org)["code"])
        code = self.center("user", "add", "--org", org, "--name", worker, "--roles", roles)["activation_code"]
        joining.activate(home, worker, code, PIN)
        return station.sign_in(home, worker, PIN)


def in_one_transaction(desk: Desk, book: Book) -> Desk:
    """Return the desk with all its use cases inside one open transaction, to fill a journal quickly."""
    return replace(desk, open_book=lambda: nullcontext(book), read_book=lambda: nullcontext(book))
