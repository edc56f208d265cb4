"""A township clerk's first page: what came, what is due, and which village has not been heard of."""

from __future__ import annotations

from functools import partial

from station_app.ui.presenters.boards import BoardView, Step, read_board
from station_app.ui.widgets.board.big_buttons import StepButton
from station_app.ui.widgets.board.board_page import BoardPage
from station_app.ui.widgets.board.clock_grid import ClockGrid
from station_app.ui.widgets.board.office_list import OfficeList
from station_app.ui.widgets.board.sheets import scrolled
from station_app.ui.widgets.board.todo_list import ToDoList
from station_app.ui.widgets.controls import Card, Pill, TurningRow
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace

_STEPS = 6
_STEPS_LETTERS, _CARDS_LETTERS = 40, 38


class TownshipBoardPage(BoardPage):
    """Numbers by what they mean; each opens the list behind it."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, "看板")
        self.own_sync = Pill()
        self.header.addWidget(self.own_sync)
        self.todos = ToDoList(self.follow)
        self.body.addWidget(self.todos)
        self._steps_shown: tuple[Step, ...] = ()
        self.steps = [StepButton(partial(self._open_step, index)) for index in range(_STEPS)]
        self.body.addLayout(TurningRow(self, _STEPS_LETTERS, *((step, 1) for step in self.steps)))
        self.clocks = ClockGrid(self.follow)
        self.offices = OfficeList()
        clock_card = Card("期限")
        clock_card.body.addWidget(scrolled(self.clocks, "期限"), 1)
        office_card = Card("各村最近同步")
        office_card.body.addWidget(scrolled(self.offices, "各村最近同步"), 1)
        self.body.addLayout(TurningRow(self, _CARDS_LETTERS, (clock_card, 5), (office_card, 3)), 1)
        self.body.addWidget(self.foot)

    def open(self, about: str) -> None:
        super().open(about)
        self.steps[0].setFocus()

    def refresh(self) -> None:
        desk = self.place.session.desk
        self.place.read(lambda book: read_board(desk, book), owner=self, done=self._show)

    def _show(self, view: BoardView) -> None:
        self.show_day(view.day, view.day_kind)
        self.own_sync.show_state(view.own_sync.text, view.own_sync.tone)
        if self.todos.show_todos(view.todos):
            self.steps[0].setFocus()
        self._steps_shown = view.steps
        for button, step in zip(self.steps, view.steps, strict=True):
            button.show_step(step)
        self.clocks.show_rows(view.clocks)
        self.offices.show_offices(view.offices)
        self.show_reference(view.reference)

    def _open_step(self, index: int) -> None:
        if self._steps_shown:
            self.follow(self._steps_shown[index].to)
