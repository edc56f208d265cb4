"""Going through the pages with a signed-in window and saving what is on the screen."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtWidgets import QApplication, QWidget

from station_app.bootstrap.windows import make_window
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme
from station_app.ui.widgets.application import prepare_application
from station_app.ui.widgets.scanner import Scanner
from station_app.ui.widgets.theme import load_rare_font
from station_app.ui.widgets.window import StationWindow
from tests.pictures.__main__ import SIZE, wait_until
from tests.reliability.place import PIN, Place
from tests.ui.tour import ADMINISTRATION, STOPS, Stop

THEMES = (Theme.LIGHT, Theme.DARK)
COLOURS = 128
GATE = ("sign_in", "pin_reset")


class Photographer:
    """Opens a window for each worker of the tour and takes each page in both themes."""

    def __init__(self, place: Place, out: Path, scale: int) -> None:
        self._application = QApplication.instance() or QApplication([])
        assert isinstance(self._application, QApplication)
        prepare_application(self._application)
        load_rare_font()
        self._scanner = Scanner(self._application)
        self._place = place
        self._out = out
        self._settings = Settings(scale=scale, theme=Theme.LIGHT)
        out.mkdir(parents=True, exist_ok=True)

    def take(self, only: str) -> None:
        """Take the pictures whose name begins so."""
        wanted = [stop for stop in (*STOPS, *ADMINISTRATION) if stop.name.startswith(only)]
        if any(name.startswith(only) or only.startswith(name) for name in GATE):
            self._take_gate("v1")
        for (home, worker), stops in groupby(wanted, key=lambda stop: (stop.home, stop.worker)):
            window = self._signed_in(home, worker)
            for stop in stops:
                self._take_page(window, stop)
            window.close()

    def _open(self, home: str) -> StationWindow:
        assert isinstance(self._application, QApplication)
        window = make_window(self._application, self._scanner, self._place.home(home))
        window.resize(*SIZE)
        window.start()
        self._rest(window)
        return window

    def _signed_in(self, home: str, worker: str) -> StationWindow:
        window = self._open(home)
        window.jobs.submit(
            "db", lambda: window.gate.station.sign_in(worker, PIN), owner=window, done=window.gate.signed_in.emit
        )
        wait_until(lambda: window.workspace is not None, self._pump)
        self._rest(window)
        return window

    def _take_gate(self, home: str) -> None:
        window = self._open(home)
        self._both_themes(window, GATE[0])
        window.gate.sign_in.forgotten.click()
        self._rest(window)
        self._both_themes(window, GATE[1])
        window.close()

    def _take_page(self, window: StationWindow, stop: Stop) -> None:
        place, workspace = window.place, window.workspace
        assert place is not None
        assert workspace is not None
        abouts: list[str] = []
        place.read(stop.about, owner=window, done=abouts.append)
        wait_until(lambda: bool(abouts), self._pump)
        workspace.show_page(stop.key, abouts[0])
        self._rest(window)
        self._both_themes(window, stop.name)

    def _both_themes(self, window: StationWindow, name: str) -> None:
        for theme in THEMES:
            window.theme.apply(replace(self._settings, theme=theme))
            self._rest(window)
            self._save(window, f"{name}_{theme.value}" if theme is Theme.DARK else name)

    def _save(self, window: QWidget, name: str) -> None:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        window.grab().save(buffer, "PNG")
        picture = Image.open(io.BytesIO(buffer.data().data())).convert("RGB")
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(self._out / f"{name}.png", optimize=True)

    def _rest(self, window: StationWindow) -> None:
        self._pump()
        wait_until(lambda: window.jobs.idle, self._pump)
        for _ in range(20):
            self._pump()

    def _pump(self) -> None:
        self._application.processEvents()
