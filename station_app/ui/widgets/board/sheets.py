"""Parts that come and go in a layout, and a sheet longer than its window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def empty(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget: QWidget | None = item.widget()
        inner: QLayout | None = item.layout()
        if widget is not None:
            # Hidden at once: it goes for good only when the events of now are through.
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            empty(inner)


def focus_on(part: QWidget) -> None:
    """Put the focus on a part that has just come into a layout; one that is not shown yet would not take it."""
    part.show()
    part.setFocus()


def scrolled(inside: QWidget, name: str) -> QScrollArea:
    """Return a sheet that scrolls up and down; the keys go to what is on it."""
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    inside.setAutoFillBackground(False)
    return area
