"""查件: every case that this office knows of, found by name, number or place, however many there are."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QStackedWidget, QTabBar, QWidget

from station_app.domain.case_cards import PLACE_LABELS, CaseQuery, Place
from station_app.domain.cases import STATE_LABELS, CaseState
from station_app.domain.errors import StationError
from station_app.domain.numbers import parse_number
from station_app.domain.organisations import Level
from station_app.ui.models.case_rows import CaseRows
from station_app.ui.presenters.asking import AskView, CaseAsking
from station_app.ui.presenters.case_search import CaseSearch, count_text, empty_text
from station_app.ui.tokens import Tone
from station_app.ui.widgets.case.list_view import CaseListView
from station_app.ui.widgets.controls import Button, Field, Pill, Text, column_of, row_of, set_look
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.reference import office_name

# Places where an office of this level never has a case; what the city gave back, which is seldom, a county finds by its
# state, so that all tabs fit on a small screen.
_LEFT_OUT = {
    Level.VILLAGE: (Place.INCOMING, Place.ASKED_BACK),
    Level.TOWNSHIP: (Place.ASKED_BACK,),
    Level.COUNTY: (Place.RETURNED,),
    Level.CITY: (Place.ON_THE_ROAD, Place.ABOVE, Place.RETURNED),
}
_STATES: tuple[CaseState | None, ...] = (None, *CaseState)
_INTO_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FINDS = "姓名（一两个字也行）、拼音首字母、登记号（整号或后四位）、身份证后四位、事项名。↓ 进清单，回车打开。"


class CasesPage(Page):
    """The box has the focus; Down or Enter goes into the list, Enter there opens the case."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, "查件")
        self.search = CaseSearch(self)
        self.rows = CaseRows(place, self)
        self.asking = CaseAsking(place, self)
        self.list = CaseListView(self.rows, theme)
        self.box = QLineEdit()
        self.box.setPlaceholderText("在这里打字，或者扫凭证上的条码")
        self.box.installEventFilter(self)
        self.states = QComboBox()
        self.states.addItems([STATE_LABELS[state] if state else "全部状态" for state in _STATES])
        self._places = [found for found in PLACE_LABELS if found not in _LEFT_OUT[place.session.office.level]]
        self.places = QTabBar()
        self.places.setAccessibleName("件在哪里")
        self.places.setExpanding(False)
        self.places.setUsesScrollButtons(True)
        for found in self._places:
            self.places.addTab(PLACE_LABELS[found])
        self.branch = Pill()
        self.all_branches = Button("看所有单位的件", self.search.show_all_branches)
        self.one_branch = QWidget()
        self.count = Text(size="small", muted=True)
        self.count.setWordWrap(False)
        self.empty = Text(size="strong", muted=True)
        self.everywhere = Button("在全部里找", self._widen)
        self.ask = Button("", self.asking.ask, kind="primary")
        self.sheets = QStackedWidget()
        self._about: str | None = None
        self._lay_out()
        self._connect()

    def open(self, about: str) -> None:
        if about == self._about:
            # The list is where it was.
            self.rows.refresh()
        else:
            self._about = about
            self.search.open(about)
        self.box.setFocus()
        self.box.selectAll()

    def come_back(self, about: str) -> None:
        self.open(about)
        if self.list.currentIndex().isValid():
            self.list.setFocus()

    def refresh(self) -> None:
        self.rows.refresh()
        self.asking.look(self.rows.query.text)

    def take_scan(self, digits: str) -> bool:
        try:
            if parse_number(digits).kind != "case":
                return False
        except StationError:
            return False
        if self.ask.isVisible() and self.box.text() == digits:
            self.ask.click()
        else:
            self.asking.scan(digits)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _INTO_LIST:
            if event.key() != Qt.Key.Key_Down and self.search.is_settled and self.ask.isVisible():
                self.ask.click()
                return True
            self.search.tell()
            self.list.enter()
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        self.body.addLayout(row_of(Field("找谁、找哪一件", self.box, _FINDS), Field("状态", self.states), stretch=0))
        self.one_branch.setLayout(row_of(self.branch, self.all_branches))
        self.one_branch.hide()
        self.body.addWidget(self.one_branch)
        self.body.addWidget(self.places)
        nothing = QWidget()
        column = column_of(self.empty)
        column.setContentsMargins(0, 24, 0, 0)
        column.addLayout(row_of(self.ask, self.everywhere))
        column.addStretch(1)
        nothing.setLayout(column)
        set_look(self.sheets, role="inner")
        self.sheets.addWidget(self.list)
        self.sheets.addWidget(nothing)
        self.body.addWidget(self.sheets, 1)
        # Beside the tabs it would take the room of the last one on a small screen with large letters.
        self.body.addWidget(self.count)

    def _connect(self) -> None:
        self.search.changed.connect(self._seek)
        self.box.textChanged.connect(self.search.type)
        self.places.currentChanged.connect(self._narrow)
        self.states.currentIndexChanged.connect(self._narrow)
        self.rows.found.connect(self._show_found)
        self.rows.counted.connect(self._show_count)
        self.list.opened.connect(self._open_case)
        self.list.left_upwards.connect(self.box.setFocus)
        self.asking.shown.connect(self._show_asking)
        self.asking.opened.connect(self._open_case)
        self.asking.missing.connect(lambda number: self.open(f"query:{number}"))

    def _narrow(self) -> None:
        self.search.choose(self._places[self.places.currentIndex()], _STATES[self.states.currentIndex()])

    def _widen(self) -> None:
        self.search.widen()
        self.box.setFocus()

    def _seek(self, query: CaseQuery) -> None:
        with QSignalBlocker(self.box), QSignalBlocker(self.places), QSignalBlocker(self.states):
            if self.box.text() != query.text:
                self.box.setText(query.text)
            self.places.setCurrentIndex(self._places.index(query.place))
            self.states.setCurrentIndex(_STATES.index(query.state))
        self._show_branch(query.branch)
        self.ask.hide()
        self.rows.seek(query)

    def _show_branch(self, branch: str | None) -> None:
        self.one_branch.setVisible(branch is not None)
        if branch is not None:
            code = branch or self.place.session.office.code
            self.place.read(partial(office_name, code=code), owner=self, done=self._name_branch)

    def _name_branch(self, name: str) -> None:
        self.branch.show_state(f"只看{name}收的件", Tone.INFO)

    def _show_found(self) -> None:
        in_list = self.list.hasFocus()
        found, query = self.rows.rowCount() > 0, self.rows.query
        self.sheets.setCurrentIndex(0 if found else 1)
        self._show_asking(None)
        self.asking.look(query.text)
        self.everywhere.setVisible(bool(query.text) and query != CaseQuery(query.text))
        if found:
            self.list.scrollToTop()
        if in_list:
            if found:
                self.list.enter()
            else:
                self.box.setFocus()

    def _show_asking(self, view: AskView | None) -> None:
        self.empty.setText(view.text if view else empty_text(self.rows.query))
        self.ask.setText(view.button if view else "")
        self.ask.setAccessibleName(self.ask.text())
        self.ask.setVisible(bool(self.ask.text()))

    def _show_count(self) -> None:
        # A list may run empty, or get its first case, while it is shown.
        self.sheets.setCurrentIndex(0 if self.rows.rowCount() else 1)
        self.count.setText(count_text(self.rows.rowCount(), is_whole=self.rows.is_whole))

    def _open_case(self, case: str) -> None:
        self.place.go.emit("case", case)
