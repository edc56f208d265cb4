"""Who came: name, paper and how to reach them, each checked when it is left."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from station_app.domain.id_numbers import ID_TYPES, NO_PAPER
from station_app.ui.models.entry import Remark
from station_app.ui.presenters.registering import Registering
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Card, Field, Notice
from station_app.ui.widgets.register.growing_edit import GrowingEdit
from station_app.ui.widgets.theme import Theme

SEARCHED = ("name", "id_number")
# The key that picks a type in the box, before its label; what is rare comes last and has a letter.
_TYPE_KEYS = "123456789a"
_DIGITS = 18
_TYPE_LENGTH = 8
_NOT_LEFT = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class ApplicantForm(Card):
    """Fields of the applicant; what is typed goes to the presenter at once."""

    left = Signal(str)

    def __init__(self, form: Registering, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._form = form
        self._theme = theme
        self.name = GrowingEdit(theme, "来过的人写一个字")
        self.id_type = QComboBox()
        self.id_type.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.id_type.setMinimumContentsLength(_TYPE_LENGTH)
        for key, (code, label) in zip(_keys(), ID_TYPES.items(), strict=True):
            self.id_type.addItem(f"{key} {label}", code)
        self.id_number = QLineEdit()
        self.phone = QLineEdit()
        self.phone.setPlaceholderText("可不填")
        self.address = GrowingEdit(theme, "可不填")
        self.note = GrowingEdit(theme, "可不填")
        # Enter and Tab pass by it: nearly everybody has an identity card, and digits typed here would change the type.
        self.id_type.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.doubt = Notice()
        self.editors: dict[str, QWidget] = {
            "name": self.name,
            "id_type": self.id_type,
            "id_number": self.id_number,
            "phone": self.phone,
            "address": self.address,
            "note": self.note,
        }
        self.fields = {
            "name": Field("申请人姓名", self.name),
            "id_type": Field("证件类型（按 F5 换）", self.id_type),
            "id_number": Field("证件号码", self.id_number, "写完自动核对"),
            "phone": Field("联系电话", self.phone),
            "address": Field("住址", self.address),
            "note": Field("备注", self.note),
        }
        self._lay_out()
        self._connect()
        theme.changed.connect(self._widen)
        self._widen()

    def fill(self) -> None:
        """Show what the presenter holds."""
        entry = self._form.entry
        with QSignalBlocker(self.id_type):
            self.id_type.setCurrentIndex(self.id_type.findData(entry.id_type))
        self.name.set_text(entry.name)
        self.id_number.setText(entry.id_number)
        self.phone.setText(entry.phone)
        self.address.set_text(entry.address)
        self.note.set_text(entry.note)
        for field in self.fields.values():
            field.show_message()

    def show_remark(self, name: str, remark: Remark) -> None:
        """Say what was found in a field, and write its value in the right form."""
        editor = self.editors[name]
        if isinstance(editor, GrowingEdit) and editor.text() != remark.value:
            editor.set_text(remark.value)
        elif isinstance(editor, QLineEdit) and editor.text() != remark.value:
            editor.setText(remark.value)
        self.fields[name].show_message(remark.text, remark.tone)

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _NOT_LEFT:
            name = next((name for name, editor in self.editors.items() if editor is target), "")
            if name:
                self.left.emit(name)
        return target is self.id_type and isinstance(event, QKeyEvent) and self._picks_type(event)

    def _picks_type(self, event: QKeyEvent) -> bool:
        """Take the key of a type; the box's own search would wait for more letters."""
        keys = _keys()
        if event.type() != QEvent.Type.KeyPress or event.text() not in keys:
            return False
        self.id_type.setCurrentIndex(keys.index(event.text()))
        return True

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        for place, field in enumerate(self.fields.values()):
            grid.addWidget(field, *divmod(place, 2), Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(grid)
        self.add(self.doubt)

    def _widen(self) -> None:
        """Give the number room for all its digits, whatever the size of the text."""
        metrics = QFontMetrics(self._theme.font(self._theme.sizes.body))
        self.id_number.setMinimumWidth(metrics.horizontalAdvance("0" * _DIGITS) + 2 * self._theme.sizes.gap_4)

    def _connect(self) -> None:
        form = self._form
        self.name.edited.connect(lambda text: form.edit("name", text))
        self.id_number.textEdited.connect(lambda text: form.edit("id_number", text))
        self.phone.textEdited.connect(lambda text: form.edit("phone", text))
        self.address.edited.connect(lambda text: form.edit("address", text))
        self.note.edited.connect(lambda text: form.edit("note", text))
        self.id_type.currentIndexChanged.connect(self._on_type)
        self.name.edited.connect(lambda _: form.look_for_people("name"))
        self.id_number.textEdited.connect(lambda _: form.look_for_people("id_number"))
        form.remarked.connect(self.show_remark)
        form.doubts.told.connect(lambda text: self.doubt.show_text(text, Tone.WARN))
        form.replaced.connect(self.fill)
        self.left.connect(form.leave)
        for editor in self.editors.values():
            editor.installEventFilter(self)

    def _on_type(self, index: int) -> None:
        self.id_type.setToolTip(self.id_type.itemText(index))
        self._form.edit("id_type", self.id_type.itemData(index))
        self._form.leave("id_number")


def _keys() -> list[str]:
    """Return the key of each type of paper, in their order; 0 is for who has none."""
    others = iter(_TYPE_KEYS)
    return ["0" if code == NO_PAPER else next(others) for code in ID_TYPES]
