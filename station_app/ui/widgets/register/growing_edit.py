"""A text box of one line that grows with its text, so that nobody's name is ever cut."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QMimeData, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from station_app.ui.widgets.controls import set_look
from station_app.ui.widgets.theme import Theme

_BORDERS = 2


class GrowingEdit(QPlainTextEdit):
    """As high as a line edit for one line; further lines wrap. It has no line breaks of its own."""

    edited = Signal(str)

    def __init__(self, theme: Theme, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_look(self, role="line")
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self.updateGeometry())
        self.textChanged.connect(lambda: self.edited.emit(self.text()))
        theme.changed.connect(self.updateGeometry)

    def text(self) -> str:
        """Return what is written."""
        return self.toPlainText()

    def set_text(self, text: str) -> None:
        """Write something else, without `edited`."""
        with QSignalBlocker(self):
            self.setPlainText(text)

    def sizeHint(self) -> QSize:
        lines = max(1, ceil(self.document().size().height()))
        margins = self.contentsMargins()
        around = margins.top() + margins.bottom() + 2 * ceil(self.document().documentMargin())
        height = lines * ceil(self.fontMetrics().lineSpacing()) + around
        return QSize(super().sizeHint().width(), max(self._theme.sizes.control + _BORDERS, height))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(" ".join(source.text().split()))
