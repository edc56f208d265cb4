"""办件交接单 and 结果交接单: what goes from one place to the next, counted and signed by both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reportlab.lib.pagesizes import A4, landscape
from reportlab.platypus import NextPageTemplate, Spacer

from station_app.documents import fonts, page
from station_app.documents.lines import broken
from station_app.documents.slip_sheet import LATER, SlipSheet
from station_app.domain.batches import BatchKind
from station_app.domain.numbers import grouped

_SHEET = SlipSheet(landscape(A4))
_WIDTH = _SHEET.width
_SIZE = 10.5
_PADDING = 2.5
_ORIGINALS, _SIDES = 156.0, 7.0  # width of the column of originals, and what its padding takes
_MOST_LINES = 24  # of originals in one row, which can't go over the end of a page


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands on the slip of a kind of batch: title, heads of the two columns of papers, and their sums."""

    title: str
    count: str
    names: str
    sum_of_all: str
    sum_of_named: str
    unit: str
    continued: str
    agreed: str


_WORDS = {
    BatchKind.CASES: _Words(
        title="办件交接单",
        count="材料份数",
        names="原件名称及件数",
        sum_of_all="材料合计",
        sum_of_named="原件合计",
        unit="件",
        continued="（原件续上）",
        agreed="件数、份数、原件与本单相符",
    ),
    BatchKind.PAPERS: _Words(
        title="结果交接单",
        count="份数",
        names="决定书、证照及份数",
        sum_of_all="份数合计",
        sum_of_named="结果合计",
        unit="份",
        continued="（续上）",
        agreed="件数、份数、文号与本单相符",
    ),
}


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One case of the batch; `papers` counts all its papers, `originals` names the held ones with their counts.

    On a slip of decisions `originals` names the papers of the decision.
    """

    case_number: str
    applicant_masked: str
    item_name: str
    papers: int
    originals: tuple[tuple[str, int], ...]
    remark: str


@dataclass(frozen=True, slots=True)
class BatchSlip:
    """The words of one slip. `sample` prints 示例数据 across every page; `kind` says what the batch carries."""

    number: str
    from_name: str
    to_name: str
    offered_on: date
    offered_by: str
    rows: tuple[SlipRow, ...]
    sample: bool
    kind: BatchKind = BatchKind.CASES

    @property
    def words(self) -> _Words:
        """Return the words for what the batch carries."""
        return _WORDS[self.kind]


def render_batch_slip(slip: BatchSlip) -> bytes:
    """Return the slip as PDF on A4 landscape, as many pages as the rows need, each naming its batch and its number.

    Every case has a barcode of its own, so that the receiving clerk scans the pile paper by paper.

    Raises:
        StationError: glyph-missing, if a character of the slip cannot be printed.
    """
    story = [
        NextPageTemplate(LATER),
        _head(slip),
        Spacer(0, 6),
        _particulars(slip),
        Spacer(0, 6),
        _cases(slip),
        Spacer(0, 8),
        _closing(slip),
    ]
    layouts = _SHEET.layouts(slip.words.title, slip.number, sample=slip.sample)
    return page.build(story, layouts, slip.words.title)


def _head(slip: BatchSlip) -> page.Block:
    left = page.text("一式两份，交出、接收单位各存一份", _SIZE)
    right = [
        page.text("交接单号", _SIZE, centred=True),
        page.barcode(slip.number, 0.85, 26),
        page.text(grouped(slip.number), 11, centred=True),
    ]
    side = 210.0
    title = page.text(slip.words.title, 20, bold=True, centred=True)
    return page.table(
        [[left, title, right]],
        [side, _WIDTH - 2 * side, side],
        [("VALIGN", (0, 0), (0, 0), "TOP"), ("ALIGN", (2, 0), (2, 0), "CENTER")],
    )


def _particulars(slip: BatchSlip) -> page.Block:
    day = f"{slip.offered_on.year} 年 {slip.offered_on.month} 月 {slip.offered_on.day} 日"
    papers = sum(row.papers for row in slip.rows)
    originals = sum(count for row in slip.rows for _name, count in row.originals)
    rows = [
        ("交出单位", slip.from_name, "交出人", slip.offered_by, "办件数", f"{len(slip.rows)} 件"),
        (
            "接收单位",
            slip.to_name,
            "交出日期",
            day,
            slip.words.sum_of_all,
            f"{papers} 份",
        ),
    ]
    # 原件合计 stands by itself in the last column: it is the number both sides count first.
    label = 62.0
    cells = [
        [page.text(words, _SIZE + 0.5, centred=column % 2 == 0) for column, words in enumerate(row)] for row in rows
    ]
    cells[0].append(page.text(slip.words.sum_of_named, _SIZE + 0.5, centred=True))
    cells[1].append(page.text(f"{originals} {slip.words.unit}", 14, bold=True, centred=True))
    widths = [label, 0, label, 118, label, 66, 72]
    widths[1] = _WIDTH - sum(widths)
    return page.table(cells, widths, page.ruled(3))


def _cases(slip: BatchSlip) -> page.Block:
    head = ("序号", "代办登记号", "申请人", "办理事项", slip.words.count, slip.words.names, "备注", "收件核对")
    cells: list[list[page.Block]] = [[page.text(words, _SIZE, bold=True, centred=True) for words in head]]
    for line, row in enumerate(slip.rows, start=1):
        cells += _case(line, row, slip.words)
    widths = [30, 182, 52, 0, 36, _ORIGINALS, 80, 36]
    widths[3] = _WIDTH - sum(widths)
    commands = [
        *page.ruled(_PADDING),
        ("LEFTPADDING", (1, 1), (1, -1), 0),
        ("RIGHTPADDING", (1, 1), (1, -1), 0),
        ("ALIGN", (1, 1), (1, -1), "CENTER"),
    ]
    return page.table(cells, widths, commands, repeatRows=1)


def _case(line: int, row: SlipRow, words: _Words) -> list[list[page.Block]]:
    """Return the row of a case; where it holds more originals than a row takes, they go on in further ones."""
    number = [
        Spacer(0, 2),
        page.barcode(row.case_number, 0.84, 19),
        page.text(grouped(row.case_number), 10, centred=True),
    ]
    named = [f"{name} {count} {words.unit}" for name, count in row.originals] or ["无"]
    lines = [part for name in named for part in broken(name, fonts.widths(name, _SIZE), _ORIGINALS - _SIDES)]
    held = [page.text("\n".join(lines[at : at + _MOST_LINES]), _SIZE) for at in range(0, len(lines), _MOST_LINES)]
    first = [
        page.text(str(line), _SIZE, centred=True),
        number,
        page.text(row.applicant_masked, _SIZE, centred=True),
        page.text(row.item_name, _SIZE),
        page.text(str(row.papers), _SIZE, centred=True),
        held[0],
        page.text(row.remark, _SIZE),
        page.text("□", 14, centred=True),
    ]
    further = page.text(words.continued, _SIZE, centred=True)
    return [
        first,
        *([page.text(str(line), _SIZE, centred=True), further, "", "", "", part, "", ""] for part in held[1:]),
    ]


def _closing(slip: BatchSlip) -> page.Block:
    """Return what both sides fill in: differences at the left, the two signatures at the right."""
    left = 0.44 * _WIDTH
    right = _WIDTH - left
    differences = [
        page.text("差异记录", _SIZE + 0.5, bold=True),
        page.text(f"□ 无差异：{slip.words.agreed}", _SIZE),
        page.text("□ 有差异（写明序号：少收、多收、破损、信息不符，可写背面）：", _SIZE),
    ]
    signatures = [
        _signature(title, unit, right - 8) for title, unit in (("交出", slip.from_name), ("接收", slip.to_name))
    ]
    rows: list[list[page.Block]] = [[differences, signatures[0]], ["", signatures[1]]]
    commands = [*page.ruled(3), ("SPAN", (0, 0), (0, 1)), ("VALIGN", (0, 0), (0, 1), "TOP")]
    return page.table(rows, [left, right], commands)


def _signature(title: str, unit: str, width: float) -> list[page.Block]:
    name = page.signature(f"{title}人签名：", _SIZE, width * 0.4)
    when = page.blanks(_SIZE, "时间：", "年", "月", "日", "时", "分")
    line = page.table([[name, when]], [width * 0.42, width * 0.58], [])
    return [page.text(f"{title}单位：{unit}", _SIZE), Spacer(0, 8), line]
