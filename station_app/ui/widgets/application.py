"""What holds for the whole program before its first window: language, style, font."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from station_app.ui.widgets.qt_words import speak_chinese
from station_app.ui.widgets.theme import load_first_font

GIVE_WAY_S = 0.001
"""A job gives way to the GUI thread after this time: with Python's own 5 ms a layout of 20 events can take 100 ms."""


def prepare_application(application: QApplication) -> None:
    """Speak Chinese in Qt's own buttons and dates, bring our own font, and let the window go before the jobs."""
    sys.setswitchinterval(GIVE_WAY_S)
    application.setApplicationName("station-app")
    application.setStyle("Fusion")
    speak_chinese(application)
    load_first_font()
