"""What waits, line by line; the line under the hands keeps the focus when they are read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.ui.presenters.boards import Link, ToDo
from station_app.ui.widgets.board.big_buttons import ToDoButton
from station_app.ui.widgets.board.sheets import empty, focus_on


class ToDoList(QWidget):
    """Lines that lead to where something is done; hidden while there is none.

    Args:
        follow: opens what a line leads to.
    """

    def __init__(self, follow: Callable[[Link], None]) -> None:
        super().__init__()
        self._follow = follow
        self._shown: tuple[ToDo, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setSpacing(4)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    @property
    def lines(self) -> list[ToDoButton]:
        """Return the lines that are shown."""
        items = (self._column.itemAt(index).widget() for index in range(self._column.count()))
        return [widget for widget in items if isinstance(widget, ToDoButton)]

    def show_todos(self, todos: Sequence[ToDo]) -> bool:
        """Show others; tell whether the focus was on a line and none is left to have it."""
        if tuple(todos) == self._shown:
            return False
        focused = next((index for index, line in enumerate(self.lines) if line.hasFocus()), -1)
        self._shown = tuple(todos)
        empty(self._column)
        for todo in todos:
            self._column.addWidget(ToDoButton(todo, partial(self._follow, todo.to)))
        self.setVisible(bool(todos))
        if focused >= 0 and todos:
            focus_on(self.lines[min(focused, len(todos) - 1)])
        return focused >= 0 and not todos
