"""Asking the worker where a file is to go, or which ones are meant, in a dialog of our language."""

from __future__ import annotations

from PySide6.QtCore import QDir, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

# Not the system's own dialog: that speaks the system's language.
_OWN = QFileDialog.Option.DontUseNativeDialog


def ask_save_path(parent: QWidget, title: str, file_name: str, kinds: str) -> str:
    """Return the path that the worker chose, at first in the folder of documents; "" when they thought better of it.

    Args:
        kinds: which files the dialog shows, as Qt writes it: `PDF (*.pdf)`.
    """
    path = QDir(_folder()).filePath(file_name)
    return QFileDialog.getSaveFileName(parent, title, path, kinds, options=_OWN)[0]


def ask_folder(parent: QWidget, title: str) -> str:
    """Return the folder that the worker chose, "" when they thought better of it."""
    own = _OWN | QFileDialog.Option.ShowDirsOnly
    return QFileDialog.getExistingDirectory(parent, title, QDir.homePath(), options=own)


def ask_open_path(parent: QWidget, title: str, kinds: str) -> str:
    """Return the file that the worker chose, "" when they thought better of it; `kinds` as for `ask_save_path`."""
    return QFileDialog.getOpenFileName(parent, title, QDir.homePath(), kinds, options=_OWN)[0]


def ask_files(parent: QWidget, title: str, kinds: str) -> list[str]:
    """Return the paths of files that the worker chose; none when they thought better of it."""
    return QFileDialog.getOpenFileNames(parent, title, _folder(), kinds, options=_OWN)[0]


def _folder() -> str:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or QDir.homePath()
    return folder if QDir(folder).exists() else QDir.homePath()
