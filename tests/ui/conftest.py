"""Windows on real station homes: encrypted journals, a center's documents, work on every desk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station_app.bootstrap.window_station import StationOnDisk
from station_app.domain.errors import StationError
from station_app.messages.bugs import as_refusal
from station_app.ui.background import Jobs
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.application import prepare_application
from station_app.ui.widgets.theme import Theme, load_rare_font
from station_app.ui.widgets.window import StationWindow
from station_app.ui.workplace import Workplace
from tests.reliability.place import PIN, Place
from tests.reliability.shared import template
from tests.ui import seeded, seeded_city

__all__ = ["template"]

SetUp = Callable[[str, str], Workplace]


@pytest.fixture(scope="session")
def filled(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The place with work on every desk; copy what you use."""
    place = template.copy(tmp_path_factory.mktemp("filled"), "c", "v1", "v2", "t", "k")
    with place.serving():
        seeded.seed(place)
    return place


@pytest.fixture(scope="session")
def filled_city(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The place below a city, with work on the city's desk; copy what you use."""
    place = template.copy(tmp_path_factory.mktemp("filled_city"), "c", "t", "k")
    seeded_city.fill_city(place)
    return place


@pytest.fixture(scope="session")
def look(qapp: QApplication) -> Theme:
    """Fonts and style sheet of the program, for all tests of a run."""
    prepare_application(qapp)
    load_rare_font()
    return Theme(qapp, Settings(theme=ThemeName.LIGHT))


@pytest.fixture
def theme(look: Theme) -> Theme:
    """The light look at 100 %."""
    look.apply(Settings(theme=ThemeName.LIGHT))
    return look


@pytest.fixture
def sit_down(
    request: pytest.FixtureRequest, filled: Place, tmp_path: Path, qtbot: QtBot, theme: Theme
) -> Iterator[SetUp]:
    """Sign a worker in on a copy of a home ("v1", "v2", "t", "k", the city's "s"), without the center."""
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    places: list[Workplace] = []

    def sit(home: str, worker: str) -> Workplace:
        folder = tmp_path / home
        if not folder.exists():
            source: Place = request.getfixturevalue("filled_city") if home == "s" else filled
            source.copy(tmp_path, home)
        with ThreadPoolExecutor(1) as pool:
            session = pool.submit(StationOnDisk(folder).sign_in, worker, PIN).result()
        place = Workplace(session, Jobs(), Settings(theme=ThemeName.LIGHT))
        places.append(place)
        return place

    yield sit
    for place in places:
        qtbot.waitUntil(lambda place=place: place.jobs.idle)
        place.jobs.close()
        place.session.close()


def _raise(error: BaseException) -> None:
    raise error


@pytest.fixture(autouse=True)
def bugs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    """Faults of jobs, each of which fails the test at its end; one that makes one by purpose clears the list."""
    found: list[BaseException] = []

    def told(error: BaseException) -> StationError:
        found.append(error)
        return as_refusal(error)

    monkeypatch.setattr("station_app.ui.background.as_refusal", told)
    yield found
    if found:
        raise found[0]


@pytest.fixture(autouse=True)
def no_bug_waits_for_a_click(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug that a window tells fails the test; its message would stand on a screen that nobody looks at."""
    monkeypatch.setattr(StationWindow, "tell_bug", lambda _window, error: _raise(error))


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    """Lanes of their own, for what needs no workplace."""
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def village(sit_down: SetUp) -> Workplace:
    """The agent of village 1."""
    return sit_down("v1", seeded.AGENT)


@pytest.fixture
def township(sit_down: SetUp) -> Workplace:
    """The township's clerk."""
    return sit_down("t", seeded.CLERK)


@pytest.fixture
def township_head(sit_down: SetUp) -> Workplace:
    """The township's approver."""
    return sit_down("t", seeded.APPROVER)


@pytest.fixture
def county(sit_down: SetUp) -> Workplace:
    """The county's clerk."""
    return sit_down("k", seeded.COUNTY_CLERK)


@pytest.fixture
def idle(qtbot: QtBot) -> Callable[[Workplace], None]:
    """Wait until no job of a workplace runs any more and its results are delivered."""

    def wait(place: Workplace) -> None:
        qtbot.waitUntil(lambda: place.jobs.idle, timeout=20_000)

    return wait
