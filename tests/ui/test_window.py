"""The window itself: what the work needs is loaded beside it, and never by it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station_app.bootstrap.backup_notes import note_backup
from station_app.bootstrap.window_station import StationOnDisk
from station_app.domain.lookup import initials, person_readings
from station_app.ui.settings import Settings
from station_app.ui.widgets.scanner import Scanner
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.window import StationWindow
from station_app.ui.widgets.workspace import Workspace
from station_app.usecases.backups import LastBackup
from tests.reliability.place import PIN, Place
from tests.ui import seeded

ROOT = Path(__file__).resolve().parents[2]
SPOKEN = ("重庆", "单于长乐", "吉克曲布史日", "𬭎")
LOADED = f"""
import gc, sys
from station_app.bootstrap.windows import load_workspace
talks = "requests" in sys.modules
from station_app.domain.lookup import initials, person_readings
load_workspace()
# What talks to the center is loaded while the PIN is typed, not when the worker waits for the journal.
print(talks, "requests" in sys.modules)
print("pypinyin.pinyin_dict" in sys.modules, "pypinyin.phrases_dict" in sys.modules, gc.get_freeze_count() > 50_000)
print([(sorted(initials(word)), [sorted(ways) for ways in person_readings(word)]) for word in {SPOKEN}])
"""


def test_the_pages_are_loaded_beside_the_window_and_before_anybody_has_signed_in(
    filled: Place, tmp_path: Path, qapp: QApplication, qtbot: QtBot, theme: Theme
) -> None:
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    threads: list[threading.Thread] = []

    def load() -> type[Workspace]:
        threads.append(threading.current_thread())
        return Workspace

    scanner = Scanner(qapp)
    home = filled.copy(tmp_path, "v1").home("v1")
    window = StationWindow(StationOnDisk(home), theme, Settings(), scanner, load)
    qtbot.addWidget(window)
    window.start()
    qtbot.waitUntil(lambda: bool(threads) and window.jobs.idle)
    assert window.windowTitle() == "代办件 · 示例一村"
    window.gate.entering.sign_in(seeded.AGENT, PIN)
    qtbot.waitUntil(lambda: window.workspace is not None and window.jobs.idle, timeout=20_000)
    window.close()
    qapp.removeEventFilter(scanner)
    assert len(threads) == 2
    assert threading.main_thread() not in threads


def test_closing_the_window_backs_up_with_what_was_half_done(
    filled: Place, tmp_path: Path, qapp: QApplication, qtbot: QtBot, theme: Theme
) -> None:
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    stick = tmp_path / "stick"
    stick.mkdir()
    scanner = Scanner(qapp)
    station = StationOnDisk(filled.copy(tmp_path, "v1").home("v1"))
    window = StationWindow(station, theme, Settings(backup_folder=str(stick)), scanner, lambda: Workspace)
    qtbot.addWidget(window)
    window.start()
    qtbot.waitUntil(lambda: window.jobs.idle)
    window.gate.entering.sign_in(seeded.AGENT, PIN)
    qtbot.waitUntil(lambda: window.workspace is not None and window.jobs.idle, timeout=20_000)
    # The backup of this day, made by itself; as if that had been long ago, the end of work makes another.
    [first] = stick.glob("*.backup")
    note_backup(tmp_path / "v1", LastBackup("2026-11-01T00:00:00+08:00", str(first)))
    # Two of one second would have one name.
    first.rename(first.with_name(first.name.replace("-20", "-19", 1)))
    window.close()
    qapp.removeEventFilter(scanner)
    assert len(list(stick.glob("*.backup"))) == 2
    # Whoever closed the window has left: it can be put back.
    assert station.restore(str(first.with_name(first.name.replace("-20", "-19", 1))), "", lambda *_: None).enrolled


def test_loading_leaves_the_pinyin_of_phrases_out_and_changes_no_reading() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYPINYIN_NO_PHRASES"}
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    talks, loaded, spoken = done.stdout.splitlines()
    assert talks == "False True"
    assert loaded == "True False True"
    assert spoken == repr(
        [(sorted(initials(word)), [sorted(ways) for ways in person_readings(word)]) for word in SPOKEN]
    )
