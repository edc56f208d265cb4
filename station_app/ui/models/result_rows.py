"""Results on their way to the applicants as a table, and the offices that owe them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from station_app.ui.models.case_now import state_word
from station_app.ui.models.dates import Word, day_text, due_word
from station_app.ui.models.printed import iso_day
from station_app.ui.models.row_table import Column, TickTable
from station_app.ui.models.word_role import WORD_ROLE
from station_app.ui.tokens import Tone
from station_app.usecases.results import Owing, Result

Index = QModelIndex | QPersistentModelIndex
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


def result_table(today: date, *, may_send: bool = True) -> TickTable[Result]:
    """Return the table of results with what is still owed of each; those whose papers can be sent down have a tick.

    Args:
        may_send: this worker may send any down.
    """
    return TickTable(
        (
            Column("申请人和事项", lambda row: f"{row.applicant}\n{row.item_name}"),
            Column("决定", lambda row: _decided_word(row).text, 165, lambda row: _decided_word(row).tone),
            Column("送达", lambda row: _owed_word(row, today).text, 165, lambda row: _owed_word(row, today).tone),
            Column("结果材料", lambda row: papers_word(row).text, 185, lambda row: papers_word(row).tone),
            Column("传到中心", lambda row: _center_word(row).text, 110, lambda row: _center_word(row).tone),
        ),
        key=lambda row: row.case_id,
        may_tick=lambda row: may_send and bool(row.send_to),
        untick=lambda row: row.papers is not None and bool(row.papers.returned or row.papers.to),
    )


def _decided_word(result: Result) -> Word:
    verdict = state_word(result.state)
    decided = f"{verdict.text} {day_text(result.decided_on) if result.decided_on else '日期没有写'}"
    return Word(f"{decided}\n{result.document_number}".rstrip(), verdict.tone)


def _owed_word(result: Result, today: date) -> Word:
    due = due_word(result.clock, today)
    return Word(f"{due.text}\n由{result.owed_by_name}送".lstrip(), due.tone)


def papers_word(result: Result) -> Word:
    """Return where the papers of a decision are."""
    place = result.papers
    if place is None:
        return Word("")
    day = iso_day(place.on)
    if place.to:
        return Word(f"{day}交给{result.papers_to}\n还没有签收", Tone.INFO)
    if result.send_to and place.returned:
        return Word(f"退回来了：{place.returned}\n改好再打勾", Tone.WARN)
    if result.send_to:
        return Word("在本单位，可以下交")
    if place.returned:
        return Word(f"退回{result.papers_with}\n{place.returned}", Tone.WARN)
    return Word(f"在{result.papers_with}" + (f"\n{day}签收" if place.batch else ""))


def _center_word(result: Result) -> Word:
    return Word("中心已收", Tone.GOOD) if result.at_center else Word("还在本机", Tone.STALE)


def _cell(word: Word, role: int) -> Any:
    if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
        return word.text
    return word if role == WORD_ROLE else None
