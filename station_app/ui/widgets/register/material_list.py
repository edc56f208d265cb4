"""Counting the papers with one key each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from station_app.ui.models.material_rows import ALL_KEY, MaterialRows
from station_app.ui.widgets.controls import Button, Card, Field, Text, row_of
from station_app.ui.widgets.register.choice_view import ChoiceView
from station_app.ui.widgets.register.extra_form import ExtraForm
from station_app.ui.widgets.theme import Theme

_KEYS = "数字键：齐／缺　0：全部齐\n←→ 选原件、复印件　＋－ 改份数"
_STEPS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1, Qt.Key.Key_Underscore: -1}
_TURNS = {Qt.Key.Key_Left: False, Qt.Key.Key_Right: True}
_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class MaterialList(ChoiceView):
    """The rows with their keys: a row's key or a click notes it as complete, again as missing."""

    def __init__(self, rows: MaterialRows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("要带的材料", rows, theme, parent)
        self._rows = rows
        self.selectionModel().currentChanged.connect(lambda current, _: rows.set_current(current.row()))
        self.clicked.connect(lambda index: rows.toggle(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & _MODIFIERS or not self._on_key(event):
            super().keyPressEvent(event)

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        row = self._rows.row_of_key(event.text())
        if event.text() == ALL_KEY:
            self._rows.complete_all()
        elif row is not None:
            self.setCurrentIndex(self._rows.index(row))
            self._rows.toggle(row)
        elif key == Qt.Key.Key_Space and self.currentIndex().isValid():
            self._rows.toggle(self.currentIndex().row())
        elif key in _STEPS:
            self._rows.change(_STEPS[key])
        elif key in _TURNS:
            self._rows.turn_to(copies=_TURNS[key])
        else:
            return False
        return True


class MaterialCard(Card):
    """The list with what its keys do, the same for the mouse, and the form for a paper that is not on the list."""

    extra_wanted = Signal(dict)
    """A paper that the item's list does not name, as typed."""

    def __init__(self, rows: MaterialRows, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._rows = rows
        self.list = MaterialList(rows, theme)
        self.list.setMinimumHeight(4 * theme.sizes.row)
        self.field = Field("要带的材料：已收／应收份数", self.list)
        self.empty = Text(muted=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.add(self.field)
        self.add(self.empty)
        for place in (0, 1):
            self.body.setStretch(place, 1)
        self._tools = self._key_row()
        self.add(self._tools)
        self.extra = ExtraForm()
        self.extra.hide()
        self.extra_button = Button("另收一样材料", self._begin_extra, kind="quiet", key="F6")
        self.extra_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.add(self.extra)
        self.add(row_of(self.extra_button))
        self.extra.wanted.connect(self.extra_wanted)
        self.extra.given_up.connect(self.end_extra)
        rows.modelReset.connect(self._begin)
        self._begin()

    def _begin_extra(self) -> None:
        self._tools.hide()
        self.extra.begin()

    def put_extra_away(self) -> None:
        """Have the keys of the list below it again, where the form was."""
        self.extra.hide()
        self._tools.setVisible(self._rows.rowCount() > 0)

    def end_extra(self) -> None:
        """Put the form away, and go on in the list, on the row that came last."""
        self.put_extra_away()
        self.list.setCurrentIndex(self._rows.index(self._rows.rowCount() - 1, 0))
        self.list.setFocus()

    def offer_extra(self, offered: bool) -> None:
        """Say whether there is an item, for which a paper can be taken."""
        self.extra_button.setVisible(offered)
        if not offered:
            self.put_extra_away()

    def _key_row(self) -> QWidget:
        # The buttons are for the mouse only: each has a key in the list.
        buttons = (
            Button("－", lambda: self._rows.change(-1)),
            Button("＋", lambda: self._rows.change(1)),
            Button("全部齐", self._rows.complete_all),
        )
        for button, name in zip(buttons, ("少一份", "多一份", "全部齐"), strict=True):
            button.setAccessibleName(name)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QWidget()
        row.setLayout(row_of(Text(_KEYS, "small", muted=True), *buttons, stretch=0))
        return row

    def _begin(self) -> None:
        found = self._rows.rowCount() > 0
        self.list.setCurrentIndex(self._rows.index(0, 0))
        self.field.setVisible(found)
        self._tools.setVisible(found and self.extra.isHidden())
        self.empty.setVisible(not found)
        self.field.show_message()
