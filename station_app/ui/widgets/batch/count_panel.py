"""The case under the clerk's hands: its papers, and the keys by which the finding is noted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QStackedWidget

from station_app.domain.batches import BatchKind
from station_app.ui.models.batch_rows import name_words
from station_app.ui.models.count_sheet import CountRow, HalfTyped, Mark
from station_app.ui.models.printed import grouped
from station_app.ui.widgets.batch.paper_counts import PaperCounts
from station_app.ui.widgets.batch.reason_box import ReasonBox
from station_app.ui.widgets.controls import Button, Card, Text, set_look

_SAID_OF_PAPERS = {
    Mark.OPEN: "对着纸点：在的按 F2，没有的 F3，要退的 F4。",
    Mark.COMPLETE: "点过了：在。",
    Mark.SHORT: "点过了：没有收到。会告诉对方。",
}
_SAID = {
    Mark.OPEN: "对着纸点：齐的按 F2，少的 F3，要退的 F4。",
    Mark.COMPLETE: "点过了：齐。",
    Mark.SHORT: "点过了：少。实收份数写在上面。",
}


class CountPanel(Card):
    """Shows one case and notes what was found."""

    found = Signal(str, object, object, str)
    """Case id, Mark, papers as counted, reason."""
    half_typed = Signal(object)
    """A HalfTyped, so that nothing is lost in a crash; None when it was noted or given up."""
    ended = Signal()
    """The counting or the reason is over, noted or given up: back to the list."""

    def __init__(self) -> None:
        super().__init__()
        self._row: CountRow | None = None
        self.name = Text(size="strong")
        self.item = Text()
        self.papers = PaperCounts()
        self.reason = ReasonBox()
        self.said = Text(size="small", muted=True)
        self.body_stack = QStackedWidget()
        set_look(self.body_stack, role="inner")
        self.body_stack.addWidget(self.papers)
        self.body_stack.addWidget(self.reason)
        for part in (self.name, self.item):
            self.add(part)
        self.body.addWidget(self.body_stack, 1)
        self.add(self.said)
        self.body.addLayout(self._buttons())
        self.papers.typed.connect(self._tell_counts)
        self.reason.typed.connect(self._tell_reason)
        self.papers.finished.connect(self._end_count)
        self.papers.given_up.connect(self._give_up)
        self.reason.finished.connect(lambda reason: self._note(Mark.BACK, reason=reason))
        self.reason.given_up.connect(self._give_up)

    @property
    def case_id(self) -> str:
        """Return the case that is shown, "" for none."""
        return self._row.case.case_id if self._row else ""

    @property
    def busy(self) -> bool:
        """Tell whether numbers or a reason are being typed."""
        return self.papers.counting or self.body_stack.currentWidget() is self.reason

    def show_row(self, row: CountRow | None) -> None:
        """Show a case; what was being typed for another one is given up."""
        if self.busy:
            self.half_typed.emit(None)
        self._row = row
        self.body_stack.setCurrentWidget(self.papers)
        case = row.case if row else None
        self.name.setText(name_words(case) if case else "没有要点的件")
        self.item.setText(case.item_name if case else "")
        self.name.setToolTip(f"代办登记号 {grouped(case.number)}" if case else "")
        self.papers.show_papers(case.papers if case else (), row.counted if row else ())
        self.said.setText(_said(row) if row else "")
        decisions = case is not None and case.kind is BatchKind.PAPERS
        self.short.setText(f"{'没有' if decisions else '少'}  F3")
        self.short.setAccessibleName("没有" if decisions else "少")
        can = row is not None and row.is_here
        for button in (self.complete, self.short, self.back):
            button.setEnabled(can)
        self.undo.setEnabled(can and row is not None and row.mark is not Mark.OPEN)

    def go_on(self, half: HalfTyped) -> None:
        """Open what was being typed about the case that is shown, where it was left."""
        if self._row is None or half.case_id != self.case_id:
            return
        if half.mark is Mark.BACK:
            self._ask_reason()
            self.reason.editor.setText(half.reason)
        elif [paper.name for paper in half.counted] == [paper.name for paper in self._row.case.papers]:
            self._count_or_end()
            self.papers.count(self._row.case.papers, half.counted)

    def _tell_counts(self) -> None:
        self.half_typed.emit(HalfTyped(self.case_id, Mark.SHORT, self.papers.counted))

    def _tell_reason(self) -> None:
        if self.body_stack.currentWidget() is self.reason:
            self.half_typed.emit(HalfTyped(self.case_id, Mark.BACK, reason=self.reason.editor.text()))

    def _buttons(self) -> QGridLayout:
        self.complete = self._key_button("齐", "F2", lambda: self._note(Mark.COMPLETE))
        self.short = self._key_button("少", "F3", self._count_or_end)
        self.back = self._key_button("退", "F4", self._ask_reason)
        self.undo = self._key_button("重点这件", "F5", lambda: self._note(Mark.OPEN))
        set_look(self.undo, kind="quiet")
        grid = QGridLayout()
        grid.setSpacing(8)
        for index, button in enumerate((self.complete, self.short, self.back, self.undo)):
            grid.addWidget(button, 0, index)
        return grid

    def _key_button(self, text: str, key: str, act: Callable[[], None]) -> Button:
        """Return a button whose key acts at once: a button's own shortcut first plays its press for 100 ms."""
        button = Button(f"{text}  {key}", act)
        button.setAccessibleName(text)
        shortcut = QShortcut(QKeySequence(key), button)
        shortcut.activated.connect(act)
        return button

    def _count_or_end(self) -> None:
        if self.papers.counting:
            self._end_count()
        elif self._row is not None and self._row.case.kind is BatchKind.PAPERS:
            self._note(Mark.SHORT, self._row.nothing_found)
        elif self._row is not None and self._row.case.papers:
            self.body_stack.setCurrentWidget(self.papers)
            self.papers.count(self._row.case.papers, self._row.counted)
            self.said.setText("填实收份数：回车到下一格，末格回车或 F3 记下，Esc 放弃。")
        else:
            self.said.setText("这件没有随件的纸，不用点份数：按 F2 接收，或按 F4 退回。")

    def _end_count(self) -> None:
        self._note(Mark.SHORT, self.papers.counted)

    def _ask_reason(self) -> None:
        if self._row is None:
            return
        self.papers.show_papers(self._row.case.papers, self._row.counted)
        self.body_stack.setCurrentWidget(self.reason)
        self.said.setText("写好原因按回车，这件就退；Esc 不退了。")
        self.reason.ask(self._row.reason, self._row.case.kind)

    def _give_up(self) -> None:
        self.show_row(self._row)
        self.ended.emit()

    def _note(self, mark: Mark, counted: tuple[object, ...] = (), reason: str = "") -> None:
        if self._row is None:
            return
        row = self._row
        self.show_row(row)
        self.found.emit(row.case.case_id, mark, counted, reason)
        self.ended.emit()


def _said(row: CountRow) -> str:
    if not row.is_here:
        return "这件还在路上：材料还在上传，稍后自己会到。到了再点，先点别的。"
    if row.mark is Mark.BACK:
        return f"点过了：退。原因：{row.reason}"
    return (_SAID_OF_PAPERS if row.case.kind is BatchKind.PAPERS else _SAID)[row.mark]
