"""A few choices side by side, all of them in view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from station_app.ui.widgets.controls import row_of, set_look


class ChoiceRow(QWidget):
    """One of several values; arrow keys go from one to the next."""

    chosen = Signal(object)

    def __init__(self, label: str, labels: Mapping[Any, str]) -> None:
        super().__init__()
        self.setAccessibleName(label)
        caption = QLabel(label)
        set_look(caption, role="caption")
        self._group = QButtonGroup(self)
        self.buttons = {value: QRadioButton(text) for value, text in labels.items()}
        for value, button in self.buttons.items():
            button.setAccessibleName(f"{label}：{button.text()}")
            button.toggled.connect(lambda on, value=value: self.chosen.emit(value) if on else None)
            self._group.addButton(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(caption)
        column.addLayout(row_of(*self.buttons.values(), spacing=20))
        self.setFocusProxy(next(iter(self.buttons.values())))

    def show_choice(self, value: Any) -> None:
        """Show which value is in force, without choosing it anew."""
        self.blockSignals(True)
        self.buttons[value].setChecked(True)
        self.blockSignals(False)
        self.setFocusProxy(self.buttons[value])
