"""The figures that the manual promises, for the tests that count."""

from __future__ import annotations

import re
from pathlib import Path

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "manual" / "README.md"
_CASE = re.compile(
    r"除此以外一共按 (\d+) 下。\s+选事项 (\d+) 下.*?回车 (\d+) 下，三份材料 (\d+) 下.*?F8 存好并打印 (\d+) 下"
)
_BATCH = re.compile(
    r"扫交接单 (\d+) 下，点完按 F8 确认 (\d+) 下。中间每一件，齐 (\d+) 下，少一份 (\d+) 下，退 (\d+) 下。\s+"
    r"先扫这一件的收件凭证再点，多 (\d+) 下"
)


def keys_of_a_case() -> int:
    """Return the keys that a case takes besides the applicant's own data; the parts named beside them add up to it."""
    whole, *parts = _figures(_CASE)
    assert whole == sum(parts)
    return whole


def acts_of_a_batch() -> tuple[int, int, int, int, int, int]:
    """Return the acts for the slip, for saving, for a case that is complete, short, given back, and for its receipt."""
    slip, save, complete, short, back, receipt = _figures(_BATCH)
    return slip, save, complete, short, back, receipt


def _figures(pattern: re.Pattern[str]) -> list[int]:
    found = pattern.search(MANUAL.read_text("utf-8"))
    assert found, f"the manual no longer says {pattern.pattern}"
    return [int(figure) for figure in found.groups()]
