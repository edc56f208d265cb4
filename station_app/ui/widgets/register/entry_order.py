"""Enter goes to the next field: nobody of our users knows Tab."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from station_app.ui.widgets.register.suggestions import ENTER


class EntryOrder(QObject):
    """The fields of a form in the order of filling them in.

    Make it before the fields get other readers of their keys: those come first then.

    Args:
        may_leave: tells whether Enter leads on from a field; it says itself why not.
    """

    def __init__(
        self,
        fields: Sequence[QWidget],
        go: Callable[[QWidget], None],
        may_leave: Callable[[QWidget], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._go = go
        self._may_leave = may_leave
        self._fields = list(fields)
        for field in self._fields[:-1]:
            field.installEventFilter(self)

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or event.key() not in ENTER:
            return False
        if not isinstance(target, QWidget) or target not in self._fields:
            return False
        if self._may_leave(target):
            self._go(self._fields[self._fields.index(target) + 1])
        return True
