"""A county receiver's first page: a row for each township, the worst first; who is not heard of is unknown."""

from __future__ import annotations

from PySide6.QtWidgets import QHeaderView

from station_app.ui.models.wall_rows import COUNTS, WallRows, wall_totals
from station_app.ui.presenters.boards import Link, at_counter
from station_app.ui.presenters.wall import WallView, read_wall
from station_app.ui.widgets.board.board_page import BoardPage
from station_app.ui.widgets.board.todo_list import ToDoList
from station_app.ui.widgets.board.totals import Totals
from station_app.ui.widgets.board.words import WordDelegate
from station_app.ui.widgets.controls import Button, Pill, quiet_table, row_of
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace


class CountyWallPage(BoardPage):
    """The wall: sums above, townships below; Enter on a row shows its cases."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, "总览")
        self.own_sync = Pill()
        self.header.addWidget(self.own_sync)
        self.todos = ToDoList(self.follow)
        self.totals = Totals([column.title for column in COUNTS])
        self.rows = WallRows(self)
        self.table = quiet_table("各单位的件")
        self.table.setModel(self.rows)
        self.table.setItemDelegate(WordDelegate(theme, self.table))
        self.table.activated.connect(self._show_cases)
        self._size_columns()
        self.cases_button = Button("看这个单位的件", self._show_cases, kind="primary", key="F8")
        receive = at_counter(place.session.desk.worker.roles, Link("receive"), Link("cases", "place:incoming"))
        self.receive_button = Button("接收批次", lambda: self.follow(receive))
        self.body.addWidget(self.todos)
        self.body.addWidget(self.totals)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(row_of(self.cases_button, self.receive_button))
        self.body.addWidget(self.foot)

    def open(self, about: str) -> None:
        super().open(about)
        self.table.setFocus()

    def refresh(self) -> None:
        desk = self.place.session.desk
        self.place.read(lambda book: read_wall(desk, book), owner=self, done=self._show)

    def _show(self, view: WallView) -> None:
        self.show_day(view.day, view.day_kind)
        self.own_sync.show_state(view.own_sync.text, view.own_sync.tone)
        if self.todos.show_todos(view.todos):
            self.table.setFocus()
        self.totals.show_totals(wall_totals(view.wall, view.now))
        before = self.rows.office_at(self.table.currentIndex().row())
        self.rows.show_wall(view.wall, view.now)
        self.cases_button.setEnabled(bool(self.rows.rowCount()))
        self.table.selectRow(self.rows.find(before))
        self.show_reference(view.reference)

    def _show_cases(self) -> None:
        org = self.rows.office_at(self.table.currentIndex().row())
        if org:
            own = org == self.place.session.office.code
            self.follow(Link("cases", f"branch:{'' if own else org}"))

    def _size_columns(self) -> None:
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(3 * self.theme.sizes.row // 2)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        # Long names of offices wrap; thirty rows are few enough to be measured.
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
