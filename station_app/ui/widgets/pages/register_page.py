"""收件: take a case in with the keyboard alone, save it and print its receipt with one key."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QScrollArea, QWidget

from station_app.domain.id_numbers import NO_PAPER
from station_app.ui.models.page_names import REGISTER
from station_app.ui.presenters.registering import Registering, Saved
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Pill, TurningRow, column_of
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.register.applicant_form import SEARCHED, ApplicantForm
from station_app.ui.widgets.register.draft_band import DraftBand
from station_app.ui.widgets.register.entry_order import EntryOrder
from station_app.ui.widgets.register.item_picker import ItemPicker
from station_app.ui.widgets.register.material_list import MaterialCard
from station_app.ui.widgets.register.suggestions import Suggestions
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.drafts import Draft

_SIDE_BY_SIDE = 42
"""Letters: narrower, the papers lie below the applicant."""


class RegisterPage(Page):
    """Item, applicant, papers; F8 saves and prints."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, REGISTER)
        self.form = Registering(place, self)
        self.item = ItemPicker(self.form)
        self.applicant = ApplicantForm(self.form, theme)
        self.materials = MaterialCard(self.form.materials, theme)
        self.drafts = DraftBand(place, self.form.drafts)
        self.aside_button = Button("另收一件", self._set_aside, kind="quiet")
        self.save_button = Button("保存并打印", self._save, kind="primary", key="F8")
        self._sample = Pill("示例目录", Tone.WARN)
        self._editors: dict[str, QWidget] = {
            "item": self.item.box,
            **self.applicant.editors,
            "materials": self.materials.list,
        }
        self._refused = False
        self._told_wrong: tuple[str, str] | None = None
        self._lay_out()
        fields = [editor for field, editor in self._editors.items() if field not in ("item", "id_type")]
        EntryOrder([*fields, self.save_button], self._go_to, self._may_leave, self)
        EntryOrder([self.applicant.id_type, self.applicant.id_number], self._go_to, self._may_leave, self)
        for before, after in pairwise([self.item.box, *fields, self.save_button, self.aside_button]):
            self.setTabOrder(before, after)
        self._item_list = Suggestions("找到的事项", self.form.items.matches, theme, self.item.box, self, first=True)
        self._people_lists = {field: self._people_list(field) for field in SEARCHED}
        self._connect()
        self._show_item()

    def open(self, about: str) -> None:
        self.form.open(about)
        self._begin_typing()

    def close_up(self) -> None:
        self.form.keep()

    def _begin_typing(self) -> None:
        """Put the focus into the first field that is still to be filled in."""
        entry = self.form.entry
        if self.form.item is None:
            field = "item"
        elif not entry.name:
            field = "name"
        elif not entry.id_number and entry.id_type != NO_PAPER:
            field = "id_number"
        else:
            field = "materials"
        self._go_to(self._editors[field])

    def _go_to(self, field: QWidget) -> None:
        """Put the focus into a field; with big text the page is longer than the window."""
        field.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(field)

    def _scroll_to(self, field: QWidget) -> None:
        # Later: the form has just come, and the page has yet to grow with it.
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(field))

    def _may_leave(self, field: QWidget) -> bool:
        """Stay where something is wrong, once: what is typed next belongs here, unless they press Enter again."""
        name = next((name for name, editor in self.applicant.editors.items() if editor is field), "")
        if not name:
            return True
        right = self.form.leave(name)
        told = (name, getattr(self.form.entry, name))
        again, self._told_wrong = self._told_wrong == told, None if right else told
        return right or again

    def _change_type(self) -> None:
        self._go_to(self.applicant.id_type)

    def _save(self) -> None:
        self._refused = False
        self.notice.show_text("")
        for field in (*self.applicant.fields.values(), self.item.field, self.materials.field):
            field.show_message()
        self.form.leave("id_number")
        if self.materials.extra.half_done:
            # F8 in its last field means both; a paper that is refused stays in sight.
            self.materials.extra.finish()
        if not self.materials.extra.half_done:
            self.materials.put_extra_away()
            self.form.save()

    def _look_again(self) -> None:
        """Take back that papers are missing as soon as none is."""
        self.materials.field.show_message(self.form.missing_materials() if self.materials.field.is_wrong else "")

    def _set_aside(self) -> None:
        self.notice.show_text("")
        self.form.set_aside()
        self._begin_typing()

    def _resume(self, draft: Draft) -> None:
        self.notice.show_text("")
        self.form.resume(draft)
        self._begin_typing()

    def _on_saving(self, saving: bool) -> None:
        """Keep every key out of the form while it is being saved."""
        if saving:
            self.setFocus()
        self._body.setEnabled(not saving)
        self.save_button.setEnabled(not saving)

    def _on_saved(self, saved: Saved) -> None:
        self.notice.show_text(saved.text, Tone.GOOD)
        self._begin_typing()
        self.place.print_now.emit("receipt", saved.case_id)

    def _on_refusal(self, field: str, text: str) -> None:
        fields = {**self.applicant.fields, "item": self.item.field, "materials": self.materials.field}
        if field in fields:
            fields[field].show_message(text)
        else:
            self.notice.show_text(text, Tone.BAD)
        if not self._refused:
            self._refused = True
            self._go_to(self._editors.get(field, self.item.box))

    def _show_item(self) -> None:
        chosen = self.form.item is not None
        self.materials.offer_extra(chosen)
        self.materials.empty.setText("这个事项不用带材料。" if chosen else "选好事项后，这里列出要带的材料。")

    def _add_material(self, row: dict[str, Any]) -> None:
        error = self.form.add_material(row)
        if error is None:
            self.materials.end_extra()
        else:
            self.materials.extra.show_refusal(error)

    def _show_directory(self) -> None:
        directory = self.form.items.directory
        self._sample.setVisible(directory is not None and directory.sample)

    def _people_list(self, field: str) -> Suggestions:
        editor = self.applicant.editors[field]
        offered = Suggestions("以前来过的人", self.form.people, self.theme, editor, self, first=False)
        offered.wanted.connect(partial(self.form.look_for_people, field))
        offered.chosen.connect(self._take_person)
        return offered

    def _take_person(self, row: int) -> None:
        self.form.take_person(row)
        self._begin_typing()

    def _connect(self) -> None:
        form = self.form
        QShortcut(QKeySequence("F5"), self).activated.connect(self._change_type)
        self.item.offered.connect(self._item_list.offer)
        self.item.picked.connect(lambda: self._go_to(self.applicant.name))
        self._item_list.wanted.connect(self.item.list_all)
        self._item_list.chosen.connect(self.item.choose)
        self.drafts.resumed.connect(self._resume)
        form.items.loaded.connect(self._show_directory)
        form.item_changed.connect(self._show_item)
        self.materials.extra_wanted.connect(self._add_material)
        self.materials.extra.entered.connect(self._scroll_to)
        form.people_found.connect(lambda field: self._people_lists[field].offer())
        form.materials.counted.connect(self._look_again)
        form.resumed.connect(self._begin_typing)
        form.saving.connect(self._on_saving)
        form.saved.connect(self._on_saved)
        form.refused.connect(self._on_refusal)

    def _lay_out(self) -> None:
        self._sample.hide()
        self._sample.setToolTip("示例目录，只供培训")
        for part in (self._sample, self.aside_button, self.save_button):
            self.header.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        left = column_of(self.item, self.applicant)
        left.addStretch(1)
        self._body = QWidget()
        who = QWidget()
        who.setLayout(left)
        self._body.setLayout(TurningRow(self, _SIDE_BY_SIDE, (who, 6), (self.materials, 5), spacing=16))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._body)
        self.body.addWidget(self.drafts)
        self.body.addWidget(self._scroll, 1)
