"""First half of the hand-over page: the cases that may go, all ticked, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from station_app.domain.organisations import Level
from station_app.ui.models.hand_over_rows import ready_table, totals_of
from station_app.ui.widgets.batch.returned import ReturnedCard
from station_app.ui.widgets.batch.rows import Rows
from station_app.ui.widgets.controls import Button, Text, row_of
from station_app.ui.widgets.theme import Theme
from station_app.usecases.ready_cases import ReadyCase, ReadyCases


class ReadyTab(QWidget):
    """Ticks cases and hands them over."""

    wanted = Signal(list)
    """Hand over the cases with these ids."""

    def __init__(self, theme: Theme, level: Level, today: date, go: Callable[[str, str], None]) -> None:
        super().__init__()
        self._found: ReadyCases | None = None
        self.model = ready_table(today)
        self.rows = Rows("可以交接的件，空格键打勾或去掉", self.model, theme)
        self.rows.opened.connect(lambda case_id: go("case", case_id))
        self.model.ticked.connect(self._show_totals)
        self.returned = ReturnedCard(go)
        # A township's cases were taken in by the villages: there it is no question whose they are.
        self.only_mine = QCheckBox()
        self.only_mine.setChecked(level is Level.VILLAGE)
        self.only_mine.toggled.connect(self._show_rows)
        self.totals = Text(size="strong")
        self.hint = Text(size="small", muted=True)
        self.button = Button("交接并打印交接单", self._hand_over, kind="primary", key="F8")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.returned)
        column.addWidget(self.only_mine)
        column.addWidget(self.rows, 1)
        column.addWidget(self.hint)
        column.addLayout(row_of(self.totals, self.button, stretch=0))
        column.addStretch(0)

    def show_cases(self, found: ReadyCases) -> None:
        """Show what was read."""
        self._found = found
        self.returned.show_cases(found.returned)
        self._show_rows()

    def go_to(self, number: str) -> bool:
        """Tick the case with this printed number and go to it; False if it is not listed."""
        row = next((row for row, case in enumerate(self.model.rows) if case.line.number == number), -1)
        if row < 0:
            return False
        self.model.tick(row, on=True)
        self.rows.move_to(row)
        return True

    def _show_rows(self) -> None:
        if self._found is None:
            return
        cases = self._found.cases
        others = sum(not case.mine for case in cases)
        self.only_mine.setText(f"只列我收的（另有 {others} 件是同事收的）")
        self.only_mine.setVisible(0 < others < len(cases))
        hide_others = self.only_mine.isVisibleTo(self) and self.only_mine.isChecked()
        self.rows.show_rows([case for case in cases if case.mine or not hide_others])
        self.rows.setVisible(bool(cases))
        self._show_totals()
        self._show_hint(self._found)

    def _show_totals(self) -> None:
        to = self._found.to_name if self._found else ""
        chosen = self.model.chosen
        self.totals.setText(f"交给{to}：{totals_of(chosen).words}" if chosen else _nothing_words(self.model.rows))
        self.button.setEnabled(bool(chosen))

    def _show_hint(self, found: ReadyCases) -> None:
        words = ["空格键打勾或去掉，回车键看这一件。"] if found.cases else []
        if found.decided_here:
            words.append(f"另有 {found.decided_here} 件由本单位决定，不用上报，请到“受理与决定”办理。")
        if found.more:
            words.append(f"还有 {found.more} 件没有列出，先交这些，再来交其余的。")
        self.hint.setText("".join(words))
        self.hint.setVisible(bool(words))

    def _hand_over(self) -> None:
        self.wanted.emit([case.line.case_id for case in self.model.chosen])


def _nothing_words(rows: tuple[ReadyCase, ...]) -> str:
    return "没有打勾的件。用空格键给要交的件打勾。" if rows else "现在没有要交接的件。收了新件，就会列在这里。"
