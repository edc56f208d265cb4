"""Taking batches in: which wait, the sheet on which one is counted, and what a scanned number means here."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from station_app.domain.batches import Batch
from station_app.domain.errors import StationError
from station_app.domain.numbers import parse_number
from station_app.domain.slips import looks_like_symbol
from station_app.ui.background import Lane
from station_app.ui.models.batch_rows import next_words, taken_words
from station_app.ui.models.count_sheet import CountRow, CountSheet, HalfTyped, Mark
from station_app.ui.presenters.kept_drafts import KEEP_AFTER_MS
from station_app.ui.tokens import Tone
from station_app.ui.workplace import Workplace
from station_app.usecases.batch_pages import BatchLineView, PaperCount, Scanned, batches_to_receive, find_for_scan
from station_app.usecases.drafts import Draft, drafts_of, drop_draft, save_draft
from station_app.usecases.hand_over import HandOver, receive_batch
from station_app.usecases.slips import SlipProgress
from station_app.usecases.times import local_day

T = TypeVar("T")
KIND = "receive"
# A number as long as that is meant as a whole one.
MOST_TAIL = 10
# Beside the ids of cases in a draft: what is being typed about one of them.
_HALF = "typing"


class Receiving(QObject):
    """Holds the sheet of the batch that is being counted.

    Every mark is kept as a draft at once, what is being typed about a case soon after.
    """

    listed = Signal(object)
    """The batches that wait."""
    opened = Signal(object)
    """The batch on the table, None when there is none any more."""
    sheet_changed = Signal(object)
    current_changed = Signal(str)
    half_found = Signal(object)
    """What was being typed about a case when the program ended: a HalfTyped."""
    told = Signal(str, str)
    """A sentence with its tone."""

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._saving = False
        self._wanted = ""
        self._wanted_case = ""
        self.batches: Sequence[BatchLineView] = ()
        self.view: BatchLineView | None = None
        self.sheet: CountSheet | None = None
        self._half: HalfTyped | None = None
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(KEEP_AFTER_MS)
        self._typing.timeout.connect(self._keep)

    @property
    def today(self) -> date:
        """Return the date in China by this PC's clock."""
        return local_day(self._place.session.desk.now())

    def load(self, about: str = "") -> None:
        """Read the batches again, and open one by its id or number."""
        self._wanted = about or self._wanted
        self._place.read(batches_to_receive, owner=self, done=self._show)

    def open_batch(self, batch_id: str, case_id: str = "") -> None:
        """Put a batch on the table, with what was counted of it before."""
        view = next((view for view in self.batches if view.batch.batch_id == batch_id), None)
        if view is None:
            return
        self._wanted_case = case_id
        desk = self._place.session.desk
        self._submit(lambda: drafts_of(desk), lambda drafts: self._lay_out(view, drafts))

    def leave_batch(self) -> None:
        """Take the batch off the table; what was counted is kept."""
        self.keep_typing()
        self._half = None
        self.view = self.sheet = None
        self.opened.emit(None)

    def note_half(self, half: HalfTyped | None) -> None:
        """Remember what is being typed about a case, None for nothing any more."""
        if half != self._half:
            self._half = half
            self._typing.start()

    def keep_typing(self) -> None:
        """Keep at once what was typed a moment ago."""
        if self._typing.isActive():
            self._keep()

    def mark(self, case_id: str, mark: Mark, counted: Sequence[PaperCount] = (), reason: str = "") -> None:
        """Note what was found of a case, keep it, and go on to the next open one."""
        if self.sheet is None:
            return
        self._change(self.sheet.marked(case_id, mark, counted, reason))
        self._keep()
        following = self.sheet.next_open(case_id) if mark is not Mark.OPEN else case_id
        self.current_changed.emit(following or case_id)

    def save(self) -> None:
        """Take in what was counted; the rest of the batch stays open."""
        sheet = self.sheet
        if sheet is None or self._saving or not sheet.counted:
            return
        self._saving = True
        self._place.write(
            lambda desk: receive_batch(desk, sheet.batch_id, sheet.as_count()),
            owner=self,
            done=lambda done: self._after_saving(sheet, done),
            failed=self._after_refusal,
        )

    def take_number(self, text: str) -> None:
        """Do what a scanned or typed number asks for: open a batch, go to a case, or say where that is.

        Args:
            text: a whole number, or the last digits of one that is listed.
        """
        digits = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdigit())
        if looks_like_symbol(digits):
            self._take_symbol(digits)
            return
        if self._take_listed(digits):
            return
        try:
            parse_number(digits)
        except StationError as error:
            self.told.emit(self._place.text_of(error), Tone.BAD.value)
            return
        self._place.read(lambda book: find_for_scan(book, digits), owner=self, done=self._found, failed=self._tell)

    def _take_symbol(self, digits: str) -> None:
        read = self._place.session.read_slip
        self._place.write(lambda _: read(digits), owner=self, done=self._after_symbol, failed=self._tell)

    def _after_symbol(self, progress: SlipProgress) -> None:
        self.told.emit(progress.words, (Tone.INFO if progress.missing else Tone.GOOD).value)
        if not progress.missing and self.view is None:
            self._wanted = progress.batch_id

    def _take_listed(self, digits: str) -> bool:
        if not digits:
            return False
        rows = self.sheet.rows if self.sheet else ()
        cases = [row for row in rows if row.case.number.endswith(digits)]
        batches = [view for view in self.batches if view.batch.number.endswith(digits)]
        if len(cases) == 1:
            self._go_to_case(cases[0])
        elif not cases and len(batches) == 1:
            self._go_to_batch(batches[0])
        elif len(cases) + len(batches) > 1 and len(digits) < MOST_TAIL:
            self.told.emit(f"末尾是 {digits} 的有 {len(cases) or len(batches)} 个，请再多输前面几位。", Tone.WARN.value)
        else:
            return False
        return True

    def _go_to_case(self, row: CountRow) -> None:
        self.current_changed.emit(row.case.case_id)
        if row.mark is not Mark.OPEN:
            self.told.emit(f"这件已经点过：{row.words}。要改的，直接重点。", Tone.WARN.value)

    def _go_to_batch(self, view: BatchLineView) -> None:
        if self.view is not None and self.view.batch.batch_id == view.batch.batch_id:
            self.told.emit("正在清点的就是这一张交接单。请扫各件的收件凭证。", Tone.INFO.value)
        else:
            self.open_batch(view.batch.batch_id)

    def _found(self, scanned: Scanned) -> None:
        if scanned.kind == "case" and scanned.offered_in and self.view is None:
            self.open_batch(scanned.offered_in, scanned.subject_id)
            return
        self.told.emit(self._where(scanned), Tone.WARN.value)

    def _where(self, scanned: Scanned) -> str:
        if scanned.kind == "batch":
            if scanned.here:
                return "这张交接单刚到，请再扫一次。"
            return f"这张交接单不用在这里清点：已经点完，或者是交给{scanned.where}的。"
        if self.view and any(case.case_id == scanned.subject_id for case in self.view.cases):
            return "这件已经清点完，保存过了，不用再点。"
        if scanned.offered_in:
            number = next((v.batch.number for v in self.batches if v.batch.batch_id == scanned.offered_in), "")
            return f"这件不在这一批里，它在另一张交接单上：{number}。请先放到那一批。"
        where = "已经在本单位手里" if scanned.here else f"现在由{scanned.where}经办，没有交给本单位"
        return f"这件不在这一批里，{where}。请不要和这一批混放。"

    def _show(self, batches: Sequence[BatchLineView]) -> None:
        self.batches = batches
        self.listed.emit(batches)
        wanted, self._wanted = self._wanted, ""
        named = next((v for v in batches if wanted and wanted in (v.batch.batch_id, v.batch.number)), None)
        if named is not None:
            self.open_batch(named.batch.batch_id)
        elif self.sheet is not None:
            self._renew(self.sheet)
        if wanted and named is None:
            self._place.read(lambda book: book.batch(wanted), owner=self, done=self._explain)

    def _explain(self, batch: Batch | None) -> None:
        """Tell of a batch that was asked for and does not wait here; one of our own is on another page."""
        if batch is not None and batch.from_org == self._place.session.office.code:
            self._place.go.emit("hand_over", batch.batch_id)
        else:
            self.told.emit("这张交接单已经清点完，不用再接收。", Tone.INFO.value)

    def _renew(self, sheet: CountSheet) -> None:
        """Take over what changed of the batch, and keep the findings for the cases that still wait."""
        self.view = next((view for view in self.batches if view.batch.batch_id == sheet.batch_id), None)
        if self.view is None:
            self.leave_batch()
        else:
            self._change(CountSheet.of(self.view).with_json(sheet.to_json()))

    def _lay_out(self, view: BatchLineView, drafts: Sequence[Draft]) -> None:
        kept = next((draft for draft in drafts if draft.draft_id == _draft_id(view.batch.batch_id)), None)
        self.view, sheet = view, CountSheet.of(view)
        content = dict(kept.content) if kept else {}
        half = content.pop(_HALF, None)
        self.opened.emit(view)
        self._change(sheet.with_json(content))
        if kept:
            self.told.emit("上次点到一半，已经接着放好了。", Tone.INFO.value)
        self.current_changed.emit(self._wanted_case or self.sheet.next_open("") if self.sheet else "")
        if half and self.sheet and self.sheet.row(half["case_id"]):
            self._half = HalfTyped.from_json(half)
            self.current_changed.emit(self._half.case_id)
            self.half_found.emit(self._half)

    def _change(self, sheet: CountSheet) -> None:
        self.sheet = sheet
        self.sheet_changed.emit(sheet)

    def _keep(self) -> None:
        self._typing.stop()
        sheet, view, desk = self.sheet, self.view, self._place.session.desk
        if sheet is None or view is None:
            return
        draft_id, title, content = _draft_id(sheet.batch_id), f"清点交接单 {view.batch.number}", sheet.to_json()
        if self._half is not None:
            content[_HALF] = self._half.to_json()
        if content:
            self._submit(lambda: save_draft(desk, draft_id, KIND, title, content), _nothing)
        else:
            self._submit(lambda: drop_draft(desk, draft_id), _nothing)

    def _after_saving(self, sheet: CountSheet, done: HandOver) -> None:
        self._saving = False
        refused = {entry.case_id: entry.error for entry in done.outcomes if entry.error is not None}
        self.told.emit(self._saved_words(sheet, refused), (Tone.WARN if refused else Tone.GOOD).value)
        if self._half is not None:
            self._keep()
            return
        desk = self._place.session.desk
        self._submit(lambda: drop_draft(desk, _draft_id(sheet.batch_id)), _nothing)

    def _saved_words(self, sheet: CountSheet, refused: Mapping[str, StationError]) -> str:
        left = sheet.number_of(Mark.OPEN)
        following = next((view for view in self.batches if view.batch.batch_id != sheet.batch_id), None)
        taken = [row for row in sheet.counted if row.case.case_id not in refused]
        words = [taken_words(taken)]
        if left:
            words.append(f"还有 {left} 件没有点，留在这一批里。")
        elif following is not None:
            words.append(f"下一批：{following.from_name}，{len(following.waiting)} 件。请扫它的交接单。")
        elif any(row.is_taken for row in taken):
            words.append(next_words(self._place.session.office.level, taken[-1].case.kind))
        for row in sheet.counted:
            if row.case.case_id in refused:
                why = self._place.text_of(refused[row.case.case_id])
                words.append(f"\n{row.case.applicant} {row.case.item_name} 没有接收：{why}")
        return "".join(words)

    def _after_refusal(self, error: StationError) -> None:
        self._saving = False
        self._tell(error)
        self.load()

    def _tell(self, error: StationError) -> None:
        self.told.emit(self._place.text_of(error), Tone.BAD.value)

    def _submit(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Run a job that concerns nobody else: a draft is no reason for the other pages to read again."""
        self._place.jobs.submit(Lane.DB, work, owner=self, done=done)


def _draft_id(batch_id: str) -> str:
    return f"{KIND}:{batch_id}"


def _nothing(_: object) -> None:
    """Have nothing to do after a draft was kept."""
