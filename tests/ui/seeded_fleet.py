"""Windows of the county's administrators, each on a copy of a place of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from station_app.bootstrap.window_station import StationOnDisk
from station_app.ui.background import Jobs
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.workplace import Workplace
from tests.administrators import add_administrators
from tests.reliability.place import ADMINISTRATORS, PIN, Place


@pytest.fixture(scope="session")
def administered(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place whose county's PC has two administrators; copy what you use."""
    place = template.copy(tmp_path_factory.mktemp("administered"), "c", "k", "v1", "t")
    with place.serving():
        add_administrators(place)
    return place


@pytest.fixture
def fleet_place(administered: Place, tmp_path: Path) -> Place:
    """A copy of it for one test."""
    return administered.copy(tmp_path / "place", "c", "k", "v1", "t")


@pytest.fixture
def sit(qtbot: QtBot) -> Iterator[Callable[..., Workplace]]:
    """Sign a worker in at a home of a place; an administrator at the county's PC unless said otherwise."""
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    places: list[Workplace] = []

    def sit_down(at: Place, worker: str = ADMINISTRATORS[0], home: str = "k") -> Workplace:
        with ThreadPoolExecutor(1) as pool:
            session = pool.submit(StationOnDisk(at.home(home)).sign_in, worker, PIN).result()
        places.append(Workplace(session, Jobs(), Settings(theme=ThemeName.LIGHT)))
        return places[-1]

    yield sit_down
    for found in places:
        qtbot.waitUntil(lambda found=found: found.jobs.idle, timeout=20_000)
        found.jobs.close()
        found.session.close()
