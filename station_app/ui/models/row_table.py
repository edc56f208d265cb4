"""A table of frozen values: a column is a title and a text; some tables tick their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from station_app.ui.tokens import Tone

T = TypeVar("T")
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
TONE_ROLE = int(_Role.UserRole) + 1


def plain(_row: Any) -> Tone:
    """Return the tone of what has nothing to tell by colour."""
    return Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column.

    Args:
        width: in px at 100 %, 0 for the one that takes the room that is left.
        tone: what the text means; it is painted with its shape.
    """

    title: str
    text: Callable[[T], str]
    width: int = 0
    tone: Callable[[T], Tone] = plain


class RowTable(QAbstractTableModel, Generic[T]):
    """Shows rows, each known by its key."""

    def __init__(self, columns: Sequence[Column[T]], key: Callable[[T], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key = key
        self.rows: tuple[T, ...] = ()

    def show_rows(self, rows: Sequence[T]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def key_at(self, row: int) -> str:
        """Return the key of a row, "" where there is none."""
        return self._key(self.rows[row]) if 0 <= row < len(self.rows) else ""

    def row_of(self, key: str) -> int:
        """Return the row with this key, -1 if there is none."""
        return next((row for row, value in enumerate(self.rows) if self._key(value) == key), -1)

    def repaint_row(self, row: int) -> None:
        """Have a row that reads otherwise now painted again."""
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        across = orientation is Qt.Orientation.Horizontal
        return self.columns[section].title if across and role == _Role.DisplayRole else None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column, value = self.columns[index.column()], self.rows[index.row()]
        if role in (_Role.DisplayRole, _Role.ToolTipRole):
            return column.text(value)
        if role == _Role.AccessibleTextRole:
            return f"{column.title}：{column.text(value)}"
        return column.tone(value).value if role == TONE_ROLE else None


class TickTable(RowTable[T]):
    """Rows with a tick in the first column; what was unticked stays so when the rows are read again."""

    ticked = Signal()

    def __init__(
        self,
        columns: Sequence[Column[T]],
        key: Callable[[T], str],
        may_tick: Callable[[T], bool],
        untick: Callable[[T], bool] = lambda _row: False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, key, parent)
        self._may_tick = may_tick
        self._untick = untick
        self._seen: set[str] = set()
        self._left_out: set[str] = set()

    def show_rows(self, rows: Sequence[T]) -> None:
        """Show other rows; one that comes for the first time is ticked, but where somebody must look at it before."""
        odd = {self._key(row) for row in rows if self._untick(row)}
        self._left_out |= odd - self._seen
        # What is odd no more, and is again later, is to be looked at again.
        self._seen = (self._seen - {self._key(row) for row in rows}) | odd
        super().show_rows(rows)

    @property
    def chosen(self) -> tuple[T, ...]:
        """Return the ticked rows."""
        return tuple(row for row in self.rows if self._is_ticked(row))

    def tick(self, row: int, *, on: bool) -> None:
        """Set or take away the tick of a row that may have one."""
        if not self._may_tick(self.rows[row]):
            return
        change = self._left_out.discard if on else self._left_out.add
        change(self.key_at(row))
        self.repaint_row(row)
        self.ticked.emit()

    def turn(self, row: int) -> None:
        """Tick the row, or untick it."""
        self.tick(row, on=not self._is_ticked(self.rows[row]))

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and index.column() == 0 and self._may_tick(self.rows[index.row()]):
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if role == _Role.CheckStateRole and index.isValid() and index.column() == 0:
            row = self.rows[index.row()]
            ticked = Qt.CheckState.Checked if self._is_ticked(row) else Qt.CheckState.Unchecked
            return ticked if self._may_tick(row) else None
        return super().data(index, role)

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        if role != _Role.CheckStateRole or not index.isValid():
            return False
        self.tick(index.row(), on=Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def _is_ticked(self, row: T) -> bool:
        return self._may_tick(row) and self._key(row) not in self._left_out
