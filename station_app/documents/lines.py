"""Where a line of Chinese may end: no comma or closing mark begins a line, no opening mark ends one."""

from __future__ import annotations

from collections.abc import Sequence

_NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕”’…·％,.;:?!)]}")
_NOT_LAST = frozenset("（《〈「『【〔“‘([{")


def broken(text: str, widths: Sequence[float], available: float) -> list[str]:
    """Return the lines of `text` for a column; words of Latin letters or digits stay whole if a line can hold them.

    Args:
        text: one paragraph, without line breaks.
        widths: how wide each of its characters prints, in the unit of `available`.
        available: the width of the column; a character wider than that gets a line of its own.

    Source: GB/T 15834-2011 标点符号用法, 5.1 (marks at the ends of lines).
    """
    lines: list[str] = []
    start = 0
    while start < len(text):
        end = _fitting(widths, start, available)
        if end < len(text):
            end = next((cut for cut in range(end, start, -1) if _may_break(text, cut)), end)
        lines.append(text[start:end].strip(" "))
        start = end
    return lines or [""]


def _fitting(widths: Sequence[float], start: int, available: float) -> int:
    """Return the end of what fits from `start` on, at least one character."""
    used, end = 0.0, start
    while end < len(widths) and used + widths[end] <= available + 0.01:
        used += widths[end]
        end += 1
    return max(end, start + 1)


def _may_break(text: str, cut: int) -> bool:
    before, after = text[cut - 1], text[cut]
    if after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return before == " " or not (_in_word(before) and _in_word(after))


def _in_word(character: str) -> bool:
    return character.isascii() and character != " "
