"""Results on their way to the applicants as a table, and the offices that owe them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from station_app.ui.models.case_now import state_word
from station_app.ui.models.dates import Word, day_text, due_word
from station_app.ui.models.word_role import WORD_ROLE
from station_app.ui.tokens import Tone
from station_app.usecases.results import Owing, Result

Index = QModelIndex | QPersistentModelIndex
TITLES = ("申请人和事项", "决定", "送达", "传到中心")
_NONE = QModelIndex()


def owing_word(owing: Owing) -> Word:
    """Return in words what an office owes."""
    late = f"，超期 {owing.overdue} 件" if owing.overdue else ""
    return Word(f"{owing.name}　{owing.count} 件{late}", Tone.BAD if owing.overdue else Tone.PLAIN)


class OwingRows(QAbstractListModel):
    """The sum of all, then the offices that have still to deliver."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._offices: tuple[Owing, ...] = ()

    def show_offices(self, offices: Sequence[Owing]) -> None:
        """Show others, below their sum."""
        count, overdue = sum(owing.count for owing in offices), sum(owing.overdue for owing in offices)
        self.beginResetModel()
        self._offices = (Owing("", "全部", count, overdue), *offices)
        self.endResetModel()

    def office(self, row: int) -> str:
        """Return the office in a row, "" for all."""
        return self._offices[row].org if 0 <= row < len(self._offices) else ""

    def find(self, org: str) -> int:
        """Return the row of an office, the first one where it is not there any more."""
        return next((row for row, owing in enumerate(self._offices) if owing.org == org), 0)

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._offices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        return _cell(owing_word(self._offices[index.row()]), role)


class ResultRows(QAbstractTableModel):
    """Results with what is still owed of each."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[Result, tuple[Word, ...]]] = []

    def show_results(self, results: Sequence[Result], today: date) -> None:
        """Show others."""
        self.beginResetModel()
        self._rows = [(result, _words(result, today)) for result in results]
        self.endResetModel()

    def result(self, row: int) -> Result | None:
        """Return what stands in a row, None outside."""
        return self._rows[row][0] if 0 <= row < len(self._rows) else None

    def find(self, case_id_or_number: str) -> int:
        """Return the row of a case, -1 where it is not there."""
        rows = (r for r, (result, _) in enumerate(self._rows) if case_id_or_number in (result.case_id, result.number))
        return next(rows, -1)

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        word = self._rows[index.row()][1][index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{TITLES[index.column()]} {word.text}"
        return _cell(word, role)


def _words(result: Result, today: date) -> tuple[Word, ...]:
    verdict = state_word(result.state)
    decided = f"{verdict.text} {day_text(result.decided_on) if result.decided_on else '日期没有写'}"
    due = due_word(result.clock, today)
    return (
        Word(f"{result.applicant}\n{result.item_name}"),
        Word(f"{decided}\n{result.document_number}".rstrip(), verdict.tone),
        Word(f"{due.text}\n由{result.owed_by_name}送".lstrip(), due.tone),
        Word("中心已收", Tone.GOOD) if result.at_center else Word("还在本机", Tone.STALE),
    )


def _cell(word: Word, role: int) -> Any:
    if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
        return word.text
    return word if role == WORD_ROLE else None
