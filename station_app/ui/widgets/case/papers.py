"""The papers of a case: how many, what becomes of the originals, and where each is now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout

from station_app.ui.models.dates import Word
from station_app.ui.tokens import Tone
from station_app.ui.widgets.board.sheets import empty
from station_app.ui.widgets.controls import Card, Text, shaped
from station_app.usecases.look_up import PaperView

_TITLES = ("材料", "原件", "复印件", "原件处理", "现在在哪")
_NAME, _WHERE = 0, 4


class PaperCard(Card):
    """A line for each paper, wrapped where it is long; below it what was counted otherwise."""

    def __init__(self) -> None:
        super().__init__("材料")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(_NAME, 3)
        self._grid.setColumnStretch(_WHERE, 3)
        self.differences = Text()
        self.differences.set_tone(Tone.WARN)
        self.body.addLayout(self._grid)
        self.add(self.differences)

    def show_papers(self, papers: Sequence[PaperView], differences: Sequence[str]) -> None:
        """Show other papers."""
        empty(self._grid)
        for column, title in enumerate(_TITLES if papers else ("这件没有收材料。",)):
            self._grid.addWidget(Text(title, "small", muted=True), 0, column)
        for row, paper in enumerate(papers, 1):
            counted = paper.counted
            originals, copies = Word(_count(paper.originals)), Word(_count(paper.copies))
            if counted is not None:
                originals = _otherwise(originals, counted.expected_originals, counted.counted_originals)
                copies = _otherwise(copies, counted.expected_copies, counted.counted_copies)
            cells = (Word(paper.name), originals, copies, Word(paper.handling), Word(paper.where))
            for column, word in enumerate(cells):
                cell = shaped(word.text, word.tone)
                text = Text(cell)
                text.set_tone(word.tone)
                text.setWordWrap(column in (_NAME, _WHERE))
                text.setAccessibleName(f"{_TITLES[column]}：{cell}")
                self._grid.addWidget(text, row, column)
        self.differences.setText("\n".join(shaped(line, Tone.WARN) for line in differences))
        self.differences.setVisible(bool(differences))


def _otherwise(word: Word, due: int, have: int) -> Word:
    return word if due == have else Word(f"应 {due} 实 {have}", Tone.BAD if have < due else Tone.WARN)


def _count(number: int) -> str:
    return str(number) if number else "—"
