"""The table of what the center has not got."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from station_app.exchange.curable import Remedy
from station_app.messages import text_of, waiting_text
from station_app.ui.models.dates import Word, instant_text
from station_app.ui.models.printed import grouped
from station_app.ui.models.row_table import Column, RowTable
from station_app.ui.tokens import Tone
from station_app.usecases.unsent import CASE, COUNTED_BATCH, SENT_BATCH, Unsent, UnsentPage


def unsent_table(clock: Callable[[], datetime], center: str) -> RowTable[Unsent]:
    """Return the table of what waits, with reasons in words.

    Args:
        center: what this office's center is called.
    """
    return RowTable(
        (
            Column("谁的、什么事", _about_words),
            Column("单号", lambda row: grouped(row.label), 275),
            Column("等了多久", lambda row: f"{_instant(row.since, clock())} 起\n{row.events} 条", 130),
            Column("为什么、怎么办", lambda row: _why_words(row, clock(), center), 340, _why_tone),
        ),
        key=lambda row: row.subject_id,
    )


def _about_words(row: Unsent) -> str:
    words = {
        CASE: f"{row.who}\n{row.about}",
        SENT_BATCH: f"交接给{row.who}，{row.about}",
        COUNTED_BATCH: f"清点{row.who}交来的，{row.about}",
    }
    return words.get(row.kind, "其他记录")


def _why_words(row: Unsent, now: datetime, center: str) -> str:
    if row.remedy is not None:
        return f"{center}没有收：{waiting_text(row.code, center)}{_what_to_do(row, now, center)}"
    next_time = f"下次自动上传：{instant_text(row.next_attempt, now)}。" if row.next_attempt else ""
    return f"{waiting_text(row.code, center) or '等待上传。'}{next_time}"


def _what_to_do(row: Unsent, now: datetime, center: str) -> str:
    if row.remedy is Remedy.PEOPLE:
        return f"{center}核对收下以后，自己会算数，不用再传。"
    if row.remedy is Remedy.ANEW:
        where = "请打开这件，照现在的情况把这一步再写一次，写过的那里都看得到。"
        return f"再传也不会收。{where if row.kind == CASE else '请照纸质单据把这一步再办一次。'}"
    if row.to_be_retried:
        return "已记下，下次同步时再传一次。"
    if row.retried_at:
        return f"{instant_text(row.retried_at, now)} 又传过，还是没有收。和{center}说好以后，可以再按“重试”。"
    return f"和{center}说好以后，按“重试”再传一次。"


def _why_tone(row: Unsent) -> Tone:
    if row.refused:
        return Tone.BAD
    return Tone.WARN if row.code else Tone.INFO


def state_word(page: UnsentPage, now: datetime, center: str) -> Word:
    """Return how far the work has come, in one sentence; green only where that is known to be so."""
    last = f"上次同步：{instant_text(page.last_ok_at, now)}" if page.last_ok_at else f"这台电脑还没有和{center}同步过"
    refused = sum(entry.refused for entry in page.entries)
    if refused:
        return Word(f"有 {refused} 件{center}没有收。写下的内容都在本机，照下面说的办。{last}。", Tone.BAD)
    waiting = len(page.entries) + page.more
    if waiting:
        return Word(f"有 {waiting} 件还没有传到{center}，都已存在本机，联网后自动上传。{last}。", Tone.INFO)
    if page.stale:
        return Word(f"没有等待上传的。但是{last}，{center}有没有新的消息，要同步以后才知道。", Tone.STALE)
    if page.left:
        why = "".join(text_of(error, center) for error in page.left)
        return Word(f"写下的都已传到{center}。{why}{last}。", Tone.INFO)
    return Word(f"都已传到{center}，两边核对一样。{last}。", Tone.GOOD)


def retry_text(events: int, center: str) -> str:
    """Return what is told once somebody wanted to have refused steps judged anew."""
    if not events:
        return "这一件没有要再传的，请看最新的情况。"
    return f"已记下，马上再传 {events} 条。{center}收下了，这一件会从这里消失；还是没有收的，这里写明。"


def export_text(path: str, events: int) -> str:
    """Return what is told of a file for technical support: where it lies, what it holds, and what comes next."""
    holds = f"里面是 {events} 条记录的编号、时间和没有收的原因，没有件的内容，没有群众的个人信息"
    return f"已存到 {path}。{holds}，可以交给技术支持。存在优盘上的，请先安全弹出再拔。"


def _instant(at: datetime | None, now: datetime) -> str:
    return instant_text(at, now) if at else "—"
