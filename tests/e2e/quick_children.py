"""The demonstration's commands run by a program that has imported everything: real processes that start at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from station_app.cli.demo.children import Answer, Children
from station_app.domain.errors import StationError
from tests.reliability.warm import Started, Warm


class QuickChildren(Children):
    """Runs short commands by forking; what stays up is started as ever, unless it has to die at a chosen moment."""

    def __init__(self, folder: Path, pin: str) -> None:
        super().__init__(folder, pin)
        self._settings = {"STATION_PIN": pin, "STATION_TEST_QUICK_PIN": "1"}
        self.warm = Warm(folder / "warm")

    def run(self, program: str, options: Sequence[str], *command: str) -> list[Answer]:
        ran = self.warm.run(f"{program}:main", "--json", *options, *command, env=self._settings)
        if ran.status != 0:
            assert ran.status == 1, (command, ran.status, ran.err)
            found = json.loads(ran.err.splitlines()[-1])
            raise StationError(found["code"], **found["params"])
        return ran.lines()

    def text(self, program: str, options: Sequence[str], *command: str) -> str:
        """Return what a command tells people."""
        ran = self.warm.run(f"{program}:main", *options, *command, env=self._settings)
        assert ran.status == 0, (command, ran.err)
        return ran.out

    def start_doomed(self, home: Path, port: int, death: str) -> Started:
        """Start a center that dies at `death` (tests.reliability.dying)."""
        return self.warm.start("tests.reliability.dying:serve", str(home), str(port), death, env=self._settings)

    def end_all(self) -> None:
        super().end_all()
        self.warm.close()
