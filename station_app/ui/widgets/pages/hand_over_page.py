"""交到镇里、交到县里: hand cases to the office above with a printed slip, and see what became of earlier ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QTabWidget

from station_app.domain.errors import StationError
from station_app.ui.models.page_names import HAND_OVER
from station_app.ui.models.printed import grouped
from station_app.ui.presenters.handing_over import HandingOver, left_out_words
from station_app.ui.tokens import Tone
from station_app.ui.widgets.batch.ready_tab import ReadyTab
from station_app.ui.widgets.batch.sent_tab import SentTab
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.batch_pages import BatchLineView
from station_app.usecases.hand_over import HandOver
from station_app.usecases.ready_cases import ReadyCases


class HandOverPage(Page):
    """Two halves: what may go now, and what has gone."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        level = place.session.office.level
        super().__init__(place, theme, HAND_OVER[level])
        self._work = HandingOver(place, self)
        self._about = ""
        self._has_come = False
        self.ready = ReadyTab(theme, level, self._work.today, place.go.emit)
        self.sent = SentTab(theme, self._work.today, place.go.emit)
        self.tabs = QTabWidget()
        for part in (self.tabs, self.tabs.tabBar()):
            part.setAccessibleName("要交的和已交出的")
        self.tabs.addTab(self.ready, "准备交接")
        self.tabs.addTab(self.sent, "已交出")
        self.body.addWidget(self.tabs, 1)
        self._work.shown.connect(self._show)
        self._work.handed.connect(self._after)
        self._work.refused.connect(self._tell_refusal)
        self.ready.wanted.connect(self._work.hand_over)
        self.sent.slip_wanted.connect(lambda batch_id: place.print_now.emit("batch_slip", batch_id))
        self.sent.codes_wanted.connect(lambda batch_id: place.print_now.emit("code_slip", batch_id))

    def open(self, about: str) -> None:
        self._about = about
        self.tabs.setCurrentWidget(self.sent if about else self.ready)
        self.refresh()
        (self.sent.batches if about else self.ready.rows).setFocus()
        self._has_come = True

    def refresh(self) -> None:
        self._work.load()

    def take_scan(self, digits: str) -> bool:
        if self.ready.go_to(digits):
            self.tabs.setCurrentWidget(self.ready)
            self.ready.rows.setFocus()
            return True
        if self.sent.go_to(digits):
            self.tabs.setCurrentWidget(self.sent)
            self.sent.batches.setFocus()
            return True
        return False

    def _show(self, ready: ReadyCases, sent: Sequence[BatchLineView]) -> None:
        self.ready.show_cases(ready)
        self.sent.show_batches(sent)
        silent = sum(view.is_open for view in sent)
        self.tabs.setTabText(0, f"准备交接（{ready.count}）")
        self.tabs.setTabText(1, f"已交出（{silent} 批待接收）" if silent else "已交出")
        if self._about and self.sent.go_to(self._about):
            self._about = ""
        if self._has_come and not ready.cases and self.tabs.currentWidget() is self.ready:
            # The list, which had the focus, is hidden.
            self.tabs.tabBar().setFocus()
        self._has_come = False

    def _after(self, done: HandOver) -> None:
        ready = self._work.ready
        left_out = left_out_words(done, ready) if ready else ""
        number = grouped(done.batch.number)
        told = f"已交接 {len(done.batch.lines)} 件，交接单号 {number}。请把交接单和材料一起送到{self._to}。"
        rest = f"\n下面这些没有交出去，还在手里：{left_out}" if left_out else ""
        self.notice.show_text(told + rest, Tone.WARN if left_out else Tone.GOOD)
        # The batch that has just gone is the one whose slip may have to be printed again.
        self._about = done.batch.batch_id
        # The list may be empty now; the cursor must not fall out of the page.
        self.tabs.tabBar().setFocus()
        self.place.print_now.emit("batch_slip", done.batch.batch_id)

    @property
    def _to(self) -> str:
        return self._work.ready.to_name if self._work.ready else ""

    def _tell_refusal(self, error: StationError) -> None:
        self.notice.show_text(self.place.text_of(error), Tone.BAD)
        self.refresh()
