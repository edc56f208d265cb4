"""A queue of cases to go through with the arrow keys; texts wrap, nothing is cut off."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from station_app.ui.models.queue_rows import LINE_ROLE, QueueRows
from station_app.ui.models.word_role import WORD_ROLE
from station_app.ui.widgets.board.words import ink_of
from station_app.ui.widgets.controls import shaped
from station_app.ui.widgets.theme import Theme
from station_app.usecases.case_pages import CaseLine

Index = QModelIndex | QPersistentModelIndex
_WRAPPED = int(Qt.TextFlag.TextWordWrap)
_MARGIN, _GAP = 12, 4


class QueueList(QListView):
    """The cases of a queue; `chosen` tells on which one the worker is."""

    chosen = Signal(object)

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self.rows = QueueRows(self)
        self.setAccessibleName(name)
        self.setModel(self.rows)
        self.setItemDelegate(_QueueDelegate(theme, self))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentRowChanged.connect(lambda now, _before: self._tell(now.row()))
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    def choose(self, row: int) -> None:
        """Put the worker on a row, or on the nearest one there is."""
        self.setCurrentIndex(self.rows.index(max(0, min(row, self.rows.rowCount() - 1))))

    @property
    def case(self) -> CaseLine | None:
        """Return the case on which the worker is."""
        return self.rows.line(self.currentIndex().row())

    def _tell(self, row: int) -> None:
        self.chosen.emit(self.rows.line(row))


@dataclass(frozen=True, slots=True)
class _Places:
    name: QRect
    due: QRect
    item: QRect
    height: int


class _QueueDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.viewport().width()
        return QSize(width, self._places(width, index).height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        # The style paints the ground, as for every other list.
        self.initStyleOption(option, index)
        option.text = ""  # type: ignore[attr-defined]
        view: QWidget = self._view
        view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, view)
        line, word = index.data(LINE_ROLE), index.data(WORD_ROLE)
        palette, sizes = self._theme.palette, self._theme.sizes
        places = self._places(option.rect.width(), index)  # type: ignore[attr-defined]
        painter.save()
        painter.translate(option.rect.topLeft())  # type: ignore[attr-defined]
        for text, place, pixels, colour in (
            (line.applicant, places.name, sizes.strong, palette.text),
            (shaped(word.text, word.tone), places.due, sizes.small, ink_of(palette, word.tone)),
            (line.item_name, places.item, sizes.body, palette.muted),
        ):
            painter.setFont(self._theme.font(pixels))
            painter.setPen(QColor(colour))
            painter.drawText(place, _WRAPPED, text)
        painter.restore()

    def _places(self, width: int, index: Index) -> _Places:
        """Lay out: the name with what is left of its time beside it, or below where both are long; then the item."""
        line, word = index.data(LINE_ROLE), index.data(WORD_ROLE)
        sizes, room = self._theme.sizes, width - 2 * _MARGIN
        name = self._measure(line.applicant, sizes.strong, room)
        due = self._measure(shaped(word.text, word.tone), sizes.small, room)
        item = self._measure(line.item_name, sizes.body, room)
        name.moveTo(_MARGIN, _MARGIN)
        beside = name.width() + due.width() + _MARGIN <= room
        due.moveTo(
            width - _MARGIN - due.width() if beside else _MARGIN,
            name.bottom() - due.height() + 1 if beside else name.bottom() + _GAP,
        )
        item.moveTo(_MARGIN, max(name.bottom(), due.bottom()) + _GAP)
        return _Places(name, due, item, item.bottom() + _MARGIN)

    def _measure(self, text: str, pixels: int, room: int) -> QRect:
        found = QFontMetrics(self._theme.font(pixels)).boundingRect(QRect(0, 0, room, 10_000), _WRAPPED, text)
        # One pixel more: the rounding of a measure may not send the last character to another line.
        return QRect(0, 0, min(found.width() + 1, room), found.height())
