"""The tables of the hand-over page, and what the ticked cases come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from station_app.domain.batches import Arrival, BatchKind
from station_app.messages import text_of
from station_app.ui.models.dates import due_word
from station_app.ui.models.printed import grouped, iso_day
from station_app.ui.models.row_table import Column, RowTable, TickTable
from station_app.ui.tokens import Tone
from station_app.usecases.batch_pages import BatchCase, BatchLineView
from station_app.usecases.home import SILENT_DAYS
from station_app.usecases.ready_cases import ReadyCase

OUTCOME_WORDS = {
    "accepted": ("已接收", Tone.GOOD),
    "accepted_with_difference": ("已接收，材料有出入", Tone.WARN),
    "rejected": ("已退回", Tone.BAD),
    "": ("对方还没有清点", Tone.PLAIN),
}


@dataclass(frozen=True, slots=True)
class Totals:
    """What the ticked cases come to: cases, papers, and the originals by name."""

    cases: int
    papers: int
    originals: tuple[tuple[str, int], ...]

    @property
    def words(self) -> str:
        """Return the totals as they stand on the slip."""
        count = sum(number for _, number in self.originals)
        names = f"（{names_words(self.originals)}）" if self.originals else ""
        return f"{self.cases} 件 · 材料 {self.papers} 份 · 其中原件 {count} 件{names}"


def totals_of(cases: Iterable[ReadyCase]) -> Totals:
    """Return what these cases come to."""
    chosen = tuple(cases)
    originals: dict[str, int] = {}
    for name, count in (entry for case in chosen for entry in case.originals):
        originals[name] = originals.get(name, 0) + count
    return Totals(len(chosen), sum(case.papers for case in chosen), tuple(originals.items()))


def names_words(originals: Iterable[tuple[str, int]]) -> str:
    """Return originals by name and count."""
    return "、".join(f"{name} {count}" for name, count in originals)


def ready_table(today: date) -> TickTable[ReadyCase]:
    """Return the table of cases that may go up."""
    return TickTable(
        (
            Column("申请人", lambda row: row.line.applicant, 200),
            Column("事项", lambda row: row.line.item_name),
            Column("随件材料", _papers_words, 250),
            Column("期限", lambda row: _time_words(row, today), 210, lambda row: _time_tone(row, today)),
        ),
        key=lambda row: row.line.case_id,
        may_tick=lambda row: row.error is None,
    )


def _papers_words(row: ReadyCase) -> str:
    return f"{row.papers} 份；原件：{names_words(row.originals)}" if row.originals else f"{row.papers} 份；没有原件"


def _time_words(row: ReadyCase, today: date) -> str:
    if row.error is not None:
        return f"不能交：{text_of(row.error)}"
    return due_word(row.line.clock, today).text or "没有期限"


def _time_tone(row: ReadyCase, today: date) -> Tone:
    return Tone.STALE if row.error is not None else due_word(row.line.clock, today).tone


def sent_table(today: date) -> RowTable[BatchLineView]:
    """Return the table of batches that were handed over."""
    return RowTable(
        (
            Column("交接单号", lambda row: grouped(row.batch.number), 275),
            Column("交给", lambda row: f"{row.to_name}{'（结果）' if row.batch.kind is BatchKind.PAPERS else ''}"),
            Column("日期", lambda row: iso_day(row.batch.offered_on), 110),
            Column("件数", lambda row: f"{len(row.cases)} 件", 80),
            Column("接收情况", lambda row: sent_words(row, today), 250, lambda row: sent_tone(row, today)),
        ),
        key=lambda row: row.batch.batch_id,
    )


def sent_words(row: BatchLineView, today: date) -> str:
    """Return what became of a batch."""
    waiting, back = len(row.waiting), list(row.batch.outcomes.values()).count("rejected")
    gone = len(row.cases) - len(row.batch.outcomes) - waiting
    if waiting == len(row.cases):
        return f"已交 {_age(row, today)} 天，对方还没有接收" if _age(row, today) else "今天交出，对方还没有接收"
    words = [f"接收 {len(row.cases) - waiting - back - gone} 件"]
    words += [f"退回 {back} 件"] if back else []
    words += [f"收回 {gone} 件"] if gone else []
    words += [f"还有 {waiting} 件没有清点"] if waiting else []
    return "，".join(words)


def sent_tone(row: BatchLineView, today: date) -> Tone:
    """Return what of a batch needs a look: silence, or what came back."""
    if row.is_open:
        return Tone.WARN if _age(row, today) >= SILENT_DAYS else Tone.INFO
    return Tone.WARN if "rejected" in row.batch.outcomes.values() else Tone.GOOD


def _age(row: BatchLineView, today: date) -> int:
    try:
        return max(0, (today - date.fromisoformat(row.batch.offered_on)).days)
    except ValueError:
        # A batch that another program wrote: as if it had gone today.
        return 0


def batch_case_table() -> RowTable[BatchCase]:
    """Return the table of the cases of one batch."""
    return RowTable(
        (
            Column("申请人", lambda row: row.applicant, 120),
            Column("事项", lambda row: row.item_name),
            Column("代办登记号", lambda row: grouped(row.number), 250),
            Column("清点结果", lambda row: _outcome(row)[0], 220, lambda row: _outcome(row)[1]),
        ),
        key=lambda row: row.case_id,
    )


def _outcome(row: BatchCase) -> tuple[str, Tone]:
    if not row.outcome and row.arrival is Arrival.GONE:
        return "不再交接（收回或没有生效）", Tone.PLAIN
    return OUTCOME_WORDS.get(row.outcome, (row.outcome, Tone.PLAIN))
