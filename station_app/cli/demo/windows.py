"""Windows on the demonstration's offices, once the story has been told: the center serves on, and people can try."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from station_app.cli.demo.centers import Office
from station_app.cli.demo.children import STATION, Resident
from station_app.cli.demo.place import CITY, COUNTY, PIN, TOWNSHIP, VILLAGE_1, VILLAGE_2, Place
from station_app.cli.demo.telling import Teller

SHOWN = (VILLAGE_1, VILLAGE_2, TOWNSHIP, COUNTY, CITY)
# bootstrap.window_station reads it, and the gate tells the PIN.
DEMO_FILE = "demo.json"
LOOK_AGAIN_S = 0.5


def has_display() -> bool:
    """Tell whether a window can be opened here."""
    chosen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    return chosen or sys.platform in {"win32", "darwin"}


def open_windows(place: Place, teller: Teller) -> None:
    """Open windows for both villages, the township, the county and the city; stay until all are closed, or Ctrl-C.

    A window that breaks takes nothing with it: the others stay, and a line tells how to open it again.
    """
    if not has_display():
        teller.tell("windows", None, "这台电脑没有图形界面，不开窗口。")
        return
    for station in place.stations.values():
        station.stop()
    people = "、".join(f"{office.name}（{'、'.join(p.name for p in office.people)}）" for office in SHOWN)
    stick = f"{VILLAGE_2.name}不连网，用“优盘交换”一页写出包、收包，{place.stick} 这个文件夹就当优盘"
    text = f"窗口已打开：{people}。{stick}。所有人的 PIN 都是 {PIN}。五个窗口都关上（或按 Ctrl-C），演示就结束。"
    # Ctrl-C is a good end here; whoever started the demonstration closes what is open.
    with suppress(KeyboardInterrupt):
        windows = {_open(place, office, number): office for number, office in enumerate(SHOWN)}
        teller.tell("windows", None, text, pin=PIN)
        while windows:
            for window in _ended(windows):
                _tell_end(place, teller, windows.pop(window), window)


def _open(place: Place, office: Office, number: int) -> Resident:
    station = place.stations[office.key]
    (station.folder / DEMO_FILE).write_text(json.dumps({"pin": PIN}), "utf-8")
    options = ["--home", str(station.folder), "--cascade", str(number)]
    return place.children.start(f"{office.key}-window", STATION, options)


def _ended(windows: Iterable[Resident]) -> list[Resident]:
    """Return those that have ended, after a look at the first that has not."""
    ended = [window for window in windows if window.process.poll() is not None]
    if not ended:
        # In short waits: a long one takes no Ctrl-C on Windows.
        with suppress(subprocess.TimeoutExpired):
            next(iter(windows)).process.wait(LOOK_AGAIN_S)
    return ended


def _tell_end(place: Place, teller: Teller, office: Office, window: Resident) -> None:
    """Tell of a window that was not simply closed, and the command that opens it again."""
    status = window.process.returncode
    if status:
        folder = place.stations[office.key].folder
        again = reopening_command(folder)
        text = (
            f"{office.name}的窗口自己停了（退出状态 {status}），别的窗口照常用。重新打开它：另开一个终端，运行\n{again}"
        )
        teller.tell("window-ended", None, text, status=status, command=again)


def reopening_command(folder: Path) -> str:
    """Return what to type to open a window on an office of the demonstration again."""
    argv = [sys.executable, "-m", STATION, "--home", str(folder)]
    return subprocess.list2cmdline(argv) if sys.platform == "win32" else shlex.join(argv)
