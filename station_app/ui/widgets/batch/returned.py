"""The cases that came back, above the list of those that may go: each leads to its page, where it is completed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from station_app.ui.models.printed import iso_day
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Card, Pill, Text, row_of
from station_app.usecases.ready_cases import ReturnedCase

MOST_SHOWN = 2


class ReturnedCard(Card):
    """Lists what came back with its reason; hidden while nothing did."""

    def __init__(self, go: Callable[[str, str], None]) -> None:
        super().__init__()
        self._go = go
        self._pill = Pill("", Tone.WARN)
        self.add(row_of(self._pill, Text("先补齐材料，再和别的件一起交。"), stretch=1))
        self._lines = QWidget()
        self.add(self._lines)
        self.hide()

    def show_cases(self, cases: Sequence[ReturnedCase]) -> None:
        """Show these cases."""
        self._pill.show_state(f"退回来 {len(cases)} 件", Tone.WARN)
        lines = QWidget()
        column = QVBoxLayout(lines)
        column.setContentsMargins(0, 0, 0, 0)
        for case in cases[:MOST_SHOWN]:
            column.addLayout(self._line(case))
        if len(cases) > MOST_SHOWN:
            rest = Button(f"看全部 {len(cases)} 件退回的", partial(self._go, "cases", "place:returned"), kind="quiet")
            column.addLayout(row_of(rest))
        self.body.replaceWidget(self._lines, lines)
        self._lines.deleteLater()
        self._lines = lines
        self.setVisible(bool(cases))

    def _line(self, case: ReturnedCase) -> QHBoxLayout:
        told = f"{case.line.applicant} · {case.line.item_name}　{iso_day(case.on)}由{case.by}退回：{case.reason}"
        supply = Button("去补齐", partial(self._go, "case", case.line.case_id))
        supply.setAccessibleName(f"补齐 {case.line.applicant} 的件")
        return row_of(Text(told), supply, stretch=0)
