"""站点总览: every PC of the center, the longest silent first, and for each what to do next."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtWidgets import QComboBox, QLineEdit

from station_app.ui.models.fleet_rows import Order, Show, detail_text, fleet_table
from station_app.ui.models.fleet_words import FleetRow
from station_app.ui.models.page_names import FLEET
from station_app.ui.presenters.fleet import FleetView
from station_app.ui.tokens import Tone
from station_app.ui.widgets.batch.rows import Rows
from station_app.ui.widgets.controls import Button, Text, row_of
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace

NOTHING = "没有这样的。"


class FleetPage(Page):
    """What is shown, in which order, a word to look for; below the table what else is known of the row."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, FLEET)
        self.view = FleetView(place, self)
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
        self._shown: dict[str, FleetRow] = {}
        self.body.addLayout(row_of(self.show_box, self.order_box, self.text_box, self.refresh_button, stretch=2))
        self.body.addWidget(self.nothing)
        self.body.addWidget(self.rows, 1)
        self.body.addWidget(self.detail)
        self._connect()

    def open(self, about: str) -> None:
        self.view.ask()
        self.rows.setFocus()

    def refresh(self) -> None:
        """Leave what the center said as it is: nothing that is saved here changes it."""

    def _connect(self) -> None:
        self.show_box.currentIndexChanged.connect(self._choose)
        self.order_box.currentIndexChanged.connect(self._choose)
        self.text_box.textChanged.connect(self._choose)
        self.text_box.returnPressed.connect(self.rows.setFocus)
        self.rows.moved.connect(self._show_detail)
        self.view.shown.connect(self._show)
        self.view.told.connect(lambda text, tone: self.notice.show_text(text, Tone(tone)))
        self.view.asking.connect(self._show_asking)

    def _choose(self) -> None:
        show, order = Show(self.show_box.currentText()), Order(self.order_box.currentText())
        self.view.choose(show, order, self.text_box.text())

    def _show(self, rows: list[FleetRow]) -> None:
        self._shown = {row.key: row for row in rows}
        self.rows.show_rows(rows)
        self.rows.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self._show_detail(self.rows.current)

    def _show_asking(self, asking: bool) -> None:
        self.refresh_button.setEnabled(not asking)
        if asking:
            self.notice.show_text(f"正在问{self.place.center}…", Tone.INFO)

    def _show_detail(self, key: str) -> None:
        row = self._shown.get(key)
        self.detail.setText(detail_text(row) if row is not None else "")


def _choices(name: str, kind: type[StrEnum]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.addItems([choice.value for choice in kind])
    return box
