"""The form of a delivery: who signed, in which way, when; and whether the case is closed with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QDate, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QDateEdit, QGridLayout, QLineEdit, QRadioButton, QWidget

from station_app.domain.actions import action_named
from station_app.domain.errors import StationError
from station_app.messages import text_of
from station_app.ui.tokens import Tone
from station_app.ui.widgets.board.big_buttons import Tick
from station_app.ui.widgets.controls import Field, Notice, column_of, row_of

_FIELDS = {field.name: field for field in action_named("deliver").fields}


class DeliveryForm(QWidget):
    """Asks for what the registry's delivery asks for. Enter goes on; a digit chooses the way."""

    wanted = Signal(dict, bool)
    """Form values, and whether to close the case as well."""

    def __init__(self) -> None:
        super().__init__()
        self.signer = QLineEdit()
        self.signer_field = Field(_FIELDS["signed_by"].label, self.signer, "默认申请人本人；别人代收的，改成代收人。")
        self.methods = QButtonGroup(self)
        self.day = QDateEdit()
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day_field = Field(_FIELDS["delivered_on"].label, self.day)
        self.close_too = Tick("同时办结", ("要", "不要"))
        self.close_too.setChecked(True)
        self.told = Tick("不予的理由、怎样复议和起诉，已经当面说清楚", ("已说", "还没说"))
        self.told_notice = Notice()
        choices = self._choices()
        self.day.setButtonSymbols(QDateEdit.ButtonSymbols.NoButtons)
        column = column_of(spacing=8)
        column.addLayout(row_of(self.signer_field, self.day_field, stretch=0))
        for part in (choices, self.told, self.told_notice, self.close_too):
            column.addWidget(part)
        self.setLayout(column)
        order = (self.signer, *self.methods.buttons(), self.day, self.told, self.close_too)
        for before, after in pairwise(order):
            self.setTabOrder(before, after)
        self.told.toggled.connect(lambda _: self.told_notice.show_text(""))
        for part in (self.signer, self.day, *self.methods.buttons(), self.told, self.close_too):
            part.installEventFilter(self)

    def start(self, signer: str, today: date, *, refused: bool) -> None:
        """Begin anew, for another case; with a refusal it must be confirmed that the applicant was told of it."""
        self.told.setVisible(refused)
        self.told.setChecked(False)
        self.told_notice.show_text("")
        self.signer.setText(signer)
        self.methods.buttons()[0].setChecked(True)
        self.day.setDate(QDate(today.year, today.month, today.day))
        self.close_too.setChecked(True)
        self.signer_field.show_message()
        self.day_field.show_message()

    def show_refusal(self, error: StationError) -> bool:
        """Say beside its field what is wrong; False if the refusal is not about one."""
        fields = {"signed_by": self.signer_field, "delivered_on": self.day_field}
        name = "signed_by" if error.code.startswith("name-") else str(error.params.get("field", ""))
        if error.code.startswith("date-"):
            name = "delivered_on"
        field = fields.get(name)
        if field is not None:
            field.show_message(text_of(error))
            field.editor.setFocus()
        return field is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()
            return True
        if isinstance(watched, QRadioButton) and event.text().isdigit():
            chosen = self.methods.button(int(event.text()))
            if chosen is not None:
                chosen.setChecked(True)
                chosen.setFocus()
            return True
        return False

    def _choices(self) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for number, (value, label) in enumerate(_FIELDS["method"].choices.items(), 1):
            button = QRadioButton(f"{number} {label}")
            button.setProperty("method", value)
            button.setAccessibleName(f"{_FIELDS['method'].label}：{label}")
            self.methods.addButton(button, number)
            grid.addWidget(button, (number - 1) // 2, (number - 1) % 2)
        return box

    def submit(self) -> None:
        """Offer what was filled in."""
        if self.told.isVisibleTo(self) and not self.told.isChecked():
            self.told_notice.show_text("这是不予的决定：先说清楚，在上面打勾（空格键），再登记签收。", Tone.WARN)
            self.told.setFocus()
            return
        self.wanted.emit(self._values(), self.close_too.isChecked())

    def _values(self) -> Mapping[str, Any]:
        return {
            "signed_by": self.signer.text(),
            "method": self.methods.checkedButton().property("method"),
            "delivered_on": self.day.date().toString(Qt.DateFormat.ISODate),
        }
