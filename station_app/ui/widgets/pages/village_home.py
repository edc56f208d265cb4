"""A village agent's first page: three big steps, what waits, and where anybody's case is."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from station_app.ui.presenters.boards import HomeView, Step, ToDo, read_home
from station_app.ui.widgets.board.big_buttons import StepButton, ToDoButton
from station_app.ui.widgets.board.board_page import BoardPage
from station_app.ui.widgets.board.sheets import empty, focus_on, scrolled
from station_app.ui.widgets.controls import Card, Text, TurningRow
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace

_STEPS = 3
_STEPS_LETTERS = 34
_CALM = "现在没有等着要办的事。来了群众，按 F7 收件；有人问“到哪一步了”，在上面输入姓名或登记号。"


class VillageHomePage(BoardPage):
    """受理, 承办, 回复, and below them the day's list."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, "首页")
        self.search = QLineEdit()
        self.search.setAccessibleName("到哪一步了？输入姓名或代办登记号")
        self.search.setPlaceholderText("姓名或登记号，回车查")
        self.search.setClearButtonEnabled(True)
        self.search.returnPressed.connect(self._find)
        self.header.insertWidget(2, self.search, 1)
        self._steps_shown: tuple[Step, ...] = ()
        self._todos_shown: tuple[ToDo, ...] | None = None
        self.steps = [StepButton(partial(self._open_step, index)) for index in range(_STEPS)]
        self.body.addLayout(TurningRow(self, _STEPS_LETTERS, *((step, 1) for step in self.steps)))
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self._list.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self._todo_card(), 1)
        self.body.addWidget(self.foot)

    def open(self, about: str) -> None:
        self.search.clear()
        super().open(about)
        self.search.setFocus()

    def refresh(self) -> None:
        desk = self.place.session.desk
        self.place.read(lambda book: read_home(desk, book), owner=self, done=self._show)

    @property
    def todos(self) -> list[ToDoButton]:
        """Return the lines that are shown."""
        items = (self._list.itemAt(index).widget() for index in range(self._list.count()))
        return [widget for widget in items if isinstance(widget, ToDoButton)]

    def _todo_card(self) -> Card:
        card = Card("今天要办的")
        inside = QWidget()
        inside.setLayout(self._list)
        card.body.addWidget(scrolled(inside, "今天要办的"), 1)
        return card

    def _show(self, view: HomeView) -> None:
        self.show_day(view.day, view.day_kind)
        self._steps_shown = view.steps
        for button, step in zip(self.steps, view.steps, strict=True):
            button.show_step(step)
        self._show_todos(view.todos)
        self.show_reference(view.reference)

    def _show_todos(self, todos: tuple[ToDo, ...]) -> None:
        if todos == self._todos_shown:
            return
        focused = next((index for index, line in enumerate(self.todos) if line.hasFocus()), -1)
        self._todos_shown = todos
        empty(self._list)
        for todo in todos:
            self._list.addWidget(ToDoButton(todo, partial(self.follow, todo.to)))
        if not todos:
            self._list.addWidget(Text(_CALM, muted=True))
        self._list.addStretch(1)
        if focused >= 0:
            focus_on(self.todos[min(focused, len(todos) - 1)] if todos else self.search)

    def _open_step(self, index: int) -> None:
        if self._steps_shown:
            self.follow(self._steps_shown[index].to)

    def _find(self) -> None:
        text = self.search.text().strip()
        if text:
            self.place.go.emit("cases", f"query:{text}")
