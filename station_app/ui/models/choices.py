"""Rows that a list offers: a title and what is said below it, the key that picks it and a mark behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from station_app.ui.tokens import Tone

Index = QModelIndex | QPersistentModelIndex


class ChoiceRole(IntEnum):
    """Under which role a view finds the whole row."""

    CHOICE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One row.

    Args:
        key: what to press to pick it, "" for none.
        mark: a state in a word, with its tone.
        struck: it can't be picked any more, and is shown struck through.
        more: what does not fit on the row, shown when the mouse rests on it and read to those who listen.
        about: the value that the row stands for.
    """

    title: str
    detail: str = ""
    key: str = ""
    mark: str = ""
    tone: Tone = Tone.PLAIN
    struck: bool = False
    more: str = ""
    about: Any = None

    @property
    def spoken(self) -> str:
        """Return the row as one text."""
        return "，".join(part for part in (self.key, self.title, self.mark, self.detail, self.more) if part)


class Choices(QAbstractListModel):
    """A list of choices, replaced as a whole or row by row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Choice] = []

    def __getitem__(self, row: int) -> Choice:
        return self._rows[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        choice = self._rows[index.row()]
        if role == ChoiceRole.CHOICE:
            return choice
        texts = {
            Qt.ItemDataRole.DisplayRole: choice.title,
            Qt.ItemDataRole.ToolTipRole: choice.more,
            Qt.ItemDataRole.AccessibleTextRole: choice.spoken,
        }
        return texts.get(Qt.ItemDataRole(role)) if role in texts else None

    def put(self, rows: Sequence[Choice]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def put_row(self, row: int, choice: Choice) -> None:
        """Show one row otherwise."""
        self._rows[row] = choice
        self.dataChanged.emit(self.index(row), self.index(row))
