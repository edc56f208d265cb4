"""The table of cases: rows of one height, so that a million of them scroll like ten, with texts that wrap."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from station_app.ui.models.case_cells import COLUMNS, LONGEST_ITEM
from station_app.ui.models.case_rows import CaseRows
from station_app.ui.widgets.case.list_delegate import CaseDelegate
from station_app.ui.widgets.theme import Theme

_MOST_LINES = 4
# Where the worker's texts are so large that not all columns fit; its day also stands in the number.
_FIRST_TO_GO = len(COLUMNS) - 1
_NARROWEST_ITEM = 12


class CaseListView(QTableView):
    """Enter or a double click opens a case; Up from the first row leaves for the search box."""

    opened = Signal(str)
    left_upwards = Signal()

    def __init__(self, rows: CaseRows, theme: Theme) -> None:
        super().__init__()
        self._case_rows = rows
        self._theme = theme
        self.setAccessibleName("件的清单")
        self.setModel(rows)
        self.setItemDelegate(CaseDelegate(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.activated.connect(self._open)
        theme.changed.connect(self._fit)

    def enter(self) -> None:
        """Take the focus, on the row that was current or else the first."""
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self._case_rows.index(0, 0))
        self.setFocus()

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        actions, rows = QAbstractItemView.CursorAction, self._case_rows
        if action == actions.MoveUp and self.currentIndex().row() == 0:
            self.left_upwards.emit()
        # The keys of the first and last case of all, not of the first and last column.
        if action in (actions.MoveHome, actions.MoveEnd):
            return rows.index(0 if action == actions.MoveHome else rows.rowCount() - 1, 0)
        return super().moveCursor(action, modifiers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _open(self, index: QModelIndex) -> None:
        line = self._case_rows.line(index.row())
        if line is not None:
            self.opened.emit(line.case_id)

    def _fit(self) -> None:
        """Give the columns their widths, the rest to the item, and the rows the lines that its longest name needs."""
        body = self._theme.sizes.body
        widths = [round(column.width * body / 16) for column in COLUMNS]
        item = widths.index(0)
        room = self.viewport().width() - sum(widths)
        leave_out = room < _NARROWEST_ITEM * body
        self.setColumnHidden(_FIRST_TO_GO, leave_out)
        widths[item] = max(_NARROWEST_ITEM * body, room + (widths[_FIRST_TO_GO] if leave_out else 0))
        for section, width in enumerate(widths):
            self.setColumnWidth(section, width)
        sizes, room = self._theme.sizes, widths[item] - 2 * self._theme.sizes.gap_2
        plain, small = QFontMetrics(self._theme.font(body)), QFontMetrics(self._theme.font(sizes.small))
        lines = ceil(LONGEST_ITEM / max(1, room // small.horizontalAdvance("字")))
        height = max(2 * plain.lineSpacing(), min(lines, _MOST_LINES) * small.lineSpacing()) + sizes.gap_2
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)
