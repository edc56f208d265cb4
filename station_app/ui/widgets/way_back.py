"""Where the cursor was before something was laid beside or over the page."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QWidget


class WayBack:
    """Remembers a widget and gives it the focus back, if it is still there to take it."""

    def __init__(self) -> None:
        self._from: QWidget | None = None

    def remember(self, widget: QWidget | None) -> None:
        """Note who has the focus now."""
        self._from = widget

    def go(self) -> None:
        """Give the focus back, once."""
        widget, self._from = self._from, None
        if widget is not None and shiboken6.isValid(widget) and widget.isVisible():
            widget.setFocus()
