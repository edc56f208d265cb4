"""The scanner of codes: a keyboard that types a printed number and Enter faster than anybody.

Wherever the focus is, such a number goes to who can use it and not into the box that happens to be active. Digits are
held back for a moment; what turns out to be typing is given to the box it was meant for, so that nothing is lost.
With an input method on, digits may arrive as text that it commits, or full-width; both are read.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from station_app.domain.errors import StationError
from station_app.domain.numbers import parse_number
from station_app.domain.slips import looks_like_symbol

GAP_MS = 60
LONG_GAP_MS = 500
"""Behind so many digits as nobody types: a window that is busy for a moment must not cut a long code in two."""
_LONGEST_NUMBER = 26
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_STROKES = frozenset({QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.InputMethod})
_ACTIVITY = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel})
_DIGITS = frozenset("0123456789")
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


@dataclass(slots=True)
class _Held:
    """A keystroke held back: its text, and the event's own copy with the widget it was for."""

    digit: str
    event: QEvent
    target: QObject


class Scanner(QObject):
    """Watches all keystrokes of the program for a scanned 代办登记号 or 交接单号, or a code of a 交接码单."""

    scanned = Signal(str)
    active = Signal()
    """Somebody pressed a key or a button of the mouse."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._held: list[_Held] = []
        self._replaying = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._give_back)
        application.installEventFilter(self)

    @property
    def holding(self) -> bool:
        """Tell whether digits are held back right now."""
        return bool(self._held)

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _ACTIVITY:
            self.active.emit()
        if kind not in _STROKES or self._replaying or not isinstance(target, QWidget):
            return False
        if isinstance(event, QInputMethodEvent):
            return self._take(_digits_of(event.commitString()), event.clone(), target)
        if not isinstance(event, QKeyEvent):
            return False
        if kind is QEvent.Type.ShortcutOverride:
            self._before_shortcut(event)
            return False
        return self._on_key(target, event)

    def _before_shortcut(self, event: QKeyEvent) -> None:
        """Give digits back before a function key acts: 0 and then F8 must arrive in this order."""
        if event.key() not in _ENTER and not _typed_digits(event):
            self._give_back()

    def _on_key(self, target: QWidget, event: QKeyEvent) -> bool:
        if event.key() in _ENTER and self._held:
            return self._end()
        return self._take(_typed_digits(event), event.clone(), target)

    def _take(self, digits: str, event: QEvent, target: QObject) -> bool:
        if not digits:
            self._give_back()
            return False
        self._held.append(_Held(digits, event, target))
        self._timer.start(LONG_GAP_MS if len(self._held) > _LONGEST_NUMBER else GAP_MS)
        return True

    def _end(self) -> bool:
        number = "".join(held.digit for held in self._held)
        if not _is_ours(number):
            self._give_back()
            return False
        self._timer.stop()
        self._held.clear()
        self.scanned.emit(number)
        return True

    def _give_back(self) -> None:
        """Hand what was held back to where it was meant for."""
        self._timer.stop()
        held, self._held = self._held, []
        self._replaying = True
        try:
            for stroke in held:
                if shiboken6.isValid(stroke.target):
                    self._application.sendEvent(stroke.target, stroke.event)
        finally:
            self._replaying = False


def _is_ours(number: str) -> bool:
    try:
        return looks_like_symbol(number) or bool(parse_number(number))
    except StationError:
        return False


def _typed_digits(event: QKeyEvent) -> str:
    typed = not event.isAutoRepeat() and event.modifiers() in _PLAIN
    return _digits_of(event.text()) if typed else ""


def _digits_of(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return plain if plain and _DIGITS.issuperset(plain) else ""
