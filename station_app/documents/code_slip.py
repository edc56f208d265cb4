"""交接码单: the cases of a batch as QR codes of digits, for where no medium may be carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reportlab.lib.pagesizes import A4
from reportlab.platypus import KeepTogether, NextPageTemplate, Spacer

from station_app.documents import fonts, page
from station_app.documents.lines import broken
from station_app.documents.slip_sheet import LATER, SlipSheet
from station_app.domain.numbers import grouped

_SHEET = SlipSheet(A4)
_WIDTH = _SHEET.width
_SIZE = 10.5
_CODE = 158.0  # width of the column of codes: 101 modules and a little
_TITLE = "办件交接码单"
_MOST_LINES = 4  # of originals: the list that is counted by is the 交接单


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One case behind a code; `papers` counts all its papers, `originals` names the held ones with their counts."""

    case_number: str
    applicant_masked: str
    item_name: str
    papers: int
    originals: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A symbol: its digits, and the cases in it."""

    digits: str
    rows: tuple[CodeRow, ...]


@dataclass(frozen=True, slots=True)
class CodeSlip:
    """The words of one slip. `sample` prints 示例数据 across every page; `printed_at` is a local time to the minute."""

    number: str
    from_name: str
    to_name: str
    offered_on: date
    offered_by: str
    printed_at: str
    codes: tuple[Code, ...]
    sample: bool


def render_code_slip(slip: CodeSlip) -> bytes:
    """Return the slip as PDF on A4, as many pages as the codes need, each naming its batch and its number.

    A code never stands on two pages, nor apart from the cases in it.

    Raises:
        StationError: glyph-missing, if a character of the slip cannot be printed.
    """
    story = [NextPageTemplate(LATER), *_head(slip), Spacer(0, 6), _particulars(slip), Spacer(0, 6), _how(slip)]
    for place, code in enumerate(slip.codes, start=1):
        before = sum(len(earlier.rows) for earlier in slip.codes[: place - 1])
        story += [Spacer(0, 8), KeepTogether([_symbol(code, place, len(slip.codes), before)])]
    layouts = _SHEET.layouts(_TITLE, slip.number, sample=slip.sample)
    return page.build(story, layouts, _TITLE)


def _head(slip: CodeSlip) -> list[page.Block]:
    return [
        page.text(_TITLE, 20, bold=True, centred=True),
        Spacer(0, 4),
        page.table(
            [
                [page.barcode(slip.number, 0.85, 26)],
                [page.text(f"交接单号 {grouped(slip.number)}", 11, centred=True)],
            ],
            [_WIDTH],
            [("ALIGN", (0, 0), (-1, -1), "CENTER")],
        ),
    ]


def _particulars(slip: CodeSlip) -> page.Block:
    day = f"{slip.offered_on.year} 年 {slip.offered_on.month} 月 {slip.offered_on.day} 日"
    many = sum(len(code.rows) for code in slip.codes)
    rows = [
        ("交出单位", slip.from_name, "交出人", slip.offered_by),
        ("接收单位", slip.to_name, "交出日期", day),
        ("件数、码数", f"{many} 件，{len(slip.codes)} 张码", "打印时间", slip.printed_at),
    ]
    cells = [
        [page.text(words, _SIZE + 0.5, centred=column % 2 == 0) for column, words in enumerate(row)] for row in rows
    ]
    label = 66.0
    return page.table(cells, [label, _WIDTH - 2 * label - 150, label, 150], page.ruled(3))


def _how(slip: CodeSlip) -> page.Block:
    return page.text(
        f"{slip.to_name}请在“接收批次”里用扫码枪逐张扫下面的码，先后不限；扫全以后照常清点、接收。"
        "码里的内容只有接收单位打得开。码折了、脏了扫不出，请交出单位重新打印。",
        _SIZE,
    )


def _symbol(code: Code, place: int, total: int, before: int) -> page.Block:
    left = [
        page.QrBlock(code.digits),
        page.text(f"第 {place} 张，共 {total} 张（{place}/{total}）", _SIZE, bold=True, centred=True),
    ]
    rows = [_case(before + line, row) for line, row in enumerate(code.rows, start=1)]
    inner = _WIDTH - _CODE
    cases = page.table(rows, [28.0, inner - 28.0 - 8.0], [("TOPPADDING", (0, 0), (-1, -1), 4)])
    commands = [*page.ruled(3), ("ALIGN", (0, 0), (0, 0), "CENTER"), ("LEFTPADDING", (0, 0), (0, 0), 0)]
    return page.table([[left, cases]], [_CODE, inner], commands)


def _case(line: int, row: CodeRow) -> list[page.Block]:
    held = "、".join(f"{name} {count} 件" for name, count in row.originals) or "无"
    about = [
        page.text(f"{row.applicant_masked}　{row.item_name}", _SIZE + 0.5, bold=True),
        page.text(f"代办登记号 {grouped(row.case_number)}", _SIZE),
        page.text(f"材料 {row.papers} 份", _SIZE),
        page.text(_shortened(f"原件：{held}", _WIDTH - _CODE - 40), _SIZE),
    ]
    return [page.text(f"{line}.", _SIZE + 0.5, bold=True, centred=True), about]


def _shortened(words: str, width: float) -> str:
    """Return what has room in a few lines; the 交接单 names all."""
    lines: Sequence[str] = broken(words, fonts.widths(words, _SIZE), width)
    if len(lines) <= _MOST_LINES:
        return words
    return "".join(lines[:_MOST_LINES])[:-4] + "……"
