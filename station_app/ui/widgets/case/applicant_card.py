"""The applicant's data, masked; each is shown on request, on record, and not for long."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout

from station_app.ui.presenters.case_facts import Masked
from station_app.ui.presenters.case_view import SHOWN_S
from station_app.ui.widgets.controls import Button, Card, Text
from station_app.usecases.reveal import FIELD_LABELS


class ApplicantCard(Card):
    """A row for each fact, with a button that shows it."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__("申请人")
        self.texts = {field: Text() for field in FIELD_LABELS}
        self.buttons = {field: Button("显示", partial(self.wanted.emit, field), kind="quiet") for field in FIELD_LABELS}
        self.record = Text(size="small", muted=True)
        self._masked: dict[str, Masked] = {}
        self._in_full: set[str] = set()
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for row, (field, label) in enumerate(FIELD_LABELS.items()):
            self.buttons[field].setAccessibleName(f"显示{label}")
            caption = Text(label, "small", muted=True)
            caption.setWordWrap(False)
            grid.addWidget(caption, row, 0)
            grid.addWidget(self.texts[field], row, 1)
            grid.addWidget(self.buttons[field], row, 2)
        self.body.addLayout(grid)
        self.add(self.record)
        self._tell()

    def show_masked(self, masked: Sequence[Masked]) -> None:
        """Show other data; what is shown in full right now stays so until its time is over."""
        self._masked = {one.field: one for one in masked}
        for field in self._masked.keys() - self._in_full:
            self._mask(field)
        self.record.setVisible(any(one.text for one in masked))

    def reveal(self, field: str, text: str) -> None:
        """Show a fact in full, or with "" masked again."""
        if not text:
            self._in_full.discard(field)
            self._mask(field)
        else:
            self._in_full.add(field)
            self.texts[field].setText(text)
            self.buttons[field].hide()
        self._tell()

    def _mask(self, field: str) -> None:
        masked = self._masked[field]
        self.texts[field].setText(masked.text or masked.absent)
        self.buttons[field].setVisible(bool(masked.text))

    def _tell(self) -> None:
        shown = bool(self._in_full)
        self.record.setText(f"查看已记录，{SHOWN_S} 秒后自动遮住。" if shown else "点“显示”会记下是谁、什么时候看的。")
