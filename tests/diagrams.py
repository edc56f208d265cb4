"""The states and arrows that docs/sync.md draws."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "sync.md").read_text(encoding="utf-8")
Arrow = tuple[str, str, str]


def arrows(first: str) -> list[Arrow]:
    """Return the arrows (state, why, state) of the group on the page that begins with this state."""
    group = re.split(r"\n\n|\n```", PAGE[PAGE.index(f"\n{first} ──") + 1 :])[0]
    found = [re.fullmatch(r"(\S.*?) ──(.+)──▶ (\S.*)", line) for line in group.splitlines()]
    assert None not in found, group
    return [(one[1], one[2], one[3]) for one in found if one]


def walked(first: str) -> pytest.MarkDecorator:
    """Let a test take each arrow of a group as `arrow`."""
    return pytest.mark.parametrize("arrow", arrows(first), ids=" ".join)
