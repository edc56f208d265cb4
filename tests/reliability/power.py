"""A station whose power is cut: its disk is an image in a file, copied at one instant, and looked at afterwards."""

from __future__ import annotations

import filecmp
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bad_input.disks import run_there
from tests.reliability.place import ENV, FORM, STATIONS, Place
from tests.reliability.warm import Started, Warm

SAVE = "tests.reliability.dying:save_until_the_power_is_cut"
FULL, NORMAL = 2, 1
IMAGE_BYTES = 64 << 20
SAVES = 50
PATIENCE_S = 30.0
WORKER = next(iter(STATIONS["v1"][1]))
_NEEDED = ("mkfs.ext4", "mount", "unshare")


@dataclass
class Cuts:
    """What was told to be saved over some power cuts, and how much of it was gone afterwards."""

    cuts: int = 0
    told: int = 0
    lost: int = 0
    faults: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the counts in one line."""
        return f"power cuts: {self.cuts}, saves acknowledged: {self.told}, lost: {self.lost}, faults: {self.faults}"


def why_not() -> str:
    """Return why this machine can't mount images, "" where it can."""
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing:
        return f"no {', '.join(missing)} here"
    return "" if os.geteuid() == 0 and Path("/dev/loop-control").exists() else "only root can mount an image"


def cut_power(place: Place, cuts: int, synchronous: int) -> Cuts:
    """Cut the power of a saving station again and again, each time on a new disk, and count what was lost.

    Args:
        synchronous: the PRAGMA that the station saves under; the shipped one is FULL.
    """
    found = Cuts()
    folder = place.folder / f"power {synchronous} {time.monotonic_ns()}"
    # Mounts are seen by this program and what it starts alone, and end with it.
    warm = Warm(folder / "warm", ("unshare", "--mount", "--propagation", "private"))
    try:
        for number in range(cuts):
            _cut_once(Place(folder / str(number), warm), place.home("v1"), synchronous, found)
    finally:
        warm.close()
    shutil.rmtree(folder)
    return found


def _cut_once(place: Place, home: Path, synchronous: int, found: Cuts) -> None:
    place.folder.mkdir()
    image, after = place.folder / "disk.img", place.folder / "after.img"
    with image.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    with _mounted(place, image, "before") as station:
        run_there(station, f"cp -a '{home}' '{station.folder}/' && sync -f '{station.folder}'")
        saving = station.warm.start(SAVE, str(station.home("v1")), WORKER, FORM, synchronous, env=ENV)
        _wait_for_saves(saving)
        _stop(saving)
        _copy_at_one_instant(image, after)
        os.kill(saving.pid, signal.SIGKILL)
        told = {line["case_id"] for line in station.warm.wait(saving).lines()}
    with _mounted(place, after, "after") as station:
        there = {case["case_id"] for case in station.station("v1", "case", "list").lines()}
        checked = station.station("v1", "check").found()
        if not checked["ok"]:
            found.faults.append(str(checked))
    found.cuts += 1
    found.told += len(told)
    found.lost += len(told - there)


@contextmanager
def _mounted(place: Place, image: Path, name: str) -> Iterator[Place]:
    """Give a place on the image."""
    folder = place.folder / name
    folder.mkdir()
    # No write of the file system's own may come between the stop and the copy.
    run_there(place, f"mount -o loop,commit=300 '{image}' '{folder}'")
    try:
        yield Place(folder, place.warm)
    finally:
        run_there(place, f"umount '{folder}'")


def _wait_for_saves(saving: Started) -> None:
    until = time.monotonic() + PATIENCE_S
    while not saving.out.exists() or saving.out.read_text("utf-8").count("\n") < SAVES:
        assert time.monotonic() < until, saving.err.read_text("utf-8")
        time.sleep(0.01)


def _stop(started: Started) -> None:
    """Stop a process where it is; one that waits for the disk comes to the end of its call first."""
    os.kill(started.pid, signal.SIGSTOP)
    while Path(f"/proc/{started.pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "T":
        time.sleep(0.001)


def _copy_at_one_instant(image: Path, copy: Path) -> None:
    while True:
        shutil.copyfile(image, copy)
        filecmp.clear_cache()
        if filecmp.cmp(image, copy, shallow=False):
            return
