"""待上传: what the county's center has not got yet, since when and why, and what to do where it refused."""

from __future__ import annotations

from datetime import datetime

from station_app.exchange.curable import Remedy
from station_app.ui.background import Lane
from station_app.ui.models.unsent_rows import export_text, retry_text, state_word, unsent_table
from station_app.ui.tokens import Tone
from station_app.ui.widgets.asking_path import ask_save_path
from station_app.ui.widgets.batch.rows import Rows
from station_app.ui.widgets.controls import Button, Text, row_of, shaped
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.retrying import retry_refused
from station_app.usecases.times import local_day
from station_app.usecases.unsent import CASE, SENT_BATCH, Unsent, UnsentPage, unsent


class OutboxPage(Page):
    """A sentence and a list; Enter opens the case, or the batch."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, "待上传")
        self._entries: dict[str, Unsent] = {}
        self.rows = Rows(
            f"还没有传到{place.center}的，回车键打开", unsent_table(place.session.desk.now, place.center), theme
        )
        self.hint = Text("要马上传的，点窗口下面的“现在同步”。", muted=True)
        self.more = Text(size="small", muted=True)
        self.retry_button = Button("重试", self._retry, key="F8")
        self.body.addWidget(self.hint)
        self.body.addWidget(self.rows, 1)
        self.body.addWidget(self.more)
        self.export_button = Button("导出给技术支持", self._export)
        self.exported = Text()
        self.exported.hide()
        self.body.addLayout(row_of(self.retry_button, self.export_button))
        self.body.addWidget(self.exported)
        self.body.addStretch(0)
        self.rows.opened.connect(self._go)
        self.rows.moved.connect(self._on_move)

    def open(self, about: str) -> None:
        self.exported.hide()
        self.refresh()
        self.rows.setFocus()

    def refresh(self) -> None:
        now = self.place.session.desk.now()
        self.place.read(lambda book: unsent(book, now), owner=self, done=lambda page: self._show(page, now))

    def _show(self, page: UnsentPage, now: datetime) -> None:
        word = state_word(page, now, self.place.center)
        self.notice.show_text(word.text, word.tone)
        self._entries = {entry.subject_id: entry for entry in page.entries}
        self.rows.show_rows(page.entries)
        self.rows.setVisible(bool(page.entries))
        self.hint.setVisible(bool(page.entries))
        self.more.setText(f"还有 {page.more} 件没有列出。" if page.more else "")
        self.retry_button.setVisible(any(entry.remedy is Remedy.AGAIN for entry in page.entries))
        self._on_move(self.rows.current)

    def _on_move(self, subject_id: str) -> None:
        entry = self._entries.get(subject_id)
        self.retry_button.setEnabled(entry is not None and entry.remedy is Remedy.AGAIN and not entry.to_be_retried)

    def _retry(self) -> None:
        subject_id = self.rows.current
        # Not pressed a second time while the first is being saved.
        self.retry_button.setEnabled(False)
        self.place.write(lambda desk: retry_refused(desk, subject_id), owner=self, done=self._tell_retry)

    def _tell_retry(self, events: int) -> None:
        self.place.say.emit(retry_text(events, self.place.center), Tone.INFO.value)

    def ask_path(self) -> str:
        """Ask the worker where the file for technical support is to go; "" when they thought better of it."""
        day = local_day(self.place.session.desk.now())
        return ask_save_path(self, "导出给技术支持", f"待上传-技术支持-{day:%Y%m%d}.json", "JSON (*.json)")

    def _export(self) -> None:
        path = self.ask_path()
        if not path:
            return
        self.export_button.setEnabled(False)
        self._tell_export("正在导出…", Tone.PLAIN)
        self.place.jobs.submit(
            # Not the lane of what is saved: a stick may be slow, or gone.
            Lane.NET,
            lambda: self.place.session.export_outbox(path),
            owner=self,
            done=lambda found: self._end_export(export_text(found.path, found.events), Tone.GOOD),
            failed=lambda error: self._end_export(self.place.text_of(error), Tone.BAD),
        )

    def _end_export(self, text: str, tone: Tone) -> None:
        self.export_button.setEnabled(True)
        self._tell_export(text, tone)

    def _tell_export(self, text: str, tone: Tone) -> None:
        self.exported.setText(shaped(text, tone))
        self.exported.set_tone(tone)
        self.exported.show()

    def _go(self, subject_id: str) -> None:
        page = {CASE: "case", SENT_BATCH: "hand_over"}.get(self._entries[subject_id].kind)
        if page:
            self.place.go.emit(page, subject_id)
