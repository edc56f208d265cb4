"""The count of one batch: its cases on the left, the one under the hands on the right, and how far it is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.ui.models.batch_rows import count_table, expected_words
from station_app.ui.models.count_sheet import CountSheet, Mark
from station_app.ui.widgets.batch.count_panel import CountPanel
from station_app.ui.widgets.batch.rows import Rows
from station_app.ui.widgets.controls import Button, Notice, Text, TurningRow, row_of
from station_app.ui.widgets.theme import Theme

_SIDE_BY_SIDE = 42
"""Letters: narrower, the case lies below the list."""


class CountView(QWidget):
    """Everything of the batch on the table."""

    save_wanted = Signal()
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._sheet: CountSheet | None = None
        self._model = count_table()
        self.progress = Text(size="display")
        self.expected = Text(size="strong", muted=True)
        self.coming = Notice()
        self.rows = Rows("这一批的件，上下键选，F2 齐，F3 少，F4 退", self._model, theme)
        self.panel = CountPanel()
        self.rest = Text(size="small", muted=True)
        self.other = Button("换一批", self.left.emit, kind="quiet")
        self.save = Button("确认接收", self.save_wanted.emit, kind="primary", key="F8")
        self.rows.moved.connect(self._show_current)
        self.panel.ended.connect(self.rows.setFocus)
        self._lay_out()

    def show_sheet(self, sheet: CountSheet) -> None:
        """Show what was found so far."""
        self._sheet = sheet
        self.rows.show_rows(sheet.rows)
        self._show_current(self.rows.current)
        self.progress.setText(sheet.words)
        self.expected.setText(expected_words(sheet.rows))
        self.coming.show_text(sheet.coming_words)
        left = sheet.number_of(Mark.OPEN)
        self.rest.setText(f"没有点的 {left} 件留在这一批里，以后再点。" if left and sheet.counted else "")
        self.save.setEnabled(bool(sheet.counted))

    def go_to(self, case_id: str) -> None:
        """Make a case the current one."""
        self.rows.go_to(case_id)
        self.rows.setFocus()

    def _show_current(self, case_id: str) -> None:
        # What is being typed for this case stays when the batch is read again.
        if not (self.panel.busy and self.panel.case_id == case_id):
            self.panel.show_row(self._sheet.row(case_id) if self._sheet else None)

    def _lay_out(self) -> None:
        middle = TurningRow(self, _SIDE_BY_SIDE, (self.rows, 7), (self.panel, 5))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(TurningRow(self, _SIDE_BY_SIDE, (self.progress, 1), (self.expected, 0)))
        column.addWidget(self.coming)
        column.addLayout(middle, 1)
        column.addLayout(row_of(self.rest, self.other, self.save, stretch=0))
