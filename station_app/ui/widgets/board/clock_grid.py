"""The time limits of an office by kind and by what is left: each number opens the work behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from station_app.ui.models.dates import Word
from station_app.ui.presenters.boards import ClockRow, Link
from station_app.ui.widgets.board.sheets import empty, focus_on
from station_app.ui.widgets.controls import Button, Text, set_look, shaped

TITLES = ("超期", "今日到期", "两日内", "以后")


class ClockGrid(QWidget):
    """A row for each kind of limit; zeros are quiet text, everything else a button."""

    def __init__(self, follow: Callable[[Link], Any]) -> None:
        super().__init__()
        self._follow = follow
        self._rows: tuple[ClockRow, ...] = ()
        self.cells: dict[tuple[str, str], QWidget] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 2)
        for column in range(1, len(TITLES) + 1):
            self._grid.setColumnStretch(column, 1)

    def show_rows(self, rows: Sequence[ClockRow]) -> None:
        """Show other numbers; the focus stays on the number it was on."""
        if rows == self._rows:
            return
        focused = next((place for place, cell in self.cells.items() if cell.hasFocus()), None)
        self._rows = tuple(rows)
        empty(self._grid)
        for column, title in enumerate(TITLES, 1):
            self._grid.addWidget(Text(title, "small", muted=True), 0, column, Qt.AlignmentFlag.AlignCenter)
        for line, row in enumerate(rows, 1):
            note = f"（{row.note}）" if row.note else ""
            self._grid.addWidget(Text(f"{row.label}{note}"), line, 0)
            self._grid.setRowMinimumHeight(line, 2 * self.fontMetrics().height())
            for column, word in enumerate(row.cells, 1):
                cell = self._cell(row, TITLES[column - 1], word)
                self._grid.addWidget(cell, line, column)
                self.cells[row.label, TITLES[column - 1]] = cell
        self._grid.setRowStretch(len(rows) + 1, 1)
        if focused:
            focus_on(self.cells[focused])

    def _cell(self, row: ClockRow, title: str, word: Word) -> QWidget:
        if word.text == "0":
            nothing = Text("0", muted=True)
            nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
            nothing.setAccessibleName(f"{row.label} {title} 0 件")
            return nothing
        button = Button(shaped(word.text, word.tone), partial(self._follow, row.to), kind="number")
        button.setAccessibleName(f"{row.label} {title} {word.text} 件")
        set_look(button, tone=word.tone.value)
        return button
