"""结果下传: what was decided and has not reached the applicant, by office, and sending the papers of it down."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QListView

from station_app.domain.actions import action_named
from station_app.domain.errors import StationError
from station_app.ui.models.page_names import RESULTS
from station_app.ui.models.printed import grouped
from station_app.ui.models.result_rows import OwingRows, result_table
from station_app.ui.presenters.sending_results import SendingResults, left_behind_words
from station_app.ui.tokens import Tone
from station_app.ui.widgets.batch.rows import Rows
from station_app.ui.widgets.board.words import WordDelegate
from station_app.ui.widgets.controls import Button, Text, TurningRow, row_of
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.hand_over import HandOver
from station_app.usecases.results import Result, Results, results_home
from station_app.usecases.times import local_day

_EMPTY = "没有等着送达的结果：作出的决定都已送到群众手里。"
_OFFICES_WIDTH, _TABLE_WIDTH = 1, 4
_SIDE_BY_SIDE = 40


class ResultsPage(Page):
    """Offices on the left with what each owes, its results on the right; what is ticked goes down with one slip."""

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__(place, theme, RESULTS)
        self._today = local_day(place.session.desk.now())
        self._shown: tuple[str, date, Results] | None = None
        self._wanted = ""
        self._work = SendingResults(place, self)
        self.offices = QListView()
        self.offices.setAccessibleName("送达单位")
        self.offices.setWordWrap(True)
        self.offices.setResizeMode(QListView.ResizeMode.Adjust)
        self.owing = OwingRows(self)
        self.offices.setModel(self.owing)
        self.offices.setItemDelegate(WordDelegate(theme, self.offices))
        self._may_send = bool(action_named("send_papers").roles & place.session.desk.worker.roles)
        self.model = result_table(self._today, may_send=self._may_send)
        self.rows = Rows("没有送达的结果，空格键打勾或去掉，回车键打开", self.model, theme)
        self.note = Text(muted=True)
        self.again = Button("补打结果交接单", self._print_again, key="F6")
        self.send = Button("下交并打印结果交接单", self._send, kind="primary", key="F8")
        both = TurningRow(self, _SIDE_BY_SIDE, (self.offices, _OFFICES_WIDTH), (self.rows, _TABLE_WIDTH))
        self.body.addLayout(both, 1)
        self.body.addLayout(row_of(self.note, self.again, self.send, stretch=0))
        self.send.setVisible(self._may_send)
        self._connect()

    def open(self, about: str) -> None:
        self._wanted = about
        super().open(about)
        self.rows.setFocus()

    def refresh(self) -> None:
        org, today = self._org, local_day(self.place.session.desk.now())
        self.place.read(lambda book: results_home(book, today, org), owner=self, done=partial(self._show, org, today))

    def take_scan(self, digits: str) -> bool:
        row = next((row for row, result in enumerate(self.model.rows) if result.number == digits), -1)
        if row < 0:
            return False
        self.model.tick(row, on=True)
        self.rows.move_to(row)
        return True

    def _connect(self) -> None:
        self.offices.selectionModel().currentChanged.connect(lambda *_: self.refresh())
        self.rows.opened.connect(lambda case_id: self.place.go.emit("case", case_id))
        self.rows.moved.connect(lambda _: self._show_buttons())
        self.model.ticked.connect(self._show_buttons)
        self._work.sent.connect(self._after)
        self._work.refused.connect(self._tell_refusal)

    @property
    def _org(self) -> str:
        return self.owing.office(self.offices.currentIndex().row())

    @property
    def _current(self) -> Result | None:
        row = self.rows.table.currentIndex().row()
        return self.model.rows[row] if 0 <= row < len(self.model.rows) else None

    def _show(self, org: str, today: date, results: Results) -> None:
        self._work.note_read()
        if (org, today, results) == self._shown and not self._wanted:
            self._show_buttons()
            return
        self._shown = (org, today, results)
        with QSignalBlocker(self.offices.selectionModel()):
            self.owing.show_offices(results.offices)
            self.offices.setCurrentIndex(self.owing.index(self.owing.find(org)))
        if self._org != org:
            # The office has delivered its last result and is gone from the list.
            self.refresh()
            return
        if today != self._today:
            self._today = today
            self.model.columns = result_table(today).columns
        self.rows.show_rows(results.found)
        self._go_to_wanted()
        self._show_buttons()

    def _go_to_wanted(self) -> None:
        """Go to the first case of the batch that the page was opened about."""
        wanted, self._wanted = self._wanted, ""
        places = [result.papers.batch if result.papers else "" for result in self.model.rows]
        if wanted in places:
            self.rows.move_to(places.index(wanted))

    def _show_buttons(self) -> None:
        results = self._shown[2] if self._shown else Results((), (), 0)
        going = self._going
        self.send.setEnabled(bool(going))
        current = self._current
        place = current.papers if current else None
        self.again.setEnabled(place is not None and bool(place.to) and place.org == self.place.session.office.code)
        name = going[0].send_to_name if going else ""
        self.note.setText(_note(results, name, len(going), len(self.model.chosen)))

    @property
    def _going(self) -> list[Result]:
        """Return the ticked ones that go with one slip; what goes to another office than the first has its own."""
        chosen = self.model.chosen
        is_shown = self._shown is not None and self._shown[0] == self._org
        return [result for result in chosen if result.send_to == chosen[0].send_to] if self._org and is_shown else []

    def _send(self) -> None:
        going = self._going
        if going:
            self._work.send(going[0].send_to, [result.case_id for result in going])

    def _after(self, done: HandOver) -> None:
        left = left_behind_words(done, self.model.rows, self.place.text_of)
        told = f"已下交 {len(done.batch.lines)} 件的结果，交接单号 {grouped(done.batch.number)}。"
        told += f"请把结果交接单和决定书、证照一起送到{self._to_name(done)}。"
        rest = f"\n下面这些没有交出去，还在手里：{left}" if left else ""
        self.notice.show_text(told + rest, Tone.WARN if left else Tone.GOOD)
        self.place.print_now.emit("batch_slip", done.batch.batch_id)

    def _to_name(self, done: HandOver) -> str:
        return next((r.send_to_name for r in self.model.rows if r.send_to == done.batch.to_org), "")

    def _tell_refusal(self, error: StationError) -> None:
        self.notice.show_text(self.place.text_of(error), Tone.BAD)
        self.refresh()

    def _print_again(self) -> None:
        current = self._current
        if current is not None and current.papers is not None:
            self.place.print_now.emit("batch_slip", current.papers.batch)


def _note(results: Results, name: str, going: int, chosen: int) -> str:
    if not results.total:
        return _EMPTY
    more = results.total > len(results.found)
    words = [f"先列最急的 {len(results.found)} 件，共 {results.total} 件。" if more else ""]
    if going:
        rest = f"其余 {chosen - going} 件交给别的单位，交完再按一次。" if chosen > going else ""
        words.append(f"打勾的 {going} 件，把决定书、证照一起交给{name}。{rest}")
    elif chosen:
        words.append("要把决定书、证照往下交：先在左边选一个单位。")
    return "".join(words)
