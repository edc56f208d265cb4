"""How fast the windows come: first picture beside a bare Qt window, and the filled home of a village with many cases.

    python -m tests.bench.windows [--cases 20000] [--runs 7]

Each start is a process of its own; times are from the start of the process to the end of the paint event. The bare
window is a QMainWindow with one label in the same style and font. Signing in includes the PIN's real cost.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.cases import fill
from tests.bench.place import PIN, VILLAGE, Place
from tests.bench.results import Figure, finish

AGENT = "李𬭎"
_TELL = """
import sys, time
from PySide6.QtCore import QEvent, QObject

class FirstPaint(QObject):
    def __init__(self, window, then):
        super().__init__()
        self._window, self._then, self._told = window, then, False
    def eventFilter(self, target, event):
        if event.type() == QEvent.Type.Paint and not self._told and target.window() is self._window:
            self._told = True
            from PySide6.QtCore import QTimer
            QTimer.singleShot(0, self._then)
        return False
"""
_BARE = """
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
application = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLabel("代办件"))
window.resize(1366, 728)
def told():
    print("painted", time.time(), flush=True)
    application.quit()
watch = FirstPaint(window, told)
application.installEventFilter(watch)
window.show()
application.exec()
"""
_OURS = """
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from station_app.bootstrap.windows import make_window
from station_app.ui.widgets.application import prepare_application
from station_app.ui.widgets.scanner import Scanner
application = QApplication([])
prepare_application(application)
window = make_window(application, Scanner(application), Path(sys.argv[1]))
def told():
    print("painted", time.time(), "sqlalchemy" in sys.modules, flush=True)
    if len(sys.argv) == 2:
        window.close()
        application.quit()
        return
    station = window.gate.station
    window.jobs.submit("db", lambda: station.sign_in(sys.argv[2], sys.argv[3]), owner=window, done=entered)
def entered(session):
    window.gate.signed_in.emit(session)
    filled()
def filled():
    if window.workspace is None or not window.jobs.idle:
        QTimer.singleShot(1, filled)
        return
    window.repaint()
    print("filled", time.time(), flush=True)
    window.close()
    application.quit()
watch = FirstPaint(window, told)
application.installEventFilter(watch)
window.start()
application.exec()
"""


def run(program: str, *arguments: str) -> dict[str, float]:
    """Run one start and return milliseconds from its beginning to each mark."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    environment.pop("STATION_TEST_QUICK_PIN", None)
    began = time.time()
    command = [sys.executable, "-c", _TELL + program, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    marks = {}
    for line in done.stdout.splitlines():
        words = line.split()
        marks[words[0]] = (float(words[1]) - began) * 1000
        marks["loaded early"] = float(words[2:] == ["True"] or marks.get("loaded early", 0.0))
    return marks


def shown(name: str, values: Sequence[float]) -> str:
    """Return minimum, median and maximum of a series."""
    return f"{name}: {min(values):.0f} / {statistics.median(values):.0f} / {max(values):.0f} ms (min/median/max)"


def main() -> int:
    """Measure and print; bare and ours take turns, so that a noisy machine hits both alike."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = _home(Path(folder), options.cases)
        run(_BARE), run(_OURS, str(home), AGENT, PIN)
        bare, first, filled, early = [], [], [], 0.0
        for _ in range(options.runs):
            bare.append(run(_BARE)["painted"])
            marks = run(_OURS, str(home))
            first.append(marks["painted"])
            early += marks["loaded early"]
            filled.append(run(_OURS, str(home), AGENT, PIN)["filled"])
    print(shown("bare window, first paint", bare))
    print(shown("station window, first paint", first))
    print(shown(f"village home filled, {options.cases} cases, PIN included", filled))
    bound, ours, full = (statistics.median(series) for series in (bare, first, filled))
    print(f"first paint: {ours / bound:.2f} x bare (aim: at most 2)")
    print(f"filled: bare + {full - bound:.0f} ms (aim: at most 1500)")
    return finish(
        [
            Figure("first paint", f"{ours:.0f} ms (aim: 2 x bare)", ours / bound),
            Figure("village home filled", f"{full:.0f} ms (aim: bare + 1500)", full / bound),
            Figure(
                "starts with SQLAlchemy before the first picture",
                f"{early:.0f} of {len(first)}",
                limit="none",
                held=not early,
            ),
        ]
    )


def _home(folder: Path, cases: int) -> Path:
    os.environ.pop("STATION_TEST_QUICK_PIN", None)
    with Place(folder) as place:
        os.environ.pop("STATION_TEST_QUICK_PIN", None)
        signed_in = place.station("village", VILLAGE, AGENT, "agent")
    fill(signed_in.engine, cases)
    signed_in.engine.dispose()
    return signed_in.home.folder


if __name__ == "__main__":
    raise SystemExit(main())
