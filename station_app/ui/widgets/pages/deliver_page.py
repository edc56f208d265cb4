"""送达签收: bring the result to the applicant, note who signed, close the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from station_app.domain.errors import StationError
from station_app.ui.models.delivery_rows import delivery_table
from station_app.ui.models.page_names import DELIVER
from station_app.ui.presenters.delivering import Delivered, Delivering
from station_app.ui.tokens import Tone
from station_app.ui.widgets.batch.delivery_card import DeliveryCard
from station_app.ui.widgets.batch.rows import Rows
from station_app.ui.widgets.controls import Text, TurningRow
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.deliveries import Deliveries

_SIDE_BY_SIDE = 46
"""Letters: narrower, the card lies below the list."""


class DeliverPage(Page):
    """The results on the left, the one to deliver on the right."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, DELIVER)
        self._work = Delivering(place, self)
        self._model = delivery_table(self._work.today)
        self._wanted = ""
        self.rows = Rows("要送达的结果，回车键登记签收", self._model, theme)
        self.card = DeliveryCard(place.session.office.code)
        self.more = Text(size="small", muted=True)
        self.empty = Text("没有要送达的结果。办理机关作出决定、同步回来之后，就会列在这里。", "strong", muted=True)
        self._lists = QWidget()
        self._lay_out()
        self._connect()

    def open(self, about: str) -> None:
        self._wanted = about
        self.refresh()
        self.rows.setFocus()

    def refresh(self) -> None:
        self._work.load()

    def take_scan(self, digits: str) -> bool:
        row = next((row for row, entry in enumerate(self._model.rows) if entry.line.number == digits), -1)
        if row >= 0:
            self.rows.move_to(row)
            self._begin()
        return row >= 0

    def close_up(self) -> None:
        self.card.hide_phone()

    def _lay_out(self) -> None:
        self._lists.setLayout(TurningRow(self, _SIDE_BY_SIDE, (self.rows, 7), (self.card, 5)))
        self.body.addWidget(self.empty)
        self.body.addWidget(self._lists, 1)
        self.body.addWidget(self.more)
        self.body.addStretch(0)

    def _connect(self) -> None:
        work, card = self._work, self.card
        work.shown.connect(self._show)
        work.delivered.connect(self._after)
        work.refused.connect(self._tell_refusal)
        self.rows.moved.connect(self._show_current)
        self.rows.opened.connect(lambda _: self._begin())
        card.form.wanted.connect(self._deliver)
        card.close_wanted.connect(work.close)
        card.phone_wanted.connect(work.show_phone)
        work.phone_shown.connect(card.show_phone)

    def _show(self, found: Deliveries) -> None:
        self.rows.show_rows(found.entries)
        self._lists.setVisible(bool(found.entries))
        self.empty.setVisible(not found.entries)
        self.more.setText(f"还有 {found.more} 件没有列出，先送这些。" if found.more else "")
        self.more.setVisible(bool(found.more))
        if self._wanted and self.rows.go_to(self._wanted):
            self._wanted = ""

    def _show_current(self, case_id: str) -> None:
        row = self._model.row_of(case_id)
        self.card.show_entry(self._model.rows[row] if row >= 0 else None, self._work.today)

    def _begin(self) -> None:
        card = self.card
        (card.form.signer if card.form.isVisible() else card.close_button).setFocus()

    def _deliver(self, form: Mapping[str, Any], close: bool) -> None:
        self._work.deliver(self.rows.current, form, close=close)

    def _after(self, done: Delivered) -> None:
        name = str(done.case.applicant.get("name", ""))
        if done.error is not None:
            told = f"{name}的签收已经登记，但没有办结：{self.place.text_of(done.error)}可以稍后在这里再按 F8 办结。"
            self.notice.show_text(told, Tone.WARN)
        else:
            word = "已登记签收并办结" if done.closed else "已登记签收；还没有办结，可以在这里按 F8 办结"
            self.notice.show_text(f"{name}：{word}。", Tone.GOOD)
        self.rows.setFocus()

    def _tell_refusal(self, error: StationError) -> None:
        if not self.card.form.show_refusal(error):
            self.notice.show_text(self.place.text_of(error), Tone.BAD)
