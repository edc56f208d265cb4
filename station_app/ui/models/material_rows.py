"""The papers of a case while they are counted at the counter: each row with its key, counts and state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from station_app.domain.items import Handling, Material
from station_app.ui.models.choices import Choice, Choices
from station_app.ui.tokens import Tone

KEYS = "123456789abcdefghijklmnopqrstuvwxyz"
ALL_KEY = "0"
MOST = 99
HANDLING_WORDS = {
    Handling.VERIFY_RETURN: "看完当场退还",
    Handling.COLLECT: "收下，随件交上",
    Handling.HAND_BACK: "交回发证机关",
    Handling.NONE: "",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A material and how many papers of it were brought.

    Args:
        reason: why it is taken in although the item's list does not name it, "" for what is listed.
    """

    material: Material
    originals: int = 0
    copies: int = 0
    reason: str = ""

    @property
    def brought(self) -> bool:
        """Tell whether anything of it was brought."""
        return bool(self.originals or self.copies)

    @property
    def complete(self) -> bool:
        """Tell whether everything that the directory wants was brought."""
        wanted = self.material
        return self.brought and self.originals >= wanted.originals and self.copies >= wanted.copies

    def filled(self) -> Counted:
        """Return it with what the directory wants; where it names no number, one copy."""
        wanted = self.material
        copies = wanted.copies if wanted.originals or wanted.copies else 1
        return replace(self, originals=wanted.originals, copies=copies)


class MaterialRows(Choices):
    """What was brought of each paper; the current row shows which of its counts + and - change."""

    counted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counts: list[Counted] = []
        self._current = -1
        self._on_copies = False

    def begin(self, materials: Sequence[Material], earlier: Sequence[Mapping[str, Any]] = ()) -> None:
        """Begin with an item's list; from an earlier one, counts of the same papers stay, and what was not listed."""
        counts = {row["name"]: row for row in earlier}
        listed = {material.name for material in materials}
        extra = [_extra(row) for row in earlier if row.get("reason") and row["name"] not in listed]
        self._counts = [*(_as_before(material, counts.get(material.name, {})) for material in materials), *extra]
        self._current, self._on_copies = -1, False
        self.put([self._choice(row) for row in range(len(self._counts))])
        self.set_current(0)

    def to_form(self) -> list[dict[str, Any]]:
        """Return what was brought, as the form of a case has it.

        What becomes of originals is the directory's word, and the worker's where the directory says nothing.
        """
        return [_to_form(one) for one in self._counts if one.brought]

    @property
    def names(self) -> frozenset[str]:
        """Return the names of all rows."""
        return frozenset(one.material.name for one in self._counts)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a paper that the item's list does not name, as `domain.intake.read_extra` returns it."""
        self._counts.append(_extra(row))
        self.put([self._choice(row) for row in range(len(self._counts))])
        self.set_current(len(self._counts) - 1)
        self.counted.emit()

    def row_of_key(self, key: str) -> int | None:
        """Return the row that a key picks."""
        row = KEYS.find(key.lower()) if key else -1
        return row if 0 <= row < len(self._counts) else None

    def toggle(self, row: int) -> None:
        """Note that everything of this paper is here, or if it was, nothing."""
        one = self._counts[row]
        self._count(row, replace(one, originals=0, copies=0) if one.complete else one.filled())

    def complete_all(self) -> None:
        """Note that every paper of the item's list is here."""
        for row, one in enumerate(self._counts):
            if not one.complete and not one.reason:
                self._count(row, one.filled())

    def set_current(self, row: int) -> None:
        """Say which row + and - change; it begins with the count that the directory wants first."""
        if not 0 <= row < len(self._counts) or row == self._current:
            return
        before, self._current = self._current, row
        self._on_copies = not self._counts[row].material.originals
        self._repaint(before)
        self._repaint(row)

    def turn_to(self, *, copies: bool) -> None:
        """Choose whether + and - change the copies or the originals of the current row."""
        self._on_copies = copies
        self._repaint(self._current)

    def change(self, by: int) -> None:
        """Count one paper more or fewer on the current row."""
        if not 0 <= self._current < len(self._counts):
            return
        one = self._counts[self._current]
        part = "copies" if self._on_copies else "originals"
        number = min(MOST, max(0, getattr(one, part) + by))
        self._count(self._current, replace(one, **{part: number}))

    def _count(self, row: int, one: Counted) -> None:
        self._counts[row] = one
        self._repaint(row)
        self.counted.emit()

    def _repaint(self, row: int) -> None:
        if 0 <= row < len(self._counts):
            self.put_row(row, self._choice(row))

    def _choice(self, row: int) -> Choice:
        one = self._counts[row]
        mark, tone = _state(one)
        parts = (self._counts_text(row), HANDLING_WORDS[one.material.handling] if one.material.originals else "")
        more = one.material.note
        detail = " · ".join(part for part in (*parts, _later_text(one)) if part)
        return Choice(one.material.name, detail, KEYS[row : row + 1], mark, tone, more=more, about=one)

    def _counts_text(self, row: int) -> str:
        one = self._counts[row]
        here = row == self._current
        originals = _part("原件", one.originals, one.material.originals, active=here and not self._on_copies)
        copies = _part("复印件", one.copies, one.material.copies, active=here and self._on_copies)
        return "　".join(text for text in (originals, copies) if text)


def _as_before(material: Material, row: Mapping[str, Any]) -> Counted:
    return Counted(material, int(row.get("originals", 0)), int(row.get("copies", 0)))


def _extra(row: Mapping[str, Any]) -> Counted:
    """Return a paper that is not listed; it is complete with what was first counted of it."""
    handling = Handling(row["handling"])
    wanted = Material(row["name"], row["originals"], row["copies"], handling, tolerable=True, note=row["reason"])
    return Counted(wanted, row["originals"], row["copies"], row["reason"])


def _to_form(one: Counted) -> dict[str, Any]:
    counted = {"name": one.material.name, "originals": one.originals, "copies": one.copies}
    extra = {"handling": one.material.handling.value, "reason": one.reason}
    return {**counted, **extra} if one.reason else counted


def _part(label: str, count: int, wanted: int, *, active: bool) -> str:
    if not (count or wanted or active):
        return ""
    return f"{'▸' if active else ''}{label} {count}/{wanted}"


def _state(one: Counted) -> tuple[str, Tone]:
    if one.reason:
        return ("另收", Tone.INFO) if one.brought else ("不收", Tone.STALE)
    if one.complete:
        return "齐", Tone.GOOD
    if one.brought:
        return "少", Tone.WARN
    return ("可后补", Tone.INFO) if one.material.tolerable else ("缺", Tone.STALE)


def _later_text(one: Counted) -> str:
    days = one.material.supplement_days
    if one.complete or not one.material.tolerable:
        return ""
    return f"{days} 个工作日内补齐" if days else ""
