"""What all papers share: page frames, text cells, table lines, number barcodes, page numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import groupby
from typing import Any

from reportlab import rl_config
from reportlab.graphics.barcode import qrencoder
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import Color, black
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Table, TableStyle

from station_app.documents import fonts
from station_app.documents.lines import broken

LINE = 0.6  # points; a thinner one vanishes on worn drums
_WATERMARK = Color(0.90, 0.90, 0.90)

_BARE = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
]
_LEADING = 1.25  # line height, of the type size

Block = Any  # reportlab has no types; the names say what is meant
Layout = Any
Drawing = Callable[[Any], None]


def barcode(number: str, module_width: float, height: float) -> Block:
    """Return a Code 128 symbol (ISO/IEC 15417) with its quiet zones.

    Pairs of digits go into code set C; of an odd count, the last digit alone needs another set.

    Args:
        number: digits only.
        module_width: width of the narrowest bar, in points; hand scanners want at least 0.7 (0.25 mm).
        height: in points.
    """
    if not (number.isascii() and number.isdigit()):
        raise ValueError("a printed barcode carries digits only")
    quiet = 10 * module_width
    return Code128(number, barWidth=module_width, barHeight=height, lquiet=quiet, rquiet=quiet)


QR_MODULE = 72 * 6 / 300
"""Points: 0.508 mm, which is six dots of a printer with 300 dots per inch."""
_QUIET = 4  # modules round a QR code (ISO/IEC 18004, 6.3.8)


class QrBlock(Flowable):  # type: ignore[misc]
    """A QR code (ISO/IEC 18004) of digits in numeric mode, error correction level M, with its quiet zone."""

    def __init__(self, digits: str) -> None:
        super().__init__()
        if not (digits.isascii() and digits.isdigit()):
            raise ValueError("a printed code carries digits only")
        code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
        code.addData(qrencoder.QRNumber(digits))
        code.make()
        self._rows = [[bool(dark) for dark in row] for row in code.modules]
        self.width = self.height = (len(self._rows) + 2 * _QUIET) * QR_MODULE

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setFillGray(0)
        for number, row in enumerate(self._rows):
            bottom = self.height - (number + 1 + _QUIET) * QR_MODULE
            column = 0
            for dark, run in groupby(row):
                width = len(list(run))
                if dark:
                    left = (column + _QUIET) * QR_MODULE
                    self.canv.rect(left, bottom, width * QR_MODULE, QR_MODULE, stroke=0, fill=1)
                column += width


class TextBlock(Flowable):  # type: ignore[misc]
    """Words in one size, broken into lines as wide as the column they stand in.

    Not a reportlab Paragraph: that takes markup, so a name could act as a tag, and it begins lines with a comma.
    """

    def __init__(self, words: str, size: float, *, bold: bool, centred: bool) -> None:
        super().__init__()
        # Measured at once, so that a character without glyph refuses the paper before anything is drawn.
        self._paragraphs = [(line, fonts.widths(line, size, bold=bold)) for line in words.splitlines() or [""]]
        self._size, self._bold, self._centred = size, bold, centred
        self._lines: list[str] = []

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        self._lines = [line for words, widths in self._paragraphs for line in broken(words, widths, available_width)]
        self.width, self.height = available_width, len(self._lines) * self._size * _LEADING
        return self.width, self.height

    def draw(self) -> None:
        for index, line in enumerate(self._lines):
            free = self.width - sum(fonts.widths(line, self._size, bold=self._bold)) if self._centred else 0
            baseline = self.height - index * self._size * _LEADING - self._size
            _draw_line(self.canv, line, (free / 2, baseline), self._size, bold=self._bold)


def _draw_line(canvas: Any, line: str, place: tuple[float, float], size: float, *, bold: bool = False) -> None:
    words = canvas.beginText(*place)
    for name, run in fonts.runs(line, bold=bold):
        words.setFont(name, size)
        words.textOut(run)
    canvas.drawText(words)


def text(words: str, size: float, *, bold: bool = False, centred: bool = False) -> TextBlock:
    """Return `words` as a block; they print literally, their line breaks stay.

    Raises:
        StationError: glyph-missing, as `fonts.runs`.
    """
    return TextBlock(words, size, bold=bold, centred=centred)


def table(
    rows: Sequence[Sequence[Block]], widths: Sequence[float], commands: list[tuple[Any, ...]], **options: Any
) -> Table:
    """Return a table of blocks without default padding; `commands` are reportlab table style commands."""
    # An empty cell would otherwise name Helvetica in the file.
    font = ("FONTNAME", (0, 0), (-1, -1), fonts.load(fonts.REGULAR))
    return Table(rows, colWidths=list(widths), style=TableStyle([font, *_BARE, *commands]), **options)


def ruled(padding: float) -> list[tuple[Any, ...]]:
    """Return the commands for a table with lines round every cell and `padding` points above and below the text."""
    return [
        ("GRID", (0, 0), (-1, -1), LINE, black),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), padding),
        ("BOTTOMPADDING", (0, 0), (-1, -1), padding + 1.5),  # Song glyphs sit low in their line
    ]


def signature(label: str, size: float, width: float) -> Table:
    """Return `label` and a line to sign on, together `width` points wide."""
    used = sum(fonts.widths(label, size)) + 4
    line = [("LINEBELOW", (1, 0), (1, 0), LINE, black)]
    return table([[text(label, size), ""]], [used, width - used], line)


def blanks(size: float, label: str, *units: str) -> TextBlock:
    """Return a line to fill in by hand: the label, then room to write before each unit (年, 月, 日, ...)."""
    return text(label + "".join(" " * (14 if unit == "年" else 9) + unit for unit in units), size)


def height_of(story: list[Block], width: float) -> float:
    """Return how many points the blocks take, one under the other, in a column of `width` points."""
    return float(sum(block.wrap(width, 10_000)[1] for block in story))


def draw_text(canvas: Any, words: str, place: tuple[float, float], size: float, *, grey: float = 0.0) -> None:
    """Draw one centred line at a place given in points from the lower left corner."""
    canvas.saveState()
    canvas.setFillGray(grey)
    _draw_line(canvas, words, (place[0] - sum(fonts.widths(words, size)) / 2, place[1]), size)
    canvas.restoreState()


def draw_watermark(canvas: Any, places: list[tuple[float, float]]) -> None:
    """Draw 示例数据 in light grey across each of the places, under everything else."""
    for x, y in places:
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(24)
        canvas.setFillColor(_WATERMARK)
        canvas.setFont(fonts.load(fonts.REGULAR), 72)
        canvas.drawCentredString(0, -24, "示例数据")
        canvas.restoreState()


class _NumberedCanvas(Canvas):  # type: ignore[misc]
    """Holds the pages back until their count is known, then writes 第 x 页 共 y 页 on those that asked for it.

    Pages count within their part (`part`), so that each copy of a paper is numbered for itself.
    """

    part = ""
    numbered_at: tuple[float, float] | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._held: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._held.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        parts = [page.get("part", "") for page in self._held]
        for index, page in enumerate(self._held):
            self.__dict__.update(page)
            if self.numbered_at:
                part = parts[index]
                label = f"第 {parts[: index + 1].count(part)} 页 共 {parts.count(part)} 页"
                draw_text(self, label, self.numbered_at, 10.5)
            super().showPage()
        super().save()


def layout(name: str, size: tuple[float, float], frames: list[Frame], draw: Drawing) -> Layout:
    """Return a page layout; `draw` puts on each page what is under or beside the frames."""
    return PageTemplate(id=name, frames=frames, pagesize=size, onPage=lambda canvas, _doc: draw(canvas))


def frame(name: str, left: float, bottom: float, width: float, height: float) -> Frame:
    """Return the area of a page that blocks flow into, in points, without padding."""
    return Frame(left, bottom, width, height, id=name, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def build(story: list[Block], layouts: list[Layout], title: str) -> bytes:
    """Return the PDF; the same story gives the same bytes, and no font but ours is named in it."""
    with fonts.RENDER_LOCK:
        rl_config.invariant = 1
        rl_config.canvas_basefontname = fonts.load(fonts.REGULAR)
        buffer = BytesIO()
        document = BaseDocTemplate(
            buffer, pageTemplates=layouts, title=title, author="", creator="station_app", lang="zh-CN"
        )
        document.build(story, canvasmaker=_NumberedCanvas)
        return buffer.getvalue()
