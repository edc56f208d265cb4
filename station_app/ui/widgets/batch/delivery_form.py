"""The form of a delivery: who signed, in which way, when; and whether the case is closed with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import QDate, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QDateEdit, QGridLayout, QLineEdit, QRadioButton, QWidget

from station_app.domain.actions import action_named
from station_app.domain.errors import StationError
from station_app.messages import text_of
from station_app.ui.widgets.controls import Field, column_of, row_of

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
        self.close_too = QCheckBox("同时办结")
        self.close_too.setChecked(True)
        choices = self._choices()
        self.day.setButtonSymbols(QDateEdit.ButtonSymbols.NoButtons)
        column = column_of(self.signer_field, choices, spacing=8)
        column.addLayout(row_of(self.day_field, self.close_too, stretch=0))
        self.setLayout(column)
        for part in (self.signer, *self.methods.buttons(), self.day, self.close_too):
            part.installEventFilter(self)

    def start(self, signer: str, today: date) -> None:
        """Begin anew, for another case."""
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
        grid.setSpacing(0)
        for number, (value, label) in enumerate(_FIELDS["method"].choices.items(), 1):
            button = QRadioButton(f"{number} {label}")
            button.setProperty("method", value)
            button.setAccessibleName(f"{_FIELDS['method'].label}：{label}")
            self.methods.addButton(button, number)
            grid.addWidget(button, (number - 1) // 2, (number - 1) % 2)
        return box

    def submit(self) -> None:
        """Offer what was filled in."""
        self.wanted.emit(self._values(), self.close_too.isChecked())

    def _values(self) -> Mapping[str, Any]:
        return {
            "signed_by": self.signer.text(),
            "method": self.methods.checkedButton().property("method"),
            "delivered_on": self.day.date().toString(Qt.DateFormat.ISODate),
        }
