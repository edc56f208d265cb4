"""The wall of a county as a table: a row for each office below, the worst first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from station_app.ui.models.dates import Word, day_text
from station_app.ui.models.freshness import is_old, office_word
from station_app.ui.models.word_role import WORD_ROLE
from station_app.ui.tokens import Tone
from station_app.usecases.home import Wall, WallRow
from station_app.usecases.times import local_day

Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers; `tone` is how a number other than 0 looks."""

    title: str
    count: Callable[[WallRow], int]
    tone: Tone = Tone.PLAIN


COUNTS = (
    Column("在途", lambda row: row.on_the_road),
    Column("已收", lambda row: row.here),
    Column("在办", lambda row: row.in_hand),
    Column("两日内", lambda row: row.soon, Tone.WARN),
    Column("今日", lambda row: row.today, Tone.BAD),
    Column("超期", lambda row: row.overdue, Tone.BAD),
    Column("未送达", lambda row: row.decided_undelivered),
)
TITLES = ("单位", *(column.title for column in COUNTS), "最近同步")


class WallRows(QAbstractTableModel):
    """The rows of a wall; a number of an office not heard of is grey, whatever it is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[WallRow, tuple[Word, ...]]] = []

    def show_wall(self, wall: Wall, now: datetime) -> None:
        """Show another wall."""
        self.beginResetModel()
        ordered = sorted(wall.rows, key=_urgency, reverse=True)
        self._rows = [(row, _words(row, wall, now)) for row in ordered]
        self.endResetModel()

    def row(self, index: int) -> WallRow:
        """Return what stands in a row."""
        return self._rows[index][0]

    def office_at(self, index: int) -> str:
        """Return the code of the office in a row, "" outside."""
        return self._rows[index][0].office.org if 0 <= index < len(self._rows) else ""

    def find(self, org: str) -> int:
        """Return the row of an office, the first one for an office that is not there."""
        return next((index for index, (row, _) in enumerate(self._rows) if row.office.org == org), 0)

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and 0 < section < len(TITLES) - 1:
            return Qt.AlignmentFlag.AlignCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        word = self._rows[index.row()][1][index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return word.text
        if role == Qt.ItemDataRole.TextAlignmentRole and 0 < index.column() < len(TITLES) - 1:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{TITLES[index.column()]} {word.text}"
        return word if role == WORD_ROLE else None


def wall_totals(wall: Wall, now: datetime) -> tuple[tuple[str, Word], ...]:
    """Return the sums with their titles; grey while our own exchange is old."""
    old = is_old(wall.own_sync_at, now)
    return tuple((column.title, _count(column, wall.totals, stale=old)) for column in COUNTS)


def _urgency(row: WallRow) -> tuple[int, int, int, bool, bool, int]:
    busy = row.on_the_road + row.here + row.in_hand
    return row.overdue, row.today, row.soon, row.handed_too_long, row.office.stale, busy


def _words(row: WallRow, wall: Wall, now: datetime) -> tuple[Word, ...]:
    heard = office_word(row.office, wall.own_sync_at, now)
    # What our own counter took in is known here, whenever we last exchanged.
    stale = heard.tone is Tone.STALE and row.office.org != wall.totals.office.org
    if stale and row.office.last_seen_at:
        heard = Word(f"{heard.text}\n截至 {day_text(local_day(row.office.last_seen_at))}", Tone.STALE)
    return (_name(row, stale=stale), *(_count(column, row, stale=stale) for column in COUNTS), heard)


def _name(row: WallRow, *, stale: bool) -> Word:
    """Return the office, with how long the oldest hand-over of it has been on the road: a column more has no room."""
    tone = Tone.STALE if stale else Tone.WARN if row.handed_too_long else Tone.PLAIN
    return Word(f"{row.office.name}\n在途最久 {row.longest_days} 天" if row.longest_days else row.office.name, tone)


def _count(column: Column, row: WallRow, *, stale: bool) -> Word:
    count = column.count(row)
    if stale:
        return Word(str(count), Tone.STALE)
    return Word(str(count), column.tone if count else Tone.PLAIN)
