"""Asking the worker where a file is to go, in a dialog of our language."""

from __future__ import annotations

from PySide6.QtCore import QDir, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_save_path(parent: QWidget, title: str, file_name: str, kinds: str) -> str:
    """Return the path that the worker chose, at first in the folder of documents; "" when they thought better of it.

    Args:
        kinds: which files the dialog shows, as Qt writes it: `PDF (*.pdf)`.
    """
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or QDir.homePath()
    folder = folder if QDir(folder).exists() else QDir.homePath()
    # Not the system's own dialog: that speaks the system's language.
    own = QFileDialog.Option.DontUseNativeDialog
    return QFileDialog.getSaveFileName(parent, title, QDir(folder).filePath(file_name), kinds, options=own)[0]
