"""A table of rows as these pages show it: wrapped texts, tones with shapes, Enter opens, Space ticks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from station_app.ui.models.row_table import TONE_ROLE, RowTable, TickTable
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import quiet_table, shaped
from station_app.ui.widgets.theme import Theme

# What the padding of resources/app.qss and Qt's own margin take of a cell, and a hair to spare.
_BESIDE_TEXT = 24
_ABOVE_TEXT = 12
_NEW_LINE = "\N{LINE SEPARATOR}"
# In letters.
_LEAST_REST = 9
_LEAST_COLUMN = 5


class _ToneDelegate(QStyledItemDelegate):
    """Paints a text in the colour of its tone, with the shape before it."""

    def __init__(self, theme: Theme, table: QTableView) -> None:
        super().__init__(table)
        self._theme = theme
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height that the wrapped text really takes: Qt's own does not know the padding of the sheet."""
        ticks = index.data(Qt.ItemDataRole.CheckStateRole) is not None
        width = self._table.columnWidth(index.column()) - _BESIDE_TEXT - (self._theme.sizes.icon + 8 if ticks else 0)
        text = shaped(str(index.data()), Tone(index.data(TONE_ROLE)))
        metrics = self._table.fontMetrics()
        room = metrics.boundingRect(0, 0, width, 10_000, Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere, text)
        return QSize(width, max(self._theme.sizes.row, room.height() + _ABOVE_TEXT))

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        tone = Tone(index.data(TONE_ROLE))
        if tone is Tone.PLAIN:
            return
        # As Qt does it with a text of its own: a plain line feed would not begin a line.
        text = shaped(str(index.data()), tone).replace("\n", _NEW_LINE)
        option.text = text  # type: ignore[attr-defined]
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
            option.palette.setColor(role, QColor(getattr(self._theme.palette, tone.value)))  # type: ignore[attr-defined]


class Rows(QWidget):
    """Shows a RowTable; keeps its place when the rows are read again."""

    opened = Signal(str)
    """Enter or a double click on the row with this key."""
    moved = Signal(str)
    """The row with this key is the current one; "" without rows."""

    def __init__(self, name: str, model: RowTable[Any], theme: Theme) -> None:
        super().__init__()
        self.model = model
        self.table = quiet_table(name)
        self.table.setModel(model)
        self.table.setItemDelegate(_ToneDelegate(theme, self.table))
        self.table.installEventFilter(self)
        self.table.doubleClicked.connect(lambda index: self.opened.emit(self.model.key_at(index.row())))
        self.table.selectionModel().currentRowChanged.connect(lambda _new, _old: self.moved.emit(self.current))
        self.setFocusProxy(self.table)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.table)
        self._theme = theme
        self._fit_later = QTimer(self)
        self._fit_later.setSingleShot(True)
        self._fit_later.timeout.connect(self.table.resizeRowsToContents)
        self.table.horizontalHeader().sectionResized.connect(lambda *_: self._fit_later.start(0))
        self.table.viewport().installEventFilter(self)
        theme.changed.connect(self._set_widths)
        self._set_widths()

    @property
    def current(self) -> str:
        """Return the key of the current row, "" without one."""
        return self.model.key_at(self.table.currentIndex().row())

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show rows, the one that was current again, otherwise the one in its place."""
        key, place = self.current, max(0, self.table.currentIndex().row())
        self.model.show_rows(rows)
        found = self.model.row_of(key) if key else -1
        self.move_to(found if found >= 0 else min(place, len(rows) - 1))
        self._fit_later.start(0)
        if not rows:
            self.moved.emit("")

    def move_to(self, row: int) -> None:
        """Make a row the current one."""
        self.table.setCurrentIndex(self.model.index(row, 0))
        self.table.scrollTo(self.model.index(row, 0))

    def go_to(self, key: str) -> bool:
        """Make the row with this key the current one; False if there is none."""
        row = self.model.row_of(key)
        if row >= 0:
            self.move_to(row)
        return row >= 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.table.viewport():
            if event.type() == QEvent.Type.Resize:
                self._set_widths()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event.key())
        return super().eventFilter(watched, event)

    def _on_key(self, key: int) -> bool:
        row = self.table.currentIndex().row()
        if row < 0:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.current)
            return True
        if key == Qt.Key.Key_Space and isinstance(self.model, TickTable):
            self.model.turn(row)
            return True
        return False

    def _set_widths(self) -> None:
        """Give the columns their widths; where that leaves too little for those that take the rest, all give way."""
        header, body = self.table.horizontalHeader(), self._theme.sizes.body
        widths = [column.width * body / 16 for column in self.model.columns]
        room = self.table.viewport().width() - _LEAST_REST * body * widths.count(0)
        share = min(1.0, room / (sum(widths) or 1))
        modes = QHeaderView.ResizeMode
        for section, width in enumerate(widths):
            header.setSectionResizeMode(section, modes.Fixed if width else modes.Stretch)
            if width:
                header.resizeSection(section, round(max(width * share, min(width, _LEAST_COLUMN * body))))
        self._fit_later.start(0)
