"""The workers of this PC as tiles: arrow keys, a letter, or a click chooses one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem

from station_app.ui.widgets.controls import set_look
from station_app.ui.widgets.theme import Theme

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROWS_SHOWN = 3
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class WorkerTiles(QListWidget):
    """As many in a row as the longest name allows; further rows scroll.

    The letter before a name is no digit, so that it works from the box of the PIN as well.
    """

    chosen = Signal(str)
    typed = Signal(str)
    """A digit, which belongs to the PIN."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("谁在使用")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        set_look(self, role="tiles")
        self.itemClicked.connect(self._choose)
        theme.changed.connect(self._fit)

    @property
    def name(self) -> str:
        """Return the name of the tile that is chosen, or ""."""
        item = self.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item else ""

    def show_names(self, names: Sequence[str], current: str = "") -> None:
        """Show these workers, one of them chosen already: the one named, or the only one there is."""
        self.clear()
        for letter, name in zip_longest(LETTERS[: len(names)], names, fillvalue=""):
            item = QListWidgetItem(f"{letter}　{name}")
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, name)
            self.addItem(item)
        self.setCurrentRow(names.index(current) if current in names else 0 if len(names) == 1 else -1)
        self._fit()

    def take_key(self, event: QKeyEvent) -> bool:
        """Choose by the letter of a tile or go to the one beside it; False for any other key."""
        step = _STEPS.get(Qt.Key(event.key()))
        letter = event.text().upper()
        if step is not None:
            row = self.currentRow() + step if self.name else 0
        elif letter and letter in LETTERS[: self.count()]:
            row = LETTERS.index(letter)
        else:
            return False
        self.setCurrentRow(min(max(row, 0), self.count() - 1))
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self._choose()
        elif event.text().isdigit():
            self.typed.emit(event.text())
        elif not self.take_key(event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _choose(self) -> None:
        if self.name:
            self.chosen.emit(self.name)

    def _fit(self) -> None:
        """Make a tile as wide as the longest name, and the list as high as its rows."""
        gap = self._theme.sizes.gap_4
        items = [self.item(row) for row in range(self.count())]
        width = max((self.fontMetrics().horizontalAdvance(item.text()) for item in items), default=0) + 3 * gap
        height = self._theme.sizes.control + gap
        for item in items:
            item.setSizeHint(QSize(width, height))
        in_a_row = max(1, self.viewport().width() // width)
        rows = min(ROWS_SHOWN, -(-self.count() // in_a_row))
        self.setFixedHeight(rows * height)
