"""A line of sums, each below its title."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout

from station_app.ui.models.dates import Word
from station_app.ui.widgets.controls import Card, Text, column_of, shaped


class Totals(Card):
    """Numbers side by side."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self._numbers = {title: Text(size="title") for title in titles}
        row = QHBoxLayout()
        row.addWidget(Text("合计", "strong"), 1)
        for title, number in self._numbers.items():
            row.addLayout(column_of(Text(title, "small", muted=True), number, spacing=2), 1)
        self.add(row)

    def show_totals(self, totals: Sequence[tuple[str, Word]]) -> None:
        """Show other numbers."""
        for title, word in totals:
            number = self._numbers[title]
            number.setText(shaped(word.text, word.tone))
            number.set_tone(word.tone)
            number.setAccessibleName(f"{title} {word.text}")
