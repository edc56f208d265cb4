"""How a case went in facts, and what was noted about it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from station_app.ui.presenters.case_facts import Fact
from station_app.ui.presenters.case_steps import Note
from station_app.ui.widgets.board.sheets import empty
from station_app.ui.widgets.controls import Card, Text


class FactCard(Card):
    """Labels and texts."""

    def __init__(self) -> None:
        super().__init__("办理情况")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show other facts."""
        empty(self._grid)
        for row, fact in enumerate(facts):
            label = Text(fact.label, "small", muted=True)
            label.setWordWrap(False)
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(Text(fact.text), row, 1)


class NoteCard(Card):
    """What anybody wrote beside the handling."""

    def __init__(self) -> None:
        super().__init__("备注和意见")
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        self.add(self._column)

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show other notes."""
        empty(self._column)
        if not notes:
            self._column.addWidget(Text("还没有。要告诉经办的单位什么，点上面的按钮写。", muted=True))
        for note in notes:
            self._column.addWidget(Text(f"{note.kind}　{note.who}", "small", muted=True))
            self._column.addWidget(Text(note.text))
            self._column.addSpacing(6)
