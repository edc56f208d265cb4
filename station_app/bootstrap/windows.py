"""Opening the program's window on a data folder."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from station_app.bootstrap.loading import without_phrases
from station_app.bootstrap.window_station import StationOnDisk
from station_app.ui.widgets.application import prepare_application
from station_app.ui.widgets.scanner import Scanner
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.window import SMALLEST, StationWindow

if TYPE_CHECKING:
    from station_app.ui.widgets.workspace import Workspace

CASCADE_STEP = (170, 40)
"""Three windows of the smallest size fill 1366x768, the title of each in sight."""


def make_window(application: QApplication, scanner: Scanner, folder: Path) -> StationWindow:
    """Return the program's window on a data folder, not shown yet."""
    station = StationOnDisk(folder)
    settings = station.settings()
    return StationWindow(station, Theme(application, settings), settings, scanner, load_workspace)


def load_workspace() -> type[Workspace]:
    """Import all that a signed-in worker needs; it takes a second, and runs on a lane while the PIN is typed."""
    # The readings of phrases would stop every thread for 150 ms.
    without_phrases()
    from station_app.bootstrap import papers, station  # noqa: F401
    from station_app.domain.lookup import initials
    from station_app.sync import transport  # noqa: F401
    from station_app.ui.widgets.workspace import Workspace

    initials("一")
    # What is loaded now lives as long as the program: a collection of garbage need not look at it, 70 ms each time.
    gc.freeze()
    return Workspace


def run_window(folder: Path, cascade: int | None = None) -> int:
    """Open the program's window and return when it is closed.

    Args:
        cascade: the how manieth of several windows side by side; then it is small, and leaves the others in sight.
    """
    if os.environ.get("QT_IM_MODULE", "").startswith("fcitx"):
        # UOS and Kylin name fcitx, for which Qt's wheels have no plug-in; it answers to ibus as well.
        os.environ["QT_IM_MODULE"] = "ibus"
    application = QApplication(sys.argv[:1])
    prepare_application(application)
    window = make_window(application, Scanner(application), folder)
    if cascade is not None:
        window.resize(SMALLEST)
        window.move(cascade * CASCADE_STEP[0], cascade * CASCADE_STEP[1])
    window.fit_to(window.screen().availableGeometry().size())
    _tell_bugs(window)
    window.start()
    return application.exec()


def _tell_bugs(window: StationWindow) -> None:
    """Slots reach sys.excepthook: what fails there is logged, and told in one dialog."""

    def hook(_kind: type[BaseException], error: BaseException, _trace: object) -> None:
        window.tell_bug(error)

    sys.excepthook = hook
