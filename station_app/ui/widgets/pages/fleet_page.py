"""站点总览: every PC of the center, the longest silent first, for each what to do next, and what is done about PCs."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from station_app.ui.models.fleet_rows import Order, Show, detail_text, fleet_table
from station_app.ui.models.fleet_words import FleetRow
from station_app.ui.models.page_names import FLEET
from station_app.ui.presenters.administering import Administering
from station_app.ui.presenters.fleet import FleetView
from station_app.ui.tokens import Tone
from station_app.ui.widgets.asking_path import ask_open_path, ask_save_path
from station_app.ui.widgets.batch.rows import Rows
from station_app.ui.widgets.controls import Button, Text, row_of
from station_app.ui.widgets.fleet.enrol_sheet import EnrolSheet
from station_app.ui.widgets.fleet.reset_sheet import ResetSheet
from station_app.ui.widgets.fleet.revoke_sheet import RevokeSheet
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.typed_form import TypedForm
from station_app.ui.workplace import Workplace

NOTHING = "没有这样的。"


class FleetPage(Page):
    """What is shown, in which order, a word to look for, the table; or in its place the sheet of what is being done."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, FLEET)
        self.view = FleetView(place, self)
        self.administering = Administering(place, self)
        self._shown: dict[str, FleetRow] = {}
        self._own = ""
        self._make_table(theme)
        self.enrol = EnrolSheet(self.administering, self.ask_request, self.ask_grant)
        self.revoke = RevokeSheet(self.administering)
        self.reset = ResetSheet(self.administering)
        self.back_button = Button("回到总览", self.show_table)
        self._sheets: tuple[TypedForm, ...] = (self.enrol, self.revoke, self.reset)
        self.body.addWidget(self.table, 1)
        for sheet in self._sheets:
            self.body.addWidget(sheet, 1)
            sheet.hide()
        self.body.addLayout(row_of(self.back_button))
        self.back_button.hide()
        self._connect()

    def open(self, about: str) -> None:
        self.place.read(lambda book: book.identity().device, owner=self, done=self._know_own)
        self.show_table()

    def refresh(self) -> None:
        """Leave what the center said as it is: nothing that is saved here changes it."""

    def close_up(self) -> None:
        """Keep no code and no PIN on a page that is left or locked."""
        for sheet in self._sheets:
            sheet.forget()

    def show_table(self) -> None:
        """Put a sheet away and ask the center anew: what was done there shows."""
        self.close_up()
        self._show_sheet(None)
        self.view.ask()
        self.rows.setFocus()

    def ask_request(self) -> str:
        """Ask the worker which request has come; "" when they thought better of it."""
        return ask_open_path(self, "选申请文件", "申请 (*.streq)")

    def ask_grant(self) -> str:
        """Ask the worker where the grant is to go; "" when they thought better of it."""
        return ask_save_path(self, "批复存到哪里", "批复.stgrant", "批复 (*.stgrant)")

    def _make_table(self, theme: Theme) -> None:
        self.show_box = _choices("看哪些", Show)
        self.order_box = _choices("怎样排", Order)
        self.text_box = QLineEdit()
        self.text_box.setAccessibleName("找单位或电脑编号")
        self.text_box.setPlaceholderText("找单位")
        self.refresh_button = Button("再问一次", self.view.ask, key="F5")
        self.rows = Rows("各单位的电脑", fleet_table(), theme)
        self.nothing = Text(NOTHING, muted=True)
        self.nothing.hide()
        self.detail = Text(size="small", muted=True)
        self.enrol_button = Button("开通电脑", self._open_enrol, key="F6")
        self.revoke_button = Button("停用电脑", self._open_revoke)
        self.reset_button = Button("重置 PIN", self._open_reset)
        self.table = QWidget()
        whole = QVBoxLayout(self.table)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addLayout(row_of(self.show_box, self.order_box, self.text_box, self.refresh_button, stretch=2))
        whole.addWidget(self.nothing)
        whole.addWidget(self.rows, 1)
        whole.addWidget(self.detail)
        whole.addLayout(row_of(self.enrol_button, self.revoke_button, self.reset_button))

    def _connect(self) -> None:
        self.show_box.currentIndexChanged.connect(self._choose)
        self.order_box.currentIndexChanged.connect(self._choose)
        self.text_box.textChanged.connect(self._choose)
        self.text_box.returnPressed.connect(self.rows.setFocus)
        self.rows.moved.connect(self._show_row)
        self.view.shown.connect(self._show)
        self.view.told.connect(lambda text, tone: self.notice.show_text(text, Tone(tone)))
        self.view.asking.connect(self._show_asking)
        self.administering.busy.connect(self._show_busy)
        self.administering.refused.connect(self._refuse)

    def _know_own(self, device: str) -> None:
        self._own = device
        self._show_row(self.rows.current)

    def _choose(self) -> None:
        show, order = Show(self.show_box.currentText()), Order(self.order_box.currentText())
        self.view.choose(show, order, self.text_box.text())

    def _show(self, rows: list[FleetRow]) -> None:
        self._shown = {row.key: row for row in rows}
        self.rows.show_rows(rows)
        self.rows.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self._show_row(self.rows.current)

    def _show_asking(self, asking: bool) -> None:
        self.refresh_button.setEnabled(not asking)
        if asking:
            self.notice.show_text(f"正在问{self.place.center}…", Tone.INFO)

    def _show_row(self, key: str) -> None:
        row = self._shown.get(key)
        self.detail.setText(detail_text(row) if row is not None else "")
        # Nobody locks the own counter out by a slip of the hand.
        may = row is not None and row.pc is not None and not row.pc.revoked and key != self._own
        self.revoke_button.setEnabled(may)

    def _open_enrol(self) -> None:
        self._show_sheet(self.enrol)
        self.enrol.open_for(self._shown.get(self.rows.current))

    def _open_revoke(self) -> None:
        self._show_sheet(self.revoke)
        self.revoke.open_for(self._shown[self.rows.current])

    def _open_reset(self) -> None:
        self._show_sheet(self.reset)
        self.reset.open_anew()

    def _show_sheet(self, shown: TypedForm | None) -> None:
        self.notice.show_text("")
        self.table.setVisible(shown is None)
        self.back_button.setVisible(shown is not None)
        for sheet in self._sheets:
            sheet.setVisible(sheet is shown)

    def _show_busy(self, what: str) -> None:
        self.back_button.setEnabled(not what)
        for sheet in self._sheets:
            if sheet.isVisible():
                sheet.show_busy(what)

    def _refuse(self, field: str, text: str) -> None:
        for sheet in self._sheets:
            if sheet.isVisible():
                sheet.refuse(field, text)


def _choices(name: str, kind: type[StrEnum]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.addItems([choice.value for choice in kind])
    return box
