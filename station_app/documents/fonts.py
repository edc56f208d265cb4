"""The fonts of the papers: each character gets a font that has it, or the paper is refused."""

from __future__ import annotations

import threading
from functools import cache
from itertools import groupby

from reportlab.pdfbase import pdfmetrics, ttfonts

from station_app.domain.errors import StationError
from station_app.paths import resource

REGULAR = "NotoSerifSC-Regular"
BOLD = "NotoSerifSC-Bold"
RARE = "HanaMinB"

_CHARS_PER_BLOCK = 100  # a CMap may not list more in one bfchar block

# reportlab keeps a read position inside each font while it cuts a subset, so two papers must not be made at once.
RENDER_LOCK = threading.RLock()


def _to_unicode_cmap(font_name: str, subset: list[int]) -> str:
    """Return the CMap that turns the codes of an embedded subset back into text (PDF 32000-1, 9.10.3).

    reportlab 5.1 writes U+2CB4E as five hex digits, where the format wants UTF-16BE; copied or searched names then
    come out as other characters. This replaces its function.
    """
    pairs = [f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for code, point in enumerate(subset)]
    blocks = [pairs[start : start + _CHARS_PER_BLOCK] for start in range(0, len(pairs), _CHARS_PER_BLOCK)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << /Registry ({font_name}) /Ordering ({font_name}) /Supplement 0 >> def",
        f"/CMapName /{font_name} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        f"<00> <{len(subset) - 1:02X}>",
        "endcodespacerange",
    ]
    for block in blocks:
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines, "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"])


@cache
def _glyphs(font_name: str) -> dict[int, int]:
    """Register the font once per process and return which glyph it has for each code point."""
    with RENDER_LOCK:
        ttfonts.makeToUnicodeCMap = _to_unicode_cmap
        font = ttfonts.TTFont(font_name, str(resource(f"fonts/{font_name}.ttf")))
        pdfmetrics.registerFont(font)
        glyphs: dict[int, int] = font.face.charToGlyph
        return glyphs


def load(font_name: str) -> str:
    """Make sure that the font is registered with reportlab; return its name."""
    _glyphs(font_name)
    return font_name


def _font_for(character: str, main: str) -> str:
    point = ord(character)
    # The rare font is 30 MB: it is looked into only when the main one has no glyph.
    for name in (main, RARE):
        if _glyphs(name).get(point):
            return name
    raise StationError("glyph-missing", character=character, code_point=f"U+{point:04X}")


def runs(text: str, *, bold: bool = False) -> list[tuple[str, str]]:
    """Split `text` into (font name, run) pairs; joined, the runs are the text again.

    Raises:
        StationError: glyph-missing (character, code_point), if no font of ours can print a character. A paper without
            it would name another person (GB 18030-2022, implementation level 3).
    """
    main = BOLD if bold else REGULAR
    return [(name, "".join(part)) for name, part in groupby(text, key=lambda character: _font_for(character, main))]


def widths(text: str, size: float, *, bold: bool = False) -> list[float]:
    """Return how wide each character of `text` prints at `size`, in points."""
    return [float(pdfmetrics.stringWidth(one, name, size)) for name, run in runs(text, bold=bold) for one in run]
