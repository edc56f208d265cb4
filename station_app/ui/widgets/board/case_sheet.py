"""One case before who accepts or decides it: who, what, the papers, what others wrote."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.ui.models.dates import Word
from station_app.ui.presenters.deciding import Judged
from station_app.ui.widgets.board.sheets import empty
from station_app.ui.widgets.board.wrapping import WrappingRow
from station_app.ui.widgets.controls import Card, Pill, Text, shaped


class CaseSheet(Card):
    """Shows a `Judged`, or nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.name = Text(size="title")
        self.item = Text(size="strong")
        self.applicant = Text(muted=True)
        self._facts = WrappingRow()
        self._papers = _Lines("材料")
        self._remarks = _Lines("意见和备注")
        for part in (self.name, self.item, self.applicant, self._facts, self._papers, self._remarks):
            self.add(part)

    def show_judged(self, judged: Judged, papers: Sequence[Word] | None = None) -> None:
        """Show a case; `papers` replaces its own lines where a page shows them itself."""
        case = judged.view.case
        self.name.setText(str(case.applicant.get("name", "")))
        self.item.setText(str(case.item.get("name", "")))
        self.applicant.setText(judged.applicant)
        self._facts.show_parts([_pill(word) for word in judged.facts])
        self._papers.show_lines(judged.papers if papers is None else papers)
        self._remarks.show_lines([Word(line) for line in judged.remarks])


class _Lines(QWidget):
    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def show_lines(self, lines: Sequence[Word]) -> None:
        empty(self._column)
        self.setVisible(bool(lines))
        if lines:
            self._column.addWidget(Text(self._title, "small", muted=True))
        for line in lines:
            text = Text(shaped(line.text, line.tone))
            text.set_tone(line.tone)
            self._column.addWidget(text)


def _pill(word: Word) -> Pill:
    return Pill(word.text, word.tone)
