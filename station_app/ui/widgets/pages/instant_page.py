"""即办: one screen from the papers on the table to the result in the applicant's hand."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from station_app.domain.actions import action_named
from station_app.domain.errors import StationError
from station_app.ui.presenters.deciding import Judged, papers_to_check, read_judged
from station_app.ui.presenters.latest import Latest
from station_app.ui.presenters.settling import InstantQueue, Plan, plan, read_instant, settled_word
from station_app.ui.tokens import Tone
from station_app.ui.widgets.board.big_buttons import Tick
from station_app.ui.widgets.board.case_sheet import CaseSheet
from station_app.ui.widgets.board.queue_list import QueueList
from station_app.ui.widgets.board.sheets import empty, scrolled
from station_app.ui.widgets.controls import Button, Card, Field, Notice, Text, TurningRow, row_of, shaped
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.case_pages import CaseLine
from station_app.usecases.deciding import Settled, Settlement, settle

_EMPTY = "没有等着办的即办件。群众来了按 F7 收件，收好的即办件列在这里。"
_QUEUE_WIDTH, _SHEET_WIDTH = 2, 4
_SIDE_BY_SIDE = 40
_RESULT = next(field for field in action_named("grant").fields if field.name == "result")
_SIGNED_BY, _METHOD = (
    next(field for field in action_named("deliver").fields if field.name == name) for name in ("signed_by", "method")
)


class InstantPage(Page):
    """Tick the papers (F2: all), then F8 does all the steps that this worker may do."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, "即办")
        self._judged: Judged | None = None
        self._plan = Plan((), "", "")
        self.queue = QueueList("等着办的即办件", theme)
        self.note = Text(muted=True)
        self.sheet = CaseSheet()
        self.ticks: list[Tick] = []
        self._tick_lines = QVBoxLayout()
        self.all_button = Button("材料齐全", self._tick_all, key="F2")
        self.result = QLineEdit()
        self.at_once = Tick("申请人在场：当场送达并办结", ("要", "不要"))
        self.signed_by = QLineEdit()
        self.method = QComboBox()
        for value, label in _METHOD.choices.items():
            self.method.addItem(label, value)
        self.home_note = Text(muted=True)
        self.hint = Notice()
        self.main_button = Button("办理", self._settle, kind="primary", key="F8")
        self._reading = Latest(place.jobs, lambda case_id: read_judged(place.session.desk, case_id), self)
        self._lay_out()
        self.queue.chosen.connect(self._read_case)
        self.queue.activated.connect(self._open_case)
        self.at_once.toggled.connect(self._show_plan)
        self._reading.answered.connect(self._show_case)

    def open(self, about: str) -> None:
        super().open(about)
        self.queue.setFocus()

    def refresh(self) -> None:
        desk = self.place.session.desk
        self.place.read(lambda book: read_instant(desk, book), owner=self, done=self._show_queue)

    def take_scan(self, digits: str) -> bool:
        row = self.queue.rows.find(digits)
        if row >= 0:
            self.queue.choose(row)
        return row >= 0

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.note)
        left.addWidget(self.queue, 1)
        papers = Card("核对材料")
        papers.add(self._tick_lines)
        outcome = Card("结果")
        self._delivery = QWidget()
        delivery = QHBoxLayout(self._delivery)
        delivery.setContentsMargins(0, 0, 0, 0)
        delivery.addWidget(Field(_SIGNED_BY.label, self.signed_by), 1)
        delivery.addWidget(Field(_METHOD.label, self.method), 1)
        for part in (Field(_RESULT.label, self.result), self.at_once, self._delivery, self.home_note):
            outcome.add(part)
        self.right = QWidget()
        right = QVBoxLayout(self.right)
        right.setContentsMargins(0, 0, 0, 0)
        for part in (self.sheet, papers, outcome):
            right.addWidget(part)
        right.addStretch(1)
        column = QVBoxLayout()
        self.area = scrolled(self.right, "这一件")
        column.addWidget(self.area, 1)
        column.addWidget(self.hint)
        column.addLayout(row_of(self.main_button, self.all_button))
        waiting, weighed = QWidget(), QWidget()
        for part, inside in ((waiting, left), (weighed, column)):
            inside.setContentsMargins(0, 0, 0, 0)
            part.setLayout(inside)
        both = TurningRow(self, _SIDE_BY_SIDE, (waiting, _QUEUE_WIDTH), (weighed, _SHEET_WIDTH))
        self.body.addLayout(both, 1)

    def _show_queue(self, found: InstantQueue) -> None:
        before, row = self.queue.case, self.queue.currentIndex().row()
        self.queue.rows.show_lines(found.queue.lines, found.today)
        self.title.setText(f"即办　{found.queue.total} 件")
        self.note.setText(_EMPTY)
        self.note.setVisible(not found.queue.lines)
        again = self.queue.rows.find(before.case_id) if before else -1
        if found.queue.lines:
            self.queue.choose(again if again >= 0 else row)
        self._read_case(self.queue.case)

    def _read_case(self, line: CaseLine | None) -> None:
        if line is None:
            self._reading.drop()
            self._judged = None
            self.right.hide()
            self.hint.show_text("")
            self.main_button.hide()
            self.all_button.hide()
        else:
            if self._judged is not None and self._judged.view.case.case_id != line.case_id:
                # Until the answer is here the other case is on the right: nothing may be done to that one any more.
                self._judged = None
                self._allow(yes=False)
            self._reading.ask(line.case_id)

    def _allow(self, *, yes: bool) -> None:
        for part in (self.right, self.main_button, self.all_button):
            part.setEnabled(yes)

    def _show_case(self, case_id: str, judged: Judged) -> None:
        before, self._judged = self._judged, judged
        if before is not None and before.view == judged.view:
            return
        self._allow(yes=True)
        self.right.show()
        self.main_button.show()
        self.all_button.show()
        self.sheet.show_judged(judged, papers=())
        ours = judged.view.case.origin_org == self.place.session.office.code
        # Where something came in about the same case, as the center's word, what is ticked and typed stays.
        if before is None or not _same_papers(before, judged):
            self._show_ticks(judged)
            self.result.clear()
            self.signed_by.setText(str(judged.view.case.applicant.get("name", "")))
            self.method.setCurrentIndex(0)
            self.at_once.setChecked(ours)
        self.at_once.setVisible(ours)
        self.home_note.setVisible(not ours)
        self.home_note.setText(f"结果会自动回到{judged.view.origin_name}，由它送到群众手里。")
        self._show_plan()

    def _show_ticks(self, judged: Judged) -> None:
        empty(self._tick_lines)
        lines = papers_to_check(judged.view, self.place.session.office.code)
        self.ticks = [Tick(shaped(line.text, line.tone), ("已核对", "未核对")) for line in lines]
        for tick in self.ticks:
            self._tick_lines.addWidget(tick)
            tick.toggled.connect(self._look_again)
        fields = (self.result, self.at_once, self.signed_by, self.method)
        for before, after in pairwise((self.queue, *self.ticks, *fields, self.main_button, self.all_button)):
            QWidget.setTabOrder(before, after)

    def _show_plan(self) -> None:
        if self._judged is None:
            return
        session = self.place.session
        at_once = self.at_once.isChecked()
        self._plan = plan(self._judged, session.desk.worker, session.office.code, deliver=at_once)
        self._delivery.setVisible("deliver" in self._plan.steps)
        self.main_button.setText(f"{self._plan.label or '办理'}  F8")
        self.main_button.setAccessibleName(self._plan.label or "办理")
        self.main_button.setEnabled(bool(self._plan.steps))
        self.hint.show_text(self._plan.note, Tone.WARN)

    def _look_again(self) -> None:
        """Take back that something is unchecked as soon as nothing is."""
        if all(tick.isChecked() for tick in self.ticks):
            self.notice.show_text("")

    def _tick_all(self) -> None:
        for tick in self.ticks:
            tick.setChecked(True)
        self.main_button.setFocus()

    def _settle(self) -> None:
        if self._judged is None or not self._plan.steps:
            return
        unchecked = next((tick for tick in self.ticks if not tick.isChecked()), None)
        if unchecked is not None:
            self.notice.show_text(f"还没有核对：{unchecked.about}。核对好打勾；都齐了按 F2。", Tone.WARN)
            unchecked.setFocus()
            self.area.ensureWidgetVisible(unchecked)
            return
        case_id, steps = self._judged.view.case.case_id, self._plan.steps
        how = Settlement(self.result.text(), self.signed_by.text(), str(self.method.currentData()))
        self.main_button.setEnabled(False)
        work = partial(settle, case_id=case_id, steps=steps, how=how)
        self.place.write(work, owner=self, done=partial(self._settled, case_id), failed=self._fail)

    def _fail(self, error: StationError) -> None:
        self._show_plan()
        self.notice.show_text(self.place.text_of(error), Tone.BAD)

    def _settled(self, case_id: str, settled: Settled) -> None:
        word = settled_word(settled, self.place.center)
        is_shown = self._judged is not None and self._judged.view.case.case_id == case_id
        if is_shown:
            self._judged = None
        if settled.error is None:
            name = settled.case.applicant.get("name", "") if settled.case else ""
            self.notice.show_text(f"{name}：{word.text}", word.tone)
        else:
            self.notice.show_text(word.text, word.tone)
        if is_shown:
            self.queue.setFocus()

    def _open_case(self) -> None:
        line = self.queue.case
        if line is not None:
            self.place.go.emit("case", line.case_id)


def _same_papers(before: Judged, judged: Judged) -> bool:
    """Tell whether it is the same case with the same papers to check."""
    one, other = before.view, judged.view
    return one.case.case_id == other.case.case_id and one.papers == other.papers
