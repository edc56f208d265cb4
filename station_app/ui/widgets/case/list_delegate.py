"""How a row of the case list is painted: states as pills, texts that wrap, smaller letters before a text is cut."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from station_app.ui.models.case_cells import ITEM, WHERE, Cell
from station_app.ui.models.case_rows import CELL_ROLE
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import shaped
from station_app.ui.widgets.theme import Theme

_TOP_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_UNBROKEN = int(_TOP_LEFT)
# Between Chinese letters and groups of digits, never before a comma; a longer word than its column breaks anywhere.
_BETWEEN_WORDS = int(Qt.TextFlag.TextWordWrap | _TOP_LEFT)
_ANYWHERE = int(Qt.TextFlag.TextWrapAnywhere | _TOP_LEFT)
_CENTRED = int(Qt.AlignmentFlag.AlignCenter)
_TALL = 10_000
_STATE = 0


class _Letters:
    """A font with its measures."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetrics(font)
        self.line_height = self.metrics.height()

    def wrap(self, text: str, width: int) -> tuple[int, int]:
        """Return how to break a text in a column of this width, and how high it is then."""
        if self.metrics.horizontalAdvance(text) <= width:
            # The advance is rounded: told to break it, Qt may still find it too long.
            return _UNBROKEN, self.line_height
        room = QRect(0, 0, width, _TALL)
        found = self.metrics.boundingRect(room, _BETWEEN_WORDS, text)
        if found.width() <= width:
            return _BETWEEN_WORDS, found.height()
        return _ANYWHERE, self.metrics.boundingRect(room, _ANYWHERE, text).height()


@dataclass(frozen=True, slots=True)
class _Part:
    """A text of a cell and how it is painted; `colour` names one of the palette."""

    text: str
    letters: _Letters
    colour: str


class CaseDelegate(QStyledItemDelegate):
    """Paints a `Cell`. A list is painted anew with every key of a search: what can be made once is."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.is_folded = False
        """Where a case is stands below its item: the list is too narrow for a column of its own."""
        self._small: _Letters
        self._body: _Letters
        self._strong: _Letters
        self._colours: dict[str, QColor]
        self._prepare()
        theme.changed.connect(self._prepare)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        area: QRect = option.rect  # type: ignore[attr-defined]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        painter.fillRect(area, self._colour("primary_soft" if selected else "surface"))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, self._colour("line"))
        cell: Cell = index.data(CELL_ROLE)
        if self.is_folded and index.column() == ITEM:
            where: Cell = index.sibling(index.row(), WHERE).data(CELL_ROLE)
            cell = replace(cell, below=where.spoken)
        gap = self._theme.sizes.gap_2
        inner = area.adjusted(gap, 0, -gap, -1)
        if index.column() == _STATE and cell.tone is not Tone.PLAIN:
            inner = self._paint_pill(painter, cell, inner)
            self._paint_parts(painter, [self._below(cell)], inner)
        else:
            self._paint_parts(painter, self._parts(cell), inner)

    def _paint_pill(self, painter: QPainter, cell: Cell, inner: QRect) -> QRect:
        """Paint a state and return the room below it."""
        sizes, letters = self._theme.sizes, self._small
        text = shaped(cell.text, cell.tone)
        box = QRect(0, 0, letters.metrics.horizontalAdvance(text) + 2 * sizes.gap_2, letters.line_height + sizes.gap_1)
        box.moveTo(inner.left(), inner.top() + (sizes.gap_1 if cell.below else (inner.height() - box.height()) // 2))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour(f"{cell.tone}_soft"))
        painter.drawRoundedRect(box, sizes.radius, sizes.radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(letters.font)
        painter.setPen(self._colour(cell.tone))
        painter.drawText(box, _CENTRED, text)
        return inner.adjusted(0, box.bottom() - inner.top(), 0, 0)

    def _paint_parts(self, painter: QPainter, parts: list[_Part], inner: QRect) -> None:
        told = [part for part in parts if part.text]
        wraps = [part.letters.wrap(part.text, inner.width()) for part in told]
        if sum(height for _, height in wraps) > inner.height():
            # A long name in smaller letters rather than half of it.
            told = [replace(part, letters=self._small) for part in told]
            wraps = [part.letters.wrap(part.text, inner.width()) for part in told]
        top = inner.top() + max(0, inner.height() - sum(height for _, height in wraps)) // 2
        for part, (breaks, height) in zip(told, wraps, strict=True):
            painter.setFont(part.letters.font)
            painter.setPen(self._colour(part.colour))
            painter.drawText(QRect(inner.left(), top, inner.width(), height), breaks, part.text)
            top += height

    def _parts(self, cell: Cell) -> list[_Part]:
        toned = cell.tone is not Tone.PLAIN
        text = shaped(cell.text, cell.tone) if toned else cell.text
        letters = self._strong if cell.is_strong else self._body
        return [_Part(text, letters, cell.tone if toned else "text"), self._below(cell)]

    def _below(self, cell: Cell) -> _Part:
        tone = cell.below_tone
        return _Part(shaped(cell.below, tone), self._small, "muted" if tone is Tone.PLAIN else tone)

    def _colour(self, name: str) -> QColor:
        if name not in self._colours:
            self._colours[name] = QColor(getattr(self._theme.palette, name))
        return self._colours[name]

    def _prepare(self) -> None:
        sizes = self._theme.sizes
        bold = self._theme.font(sizes.body)
        bold.setBold(True)
        self._small, self._body = _Letters(self._theme.font(sizes.small)), _Letters(self._theme.font(sizes.body))
        self._strong = _Letters(bold)
        self._colours = {}
