"""An editor for each kind of field: what it holds is plain text or rows, read by presenters/action_entry.py."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QDate, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QButtonGroup, QCalendarWidget, QRadioButton, QVBoxLayout, QWidget

from station_app.domain.cases import Case
from station_app.domain.forms import Field
from station_app.ui.widgets.case.material_editor import MaterialEditor
from station_app.ui.widgets.controls import Button, row_of
from station_app.ui.widgets.register.growing_edit import GrowingEdit
from station_app.ui.widgets.theme import Theme

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TextEditor(GrowingEdit):
    """Text that grows as it is written; Enter goes on to the next field."""

    left = Signal()

    def typed(self) -> str:
        """Return what is written; nothing where it is filled in by itself."""
        return "" if self.isReadOnly() else self.text()

    def put(self, value: Any) -> None:
        """Write something else, but where it is filled in by itself."""
        if not self.isReadOnly():
            self.set_text(str(value))

    def show_given(self, value: str) -> None:
        """Show what is filled in by itself, or, with "", let it be written again."""
        self.setReadOnly(bool(value))
        self.set_text(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class DateEditor(QWidget):
    """A date, typed in any usual way or picked from a calendar; empty for today."""

    left = Signal()

    def __init__(self, field: Field, theme: Theme) -> None:
        super().__init__()
        self._line = TextEditor(theme, "如 2026-11-22 或 1122")
        self._line.setAccessibleName(field.label)
        self._line.left.connect(self.left)
        self.calendar = QCalendarWidget()
        self.calendar.setAccessibleName(f"{field.label}：日历")
        self.calendar.setMaximumWidth(30 * theme.sizes.body)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            # Qt would paint them in a red of its own.
            self.calendar.setWeekdayTextFormat(day, QTextCharFormat())
        self.calendar.hide()
        self.calendar.activated.connect(self._take)
        self.calendar.clicked.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row_of(self._line, Button("日历", self._turn_page, kind="quiet"), stretch=0, spacing=4))
        column.addWidget(self.calendar)
        self.setFocusProxy(self._line)

    def typed(self) -> str:
        """Return what is written."""
        return self._line.text()

    def put(self, value: Any) -> None:
        """Write something else."""
        self._line.put(value)

    def _turn_page(self) -> None:
        self.calendar.setVisible(not self.calendar.isVisible())
        if self.calendar.isVisible():
            self.calendar.setFocus()

    def _take(self, day: QDate) -> None:
        self._line.put(day.toString(Qt.DateFormat.ISODate))
        self.calendar.hide()
        self._line.setFocus()
        self.left.emit()


class ChoiceEditor(QWidget):
    """One of a few: by its number, the arrows or the mouse."""

    left = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._values = list(field.choices)
        for number, (_value, label) in enumerate(field.choices.items(), 1):
            button = QRadioButton(f"{number}  {label}")
            button.setAccessibleName(f"{field.label}：{label}，按 {number}")
            button.installEventFilter(self)
            self._group.addButton(button, number)
        self.setLayout(row_of(*self._group.buttons(), spacing=20))
        self._group.idClicked.connect(lambda _: self.left.emit())
        self.setFocusProxy(self._group.button(1))

    def typed(self) -> str:
        """Return the value chosen, "" for none."""
        number = self._group.checkedId()
        return self._values[number - 1] if number > 0 else ""

    def put(self, value: Any) -> None:
        """Choose something else."""
        if value in self._values:
            self._group.button(self._values.index(value) + 1).setChecked(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        chosen = self._group.button(int(event.text())) if event.text().isdigit() else None
        if chosen is not None:
            chosen.setFocus()
            chosen.click()
        elif event.key() in _ENTER:
            # Past the other choices: Tab, too, leaves a group of radio buttons as a whole.
            self._group.buttons()[-1].setFocus()
            self.focusNextChild()
        return chosen is not None or event.key() in _ENTER


Editor = TextEditor | DateEditor | ChoiceEditor | MaterialEditor


def editor_for(field: Field, case: Case, theme: Theme) -> Editor:
    """Return the editor of a field; a list is one of papers, as the registry has it."""
    match field.kind:
        case "date":
            return DateEditor(field, theme)
        case "choice":
            return ChoiceEditor(field)
        case "list":
            return MaterialEditor(case.materials)
        case "integer":
            return TextEditor(theme, "填数字")
        case _:
            return TextEditor(theme)
