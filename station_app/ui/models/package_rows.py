"""The table of packages, and what the page says of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from station_app.messages import sentence
from station_app.ui.models.dates import Word, instant_text
from station_app.ui.models.row_table import Column, RowTable
from station_app.ui.ports import Brought, Packed
from station_app.ui.tokens import Tone
from station_app.usecases.package_pages import Destination, PackageRow, PackagesPage
from station_app.usecases.package_port import PackageStep
from station_app.usecases.times import read_stamp

MOST_NAMED = 5
_MB = 1 << 20


def package_table(clock: Callable[[], datetime]) -> RowTable[PackageRow]:
    """Return the table of packages that were made and that have come."""
    return RowTable(
        (
            Column("哪一个包", _which),
            Column("什么时候", lambda row: instant_text(read_stamp(row.note.at), clock()), 200),
            Column("对方收到没有", lambda row: _mark(row, clock()).text, 420, lambda row: _mark(row, clock()).tone),
        ),
        key=lambda row: row.note.package_id,
    )


def _which(row: PackageRow) -> str:
    return f"{'给' if row.note.made else '收到'}{row.name}{'' if row.note.made else '来'}的第 {row.note.number} 个包"


def _mark(row: PackageRow, now: datetime) -> Word:
    if not row.note.made:
        return Word("已收进本机；回执随下一个包带回去。", Tone.PLAIN)
    if row.note.confirmed_at:
        return Word(f"对方已收到，{instant_text(read_stamp(row.note.confirmed_at), now)} 带回了回执。", Tone.GOOD)
    return Word("已写出，还没有回执。没有回执的内容，会再放进下一个包。", Tone.INFO)


def destination_text(found: Destination) -> str:
    """Return an office in the list of those to which a package may go."""
    along = f"（代转 {found.carried} 份）" if found.carried else ""
    return f"{found.name}{'（本单位另一台电脑）' if found.own else ''}{along}"


def state_word(page: PackagesPage, center: str) -> Word:
    """Return in a sentence or two what there is to be carried."""
    left = [f"{page.waiting} 条"] if page.waiting else []
    left += [f"附件 {page.files} 份"] if page.files else []
    waiting = f"有 {'、'.join(left)}还没有到{center}" if left else f"都已到{center}"
    carried = f"；替别的单位代转的有 {page.carried} 份，联网后自动转交，或随下一个包带走" if page.carried else ""
    refused = f"；其中 {page.refused} 份{center}没有收，请联系{center}" if page.refused else ""
    tone = Tone.BAD if page.refused else (Tone.INFO if left or page.carried else Tone.GOOD)
    return Word(f"{waiting}{carried}{refused}。", tone)


def packed_text(found: Packed, name: str) -> str:
    """Return what is told of a package that was written."""
    files = f"，附件 {found.files} 份" if found.files else ""
    volumes = f"这个包分成了 {found.volumes} 个文件，都在同一个文件夹里，都要带去。" if found.volumes > 1 else ""
    return f"已写到 {found.path}：给{name}的第 {found.number} 个包{files}，已读回核对。{volumes}现在可以安全拔出。"


def step_text(step: PackageStep, doing: str) -> str:
    """Return how far a package has come, in bytes and files; `doing` is what is done with it."""
    size = f"{step.bytes / _MB:.0f} / {step.of_bytes / _MB:.0f} MB"
    files = f"，附件 {step.files} / {step.of_files} 份" if step.of_files else ""
    return f"{'正在读回核对' if step.checking else doing}：{size}{files}，请不要拔优盘…"


def brought_words(found: Sequence[Brought], center: str) -> Word:
    """Return what is told of packages that were read, each by its own sentence, the bad ones first."""
    texts = [_brought_text(one, center) for one in sorted(found, key=lambda one: not one.code)]
    return Word("\n".join(texts), Tone.BAD if any(one.code or one.codes or one.lacking for one in found) else Tone.GOOD)


def _brought_text(one: Brought, center: str) -> str:
    if one.code:
        return f"{one.file}：{sentence(one.code, one.params, center)}"
    records = f"新到 {one.pulled} 条，{center}已收本机 {one.settled} 条" if one.pulled or one.settled else ""
    files = f"附件 {one.files} 份" if one.files else ""
    news = "；".join(filter(None, (records, files))) or "没有新的内容"
    kept = f"；代转 {one.kept} 份" if one.kept else ""
    lacking = f"有 {one.lacking} 份附件没有收全，对方的下一个包会再带；也可以再收一次这个包。" if one.lacking else ""
    again = "（以前已经收过）" if one.again else ""
    numbers = "、".join(map(str, one.missing[-MOST_NAMED:]))
    missing = f"第 {numbers} 个包没有在这台电脑上收到。" if one.missing else ""
    why = "".join(sentence(code, {}, center) for code in one.codes)
    return f"收下{one.name}的第 {one.number} 个包{again}：{news}{kept}。{lacking}{missing}{why}"
