"""The menu at the left: who works here, and every page with its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from station_app.ui.widgets.controls import Text, set_look
from station_app.ui.widgets.page import PageSpec
from station_app.ui.widgets.theme import Theme

_MENU_INDENT = 8
_NUMBERED = 10
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Rail(QWidget):
    """With large texts it scrolls. Arrow keys go from entry to entry, Enter opens one, Esc leads back to the page.

    Args:
        who: office and worker.
    """

    chosen = Signal(str)
    left = Signal()

    def __init__(self, specs: Sequence[PageSpec], who: tuple[str, str], theme: Theme) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_look(self, role="rail")
        self._theme = theme
        self._specs = {spec.key: spec for spec in specs if spec.in_menu}
        bare = [key for key, spec in self._specs.items() if not spec.shortcut]
        numbered = {key: f"Alt+{number % 10}" for number, key in enumerate(bare, 1) if number <= _NUMBERED}
        self.keys: Mapping[str, str] = numbered
        """The number key of each page that has no key of its own."""
        self.buttons = {key: self._button(spec) for key, spec in self._specs.items()}
        self._lay_out(who)
        theme.changed.connect(self._repaint_icons)
        self._repaint_icons()
        self.show_keys(shown=True)

    def mark(self, page: str) -> None:
        """Show which page is open."""
        for key, button in self.buttons.items():
            button.setChecked(key == page)

    def show_keys(self, *, shown: bool) -> None:
        """Write its key on each entry, or only its name where there is little room."""
        for key, button in self.buttons.items():
            spec = self._specs[key]
            keys = spec.shortcut or self.keys.get(key, "")
            button.setText(f"{spec.label}  {keys}".rstrip() if shown else spec.label)
            button.setToolTip(f"{spec.label}　{keys}")
        # It is as wide as its entries, and does not hear of it when they become narrower.
        self._entries.updateGeometry()

    def go_on(self, button: QToolButton, step: int) -> None:
        """Go to the entry above (-1) or below (1)."""
        buttons = list(self.buttons.values())
        place = buttons.index(button) + step
        if 0 <= place < len(buttons):
            buttons[place].setFocus()

    def event(self, event: QEvent) -> bool:
        # Here Esc leads back to the page; there it leads to the page before.
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.left.emit()
                return True
        return super().event(event)

    def _lay_out(self, who: tuple[str, str]) -> None:
        entries = QWidget()
        menu = QVBoxLayout(entries)
        menu.setContentsMargins(0, 0, 0, 0)
        menu.setSpacing(2)
        for button in self.buttons.values():
            menu.addWidget(button)
        menu.addStretch(1)
        self._entries = _Entries(entries)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 8)
        column.setSpacing(4)
        office, worker = who
        for text in (Text(office, "strong"), Text(worker, "small", muted=True)):
            text.setContentsMargins(_MENU_INDENT, 0, 0, 0)
            column.addWidget(text)
        column.addWidget(self._entries, 1)

    def _button(self, spec: PageSpec) -> QToolButton:
        button = _Entry(self)
        button.setAccessibleName(spec.label)
        button.clicked.connect(lambda: self.chosen.emit(spec.key))
        return button

    def _repaint_icons(self) -> None:
        for key, button in self.buttons.items():
            button.setIcon(self._theme.icon(self._specs[key].icon))
            button.setIconSize(QSize(self._theme.sizes.icon, self._theme.sizes.icon))


class _Entries(QScrollArea):
    """As wide as its entries."""

    def __init__(self, entries: QWidget) -> None:
        super().__init__()
        self.setWidget(entries)
        entries.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self.widget().minimumSizeHint().width() + bar, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width(), super().sizeHint().height())


class _Entry(QToolButton):
    def __init__(self, rail: Rail) -> None:
        super().__init__()
        self._rail = rail
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_look(self, role="menu")

    def nextCheckState(self) -> None:
        """Leave the mark to the rail: it stands on the page that is open."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _MOVES.get(Qt.Key(event.key()))
        if step is not None:
            self._rail.go_on(self, step)
        elif event.key() in _ENTER:
            self.click()
        else:
            super().keyPressEvent(event)
