"""A list of choices as people read it: name, what is said below it, the key before it and its state behind it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from station_app.ui.models.choices import Choice, ChoiceRole, Choices
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import shaped
from station_app.ui.widgets.theme import Theme

_WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_CENTRED = int(Qt.AlignmentFlag.AlignCenter)
_EDGE = 4
_TALL = 10_000


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of a row go."""

    key: QRect
    title: QRect
    detail: QRect
    mark: QRect
    height: int


class ChoiceView(QListView):
    """Rows as high as their wrapped texts."""

    def __init__(self, name: str, model: Choices, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(_ChoiceDelegate(theme, self))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        theme.changed.connect(self.doItemsLayout)

    @property
    def rows_height(self) -> int:
        """Return how high all rows are together."""
        return sum(self.sizeHintForRow(row) for row in range(self.model().rowCount()))


class _ChoiceDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: ChoiceView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        width = self._view.viewport().width()
        return QSize(width, self._places(index.data(ChoiceRole.CHOICE), QRect(0, 0, width, 0)).height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        choice: Choice = index.data(ChoiceRole.CHOICE)
        area: QRect = option.rect  # type: ignore[attr-defined]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        palette = self._theme.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(area, QColor(palette.primary_soft if selected else palette.surface))
        if selected:
            painter.fillRect(QRect(area.left(), area.top(), _EDGE, area.height()), QColor(palette.primary))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), QColor(palette.line))
        self._paint_parts(painter, choice, self._places(choice, area))
        painter.restore()

    def _paint_parts(self, painter: QPainter, choice: Choice, places: _Places) -> None:
        palette = self._theme.palette
        if choice.key:
            self._paint_box(painter, places.key, palette.raised)
            self._write(painter, places.key, choice.key, (self._strong(), palette.text, _CENTRED))
        title = self._title_font(choice)
        self._write(
            painter, places.title, choice.title, (title, palette.muted if choice.struck else palette.text, _WRAPPED)
        )
        self._write(painter, places.detail, choice.detail, (self._small(), palette.muted, _WRAPPED))
        if choice.mark:
            plain = choice.tone is Tone.PLAIN
            self._paint_box(painter, places.mark, palette.raised if plain else getattr(palette, f"{choice.tone}_soft"))
            colour = palette.text if plain else getattr(palette, choice.tone)
            self._write(painter, places.mark, shaped(choice.mark, choice.tone), (self._small(), colour, _CENTRED))

    def _paint_box(self, painter: QPainter, area: QRect, colour: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(area, self._theme.sizes.radius, self._theme.sizes.radius)

    def _write(self, painter: QPainter, area: QRect, text: str, how: tuple[QFont, str, int]) -> None:
        font, colour, flags = how
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(area, flags, text)

    def _places(self, choice: Choice, area: QRect) -> _Places:
        sizes = self._theme.sizes
        gap, small = sizes.gap_2, QFontMetrics(self._small())
        left, right, top = area.left() + _EDGE + gap, area.right() - gap, area.top() + gap
        box = small.height() + 2 * sizes.gap_1
        key_width = box + gap if choice.key else 0
        mark_width = small.horizontalAdvance(shaped(choice.mark, choice.tone)) + 2 * gap if choice.mark else 0
        text_left = left + key_width
        width = max(1, right - text_left - (mark_width + gap if mark_width else 0))
        title = _wrapped(QFontMetrics(self._title_font(choice)), choice.title, QRect(text_left, top, width, _TALL))
        below = title.bottom() + sizes.gap_1 // 2
        detail = _wrapped(small, choice.detail, QRect(text_left, below, width, _TALL)) if choice.detail else QRect()
        bottom = max(title.bottom(), detail.bottom() if choice.detail else 0, top + box)
        return _Places(
            key=QRect(left, top, box, box),
            title=title,
            detail=detail,
            mark=QRect(right - mark_width, top, mark_width, box),
            height=bottom - area.top() + gap + 1,
        )

    def _small(self) -> QFont:
        return self._theme.font(self._theme.sizes.small)

    def _strong(self) -> QFont:
        font = self._small()
        font.setBold(True)
        return font

    def _title_font(self, choice: Choice) -> QFont:
        font = self._theme.font(self._theme.sizes.body)
        font.setStrikeOut(choice.struck)
        return font


def _wrapped(metrics: QFontMetrics, text: str, room: QRect) -> QRect:
    """Return where a wrapped text stands in the room: as wide as the room, as high as the text."""
    found = metrics.boundingRect(room, _WRAPPED, text)
    return QRect(room.left(), room.top(), room.width(), found.height())
