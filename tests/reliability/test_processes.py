"""Several processes of one center on PostgreSQL: they share an address, and the end of one costs nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from pathlib import Path

import pytest

from station_app.bootstrap.center_processes import MOST_ENDS, keep_running
from station_app.domain.errors import StationError
from tests.postgres import Server, until
from tests.reliability.load import Load, compare, settle, start_stations, stop_stations
from tests.reliability.place import Place, listening
from tests.reliability.warm import Started

TWO = ("--processes", "2")


@pytest.fixture(autouse=True)
def quick_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")


@pytest.fixture
def place(template: Place, tmp_path: Path, postgres: Server) -> Place:
    """A center on PostgreSQL and three stations."""
    place = template.copy(tmp_path / "place", "c", "v1", "v2", "t")
    place.center("move", "--database", postgres.database()).found()
    return place


def workers(parent: int) -> set[int]:
    """Return the processes that answer for a center."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    found = children.read_text("ascii").split() if children.exists() else []
    return {int(pid) for pid in found if b"spawn_main" in command_of(int(pid))}


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_several_processes_are_refused_on_a_file(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c")
    ran = place.center("serve", "--port", "0", *TWO)
    assert (ran.refusal()["code"], ran.out) == ("center-one-process", "")


def _told(stations: Iterable[Started]) -> int:
    """Return how many bytes they have said; on a slow machine one may not have begun to speak."""
    return sum(station.out.stat().st_size for station in stations if station.out.exists())


def test_stations_exchange_while_processes_are_killed_and_lose_nothing(place: Place) -> None:
    load = Load()
    with place.started("c", *TWO) as center:
        place.moved_to(listening(center))
        until(lambda: len(workers(center.pid)) == 2)
        stations = start_stations(place)
        for _ in range(3):
            before = workers(center.pid)
            told = _told(stations.values())
            os.kill(min(before), signal.SIGKILL)
            load.kills += 1
            until(lambda was=before: len(workers(center.pid)) == 2 and workers(center.pid) != was)
            until(lambda was=told: _told(stations.values()) > was + 200)
        until(lambda: sum(started.out.read_text("utf-8").count("\n") for started in stations.values()) >= 10)
        stop_stations(place, stations, load)
    settle(place)
    found = compare(place, load)
    assert load.kills == 3
    assert found["cases"] >= 10
    assert found["rulings"] > found["cases"], "nothing was handed over"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_with_the_first_process_all_of_them_end(place: Place, number: signal.Signals) -> None:
    with place.started("c", *TWO) as center:
        listening(center)
        until(lambda: len(workers(center.pid)) == 2)
        found = workers(center.pid)
        os.kill(center.pid, number)
        until(lambda: not any(b"spawn_main" in command_of(pid) for pid in found))
        # What is started next finds the home free.
    with place.serving("c", *TWO):
        assert place.station("v1", "sync").found()["complete"] is True


def test_processes_that_end_again_and_again_are_not_started_for_ever(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StationError) as caught:
        keep_running(os._exit, (), 2)
    assert (caught.value.code, caught.value.params) == ("processes-keep-ending", {"count": MOST_ENDS})
    capfd.readouterr()
