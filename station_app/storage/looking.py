"""By which documents the open cases of a set of tables were last written, and how far that is (docs/sync.md §11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LOOKED_THROUGH = "cases_looked_through"
_AFTER = "after"
# The documents by their kind, and the position up to which open cases were written by them; None: all of them.
Looked = Mapping[str, Any]


def looked_until(through: Mapping[str, Any], position: int | None) -> Looked:
    """Return that open cases up to a position, or all (None), stand as these documents show them."""
    return {**through, _AFTER: position}


def go_on_after(looked: Looked, through: Mapping[str, Any]) -> int | None:
    """Return the position behind which open cases may still be as other documents showed them, None where none is."""
    if {name: value for name, value in looked.items() if name != _AFTER} != through:
        return 0
    position: int | None = looked[_AFTER]
    return position
