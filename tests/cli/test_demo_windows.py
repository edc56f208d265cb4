"""The demonstration's windows: one for each office that is shown, and the demonstration stays until they are closed."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station_app.cli.demo import windows
from station_app.cli.demo.place import EVERYBODY, PIN, Place, Station
from station_app.cli.demo.telling import Teller
from station_app.cli.demo.windows import SHOWN, open_windows, reopening_command
from station_app.cli.output import Output

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
    # A run in the background ignores interrupts from its start; the demonstration itself asks for them.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        when_open(place, lambda: os.kill(os.getpid(), signal.SIGINT))
        open_and_tell(place)
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(place.children.residents) == len(SHOWN)


def test_a_killed_window_leaves_the_others_and_tells_how_to_open_it_again(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    lines: list[str] = []

    def kill_one() -> None:
        village, *others = place.children.residents
        village.process.kill()
        while "重新打开" not in "".join(lines):
            lines.append(capsys.readouterr().out)
            threading.Event().wait(0.01)
        still_open.extend(window.process.poll() is None for window in others)
        for window in others:
            place.children.end(window)

    still_open: list[bool] = []
    when_open(place, kill_one)
    open_windows(place, Teller(Output(as_json=False)))
    assert still_open == [True] * (len(SHOWN) - 1)
    told = "".join(lines)
    assert "windows" not in told.partition("重新打开")[0]
    assert reopening_command(place.stations["village-1"].folder) in told


def test_the_command_that_opens_a_window_again_runs(tmp_path: Path) -> None:
    command = shlex.split(reopening_command(tmp_path / "a folder"))
    assert command[-1] == str(tmp_path / "a folder")
    subprocess.run([*command, "--help"], cwd=tmp_path, check=True, capture_output=True)


def test_without_a_display_no_window_is_tried(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    open_windows(place, Teller(Output(as_json=False)))
    assert place.children.residents == []
    assert "没有图形界面" in capsys.readouterr().out
