"""What a bench has found, told in words for people and in lines that `python -m tests.bench` reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

MARK = "figure "


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a bench.

    Args:
        name: what was measured.
        found: the figure with its unit.
        ratio: how often it is its lower bound, which was measured in the same run; None where there is none.
        limit: what must be so, in words, "" for a figure without a limit. Counts, bytes and answers alone have one: a
            time would fail wherever the machine has other work.
        held: whether it is so.
    """

    name: str
    found: str
    ratio: float | None = None
    limit: str = ""
    held: bool = True


def finish(figures: Sequence[Figure]) -> int:
    """Print each figure in a line for programs; return the status with which to end: 1 where a limit is not held."""
    for figure in figures:
        print(MARK + json.dumps(asdict(figure), ensure_ascii=False), flush=True)
    return int(not all(figure.held for figure in figures))


def figure_in(line: str) -> Figure | None:
    """Return the figure that a line of a bench's output tells, None for words."""
    return Figure(**json.loads(line.removeprefix(MARK))) if line.startswith(MARK) else None
