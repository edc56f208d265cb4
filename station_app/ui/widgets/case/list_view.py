"""The table of cases: rows of one height, so that a million of them scroll like ten, with texts that wrap."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from station_app.ui.models.case_cells import COLUMNS, ITEM, LONGEST_ITEM, OPENED, WHERE
from station_app.ui.models.case_rows import CaseRows
from station_app.ui.widgets.case.list_delegate import CaseDelegate
from station_app.ui.widgets.theme import Theme

_MOST_LINES = 4
# In px at 100 %: two lines hold the longest name; more stand below it.
_FOLDED_ITEM = 300


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
        self._delegate = CaseDelegate(theme, self)
        self.setItemDelegate(self._delegate)
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
        """Give the columns their widths, and the rows the lines that the longest name of an item needs.

        Where not all columns fit, the day of taking in goes (it also stands in the number), and where a case is moves
        below its item.
        """
        sizes, room = self._theme.sizes, self.viewport().width()
        grown = sizes.body / 16
        self._delegate.is_folded = is_folded = sum(column.least for column in COLUMNS) * grown > room
        least = [(column.folded if is_folded else column.least) * grown for column in COLUMNS]
        gone = {WHERE, OPENED} if is_folded else set()
        for section in (WHERE, OPENED):
            self.setColumnHidden(section, section in gone)
        shown = [section for section in range(len(COLUMNS)) if section not in gone]
        wanted = {section: max(COLUMNS[section].width * grown, least[section]) for section in shown}
        if is_folded:
            wanted[ITEM] = _FOLDED_ITEM * grown
        # The longest name of an item makes every row high: it is given room first.
        least[ITEM] = max(least[ITEM], min(wanted[ITEM], least[ITEM] + room - sum(least[section] for section in shown)))
        spare = room - sum(least[section] for section in shown)
        more = sum(wanted[section] - least[section] for section in shown)
        share = max(0.0, min(1.0, spare / more)) if more else 1.0
        widths = {section: int(least[section] + (wanted[section] - least[section]) * share) for section in shown}
        widths[ITEM] = max(widths[ITEM], room - sum(width for section, width in widths.items() if section != ITEM))
        for section, width in widths.items():
            self.setColumnWidth(section, width)
        self._set_height(widths[ITEM] - 2 * sizes.gap_2)

    def _set_height(self, room: int) -> None:
        sizes = self._theme.sizes
        plain, small = QFontMetrics(self._theme.font(sizes.body)), QFontMetrics(self._theme.font(sizes.small))
        lines = min(ceil(LONGEST_ITEM / max(1, room // small.horizontalAdvance("字"))), _MOST_LINES)
        lines += 2 if self._delegate.is_folded else 0
        height = max(2 * plain.lineSpacing(), lines * small.lineSpacing()) + sizes.gap_2
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)
