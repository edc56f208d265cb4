"""Take the pictures: `python -m tests.pictures [--only NAME] [--out FOLDER] [--scale 125]`. Needs Xvfb (Debian: xvfb).

Two centers serve, the stations are signed in through the gate and exchange with them, so what is seen is the program at
work. The window has the size that is left of 1366x768 under a taskbar.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = (1366, 728)
WAIT_S = 30.0


@contextmanager
def virtual_screen() -> Iterator[None]:
    """Start an Xvfb of 1366x768 and have Qt paint on it."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        os.environ["DISPLAY"] = f":{pipe.readline().strip()}"
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    try:
        yield
    finally:
        server.terminate()
        server.wait(10)


def main() -> int:
    """Take all pictures, or those whose name begins with --only."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--scale", type=int, default=100)
    options = parser.parse_args()
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    with virtual_screen(), tempfile.TemporaryDirectory() as folder:
        # Late: Qt asks for its platform when it is loaded.
        from tests.administrators import add_administrators
        from tests.pictures.taking import Photographer
        from tests.reliability.place import make_place
        from tests.reliability.warm import Warm
        from tests.ui import seeded, seeded_city

        warm = Warm(Path(folder) / "warm")
        place = make_place(Path(folder) / "place", warm)
        below_city = place.copy(Path(folder) / "below_city", "c", "t", "k")
        seeded_city.fill_city(below_city)
        with place.serving(), below_city.serving("city"):
            seeded.seed(place)
            add_administrators(place)
            # Only now: a center that begins to serve tells its address to all the homes beside it.
            below_city.copy(place.folder, "s")
            Photographer(place, options.out, options.scale).take(options.only)
        warm.close()
    return 0


def wait_until(probe: Callable[[], bool], pump: Callable[[], None]) -> None:
    """Let the program run until something holds."""
    until = time.monotonic() + WAIT_S
    while not probe():
        pump()
        if time.monotonic() > until:
            raise AssertionError("the window did not come to rest")


if __name__ == "__main__":
    sys.exit(main())
