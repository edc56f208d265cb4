"""A row that goes on in the next line where its width ends, as words do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_GAP = 8


class WrappingRow(QWidget):
    """Puts its parts side by side in as many lines as they need."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_parts(self, parts: Sequence[QWidget]) -> None:
        """Show other parts."""
        for old in self._parts:
            old.hide()
            old.deleteLater()
        self._parts = list(parts)
        for part in self._parts:
            part.setParent(self)
            part.show()
        self._place(self.width())
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max((place.bottom() + 1 for place in self._places(width)), default=0)

    def sizeHint(self) -> QSize:
        width = sum(part.sizeHint().width() + _GAP for part in self._parts)
        return QSize(width, self.heightForWidth(max(self.width(), self.minimumSizeHint().width())))

    def minimumSizeHint(self) -> QSize:
        hints = [part.sizeHint() for part in self._parts]
        return QSize(max((h.width() for h in hints), default=0), max((h.height() for h in hints), default=0))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            # A part asks for another size: larger letters, another text.
            self._place(self.width())
            self.updateGeometry()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place(event.size().width())

    def _place(self, width: int) -> None:
        for part, place in zip(self._parts, self._places(width), strict=True):
            part.setGeometry(place)

    def _places(self, width: int) -> list[QRect]:
        found: list[QRect] = []
        x = y = line = 0
        for part in self._parts:
            hint = part.sizeHint()
            if x and x + hint.width() > width:
                x, y, line = 0, y + line + _GAP // 2, 0
            found.append(QRect(x, y, min(hint.width(), max(width, 1)), hint.height()))
            x, line = x + hint.width() + _GAP, max(line, hint.height())
        return found
