"""The demonstration's windows: one for each office that is shown, and the demonstration stays until they are closed."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station_app.cli.demo import windows
from station_app.cli.demo.place import EVERYBODY, PIN, Place, Station
from station_app.cli.demo.telling import Teller
from station_app.cli.demo.windows import SHOWN, open_windows
from station_app.cli.output import Output
from station_app.domain.errors import StationError

# A program that ends at once stands for a window that somebody has closed.
CLOSED_AT_ONCE = "this"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """All offices, not enrolled: their windows show the gate."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    made = Place(tmp_path)
    for office in EVERYBODY:
        made.stations[office.key] = Station(office, tmp_path, made.children)
        made.stations[office.key].folder.mkdir()
    yield made
    made.close()


def open_and_tell(place: Place) -> None:
    open_windows(place, Teller(Output(as_json=True)))


def when_open(place: Place, then: Callable[[], object]) -> None:
    """Do something as soon as all windows have been started."""

    def wait() -> None:
        while len(place.children.residents) < len(SHOWN):
            threading.Event().wait(0.01)
        then()

    threading.Thread(target=wait, daemon=True).start()


def test_it_ends_when_all_windows_are_closed(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(windows, "STATION", CLOSED_AT_ONCE)
    open_and_tell(place)
    assert [resident.process.returncode for resident in place.children.residents] == [0] * len(SHOWN)
    told = json.loads(capsys.readouterr().out)
    assert (told["step"], told["pin"]) == ("windows", PIN)


def test_each_home_tells_its_gate_the_pin(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "STATION", CLOSED_AT_ONCE)
    open_and_tell(place)
    files = [place.stations[office.key].folder / windows.DEMO_FILE for office in SHOWN]
    assert [json.loads(file.read_text("utf-8")) for file in files] == [{"pin": PIN}] * len(SHOWN)


def test_control_c_ends_it_without_an_error(place: Place) -> None:
    when_open(place, lambda: os.kill(os.getpid(), signal.SIGINT))
    open_and_tell(place)
    assert len(place.children.residents) == len(SHOWN)


def test_a_window_that_breaks_is_told(place: Place) -> None:
    when_open(place, lambda: place.children.end(place.children.residents[0]))
    with pytest.raises(StationError) as broken:
        open_and_tell(place)
    assert broken.value.code == "demo-program-ended"
    assert broken.value.params["program"] == "village-1-window"


def test_without_a_display_no_window_is_tried(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    open_windows(place, Teller(Output(as_json=False)))
    assert place.children.residents == []
    assert "没有图形界面" in capsys.readouterr().out
