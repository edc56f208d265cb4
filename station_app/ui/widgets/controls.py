"""The small parts that every page is built of; each takes its look from resources/app.qss by a property."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from station_app.ui.tokens import Tone

_SHAPES = {Tone.PLAIN: "", Tone.INFO: "● ", Tone.GOOD: "✓ ", Tone.WARN: "▲ ", Tone.BAD: "■ ", Tone.STALE: "○ "}


def set_look(widget: QWidget, **properties: Any) -> None:
    """Set style properties and have them take effect."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class Text(QLabel):
    """A text in one of the type sizes: body, small, strong, title, display; muted where it is secondary."""

    def __init__(
        self, text: str = "", size: str = "body", *, muted: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        set_look(self, type=size, muted=muted)

    def set_tone(self, tone: Tone) -> None:
        """Colour the text by what it means."""
        set_look(self, tone=tone.value)


class Pill(QLabel):
    """A state in a word, with a shape for those who do not see the colour."""

    def __init__(self, text: str = "", tone: Tone = Tone.PLAIN, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        set_look(self, role="pill")
        self.show_state(text, tone)

    def show_state(self, text: str, tone: Tone) -> None:
        """Show another state."""
        self.setText(f"{_SHAPES[tone]}{text}")
        set_look(self, tone=tone.value)


class Button(QPushButton):
    """A button: primary (one a page), plain, quiet or danger; with its key written on it."""

    def __init__(
        self,
        text: str,
        on_click: Callable[[], Any],
        *,
        kind: str = "plain",
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"{text}  {key}" if key else text, parent)
        self.setAccessibleName(text)
        self.clicked.connect(lambda _checked: on_click())
        # Enter does what Space does: nobody of our users knows Space.
        self.setAutoDefault(True)
        if key:
            # Not setShortcut: that first shows the button pressed for a tenth of a second.
            QShortcut(QKeySequence(key), self).activated.connect(self.click)
        set_look(self, kind=kind)


class Card(QFrame):
    """A sheet on which things that belong together lie."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, role="card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 12, 16, 14)
        self.body.setSpacing(8)
        if title:
            self.body.addWidget(Text(title, "strong"))

    def add(self, part: QWidget | QBoxLayout) -> None:
        """Put a part below the others."""
        if isinstance(part, QWidget):
            self.body.addWidget(part)
        else:
            self.body.addLayout(part)


class Notice(QFrame):
    """A sentence in a coloured band, on the page it is about; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, role="notice", tone=Tone.INFO.value)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        self._text = Text()
        row.addWidget(self._text, 1)
        self._row = row
        self.hide()

    def add(self, part: QWidget) -> None:
        """Put something beside the sentence that is done about it."""
        self._row.addWidget(part)

    def show_text(self, text: str, tone: Tone = Tone.INFO) -> None:
        """Say something, or nothing with ""."""
        self._text.setText(f"{_SHAPES[tone]}{text}")
        self._text.setAccessibleName(text)
        set_look(self, tone=tone.value)
        self.setVisible(bool(text))


class Field(QWidget):
    """A label, an editor, and beside it what is wrong or what to write."""

    def __init__(self, label: str, editor: QWidget, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = editor
        self._hint = hint
        editor.setAccessibleName(label)
        caption = QLabel(label)
        set_look(caption, role="caption")
        caption.setBuddy(editor)
        self._message = Text(hint, "small", muted=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(caption)
        column.addWidget(editor)
        column.addWidget(self._message)
        if not editor.sizePolicy().expandingDirections() & Qt.Orientation.Vertical:
            # Beside a field with a longer message this one stays at its height.
            column.addStretch()
        self._message.setVisible(bool(hint))

    def add_below(self, part: QWidget) -> None:
        """Put something that helps to fill it in below it."""
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.indexOf(self._message) + 1, part, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def is_wrong(self) -> bool:
        """Tell whether it is said that the value is wrong."""
        return bool(self.editor.property("state") == "bad")

    def show_message(self, text: str = "", tone: Tone = Tone.BAD) -> None:
        """Say what is wrong with the value (or, in another tone, what was found); "" brings the hint back."""
        self._message.setText(f"{_SHAPES[tone]}{text}" if text else self._hint)
        self._message.setVisible(bool(text or self._hint))
        set_look(self._message, tone=tone.value if text else "", muted=not text)
        set_look(self.editor, state="bad" if text and tone is Tone.BAD else "")


def letters_across(widget: QWidget) -> float:
    """Return how many Chinese letters of the body text fit side by side: what a layout really has room for."""
    return widget.width() / max(1, widget.fontMetrics().horizontalAdvance("字"))


_LEAST_LINES = 9


class TurningRow(QBoxLayout):
    """Parts side by side, or below each other where their widget is narrower than so many letters.

    Args:
        whole: the widget whose layout this is, or part of.
        letters: more than the parts need at least side by side.
        parts: what is in it, each with its share of the width.
    """

    def __init__(self, whole: QWidget, letters: int, *parts: tuple[QWidget, int], spacing: int = 12) -> None:
        super().__init__(QBoxLayout.Direction.LeftToRight)
        self._whole = whole
        self._letters = letters
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)
        for part, share in parts:
            self.addWidget(part, share)

    def setGeometry(self, rect: QRect) -> None:
        self._turn()
        super().setGeometry(rect)

    def minimumSize(self) -> QSize:
        self._turn()
        return super().minimumSize()

    def _turn(self) -> None:
        """Choose the direction for the width that there is now."""
        narrow = letters_across(self._whole) < self._letters
        wanted = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self.direction() is wanted:
            return
        self.setDirection(wanted)
        for index in range(self.count()):
            part = self.itemAt(index).widget()
            if isinstance(part, QAbstractScrollArea) or part.findChild(QAbstractScrollArea):
                # What scrolls by itself would give way to nothing below the others.
                least = _LEAST_LINES * part.fontMetrics().lineSpacing() if narrow else 0
                part.setMinimumHeight(least)


def row_of(*parts: QWidget, stretch: int = -1, spacing: int = 12) -> QHBoxLayout:
    """Return parts side by side; the one at index `stretch` takes the room that is left (-1: room after them)."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    for index, part in enumerate(parts):
        row.addWidget(part, 1 if index == stretch else 0)
    if stretch < 0:
        row.addStretch(1)
    return row


def column_of(*parts: QWidget, spacing: int = 12) -> QVBoxLayout:
    """Return parts below each other."""
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    for part in parts:
        column.addWidget(part)
    return column


def quiet_table(name: str) -> QTableView:
    """Return a table view in the house's manner: whole rows, no grid, Enter opens, columns as wide as told."""
    table = QTableView()
    table.setAccessibleName(name)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table


def shaped(text: str, tone: Tone) -> str:
    """Return a text with the shape of its tone, for those who do not see the colour."""
    return f"{_SHAPES[tone]}{text}"
