"""PCs and centers whose clock shows another time than this machine's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from installers.linux_packages import FOR_CLOCKS
from installers.system import SetupError
from tests.reliability.place import Place
from tests.reliability.warm import Warm
from tests.system_parts import install

[FAKETIME] = FOR_CLOCKS


class Clocks:
    """Programs whose clock is wrong, one for each way to be wrong, started when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._warms: dict[str, Warm] = {}

    def pc(self, place: Place, clock: str) -> Place:
        """Return the place as it is on a PC whose clock shows this; the center of the first one has the right time."""
        if clock not in self._warms:
            settings = ("env", "FAKETIME_DONT_FAKE_MONOTONIC=1", "TZ=Asia/Shanghai")
            shows = clock if clock[0] == "+" else f"@{clock}"
            self._warms[clock] = Warm(self._folder / clock, (*settings, FAKETIME.file, "-m", "-f", shows))
        return Place(place.folder, self._warms[clock])

    def close(self) -> None:
        for warm in self._warms.values():
            warm.close()


@pytest.fixture(scope="module")
def clocks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clocks]:
    try:
        install(FOR_CLOCKS)
    except SetupError as error:
        pytest.skip(str(error))
    made = Clocks(tmp_path_factory.mktemp("clocks"))
    yield made
    made.close()
