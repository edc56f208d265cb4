"""Painting a cell by what it means: its shape before the text, and its colour."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSize
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from station_app.ui.models.dates import Word
from station_app.ui.models.word_role import WORD_ROLE
from station_app.ui.tokens import Palette, Tone
from station_app.ui.widgets.controls import shaped
from station_app.ui.widgets.theme import Theme

_PADDING = 24
_LINE_BREAK = "\u2028"
_TEXT_ROLES = (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText)


class WordDelegate(QStyledItemDelegate):
    """Shows the `Word` that a model gives for WORD_ROLE."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        # Qt breaks lines at the width of the cell, and paints them within the padding of the style sheet; the columns
        # behind the first are as wide as their texts, padding and all.
        if index.column() == 0:
            option.rect.setWidth(option.rect.width() - _PADDING)  # type: ignore[attr-defined]
        return super().sizeHint(option, index).expandedTo(QSize(0, self._theme.sizes.row))

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        word = index.data(WORD_ROLE)
        if not isinstance(word, Word) or word.tone is Tone.PLAIN:
            return
        # A grey number stands bare: the words of its row say why it is grey.
        bare = word.tone is Tone.STALE and word.text.isdigit()
        text = word.text if bare else shaped(word.text, word.tone)
        option.text = text.replace("\n", _LINE_BREAK)  # type: ignore[attr-defined]
        for role in _TEXT_ROLES:
            option.palette.setColor(role, QColor(ink_of(self._theme.palette, word.tone)))  # type: ignore[attr-defined]


def ink_of(palette: Palette, tone: Tone) -> str:
    """Return the colour of a text with this tone."""
    return palette.text if tone is Tone.PLAIN else str(getattr(palette, tone.value))
