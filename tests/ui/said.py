"""What stands on a part of a window, as somebody reads it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel, QWidget


def said(widget: QWidget) -> str:
    """Return every text that is seen in it."""
    QApplication.processEvents()
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))
