"""What holds for the whole program before its first window: language, style, font."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from station_app.ui.widgets.theme import load_first_font


def prepare_application(application: QApplication) -> None:
    """Speak Chinese in Qt's own buttons and dates, and bring our own font."""
    application.setApplicationName("station-app")
    application.setStyle("Fusion")
    chinese = QLocale(QLocale.Language.Chinese, QLocale.Country.China)
    QLocale.setDefault(chinese)
    translator = QTranslator(application)
    if translator.load(chinese, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
    load_first_font()
