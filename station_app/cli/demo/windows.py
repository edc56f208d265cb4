"""Windows on the demonstration's offices, once the story has been told: the center serves on, and people can try."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress

from station_app.cli.demo.centers import Office
from station_app.cli.demo.children import STATION, Resident
from station_app.cli.demo.place import CITY, COUNTY, PIN, TOWNSHIP, VILLAGE_1, Place
from station_app.cli.demo.telling import Teller
from station_app.domain.errors import StationError

SHOWN = (VILLAGE_1, TOWNSHIP, COUNTY, CITY)
# bootstrap.window_station reads it, and the gate tells the PIN.
DEMO_FILE = "demo.json"
LOOK_AGAIN_S = 0.5


def has_display() -> bool:
    """Tell whether a window can be opened here."""
    chosen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    return chosen or sys.platform in {"win32", "darwin"}


def open_windows(place: Place, teller: Teller) -> None:
    """Open windows for a village, the township, the county and the city; stay until all are closed, or Ctrl-C.

    Raises:
        StationError: `demo-program-ended` (program, status): a window broke.
    """
    if not has_display():
        teller.tell("windows", None, "这台电脑没有图形界面，不开窗口。")
        return
    for station in place.stations.values():
        station.stop()
    windows = [_open(place, office, number) for number, office in enumerate(SHOWN)]
    people = "、".join(f"{office.name}（{'、'.join(p.name for p in office.people)}）" for office in SHOWN)
    text = f"窗口已打开：{people}。所有人的 PIN 都是 {PIN}。四个窗口都关上（或按 Ctrl-C），演示就结束。"
    teller.tell("windows", None, text, pin=PIN)
    # Ctrl-C is a good end here; whoever started the demonstration closes what is open.
    with suppress(KeyboardInterrupt):
        for window in windows:
            _wait(window)


def _open(place: Place, office: Office, number: int) -> Resident:
    station = place.stations[office.key]
    (station.folder / DEMO_FILE).write_text(json.dumps({"pin": PIN}), "utf-8")
    options = ["--home", str(station.folder), "--cascade", str(number)]
    return place.children.start(f"{office.key}-window", STATION, options)


def _wait(window: Resident) -> None:
    # In short waits: a long one takes no Ctrl-C on Windows.
    while window.process.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            window.process.wait(LOOK_AGAIN_S)
    if window.process.returncode:
        raise StationError("demo-program-ended", program=window.label, status=window.process.returncode)
