"""代办收件凭证 with 材料接收清单: one copy for the applicant, one stub for the point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4
from reportlab.platypus import FrameBreak, NextPageTemplate, PageBreak, Spacer

from station_app.documents import page
from station_app.domain.numbers import grouped

_TITLE = "代办收件凭证"
_NOT_ACCEPTANCE = "代办收件凭证，不等于行政机关受理"
_FREE = "免费代办，不收取任何费用"
_CARD_RETURNED = "居民身份证原件核对后当场退还，代办点不扣留（《居民身份证法》第十五条）。"
_KEEP_THIS = "请保管好本凭证：查询进度请报代办登记号；领取结果、领回原件时请带上本凭证。"

_PAGE_WIDTH, _PAGE_HEIGHT = A4
_MARGIN = 40.0
_EDGE = 22.0  # printers leave about 5 mm unprinted
_WIDTH = _PAGE_WIDTH - 2 * _MARGIN
_MIDDLE = _PAGE_HEIGHT / 2
_HALF = _MIDDLE - _EDGE - 12
_FOOT = 40.0
_SHEET = _PAGE_HEIGHT - _FOOT - 30
_SIGN_ROOM = 18.0


@dataclass(frozen=True, slots=True)
class ReceiptMaterial:
    """A line of the 材料接收清单; `originals` and `copies` count papers, `handling` says what becomes of them."""

    name: str
    originals: int
    copies: int
    handling: str


@dataclass(frozen=True, slots=True)
class CaseReceipt:
    """The words of one receipt; identity number and phone come masked. `sample` prints 示例数据 across it."""

    number: str
    item_name: str
    applicant_name: str
    id_number_masked: str
    phone_masked: str
    point_name: str
    point_phone: str
    agent_name: str
    received_on: date
    materials: tuple[ReceiptMaterial, ...]
    decided_by: str
    limit_text: str
    note: str
    sample: bool


@dataclass(frozen=True, slots=True)
class _Copy:
    part: str
    label: str
    for_applicant: bool


@dataclass(frozen=True, slots=True)
class _Density:
    """Type size and cell padding, in points."""

    size: float
    padding: float


_COPIES = (_Copy("applicant", "第一联（申请人留存）", True), _Copy("point", "第二联（代办点存根）", False))
_HALF_PAGE = (_Density(11, 2.2), _Density(10.5, 1.0))
_FULL_PAGE = (_Density(12, 3.5), _Density(12, 1.5), _Density(11, 1.2))


def render_case_receipt(receipt: CaseReceipt) -> bytes:
    """Return the receipt as PDF: both copies on one A4 sheet to be cut, or each on a sheet of its own if they are long.

    Raises:
        StationError: glyph-missing, if a character of the receipt cannot be printed.

    Source: 行政许可法 第二十九条 (the point hands in for the applicant, it does not accept), 居民身份证法 第十五条.
    """
    for density in _HALF_PAGE:
        used = _heights(receipt, density)
        if max(used) <= _HALF:
            return _two_up(receipt, density, [_HALF - height for height in used])
    return _two_sheets(receipt)


def _heights(receipt: CaseReceipt, density: _Density) -> list[float]:
    return [page.height_of(_copy(receipt, copy, density), _WIDTH) for copy in _COPIES]


def _two_up(receipt: CaseReceipt, density: _Density, spare: list[float]) -> bytes:
    upper, lower = (_copy(receipt, copy, density, gap=min(room, 60)) for copy, room in zip(_COPIES, spare, strict=True))
    frames = [
        page.frame("upper", _MARGIN, _MIDDLE + 12, _WIDTH, _HALF + 1),
        page.frame("lower", _MARGIN, _EDGE, _WIDTH, _HALF + 1),
    ]

    def draw(canvas: Any) -> None:
        if receipt.sample:
            page.draw_watermark(canvas, [(_PAGE_WIDTH / 2, _MIDDLE * 1.5), (_PAGE_WIDTH / 2, _MIDDLE / 2)])
        _draw_cut_line(canvas)

    return page.build([*upper, FrameBreak(), *lower], [page.layout("two-up", A4, frames, draw)], _TITLE)


def _two_sheets(receipt: CaseReceipt) -> bytes:
    room = {density: _SHEET - max(_heights(receipt, density)) for density in _FULL_PAGE}
    # A list too long for one sheet flows on to the next in the smallest type, to save sheets.
    density = next((density for density in _FULL_PAGE if room[density] > _SIGN_ROOM), _FULL_PAGE[-1])
    gap = min(max(room[density], _SIGN_ROOM), 60)
    story: list[page.Block] = []
    for copy in _COPIES:
        story += [NextPageTemplate(copy.part), PageBreak()] if story else []
        story += _copy(receipt, copy, density, gap)
    return page.build(story, [_sheet(receipt, copy) for copy in _COPIES], _TITLE)


def _sheet(receipt: CaseReceipt, copy: _Copy) -> page.Layout:
    def draw(canvas: Any) -> None:
        if receipt.sample:
            page.draw_watermark(canvas, [(_PAGE_WIDTH / 2, _MIDDLE)])
        canvas.part = copy.part
        page.draw_text(canvas, f"代办登记号 {grouped(receipt.number)}", (_PAGE_WIDTH * 0.35, 24), 10.5)
        canvas.numbered_at = (_PAGE_WIDTH * 0.75, 24)

    area = page.frame(copy.part, _MARGIN, _FOOT, _WIDTH, _SHEET)
    return page.layout(copy.part, A4, [area], draw)


def _draw_cut_line(canvas: Any) -> None:
    canvas.saveState()
    canvas.setLineWidth(page.LINE)
    canvas.setDash(4, 3)
    canvas.line(_EDGE, _MIDDLE, _PAGE_WIDTH / 2 - 50, _MIDDLE)
    canvas.line(_PAGE_WIDTH / 2 + 50, _MIDDLE, _PAGE_WIDTH - _EDGE, _MIDDLE)
    canvas.restoreState()
    page.draw_text(canvas, "沿 此 线 裁 开", (_PAGE_WIDTH / 2, _MIDDLE - 3.5), 10.5, grey=0.3)


def _copy(receipt: CaseReceipt, copy: _Copy, density: _Density, gap: float = 0) -> list[page.Block]:
    """Return one copy from top to bottom; `gap` points are spread over its gaps, most of it as room to sign."""
    closing = [*_notes(receipt, copy, density), Spacer(0, 6 + gap * 0.6), _signatures(copy, density)]
    return [
        _head(receipt, copy),
        Spacer(0, 4 + gap * 0.1),
        _banner(density),
        Spacer(0, 4 + gap * 0.1),
        _particulars(receipt, density),
        _materials(receipt, density),
        Spacer(0, 3 + gap * 0.1),
        page.table([[closing]], [_WIDTH], []),  # one cell: signatures never part from what they sign
    ]


def _head(receipt: CaseReceipt, copy: _Copy) -> page.Block:
    side = 176.0
    left = [page.text(receipt.point_name, 10.5), Spacer(0, 3), page.text(copy.label, 10.5)]
    middle = [
        page.text(_TITLE, 18, bold=True, centred=True),
        page.text("（材料接收清单）", 11, centred=True),
    ]
    right = [
        page.text("代办登记号", 10.5, centred=True),
        page.barcode(receipt.number, 0.82, 24),
        page.text(grouped(receipt.number), 10.5, centred=True),
    ]
    return page.table(
        [[left, middle, right]],
        [side, _WIDTH - 2 * side, side],
        [("VALIGN", (0, 0), (0, 0), "TOP"), ("ALIGN", (2, 0), (2, 0), "CENTER")],
    )


def _banner(density: _Density) -> page.Block:
    words = [page.text(line, density.size + 1, bold=True, centred=True) for line in (_NOT_ACCEPTANCE, _FREE)]
    box = [
        ("BOX", (0, 0), (-1, -1), 1.2, black),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    return page.table([words], [_WIDTH * 0.55, _WIDTH * 0.45], box)


def _particulars(receipt: CaseReceipt, density: _Density) -> page.Block:
    """Return the ruled block of who, what, when and where to ask."""
    day = receipt.received_on
    received = f"{day.year} 年 {day.month} 月 {day.day} 日"
    phone = receipt.phone_masked or "未留"
    short = [
        (
            "申请人",
            receipt.applicant_name,
            "证件号码",
            receipt.id_number_masked,
            "联系电话",
            phone,
        ),
        ("收件人", f"{receipt.agent_name}（代办员）", "收件日期", received, *_ask_at(receipt)),
    ]
    long = [("办理事项", receipt.item_name), ("办理去向", receipt.decided_by), ("办理时限", receipt.limit_text)]
    long += [("备注", receipt.note)] if receipt.note else []
    cells: list[list[page.Block]] = [
        [page.text(words, density.size, centred=column % 2 == 0) for column, words in enumerate(row)]
        for row in [*short, *long]
    ]
    spans = [("SPAN", (1, line), (-1, line)) for line in range(len(short), len(cells))]
    for line in range(len(short), len(cells)):
        cells[line] += [""] * 4
    label = density.size * 4 + 8.5
    widths = [label, 0.0, label, density.size * 9.4 + 8, label, density.size * 7 + 8]
    widths[1] = _WIDTH - sum(widths)
    return page.table(cells, widths, [*page.ruled(density.padding), *spans])


def _ask_at(receipt: CaseReceipt) -> tuple[str, str]:
    return ("查询电话", receipt.point_phone) if receipt.point_phone else ("查询", "到本代办点")


def _materials(receipt: CaseReceipt, density: _Density) -> page.Block:
    """Return the 材料接收清单 with its totals, which show a line added later."""
    originals = sum(material.originals for material in receipt.materials)
    copies = sum(material.copies for material in receipt.materials)
    rows = [
        ("序号", "材料名称", "原件", "复印件", "原件处理"),
        *(
            (str(line), material.name, _papers(material.originals), _papers(material.copies), _handling(material))
            for line, material in enumerate(receipt.materials, start=1)
        ),
        ("合计", f"共 {len(receipt.materials)} 项材料", _papers(originals), _papers(copies), ""),
    ]
    cells = [
        [
            page.text(words, density.size, bold=line == 0, centred=column != 1 or line == 0)
            for column, words in enumerate(row)
        ]
        for line, row in enumerate(rows)
    ]
    widths = [36.0, 0.0, 46.0, 46.0, 112.0]
    widths[1] = _WIDTH - sum(widths)
    commands = [*page.ruled(density.padding), ("LINEABOVE", (0, 0), (-1, 0), 1.2, black)]
    return page.table(cells, widths, commands, repeatRows=1)


def _handling(material: ReceiptMaterial) -> str:
    """Return what becomes of the originals; where there are none, that the copies are kept."""
    if material.originals:
        return material.handling
    return "复印件收取" if material.copies else "—"


def _papers(count: int) -> str:
    return f"{count} 份" if count else "—"


def _notes(receipt: CaseReceipt, copy: _Copy, density: _Density) -> list[page.Block]:
    if copy.for_applicant:
        lines = [f"1. {_CARD_RETURNED}", f"2. {_KEEP_THIS}"]
    else:
        lines = ["以上材料已当面点清，双方签名确认。"]
    return [page.text(line, density.size) for line in lines]


def _signatures(copy: _Copy, density: _Density) -> page.Block:
    half = _WIDTH / 2
    rows = [
        [
            page.signature("申请人（签名或捺印）：", density.size, half - 12),
            page.signature("代办员（签名）：", density.size, half),
        ]
    ]
    if not copy.for_applicant:
        rows.append(
            [
                page.signature("原件已领回（签名）：", density.size, half - 12),
                page.blanks(density.size, "领回日期：", "年", "月", "日"),
            ]
        )
    return page.table(rows, [half, half], [("TOPPADDING", (0, 1), (-1, -1), 10)])
