"""What a PC tells its center of itself with each exchange: codes, numbers and dates, never a word about a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_FAULTS = 8
_PROGRAM = re.compile(r"[A-Za-z0-9.+-]{1,64}")
_INSTANT = re.compile(r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}Z")
_DAY = re.compile(r"\d{4}(-\d\d){2}")
_CODE = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class PcNote:
    """How a PC is, as it knows itself.

    Args:
        program: version of its program, "" where it does not say.
        backup: UTC stamp of its last good backup by its own clock, "" for none.
        road: local date of the oldest hand-over of its office that nobody has answered, "" for none.
        faults: codes of what does not go as it should.
    """

    program: str = ""
    backup: str = ""
    road: str = ""
    faults: tuple[str, ...] = ()


def note_to_wire(note: PcNote) -> dict[str, Any]:
    """Return the form in which a note travels; what there is nothing of is left out."""
    found = {"program": note.program, "backup": note.backup, "road": note.road, "faults": list(note.faults)}
    return {name: value for name, value in found.items() if value}


def note_from_wire(found: Any) -> PcNote | None:
    """Read a note, without what in it is of another form; None for what is none. Nothing is refused for it."""
    if not isinstance(found, Mapping):
        return None
    faults = found.get("faults")
    codes = [_read(_CODE, code) for code in faults] if isinstance(faults, list) else []
    return PcNote(
        program=_read(_PROGRAM, found.get("program")),
        backup=_read(_INSTANT, found.get("backup")),
        road=_read(_DAY, found.get("road")),
        faults=tuple(code for code in codes if code)[:MOST_FAULTS],
    )


def _read(form: re.Pattern[str], value: Any) -> str:
    return value if isinstance(value, str) and form.fullmatch(value) and value.isascii() else ""
