"""Faults of an imported file: what is wrong, where, and whether it stops the import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """An error stops the import; a warning is shown to the person who releases it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding in a file.

    Args:
        place: path like `items[12].promised.days`, or the column of a table.
        code: names a sentence in `messages`, like the code of a StationError.
        params: what the sentence names; JSON-compatible.
        severity: error or warning.
        line: line in the file counted from 1, where known.
    """

    place: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.ERROR
    line: int | None = None


def has_errors(faults: Iterable[Fault]) -> bool:
    """Tell whether any of the faults stops the import."""
    return any(fault.severity is Severity.ERROR for fault in faults)
