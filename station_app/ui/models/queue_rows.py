"""A queue of cases as a list: who, what, and how long there is still time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from station_app.ui.models.dates import due_word
from station_app.ui.models.word_role import WORD_ROLE
from station_app.usecases.case_pages import CaseLine

Index = QModelIndex | QPersistentModelIndex
LINE_ROLE = int(Qt.ItemDataRole.UserRole) + 2
_NONE = QModelIndex()


class QueueRows(QAbstractListModel):
    """The cases of a queue in its order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[CaseLine, ...] = ()
        self._today = date.min

    def show_lines(self, lines: Sequence[CaseLine], today: date) -> bool:
        """Show other cases; tell whether they are others than before."""
        if (tuple(lines), today) == (self._lines, self._today):
            return False
        self.beginResetModel()
        self._lines, self._today = tuple(lines), today
        self.endResetModel()
        return True

    def line(self, row: int) -> CaseLine | None:
        """Return the case in a row, None outside."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def find(self, case_id_or_number: str) -> int:
        """Return the row of a case, -1 where it is not in the queue."""
        wanted = (row for row, line in enumerate(self._lines) if case_id_or_number in (line.case_id, line.number))
        return next(wanted, -1)

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.line(index.row()) if index.isValid() else None
        if line is None:
            return None
        if role == LINE_ROLE:
            return line
        if role == WORD_ROLE:
            return due_word(line.clock, self._today)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return f"{line.applicant}　{line.item_name}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.applicant}，{line.item_name}，{due_word(line.clock, self._today).text}"
        return None
