"""How long the windows keep a worker waiting on the whole trip of two cases: the longest turns of the event loop.

    QT_QPA_PLATFORM=offscreen python -m tests.bench.stalls [--runs 3] [--longest 8] [--over 50]

The trip is that of tests/e2e, the same keys and scans, each run in fresh windows on fresh homes, the exchange running
beside it. A turn is one call of the event loop, or one key that is delivered; until it returns, nothing else is painted
or taken. What a turn stood in is the page, and the innermost functions of the program that a second thread saw in it.
PINs have their test cost: they are spent on a lane.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from PySide6.QtWidgets import QApplication

from station_app.ui.settings import Settings
from station_app.ui.widgets.application import prepare_application
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.window import StationWindow
from tests.bench.results import Figure, finish
from tests.reliability.place import make_place
from tests.reliability.warm import Warm
from tests.ui.two_cases import make_the_trip
from tests.ui.worker import Rooms

LOOK_EVERY_S = 0.004
SHOWN = 3
NOTHING_MS = 0.05
"""A turn as short as this had nothing to deliver, and is not counted."""
_OURS = f"{os.sep}station_app{os.sep}"


@dataclass(frozen=True, slots=True)
class Stall:
    """A turn of the event loop, and what it stood in.

    Args:
        cpu_ms: for so long the thread itself was at work; the rest it waited, on a busy machine for its turn.
        collecting_ms: the part spent collecting garbage.
    """

    ms: float
    cpu_ms: float
    collecting_ms: float
    page: str
    code: str

    @property
    def where(self) -> str:
        """Return the place in words."""
        collecting = f", collecting garbage {self.collecting_ms:.0f} ms" if self.collecting_ms > 1 else ""
        return f"{self.page}: {self.code}{collecting}"


class Probe:
    """Measures turns of the event loop, without a part in the delivery of events: that would slow them by half."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._turn = 0
        self._seen: dict[int, Counter[str]] = {}
        self._collecting_since = 0.0
        self._collected_s = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(threading.get_ident(),), daemon=True)
        self.stalls: list[Stall] = []
        gc.callbacks.append(self._on_collection)
        self._thread.start()

    def __call__(self, turn: Callable[[], object]) -> None:
        """Run a turn and keep how long it took."""
        self._collected_s = 0.0
        self._turn += 1  # Odd while a turn is under way.
        number = self._turn
        began, worked = time.perf_counter(), time.thread_time()
        turn()
        took_s, cpu_ms = time.perf_counter() - began, (time.thread_time() - worked) * 1000
        self._turn += 1
        seen = self._seen.pop(number, Counter())
        if took_s * 1000 < NOTHING_MS:
            return
        code = ", ".join(f"{name} {share}x" for name, share in seen.most_common(SHOWN)) or "Qt"
        self.stalls.append(Stall(took_s * 1000, cpu_ms, self._collected_s * 1000, self._page(), code))

    def close(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()
        gc.callbacks.remove(self._on_collection)

    def _on_collection(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._collecting_since = time.perf_counter()
        else:
            self._collected_s += time.perf_counter() - self._collecting_since

    def _page(self) -> str:
        for window in self._application.topLevelWidgets():
            if isinstance(window, StationWindow) and window.isVisible():
                return type(window.workspace.page).__name__ if window.workspace else "gate"
        return "no window"

    def _look(self, gui_thread: int) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            number = self._turn
            if number % 2:
                name = _innermost(sys._current_frames().get(gui_thread))
                self._seen.setdefault(number, Counter())[name] += 1


def _innermost(frame: FrameType | None) -> str:
    while frame is not None and _OURS not in frame.f_code.co_filename:
        frame = frame.f_back
    return f"{frame.f_code.co_qualname}:{frame.f_lineno}" if frame else "Qt"


def measure(folder: Path) -> list[Stall]:
    """Make the trip on the homes in a folder, in a program that has just started, and return its turns."""
    application = QApplication([])
    prepare_application(application)
    Theme(application, Settings())
    probe = Probe(application)
    rooms = Rooms(application, folder, probe)
    make_the_trip(rooms)
    rooms.leave()
    probe.close()
    return probe.stalls


def tell(stalls: list[Stall], longest: int, over_ms: float) -> Figure:
    """Print the figures of one run and its longest turns."""
    took = sorted(stall.ms for stall in stalls)
    p99 = took[int(len(took) * 0.99)]
    many = sum(ms > over_ms for ms in took)
    median = statistics.median(took)
    cpu_ms = max(stall.cpu_ms for stall in stalls)
    print(
        f"{len(took)} turns: longest {took[-1]:.0f}, p99 {p99:.1f}, median {median:.2f} ms; {many} over {over_ms:.0f}; "
        f"longest at work {cpu_ms:.0f} ms"
    )
    for stall in sorted(stalls, key=lambda one: -one.ms)[:longest]:
        print(f"  {stall.ms:6.1f} ms, at work {stall.cpu_ms:5.1f}  {stall.where}")
    found = f"{took[-1]:.0f} ms ({cpu_ms:.0f} at work), {many} of {len(took)} over {over_ms:.0f} ms, p99 {p99:.1f} ms"
    return Figure("longest turn", found)


def main() -> int:
    """Make a place, and the trip in it by processes of their own, one after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--longest", type=int, default=8)
    parser.add_argument("--over", type=float, default=50.0)
    parser.add_argument("--homes", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    if options.homes:
        return finish([tell(measure(options.homes), options.longest, options.over)])
    with tempfile.TemporaryDirectory() as folder:
        warm = Warm(Path(folder) / "warm")
        template = make_place(Path(folder) / "template", warm)
        for number in range(1, options.runs + 1):
            place = template.copy(Path(folder) / f"run{number}", "c", "v1", "t", "k")
            print(f"run {number} (load {os.getloadavg()[0]:.1f}): ", end="", flush=True)
            with place.serving():
                command = [sys.executable, "-m", "tests.bench.stalls", *sys.argv[1:], "--homes", str(place.folder)]
                subprocess.run(command, check=True)
        warm.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
