"""The tables of the receiving page: batches to come, and the cases of the one being counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from station_app.domain.batches import BatchKind
from station_app.domain.organisations import Level
from station_app.ui.models.count_sheet import MARK_WORDS, CountRow, Mark
from station_app.ui.models.dates import ago_text
from station_app.ui.models.hand_over_rows import names_words
from station_app.ui.models.page_names import DECIDE, DELIVER, HAND_OVER, RESULTS
from station_app.ui.models.printed import grouped, iso_day
from station_app.ui.models.row_table import Column, RowTable
from station_app.ui.tokens import Tone
from station_app.usecases.batch_pages import BatchCase, BatchLineView

# A village's batch that lies here so long holds up every clock of its cases.
OLD_DAYS = 2
_TAIL_DIGITS = 5


def coming_table(today: date) -> RowTable[BatchLineView]:
    """Return the table of batches that wait to be counted."""
    return RowTable(
        (
            Column("交来的单位", lambda row: row.from_name),
            Column("交接单号", lambda row: grouped(row.batch.number), 275),
            Column("交出日期", lambda row: iso_day(row.batch.offered_on), 120),
            Column("件数", _cases_words, 110),
            Column("等了多久", lambda row: age_words(row, today), 190, lambda row: age_tone(row, today)),
        ),
        key=lambda row: row.batch.batch_id,
    )


def _cases_words(row: BatchLineView) -> str:
    coming = f"\n{len(row.coming)} 件还没到" if row.coming else ""
    return f"{len(row.waiting)} 件{'结果' if row.batch.kind is BatchKind.PAPERS else ''}{coming}"


def age_words(row: BatchLineView, today: date) -> str:
    """Return how long a batch has been waiting."""
    return f"{ago_text(_age(row, today))}交出"


def age_tone(row: BatchLineView, today: date) -> Tone:
    """Return whether it has been waiting too long."""
    return Tone.WARN if _age(row, today) >= OLD_DAYS else Tone.PLAIN


def _age(row: BatchLineView, today: date) -> int:
    try:
        return max(0, (today - date.fromisoformat(row.batch.offered_on)).days)
    except ValueError:
        # A batch that another program wrote: as if it had come today.
        return 0


def count_table() -> RowTable[CountRow]:
    """Return the table of the cases of one batch and what was found of each."""
    return RowTable(
        (
            Column("件", title_words),
            Column("随件材料", papers_words, 150),
            Column("清点", lambda row: row.words, 170, _mark_tone),
        ),
        key=lambda row: row.case.case_id,
    )


def title_words(row: CountRow) -> str:
    """Return who and what."""
    return f"{name_words(row.case)}\n{row.case.item_name}"


def name_words(case: BatchCase) -> str:
    """Return who it is, with the end of the number as it is read off the receipt, in one piece."""
    return f"{case.applicant or '—'}　尾\N{WORD JOINER}号\N{NO-BREAK SPACE}{case.number[-_TAIL_DIGITS:]}"


def papers_words(row: CountRow) -> str:
    """Return what should be in the envelope."""
    originals = row.case.held_originals
    if row.case.kind is BatchKind.PAPERS:
        return f"{row.case.paper_count} 份\n决定书、证照"
    return f"{row.case.paper_count} 份\n{'原件：' + names_words(originals) if originals else '没有原件'}"


def _mark_tone(row: CountRow) -> Tone:
    return MARK_WORDS[row.mark][1] if row.is_here else Tone.STALE


def expected_words(rows: Sequence[CountRow]) -> str:
    """Return what the slip says should be here in all."""
    papers = sum(row.case.paper_count for row in rows)
    if any(row.case.kind is BatchKind.PAPERS for row in rows):
        return f"应有 {len(rows)} 件 · 决定书、证照 {papers} 份"
    originals = sum(count for row in rows for _, count in row.case.held_originals)
    return f"应有 {len(rows)} 件 · 材料 {papers} 份 · 其中原件 {originals} 件"


def taken_words(rows: Sequence[CountRow]) -> str:
    """Return what a saved count comes to."""
    if any(row.case.kind is BatchKind.PAPERS for row in rows):
        missing = sum(row.mark is not Mark.COMPLETE for row in rows)
        told = f"，{missing} 件没有签收，原因已经告诉对方，交错的请退回去" if missing else ""
        return f"已签收 {len(rows) - missing} 件{told}。"
    back = sum(row.mark is Mark.BACK for row in rows)
    short = sum(row.mark is Mark.SHORT for row in rows)
    words = [f"已接收 {len(rows) - back} 件"]
    words += [f"其中 {short} 件材料有出入，已写明"] if short else []
    words += [f"退回 {back} 件，请连同材料退给对方"] if back else []
    return f"{'，'.join(words)}。"


def next_words(level: Level, kind: BatchKind) -> str:
    """Return where to go on once all batches are taken in, the last of this kind, at an office of this level."""
    if kind is BatchKind.PAPERS:
        down = "" if level is Level.VILLAGE else f"，要往下交的到“{RESULTS}”"
        return f"下一步：到“{DELIVER}”交给群众{down}。"
    further = f"，其余的到“{HAND_OVER[level]}”" if level in HAND_OVER else ""
    return f"下一步：本单位决定的到“{DECIDE}”{further}。"
