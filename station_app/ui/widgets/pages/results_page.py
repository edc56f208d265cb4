"""结果下传: what was decided and has not reached the applicant, by the office that is to deliver it."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHeaderView, QListView

from station_app.ui.models.result_rows import OwingRows, ResultRows
from station_app.ui.widgets.board.words import WordDelegate
from station_app.ui.widgets.controls import Button, Text, TurningRow, quiet_table, row_of
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.results import Results, results_home
from station_app.usecases.times import local_day

_EMPTY = "没有等着送达的结果：作出的决定都已送到群众手里。"
_OFFICES_WIDTH, _TABLE_WIDTH = 1, 4
_SIDE_BY_SIDE = 40
_CASE_COLUMN = 0


class ResultsPage(Page):
    """Offices on the left with what each owes, its results on the right; Enter opens the case."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, "结果下传")
        self._shown: tuple[str, date, Results] | None = None
        self.offices = QListView()
        self.offices.setAccessibleName("送达单位")
        self.offices.setWordWrap(True)
        self.offices.setResizeMode(QListView.ResizeMode.Adjust)
        self.owing = OwingRows(self)
        self.offices.setModel(self.owing)
        self.offices.setItemDelegate(WordDelegate(theme, self.offices))
        self.offices.selectionModel().currentChanged.connect(lambda *_: self.refresh())
        self.table = quiet_table("没有送达的结果")
        self.rows = ResultRows(self)
        self.table.setModel(self.rows)
        self.table.setItemDelegate(WordDelegate(theme, self.table))
        self.table.activated.connect(self._open_case)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_CASE_COLUMN, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.note = Text(muted=True)
        self.open_button = Button("打开这件", self._open_case, kind="primary", key="F8")
        both = TurningRow(self, _SIDE_BY_SIDE, (self.offices, _OFFICES_WIDTH), (self.table, _TABLE_WIDTH))
        self.body.addLayout(both, 1)
        self.body.addLayout(row_of(self.open_button, self.note, stretch=1))

    def open(self, about: str) -> None:
        super().open(about)
        self.table.setFocus()

    def refresh(self) -> None:
        org, today = self._org, local_day(self.place.session.desk.now())
        self.place.read(lambda book: results_home(book, today, org), owner=self, done=partial(self._show, org, today))

    def take_scan(self, digits: str) -> bool:
        row = self.rows.find(digits)
        if row >= 0:
            self._choose(row)
        return row >= 0

    @property
    def _org(self) -> str:
        return self.owing.office(self.offices.currentIndex().row())

    def _show(self, org: str, today: date, results: Results) -> None:
        if (org, today, results) == self._shown:
            return
        self._shown = (org, today, results)
        before = self.rows.result(self.table.currentIndex().row())
        with QSignalBlocker(self.offices.selectionModel()):
            self.owing.show_offices(results.offices)
            self.offices.setCurrentIndex(self.owing.index(self.owing.find(org)))
        if self._org != org:
            # The office has delivered its last result and is gone from the list.
            self.refresh()
            return
        self.rows.show_results(results.found, today)
        self._choose(self.rows.find(before.case_id) if before else 0)
        self.open_button.setEnabled(bool(results.found))
        self.note.setText(_note(results))

    def _choose(self, row: int) -> None:
        self.table.setCurrentIndex(self.rows.index(max(row, 0), 0))

    def _open_case(self) -> None:
        result = self.rows.result(self.table.currentIndex().row())
        if result is not None:
            self.place.go.emit("case", result.case_id)


def _note(results: Results) -> str:
    if not results.total:
        return _EMPTY
    more = results.total > len(results.found)
    return f"先列最急的 {len(results.found)} 件，共 {results.total} 件。" if more else ""
