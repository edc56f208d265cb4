"""The offices below with when each was last heard of; unknown is grey, never green."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.ui.models.dates import Word
from station_app.ui.widgets.board.sheets import empty
from station_app.ui.widgets.controls import Pill, Text, row_of


class OfficeList(QWidget):
    """An office a line: its name and its news."""

    def __init__(self) -> None:
        super().__init__()
        self._offices: Sequence[tuple[str, Word]] | None = None
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 8, 0)
        self._lines.setSpacing(8)

    def show_offices(self, offices: Sequence[tuple[str, Word]]) -> None:
        """Show other news."""
        if offices == self._offices:
            return
        self._offices = offices
        empty(self._lines)
        for name, word in offices:
            self._lines.addWidget(_line(name, word))
        if not offices:
            self._lines.addWidget(Text("没有下级单位。", muted=True))
        self._lines.addStretch(1)


def _line(name: str, word: Word) -> QWidget:
    line = QWidget()
    line.setLayout(row_of(Text(name), Pill(word.text, word.tone), stretch=0))
    line.setAccessibleName(f"{name}：{word.text}")
    return line
