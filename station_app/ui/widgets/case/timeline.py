"""The steps of a case, the newest first, each with how far it has come; and those that were set aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from station_app.ui.presenters.case_steps import SetAside, Step
from station_app.ui.tokens import Tone
from station_app.ui.widgets.board.sheets import empty
from station_app.ui.widgets.board.wrapping import WrappingRow
from station_app.ui.widgets.controls import Button, Card, Pill, Text, row_of, shaped

_TASK = "请对照两边的内容。还要办的，照现在的情况重新办，或者联系经办单位；看完了按“看过了”，首页就不再提醒。"


class TimelineCard(Card):
    """Who did what when, and whether it is on this PC, at the county, and with the other office."""

    def __init__(self) -> None:
        super().__init__("办理经过（最近的在上面）")
        self._steps = QVBoxLayout()
        self._steps.setSpacing(4)
        self.add(self._steps)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show other steps."""
        empty(self._steps)
        for step in steps:
            self._steps.addWidget(Text(step.title, "strong"))
            self._steps.addWidget(Text(f"{step.who}　{step.when}", "small", muted=True))
            marks = WrappingRow()
            marks.show_parts([Pill(mark.text, mark.tone) for mark in step.marks])
            self._steps.addWidget(marks)
            if step.remark:
                remark = Text(shaped(step.remark, Tone.WARN))
                remark.set_tone(Tone.WARN)
                self._steps.addWidget(remark)
            self._steps.addSpacing(8)


class SetAsideCard(Card):
    """Steps that do not stand, with their reason and both values side by side; hidden while there are none."""

    def __init__(self, on_look: Callable[[], Any]) -> None:
        super().__init__("没有生效的步骤")
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        self.task = Text(_TASK, "strong")
        self.looked = Button("看过了", on_look)
        self.add(self.task)
        self.add(self._column)
        self.add(row_of(self.looked))

    def show_steps(self, steps: Sequence[SetAside], *, to_look_at: bool) -> None:
        """Show other steps; say what to do where nobody of this office has looked at one of its own yet."""
        empty(self._column)
        self.setVisible(bool(steps))
        self.task.setVisible(to_look_at)
        self.looked.setVisible(to_look_at)
        for step in steps:
            self._column.addWidget(Text(step.title, "strong"))
            self._column.addWidget(Text(step.who, "small", muted=True))
            reason = Text(shaped(f"{step.by}：{step.reason}", Tone.BAD))
            reason.set_tone(Tone.BAD)
            self._column.addWidget(reason)
            if step.pairs:
                self._column.addLayout(pairs_grid(step.pairs, "这一步写的（没有生效）", "现在生效的"))


def pairs_grid(pairs: Sequence[tuple[str, str, str]], left: str, right: str) -> QGridLayout:
    """Return both values of each fact side by side, under their titles."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    for column, title in enumerate(("", left, right)):
        grid.addWidget(Text(title, "small", muted=True), 0, column)
        grid.setColumnStretch(column, 1)
    for row, pair in enumerate(pairs, 1):
        for column, text in enumerate(pair):
            grid.addWidget(Text(text, "small" if column == 0 else "body", muted=column == 0), row, column)
    return grid
