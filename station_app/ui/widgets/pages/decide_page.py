"""受理与决定: the queue on the left, the case that is weighed on the right, its action below."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabBar, QVBoxLayout, QWidget

from station_app.domain.action import CaseAction
from station_app.domain.actions import action_named
from station_app.domain.cases import Case
from station_app.ui.models.page_names import DECIDE
from station_app.ui.presenters.deciding import TO_ACCEPT, TO_DECIDE, Judged, Queues, read_judged, read_queues
from station_app.ui.presenters.latest import Latest
from station_app.ui.tokens import Tone
from station_app.ui.widgets.board.case_sheet import CaseSheet
from station_app.ui.widgets.board.queue_list import QueueList
from station_app.ui.widgets.board.sheets import scrolled
from station_app.ui.widgets.board.wrapping import WrappingRow
from station_app.ui.widgets.case.action_form import ActionForm
from station_app.ui.widgets.controls import Button, Notice, Text, TurningRow
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.case_pages import CaseLine
from station_app.usecases.run_action import act_on_case

_TABS = (TO_ACCEPT, TO_DECIDE)
_MAIN = (action_named("accept_application"), action_named("grant"))
_TITLES = ("待受理", "待决定")
_EMPTY = ("没有等着受理的件。批次先到“接收批次”清点。", "没有等着决定的件。先受理，再决定。")
_QUEUE_WIDTH, _SHEET_WIDTH = 2, 4
_SIDE_BY_SIDE = 40


class DecidePage(Page):
    """Up and down goes through the queue; F8 opens the form of the main action, and F8 does it."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, DECIDE)
        self._queues: Queues | None = None
        self._judged: Judged | None = None
        self._opening = False
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("受理与决定")
        self.tabs.setExpanding(False)
        for title in _TITLES:
            self.tabs.addTab(title)
        self.queue = QueueList("等着办的件", theme)
        self.note = Text(muted=True)
        self.sheet = CaseSheet()
        self.why_not = Notice()
        self.choices = WrappingRow()
        self.form = ActionForm(place, theme)
        self._reading = Latest(place.jobs, lambda case_id: read_judged(place.session.desk, case_id), self)
        self._lay_out()
        for keys, step in (("Ctrl+Tab", 1), ("Ctrl+Shift+Tab", -1)):
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self._turn, step))
        self.tabs.currentChanged.connect(self._show_queue)
        self.queue.chosen.connect(self._read_case)
        self.queue.activated.connect(self._open_case)
        self._reading.answered.connect(self._show_case)
        self.form.wanted.connect(self._act)
        self.form.given_up.connect(self._give_up)

    def open(self, about: str) -> None:
        self._opening = about not in _TABS
        if not self._opening:
            self.tabs.setCurrentIndex(_TABS.index(about))
        super().open(about)
        self.queue.setFocus()

    def refresh(self) -> None:
        desk = self.place.session.desk
        self.place.read(lambda book: read_queues(desk, book), owner=self, done=self._show_queues)

    def take_scan(self, digits: str) -> bool:
        if self._queues is None:
            return False
        for index, queue in enumerate(self._queues.queues):
            if any(line.number == digits for line in queue.lines):
                self.tabs.setCurrentIndex(index)
                self.queue.choose(self.queue.rows.find(digits))
                return True
        return False

    def _lay_out(self) -> None:
        waiting = QWidget()
        left = QVBoxLayout(waiting)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.tabs)
        left.addWidget(self.note)
        left.addWidget(self.queue, 1)
        sheet = QWidget()
        lines = QVBoxLayout(sheet)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.sheet)
        lines.addWidget(self.form)
        lines.addStretch(1)
        self.right = QWidget()
        right = QVBoxLayout(self.right)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(scrolled(sheet, "这一件"), 1)
        right.addWidget(self.why_not)
        right.addWidget(self.choices)
        both = TurningRow(self, _SIDE_BY_SIDE, (waiting, _QUEUE_WIDTH), (self.right, _SHEET_WIDTH))
        self.body.addLayout(both, 1)

    def _turn(self, step: int) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + step) % self.tabs.count())
        self.queue.setFocus()

    def _show_queues(self, queues: Queues) -> None:
        self._queues = queues
        for index, (title, queue) in enumerate(zip(_TITLES, queues.queues, strict=True)):
            self.tabs.setTabText(index, f"{title} {queue.total}")
        if self._opening:
            self._turn_to_work(queues)
        self._show_queue()

    def _turn_to_work(self, queues: Queues) -> None:
        """Go to where there is work for this worker, or else cases at all; not later, when the last one was done."""
        self._opening = False
        roles, now = self.place.session.desk.worker.roles, self.tabs.currentIndex()

        def worth(at: int) -> tuple[bool, bool, bool]:
            has_cases = bool(queues.queues[at].lines)
            return has_cases and bool(roles & _MAIN[at].roles), has_cases, at == now

        self.tabs.setCurrentIndex(max(range(len(_TABS)), key=worth))

    def _show_queue(self) -> None:
        if self._queues is None:
            return
        index = self.tabs.currentIndex()
        queue, row = self._queues.queues[index], self.queue.currentIndex().row()
        before = self.queue.case
        self.queue.rows.show_lines(queue.lines, self._queues.today)
        left_out = queue.total - len(queue.lines)
        more = f"先列最急的 {len(queue.lines)} 件，还有 {left_out} 件。" if left_out else ""
        self.note.setText(more if queue.lines else _EMPTY[index])
        self.note.setVisible(bool(self.note.text()))
        if not queue.lines:
            self._read_case(None)
            return
        # The case that was chosen stays so; where it has left the queue, the one that took its row is next.
        again = self.queue.rows.find(before.case_id) if before else -1
        self.queue.choose(again if again >= 0 else row)
        self._read_case(self.queue.case)

    def _read_case(self, line: CaseLine | None) -> None:
        if line is None:
            self._reading.drop()
            self._judged = None
            self.form.close_form()
            self.right.hide()
        else:
            if self._judged is not None and self._judged.view.case.case_id != line.case_id:
                # Until the answer is here the other case is on the right: nothing may be done to that one any more.
                self._judged = None
            self._reading.ask(line.case_id)

    def _show_case(self, case_id: str, judged: Judged) -> None:
        before, self._judged = self._judged, judged
        self.right.show()
        if before is not None and before.view == judged.view:
            return
        self.sheet.show_judged(judged)
        same_case = before is not None and before.view.case.case_id == case_id
        if same_case and self.form.action in judged.actions:
            # A ruling or a note came in while the form was open: what is being typed about this case stays.
            return
        self.form.close_form()
        self.why_not.show_text("" if judged.main else judged.why_not, Tone.WARN)
        self.choices.show_parts([self._button(action, main=action is judged.main) for action in judged.actions])
        self.choices.show()

    def _button(self, action: CaseAction, *, main: bool) -> Button:
        choose = partial(self._choose, action)
        return Button(action.label, choose, kind="primary" if main else "plain", key="F8" if main else "")

    def _choose(self, action: CaseAction) -> None:
        if self._judged is not None:
            # The form has the key of the main action now.
            self.choices.hide()
            self.notice.show_text("")
            self.form.show_action(action, self._judged.view)

    def _give_up(self) -> None:
        self.form.close_form()
        self.choices.show()
        self.queue.setFocus()

    def _act(self, code: str, form: Mapping[str, Any]) -> None:
        if self._judged is None:
            return
        case = self._judged.view.case
        self.place.write(
            lambda desk: act_on_case(desk, case.case_id, code, form),
            owner=self,
            done=partial(self._acted, code),
            failed=partial(self.form.show_refusal, code, case),
        )

    def _acted(self, code: str, case: Case) -> None:
        if self.form.is_about(code, case):
            self.form.close_form(saved=True)
            self._judged = None
        name = case.applicant.get("name", "")
        self.notice.show_text(f"{name}：{action_named(code).label}，已存本机。", Tone.GOOD)
        self.queue.setFocus()

    def _open_case(self) -> None:
        line = self.queue.case
        if line is not None:
            self.place.go.emit("case", line.case_id)
