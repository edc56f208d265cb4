"""接收批次, at a village 签收结果: count what came against the slip, by scanner and F-keys, and take it in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.organisations import Level
from station_app.ui.models.batch_rows import coming_table
from station_app.ui.models.page_names import RECEIVE
from station_app.ui.models.printed import grouped, iso_day
from station_app.ui.presenters.receiving import Receiving
from station_app.ui.tokens import Tone
from station_app.ui.widgets.batch.count_view import CountView
from station_app.ui.widgets.batch.rows import Rows
from station_app.ui.widgets.controls import Text
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.batch_pages import BatchLineView

_EMPTY = {
    True: "现在没有交来的结果。镇里交出决定书、证照并同步之后，就会列在这里。",
    False: "现在没有交来的批次。别的单位交出并同步之后，就会列在这里。",
}
"""By whether this is a village."""


class ReceivePage(Page):
    """The list of batches to come, or the one that is being counted."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        level = place.session.office.level
        self._name = RECEIVE[level]
        super().__init__(place, theme, self._name)
        self._work = Receiving(place, self)
        self.number = QLineEdit()
        self.number.setPlaceholderText("扫条码，或输末几位")
        self.number.setAccessibleName("交接单号或代办登记号")
        self.number.setMaximumWidth(theme.sizes.body * 18)
        self.header.addWidget(self.number, 1)
        self.coming = Rows("等待接收的批次，回车键开始清点", coming_table(self._work.today), theme)
        self.hint = Text("扫交接单上的条码开始清点，也可以选一批按回车。", muted=True)
        self.empty = Text(_EMPTY[level is Level.VILLAGE], "strong", muted=True)
        self.count = CountView(theme)
        self._list = QWidget()
        self.stack = QStackedWidget()
        self._lay_out()
        self._connect()

    def open(self, about: str) -> None:
        self._work.load(about)
        self.number.setFocus()

    def refresh(self) -> None:
        self._work.load()

    def close_up(self) -> None:
        self._work.keep_typing()

    def take_scan(self, digits: str) -> bool:
        if self.count.panel.busy and self.stack.currentWidget() is self.count:
            self._tell("这一件还没有记完：填好份数或原因，按回车记下，再扫下一件。", Tone.WARN)
        else:
            self.notice.show_text("")
            self._work.take_number(digits)
        return True

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.hint)
        column.addWidget(self.empty)
        column.addWidget(self.coming, 1)
        column.addStretch(0)
        self.stack.addWidget(self._list)
        self.stack.addWidget(self.count)
        self.body.addWidget(self.stack, 1)

    def _connect(self) -> None:
        work, count = self._work, self.count
        work.listed.connect(self._show_batches)
        work.opened.connect(self._show_batch)
        work.sheet_changed.connect(count.show_sheet)
        work.current_changed.connect(count.go_to)
        work.told.connect(lambda text, tone: self._tell(text, Tone(tone)))
        count.panel.found.connect(work.mark)
        count.panel.half_typed.connect(work.note_half)
        work.half_found.connect(count.panel.go_on)
        count.save_wanted.connect(work.save)
        count.left.connect(work.leave_batch)
        self.coming.opened.connect(work.open_batch)
        self.number.returnPressed.connect(self._take_typed)

    def _take_typed(self) -> None:
        text = self.number.text()
        self.number.clear()
        if text.strip():
            self.take_scan(text)
        elif self.stack.currentWidget() is self._list and self.coming.current:
            self._work.open_batch(self.coming.current)

    def _show_batches(self, batches: Sequence[BatchLineView]) -> None:
        self.coming.show_rows(batches)
        self.coming.setVisible(bool(batches))
        self.hint.setVisible(bool(batches))
        self.empty.setVisible(not batches)

    def _show_batch(self, view: BatchLineView | None) -> None:
        if view is None:
            self.count.panel.show_row(None)
            self.title.setText(self._name)
            self.stack.setCurrentWidget(self._list)
            self.number.setFocus()
            return
        self.notice.show_text("")
        batch = view.batch
        tail = grouped(batch.number).split()[-1]
        self.title.setText(f"{view.from_name}：{iso_day(batch.offered_on)}{batch.offered_by}交出，单号末段 {tail}")
        self.stack.setCurrentWidget(self.count)

    def _tell(self, text: str, tone: Tone) -> None:
        self.notice.show_text(text, tone)
