"""Who works on a case and what can be done about it, in sentences; hidden while there is nothing to say."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout

from station_app.ui.models.dates import Word
from station_app.ui.widgets.board.sheets import empty
from station_app.ui.widgets.controls import Card, Text, shaped


class CustodyCard(Card):
    """One sentence a line, each with the shape of what it means."""

    def __init__(self) -> None:
        super().__init__("在谁手里")
        self._column = QVBoxLayout()
        self._column.setSpacing(4)
        self.add(self._column)

    def show_words(self, words: Sequence[Word]) -> None:
        """Show other sentences."""
        empty(self._column)
        self.setVisible(bool(words))
        for word in words:
            line = Text(shaped(word.text, word.tone))
            line.set_tone(word.tone)
            self._column.addWidget(line)
