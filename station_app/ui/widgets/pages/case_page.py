"""一件: everything about one case, and what can be done with it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSlider, QVBoxLayout, QWidget

from station_app.domain.action import CaseAction
from station_app.domain.attachments import Attachment
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.domain.lanes import Lane
from station_app.ui.ports import NewScan
from station_app.ui.presenters.action_entry import next_step_of
from station_app.ui.presenters.case_facts import title_of
from station_app.ui.presenters.case_view import CaseView, Sheet
from station_app.ui.presenters.scan_folder import ScanFolder
from station_app.ui.presenters.scans import Scans, ShownPage
from station_app.ui.tokens import Tone
from station_app.ui.widgets.board.sheets import scrolled
from station_app.ui.widgets.board.wrapping import WrappingRow
from station_app.ui.widgets.case.action_form import ActionForm
from station_app.ui.widgets.case.applicant_card import ApplicantCard
from station_app.ui.widgets.case.custody_card import CustodyCard
from station_app.ui.widgets.case.fact_cards import FactCard, NoteCard
from station_app.ui.widgets.case.header import CaseHeader
from station_app.ui.widgets.case.papers import PaperCard
from station_app.ui.widgets.case.scan_card import ScanCard
from station_app.ui.widgets.case.slip_card import SlipCard
from station_app.ui.widgets.case.timeline import SetAsideCard, TimelineCard
from station_app.ui.widgets.controls import Button, TurningRow, column_of
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.taken import FreshScan

_TITLE = "一件"
_STORY_WIDTH, _STEPS_WIDTH = 5, 3
_SIDE_BY_SIDE = 42
_MOVES = {
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_Home: QAbstractSlider.SliderAction.SliderToMinimum,
    Qt.Key.Key_End: QAbstractSlider.SliderAction.SliderToMaximum,
}


class CasePage(Page):
    """F8 opens the form of the first thing to do, and F8 again does it; page keys scroll."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, _TITLE)
        self.view = CaseView(place, self)
        self.head = CaseHeader()
        self.choices = WrappingRow()
        self.form = ActionForm(place, theme)
        self.custody = CustodyCard()
        self.set_aside = SetAsideCard(self.view.look_at)
        self.slip = SlipCard(self.view.look_at_slip)
        self.applicant = ApplicantCard()
        self.papers = PaperCard()
        self.scans = Scans(place, self)
        self.scan_folder = ScanFolder(place, self)
        self._offered: Sequence[FreshScan] = ()
        self.scan_card = ScanCard(place.session.office.level)
        self.facts = FactCard()
        self.notes = NoteCard()
        self.timeline = TimelineCard()
        self.receipt = Button("重打收件凭证", self._print_receipt, kind="quiet")
        self._buttons: list[Button] = []
        self._lay_out()
        self.view.shown.connect(self._show)
        self.view.missing.connect(self._miss)
        self.view.refused.connect(self.form.show_refusal)
        self.view.done.connect(self._done)
        self.view.revealed.connect(self.applicant.reveal)
        self.form.wanted.connect(self._act)
        self.form.given_up.connect(self._give_up)
        self.applicant.wanted.connect(self.view.reveal)
        self._connect_scans()

    def _connect_scans(self) -> None:
        self.setAcceptDrops(True)
        self.scan_card.wanted.connect(self._attach)
        self.scan_card.asked.connect(self.scans.open)
        self.scan_card.stopped.connect(self.scans.stop)
        self.scan_card.turned.connect(self.scans.turn)
        self.scan_card.closed.connect(self.scans.close)
        self.scans.made_small.connect(self.scan_card.show_small)
        self.scans.busy.connect(self.scan_card.show_busy)
        self.scans.came.connect(self.scan_card.show_progress)
        self.scans.opened.connect(self._show_scan)
        self.scans.added.connect(self._added)
        self.scan_folder.offered.connect(self.scan_card.offer.show_scans)
        self.scan_folder.refused.connect(lambda error: self.scan_card.offer.show_refusal(self.place.text_of(error)))
        self.scan_card.offer.taken.connect(self._take_offered)
        self.scan_card.offer.left.connect(self.scan_folder.forget)
        self.scans.refused.connect(self._miss_scans)

    def open(self, about: str) -> None:
        self.scans.stop()
        self.scan_card.close_view()
        self.form.close_form()
        self._sheet.hide()
        self.title.setText(_TITLE)
        self.view.open(about)
        self.area.verticalScrollBar().setValue(0)
        if not about:
            self.notice.show_text("没有选件。按 F9 查件，选一件再按回车。", Tone.INFO)

    def refresh(self) -> None:
        self.view.read()

    def close_up(self) -> None:
        self.scan_card.close_view()
        self.scan_folder.stop()
        self.view.mask()
        self.form.keep()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = _MOVES.get(Qt.Key(event.key()))
        if event.matches(QKeySequence.StandardKey.Paste) and self.scan_card.paste():
            return
        if move is None:
            super().keyPressEvent(event)
        else:
            self.area.verticalScrollBar().triggerAction(move)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self.scan_card.take(event.mimeData()):
            event.acceptProposedAction()

    def _attach(self, scans: Sequence[NewScan], more: Mapping[str, Any]) -> None:
        if self.view.sheet is not None:
            self.notice.show_text("")
            self.scans.add(self.view.sheet.view.case.case_id, scans, more)

    def _take_offered(self, scans: Sequence[FreshScan]) -> None:
        self._offered = scans

    def _added(self, count: int) -> None:
        self.notice.show_text(f"已存本机：附件 {count} 份。", Tone.GOOD)
        # Only now: what was refused is offered again.
        self.scan_folder.forget(self._offered)
        self._offered = ()

    def _miss_scans(self, error: StationError) -> None:
        self._offered = ()
        self._miss(error)

    def _show_scan(self, attachment: Attachment, page: ShownPage) -> None:
        shown = self.view.sheet.view.attachments if self.view.sheet is not None else ()
        # The worker may have gone on to another case while it was fetched.
        if any(view.attachment.sealed == attachment.sealed for view in shown):
            self.scan_card.show_page(attachment, page)
            self.refresh()

    def _lay_out(self) -> None:
        self.header.addWidget(self.receipt)
        cards = (self.set_aside, self.slip, self.papers, self.scan_card, self.facts, self.notes)
        story = column_of(self.form, self.custody, *cards)
        side = column_of(self.applicant, self.timeline)
        columns = []
        for column in (story, side):
            column.addStretch(1)
            columns.append(QWidget())
            columns[-1].setLayout(column)
        both = TurningRow(self, _SIDE_BY_SIDE, (columns[0], _STORY_WIDTH), (columns[1], _STEPS_WIDTH))
        self._sheet = QWidget()
        whole = QVBoxLayout(self._sheet)
        whole.setContentsMargins(0, 0, 8, 0)
        whole.setSpacing(12)
        whole.addWidget(self.head)
        whole.addWidget(self.choices)
        whole.addLayout(both, 1)
        self.area = scrolled(self._sheet, _TITLE)
        self.body.addWidget(self.area, 1)

    def _show(self, sheet: Sheet) -> None:
        view = sheet.view
        first = self._sheet.isHidden()
        self.title.setText(title_of(view.case))
        self.head.show_sheet(sheet)
        self.applicant.show_masked(sheet.masked)
        self.papers.show_papers(view.papers, sheet.differences)
        materials = [paper.name for paper in view.papers]
        self.scan_card.show_scans(view.attachments, materials, may_add=view.may_attach)
        self.scans.show_small([scan.attachment for scan in view.attachments if scan.here])
        self.scan_card.setVisible(bool(view.attachments) or view.may_attach)
        if view.may_attach:
            self.scan_folder.start()
        else:
            self.scan_folder.stop()
        self.facts.show_facts(sheet.facts)
        self.notes.show_notes(sheet.notes)
        # What was removed is not missing, and nobody has anything to add to it.
        whole = view.case.removed is None
        self.papers.setVisible(whole or bool(view.papers))
        self.facts.setVisible(bool(sheet.facts))
        self.notes.setVisible(whole or bool(sheet.notes))
        self.custody.show_words(sheet.custody)
        self.set_aside.show_steps(sheet.set_aside, to_look_at=view.to_look_at)
        self.slip.show_pairs(sheet.slip)
        self.timeline.show_steps(sheet.steps)
        self._offer(view.actions)
        self._sheet.show()
        if first:
            self._enter()

    def _offer(self, actions: tuple[CaseAction, ...]) -> None:
        """Put up a button for each action; the first that takes the case on is the main one."""
        main = next((action for action in actions if action.lane is Lane.CUSTODY), None)
        was_here = any(button.hasFocus() for button in self._buttons)
        self._buttons = [self._button(action, main=action is main) for action in actions]
        self.choices.show_parts(self._buttons)
        possible = self.form.action is not None and self.form.action.code in {action.code for action in actions}
        if possible:
            self.choices.hide()
        else:
            self._put_form_away()
        if was_here:
            self._enter()

    def _button(self, action: CaseAction, *, main: bool) -> Button:
        choose = partial(self._choose, action)
        button = Button(action.label, choose, kind="primary" if main else "plain", key="F8" if main else "")
        button.setToolTip(action.help)
        return button

    def _choose(self, action: CaseAction) -> None:
        if self.view.sheet is not None:
            # The form has the key of the main action now.
            self.choices.hide()
            self.notice.show_text("")
            self.form.show_action(action, self.view.sheet.view)

    def _act(self, code: str, form: Mapping[str, Any]) -> None:
        self.view.act(code, form, mates_too=self.form.mates_too)

    def _give_up(self) -> None:
        self._put_form_away()
        self._enter()

    def _put_form_away(self) -> None:
        self.form.close_form()
        self.choices.setVisible(bool(self._buttons))

    def _done(self, action: CaseAction, case: Case, cases: int) -> None:
        following = next_step_of(action, self.place.session.office.level)
        count = f"，{cases} 件" if cases > 1 else ""
        words = f"已存本机：{action.label}{count}。{following}"
        if not self.form.is_about(action.code, case):
            # The worker has gone on to another case, whose form is none of this.
            self.place.say.emit(f"{case.applicant.get('name', '')}：{words}", Tone.GOOD.value)
        else:
            self.form.close_form(saved=True)
            self._put_form_away()
            self.notice.show_text(words, Tone.GOOD)
            self._enter()
        if action.prints:
            self.place.preview.emit(action.prints, case.case_id)

    def _enter(self) -> None:
        (self._buttons[0] if self._buttons else self.receipt).setFocus()

    def _miss(self, error: StationError) -> None:
        self.notice.show_text(self.place.text_of(error), Tone.BAD)

    def _print_receipt(self) -> None:
        if self.view.sheet is not None:
            self.place.print_now.emit("receipt", self.view.sheet.view.case.case_id)
