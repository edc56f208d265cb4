"""A paper that the item's list does not name: what it is, how many, what becomes of it, and why it is taken."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QSpinBox, QWidget

from station_app.domain.errors import StationError
from station_app.domain.items import Handling
from station_app.messages import text_of
from station_app.ui.models.material_rows import HANDLING_WORDS, MOST
from station_app.ui.widgets.controls import Button, Field, row_of
from station_app.ui.widgets.register.suggestions import ENTER

# To hand an original back to who issued it is the directory's word alone.
_HANDLINGS = (Handling.COLLECT, Handling.VERIFY_RETURN)
_HANDLING_LENGTH = 9
_FIELDS = {"material-not-listed": "reason", "id-card-must-be-returned": "handling"}


class ExtraForm(QWidget):
    """Enter goes on, and behind the last field adds the paper; Esc gives up."""

    wanted = Signal(dict)
    """A row of materials as the form of a case has it."""
    given_up = Signal()
    entered = Signal(QWidget)
    """A field has the focus now: with a small window the page must be scrolled to it."""

    def __init__(self) -> None:
        super().__init__()
        self.name = QLineEdit()
        self.name.setPlaceholderText("照纸上的标题写")
        self.originals, self.copies = _count_box(), _count_box()
        self.handling = QComboBox()
        self.handling.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.handling.setMinimumContentsLength(_HANDLING_LENGTH)
        for number, handling in enumerate(_HANDLINGS, 1):
            self.handling.addItem(f"{number} {HANDLING_WORDS[handling]}", handling.value)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("目录里没有的，要写明理由")
        self._editors = (self.name, self.originals, self.copies, self.handling, self.reason)
        self.fields = {
            "name": Field("另收的材料", self.name),
            "originals": Field("原件", self.originals),
            "copies": Field("复印件", self.copies),
            "handling": Field("原件怎么办", self.handling),
            "reason": Field("为什么收", self.reason),
        }
        self._lay_out()
        for editor in self._editors:
            editor.installEventFilter(self)

    @property
    def half_done(self) -> bool:
        """Tell whether somebody has begun to write and has not added the paper."""
        return self.isVisible() and bool(self.name.text().strip() or self.reason.text().strip())

    def begin(self) -> None:
        """Show the form, empty; one that is half filled in stays as it is."""
        if self.half_done:
            self._go_to(self.name)
            return
        self.name.clear()
        self.reason.clear()
        self.originals.setValue(0)
        self.copies.setValue(1)
        self.handling.setCurrentIndex(0)
        self._forget_refusals()
        self.show()
        self._go_to(self.name)

    def show_refusal(self, error: StationError) -> None:
        """Say beside its field what is wrong."""
        name = _FIELDS.get(error.code, str(error.params.get("field", "name")))
        self.fields[name].show_message(text_of(error))
        self._go_to(self.fields[name].editor)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        escape = event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and escape:
            # Here Esc gives up this paper; it does not leave the page.
            event.accept()
            return True
        return event.type() == QEvent.Type.KeyPress and self._on_key(watched, event, escape=escape)

    def _on_key(self, watched: QObject, event: QKeyEvent, *, escape: bool) -> bool:
        if escape:
            self.given_up.emit()
        elif event.key() in ENTER:
            self._go_on(next(at for at, editor in enumerate(self._editors) if editor is watched))
        elif watched is self.handling and event.text() in ("1", "2"):
            self.handling.setCurrentIndex(int(event.text()) - 1)
        else:
            return False
        return True

    def _go_on(self, place: int) -> None:
        if place + 1 < len(self._editors):
            self._go_to(self._editors[place + 1])
        else:
            self.finish()

    def _go_to(self, editor: QWidget) -> None:
        editor.setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(editor, QLineEdit | QSpinBox):
            editor.selectAll()
        self.entered.emit(editor)

    def finish(self) -> None:
        """Want the paper as it stands."""
        self._forget_refusals()
        self.wanted.emit(
            {
                "name": self.name.text(),
                "originals": self.originals.value(),
                "copies": self.copies.value(),
                "handling": self.handling.currentData(),
                "reason": self.reason.text(),
            }
        )

    def _forget_refusals(self) -> None:
        for field in self.fields.values():
            field.show_message()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.fields["name"], 0, 0, 1, 3)
        for column, name in enumerate(("originals", "copies", "handling")):
            grid.addWidget(self.fields[name], 1, column, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.fields["reason"], 2, 0, 1, 3)
        grid.addLayout(
            row_of(Button("不收了", self.given_up.emit, kind="quiet"), Button("加上", self.finish)), 3, 0, 1, 3
        )
        grid.setColumnStretch(2, 1)


def _count_box() -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, MOST)
    box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    return box
