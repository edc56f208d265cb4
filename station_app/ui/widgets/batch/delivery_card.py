"""One result: what was decided, what the applicant must be told, and the form of its delivery."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.ui.models.delivery_rows import decision_words, papers_words, result_words, verdict_word
from station_app.ui.models.printed import iso_day
from station_app.ui.widgets.batch.delivery_form import DeliveryForm
from station_app.ui.widgets.board.sheets import scrolled
from station_app.ui.widgets.controls import Button, Card, Pill, Text, row_of, shaped
from station_app.usecases.deliveries import Delivery

SHOWN_S = 30


class DeliveryCard(Card):
    """Shows a result; its telephone number is masked until it is asked for."""

    phone_wanted = Signal(str)
    close_wanted = Signal(str)

    def __init__(self, here: str) -> None:
        super().__init__()
        self._here = here
        self._entry: Delivery | None = None
        self.name = Text(size="strong")
        self.pill = Pill()
        self.item = Text()
        self.decision = Text(size="small", muted=True)
        self.result = Text()
        self.papers = Text(size="small")
        self.phone = Text()
        self.phone_button = Button("显示", self._ask_phone, kind="quiet")
        self.phone_button.setAccessibleName("显示联系电话")
        self.form = DeliveryForm()
        self.delivered = Text()
        self.deliver_button = Button("登记签收", self.form.submit, kind="primary", key="F8")
        self.close_button = Button("办结", self._close, kind="primary", key="F8")
        self._hide_later = QTimer(self)
        self._hide_later.setSingleShot(True)
        self._hide_later.timeout.connect(self.hide_phone)
        self._lay_out()

    def show_entry(self, entry: Delivery | None, today: date) -> None:
        """Show a result; what is being typed for the same one stays."""
        same = entry is not None and self._entry is not None and _same(entry, self._entry)
        self._entry = entry
        self.setVisible(entry is not None)
        if entry is not None:
            papers = papers_words(entry, self._here)
            self.papers.setText(shaped(papers.text, papers.tone) if papers.text else "")
            self.papers.setVisible(bool(papers.text))
        if entry is None or same:
            return
        self.name.setText(entry.line.applicant)
        verdict = verdict_word(entry)
        self.pill.show_state(verdict.text, verdict.tone)
        self.item.setText(entry.line.item_name)
        self.decision.setText(decision_words(entry))
        self.result.setText(result_words(entry))
        self.hide_phone()
        self.form.setVisible(not entry.delivered_on)
        self.form.start(entry.line.applicant, today, refused=not entry.granted)
        self.delivered.setVisible(bool(entry.delivered_on))
        self.delivered.setText(f"{iso_day(entry.delivered_on)}已送达，{entry.signed_by}签收。只差办结。")
        self.deliver_button.setVisible(not entry.delivered_on)
        self.close_button.setVisible(bool(entry.delivered_on))

    def show_phone(self, case_id: str, phone: str) -> None:
        """Show the number in full for a while, if its case is still the one that is shown."""
        if self._entry is None or self._entry.line.case_id != case_id:
            return
        self.phone.setText(f"电话 {phone}（已记录查看）")
        self.phone_button.hide()
        self._hide_later.start(SHOWN_S * 1000)

    def hide_phone(self) -> None:
        """Mask the number again."""
        self._hide_later.stop()
        masked = self._entry.phone if self._entry else ""
        self.phone.setText(f"电话 {masked}" if masked else "没有留电话")
        self.phone_button.setVisible(bool(masked))

    def _lay_out(self) -> None:
        told = QWidget()
        column = QVBoxLayout(told)
        column.setContentsMargins(0, 0, 2, 0)
        column.setSpacing(6)
        column.addLayout(row_of(self.name, self.pill, stretch=0))
        for part in (self.item, self.decision, self.result, self.papers):
            column.addWidget(part)
        column.addLayout(row_of(self.phone, self.phone_button, stretch=0))
        column.addWidget(self.delivered)
        column.addWidget(self.form)
        column.addStretch(1)
        self.body.addWidget(scrolled(told, "结果和签收"), 1)
        self.add(self.deliver_button)
        self.add(self.close_button)

    def _ask_phone(self) -> None:
        if self._entry is not None:
            self.phone_wanted.emit(self._entry.line.case_id)

    def _close(self) -> None:
        if self._entry is not None:
            self.close_wanted.emit(self._entry.line.case_id)


def _same(one: Delivery, other: Delivery) -> bool:
    return (one.line.case_id, one.delivered_on) == (other.line.case_id, other.delivered_on)
