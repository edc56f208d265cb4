"""A village agent's first page: three big steps, what waits, and where anybody's case is."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QLineEdit, QWidget

from station_app.ui.presenters.boards import HomeView, Step, read_home
from station_app.ui.widgets.board.big_buttons import StepButton
from station_app.ui.widgets.board.board_page import BoardPage
from station_app.ui.widgets.board.sheets import scrolled
from station_app.ui.widgets.board.todo_list import ToDoList
from station_app.ui.widgets.controls import Card, Text, TurningRow, column_of
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
        self.steps = [StepButton(partial(self._open_step, index)) for index in range(_STEPS)]
        self.body.addLayout(TurningRow(self, _STEPS_LETTERS, *((step, 1) for step in self.steps)))
        self.todos = ToDoList(self.follow)
        self.calm = Text(_CALM, muted=True)
        self.calm.hide()
        self.body.addWidget(self._todo_card(), 1)
        self.body.addWidget(self.foot)

    def open(self, about: str) -> None:
        self.search.clear()
        super().open(about)
        self.search.setFocus()

    def refresh(self) -> None:
        desk = self.place.session.desk
        self.place.read(lambda book: read_home(desk, book), owner=self, done=self._show)

    def _todo_card(self) -> Card:
        card = Card("今天要办的")
        inside = QWidget()
        column = column_of(self.todos, self.calm)
        column.addStretch(1)
        inside.setLayout(column)
        card.body.addWidget(scrolled(inside, "今天要办的"), 1)
        return card

    def _show(self, view: HomeView) -> None:
        self.show_day(view.day, view.day_kind)
        self._steps_shown = view.steps
        for button, step in zip(self.steps, view.steps, strict=True):
            button.show_step(step)
        if self.todos.show_todos(view.todos):
            self.search.setFocus()
        self.calm.setVisible(not view.todos)
        self.show_reference(view.reference)

    def _open_step(self, index: int) -> None:
        if self._steps_shown:
            self.follow(self._steps_shown[index].to)

    def _find(self) -> None:
        text = self.search.text().strip()
        if text:
            self.place.go.emit("cases", f"query:{text}")
