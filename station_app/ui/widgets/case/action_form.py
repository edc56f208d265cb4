"""The form of any action, built from its fields in the registry, on the page itself: no dialog to be trapped in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from station_app.domain.action import CaseAction
from station_app.domain.actions import action_named
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.domain.forms import Field as RegistryField
from station_app.ui.presenters.action_entry import (
    consequence_of,
    fault_of,
    field_about,
    form_of,
    label_of,
    numbering_word,
    remark_on,
    value_of,
    warning_of,
)
from station_app.ui.presenters.kept_drafts import HalfDone, KeptDrafts
from station_app.ui.tokens import Tone
from station_app.ui.widgets.board.big_buttons import Tick
from station_app.ui.widgets.case.editors import Editor, TextEditor, editor_for
from station_app.ui.widgets.controls import Button, Card, Field, Notice, Text, column_of, row_of
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.leased_numbers import Numbering
from station_app.usecases.look_up import CasePageView
from station_app.usecases.times import local_day

KEEP_EVERY_MS = 1000
# What the field of a paper's number is called in every action that has one.
_NUMBER = "document_number"
_MATES = ("一起办", "不一起办")


class ActionForm(QWidget):
    """Asks for what an action asks for; F8 does it, Enter goes on, Esc gives it up.

    What was typed for a case is kept as a draft until it was saved: neither giving up, nor another case in between, nor
    a lock or a power cut loses it.
    """

    wanted = Signal(str, object)
    """The action's code and its form, checked field by field; the page runs it."""
    given_up = Signal()

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__()
        self._place = place
        self._theme = theme
        self.action: CaseAction | None = None
        self._case: Case | None = None
        self._draft: KeptDrafts | None = None
        self.fields: dict[str, Field] = {}
        self._editors: dict[str, Editor] = {}
        # What stood in a field when it was refused: what was said of it holds until something else stands there.
        self._refused: dict[str, Any] = {}
        self._numbering: Numbering | None = None
        self._title = Text(size="strong")
        self._help = Text(muted=True)
        self._sheet = QWidget()
        self.warning = Notice()
        self._notice = Notice()
        self._after = Text(size="small", muted=True)
        self._mates = QWidget()
        self.mates: Tick | None = None
        self.button = Button("", self.submit, kind="primary", key="F8")
        self._card = Card()
        for part in (self._title, self._help, self.warning, self._sheet, self._mates, self._notice, self._after):
            self._card.add(part)
        self._card.add(row_of(self.button, Button("先不办", self.given_up.emit, kind="quiet")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._card)
        # Once the layout knows where everything is, or the page would not scroll to it.
        self._enter_soon = QTimer(self)
        self._enter_soon.setSingleShot(True)
        self._enter_soon.setInterval(0)
        self._enter_soon.timeout.connect(self._enter)
        self._keep_often = QTimer(self)
        self._keep_often.setInterval(KEEP_EVERY_MS)
        self._keep_often.timeout.connect(self.keep)
        self.hide()

    def show_action(self, action: CaseAction, view: CasePageView) -> None:
        """Ask for an action on a case; what was typed for the two before is there again."""
        self.close_form()
        case = view.case
        self.action, self._case = action, case
        self._lay_out(action, case, view.origin_name)
        self._number(view.numbering)
        self._ask_for_mates(view.road.mates if action.for_batch and view.road is not None else 0)
        self.warning.show_text(warning_of(action, view.papers), Tone.BAD)
        self._draft = KeptDrafts(self._place, f"{action.code}:{case.case_id}", self._half_done, self)
        self._draft.listed.connect(self._resume)
        self._draft.load()
        self._keep_often.start()
        self.show()
        self._enter_soon.start()

    @property
    def mates_too(self) -> bool:
        """Tell whether it is to be done on all cases that are on the road with this one."""
        return self.mates is not None and self.mates.isChecked()

    def close_form(self, *, saved: bool = False) -> None:
        """Be away; what was typed is kept unless it was saved."""
        if saved:
            # Nothing is half done any more: the draft goes.
            self._case = None
        self.keep()
        self._keep_often.stop()
        self._enter_soon.stop()
        if self._draft is not None:
            self._draft.deleteLater()
        self.action = self._case = self._draft = None
        self._editors, self.fields = {}, {}
        self.hide()

    def typed(self) -> dict[str, Any]:
        """Return what stands in each field."""
        return {name: editor.typed() for name, editor in self._editors.items()}

    def put(self, typed: Mapping[str, Any]) -> None:
        """Write into the fields."""
        for name in typed.keys() & self._editors.keys():
            self._editors[name].put(typed[name])

    def keep(self) -> None:
        """Keep what is typed now; nothing to do where it is kept already."""
        if self._draft is not None:
            self._draft.keep()

    def submit(self) -> None:
        """Hand the form in if nothing in it is wrong; otherwise go to the first field that is."""
        action = self.action
        if action is None or not self.button.isEnabled():
            return
        self._enter_soon.stop()
        typed = self.typed()
        form = form_of(action, typed, self._today())
        faults = {field.name: fault for field in action.fields if (fault := fault_of(field, form[field.name]))}
        self._refused = {name: typed[name] for name in faults}
        for name, field in self.fields.items():
            field.show_message(faults.get(name, ""))
        if faults:
            self._editors[next(iter(faults))].setFocus()
            return
        self._notice.show_text("")
        self.set_busy(busy=True)
        self.wanted.emit(action.code, form)

    def is_about(self, code: str, case: Case) -> bool:
        """Tell whether this action on this case is asked for now; the worker may have gone on before it was saved."""
        asked = (self.action.code, self._case.case_id) if self.action is not None and self._case is not None else None
        return asked == (code, case.case_id)

    def show_refusal(self, code: str, case: Case, error: StationError) -> None:
        """Say beside its field, or above the button, why an action on a case was not saved; what was typed stays.

        Where the worker has gone on meanwhile, it is told with the name of the case.
        """
        if self.action is None or not self.is_about(code, case):
            who, what = case.applicant.get("name", ""), action_named(code).label
            self._place.say.emit(f"{who}：{what}没有办成。{self._place.text_of(error)}", Tone.BAD.value)
            return
        self.set_busy(busy=False)
        name = field_about(self.action, error)
        if name:
            self._refused[name] = self._editors[name].typed()
            self.fields[name].show_message(self._place.text_of(error))
            self._editors[name].setFocus()
        else:
            self._notice.show_text(self._place.text_of(error), Tone.BAD)

    def set_busy(self, *, busy: bool) -> None:
        """Take no second press while the first is being saved."""
        self.button.setEnabled(not busy)

    def event(self, event: QEvent) -> bool:
        # Here Esc puts the form away; it does not leave the page.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_escape(event):
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def _half_done(self) -> HalfDone | None:
        typed = self.typed()
        if self.action is None or self._case is None or not any(typed.values()):
            return None
        return HalfDone(f"{self._case.applicant.get('name', '')} · {self.action.label}", typed)

    def _resume(self) -> None:
        """Go on with what was typed before; what somebody has typed while it was read takes its place."""
        if self._draft is None or not self._draft.others:
            return
        found, is_blank = self._draft.others[0], not any(self.typed().values())
        self._draft.begin(found)
        if is_blank:
            self.put(found.content)

    def _lay_out(self, action: CaseAction, case: Case, origin_name: str) -> None:
        self._title.setText(action.label)
        self._help.setText(action.help)
        self._after.setText(consequence_of(action, origin_name))
        self.button.setText(f"{action.label}  F8")
        self.button.setAccessibleName(action.label)
        self._notice.show_text("")
        self.set_busy(busy=False)
        self._refused = {}
        self._editors = {field.name: editor_for(field, case, self._theme) for field in action.fields}
        self.fields = {
            field.name: Field(label_of(field), self._editors[field.name], field.hint) for field in action.fields
        }
        for field in action.fields:
            if field.template:
                begin = Button("填入样文，再改", partial(self._begin_with, field), kind="quiet")
                self.fields[field.name].add_below(begin)
        for name, editor in self._editors.items():
            editor.left.connect(partial(self._check, name))
        before, self._sheet = self._sheet, QWidget()
        self._sheet.setLayout(column_of(*self.fields.values(), spacing=8))
        self._card.body.replaceWidget(before, self._sheet)
        before.hide()
        before.deleteLater()

    def _number(self, numbering: Numbering | None) -> None:
        """Fill in the number that the paper will get; it is written by hand where the office or the PC has none."""
        self._numbering = numbering
        editor = self._editors.get(_NUMBER)
        if numbering is None or self.action is None or not self.action.numbers or not isinstance(editor, TextEditor):
            return
        editor.show_given(numbering.ahead.text if numbering.ahead else "")
        word = numbering_word(numbering)
        self.fields[_NUMBER].show_message(word.text, word.tone)

    def _number_by(self, day: str) -> None:
        """Let the number of a paper of another year be written: what this year's would be is not for it."""
        editor = self._editors.get(_NUMBER)
        if self._numbering is None or not isinstance(editor, TextEditor):
            return
        year = self._numbering.year
        if day[:4].isdigit() and int(day[:4]) != year and editor.isReadOnly():
            editor.show_given("")
            self.fields[_NUMBER].show_message(f"日期不在 {year} 年：这一年的文号请照登记簿手填。", Tone.WARN)
        elif (not day or day[:4] == str(year)) and not editor.isReadOnly() and not editor.typed():
            self._number(self._numbering)

    def _ask_for_mates(self, count: int) -> None:
        """Offer to do the same at once for so many others on the slip."""
        self.mates = Tick(f"同一张交接单上还有 {count} 件没有接收（按空格换）", _MATES) if count else None
        self._card.body.replaceWidget(self._mates, mates := self.mates or QWidget())
        self._mates.hide()
        self._mates.deleteLater()
        self._mates = mates
        mates.setVisible(bool(count))

    def _enter(self) -> None:
        first: QWidget = next(iter(self._editors.values()), self.button)
        first.setFocus()
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None:
            # The whole form where it fits, otherwise its beginning.
            area.ensureWidgetVisible(self.button)
            area.ensureWidgetVisible(self._title)

    def _begin_with(self, field: RegistryField) -> None:
        """Write a field's template where nothing is written yet, and put the cursor there."""
        editor = self._editors[field.name]
        if not editor.typed():
            editor.put(field.template)
        editor.setFocus()

    def _check(self, name: str) -> None:
        if self.action is None or name not in self._editors:
            return
        field = next(field for field in self.action.fields if field.name == name)
        if name == _NUMBER and self._numbering is not None:
            return
        if name in self._refused and self._refused[name] == self._editors[name].typed():
            return
        remark = remark_on(field, self._editors[name].typed(), self._today())
        self.fields[name].show_message(remark.text, remark.tone)
        if field.kind == "date":
            self._number_by(str(value_of(field, self._editors[name].typed(), self._today())))

    def _today(self) -> date:
        return local_day(self._place.session.desk.now())


def _is_escape(event: QKeyEvent) -> bool:
    return event.key() == int(Qt.Key.Key_Escape)
