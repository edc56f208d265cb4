"""A list below an editor: the typing goes on in the editor, arrows and Enter choose."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from station_app.ui.models.choices import Choices
from station_app.ui.widgets.register.choice_view import ChoiceView
from station_app.ui.widgets.theme import Theme

HIGHEST = 420
_LEAST_ROOM = 150
_LEAST_WIDTH = 560
_EDGE = 8
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class Suggestions(ChoiceView):
    """Lies over the page while there is something to offer and its editor has the focus.

    Args:
        editor: keeps the focus; its arrow keys, Enter and Esc are read first here.
        page: what the list may cover.
        first: the first row is chosen beforehand, so that Enter takes it.
    """

    chosen = Signal(int)
    wanted = Signal()
    """The worker asks for the list with the down key."""

    def __init__(self, name: str, model: Choices, theme: Theme, editor: QWidget, page: QWidget, *, first: bool) -> None:
        super().__init__(name, model, theme, page)
        self._editor = editor
        self._page = page
        self._first = first
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setProperty("role", "suggestions")
        self.hide()
        self.clicked.connect(lambda index: self._choose(index.row()))
        editor.installEventFilter(self)

    def offer(self) -> None:
        """Show what the model holds, or nothing where that is nothing."""
        if not self.model().rowCount() or not self._editor.hasFocus():
            self.hide()
            return
        self.show()
        self.raise_()
        self._take_place()
        self.setCurrentIndex(self.model().index(0 if self._first else -1, 0))
        self.scrollToTop()

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        if target is not self._editor:
            return False
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
            return False
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Else Esc leaves the page, while the worker means the list.
            return self._is_escape(event) and self._accept(event)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        return False

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Down and not self.isVisible():
            self.wanted.emit()
            return True
        if not self.isVisible():
            return False
        if self._is_escape(event):
            self.hide()
            return True
        step = _MOVES.get(Qt.Key(event.key()))
        if step is not None:
            self._move(step)
            return True
        return event.key() in ENTER and self.currentIndex().isValid() and self._choose(self.currentIndex().row())

    def _move(self, step: int) -> None:
        row = self.currentIndex().row() + step
        least = 0 if self._first else -1
        self.setCurrentIndex(self.model().index(min(max(row, least), self.model().rowCount() - 1), 0))

    def _choose(self, row: int) -> bool:
        self.hide()
        self.chosen.emit(row)
        return True

    def _is_escape(self, event: QKeyEvent) -> bool:
        return self.isVisible() and event.key() == Qt.Key.Key_Escape

    def _accept(self, event: QKeyEvent) -> bool:
        event.accept()
        return True

    def _take_place(self) -> None:
        """Lie below the editor, or above it where there is no room below."""
        corner = self._editor.mapTo(self._page, QPoint(0, 0))
        # The width first: how high the rows are follows from it.
        width = max(self._editor.width(), min(_LEAST_WIDTH, self._page.width() - corner.x() - _EDGE))
        self.resize(width, HIGHEST)
        below = self._page.height() - corner.y() - self._editor.height() - _EDGE
        above = corner.y() - _EDGE
        up = below < _LEAST_ROOM < above
        height = min(self.rows_height + 2 * self.frameWidth() + 2, HIGHEST, above if up else below)
        top = corner.y() - height - 2 if up else corner.y() + self._editor.height() + 2
        self.setGeometry(QRect(corner.x(), top, width, height))
