"""Where a slip and the data that came later say different things of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from station_app.domain.cases import ITEM
from station_app.domain.fold import Entry
from station_app.domain.id_numbers import ID_TYPES
from station_app.domain.slips import CaseHead

FIELD_LABELS = {
    "name": "姓名",
    "id_type": "证件类型",
    "id_number": "证件号码",
    "phone": "联系电话",
    "item": "事项",
    "number": "代办登记号",
    "received_on": "收件日期",
    "materials": "材料",
}
# Stands for the name of a material that the directory here does not have.
UNNAMED = "第{place}项材料"

Difference = tuple[str, str, str]


def facts_at(entries: Sequence[Entry], offer: str) -> dict[str, Any]:
    """Return the facts as they stood when a case was offered: of the offer and of what it follows, as far as here."""
    by_id = {entry.event_id: entry for entry in entries}
    chain: list[Entry] = []
    entry = by_id.get(offer)
    while entry is not None and entry not in chain:
        chain.append(entry)
        entry = by_id.get(entry.base or "")
    facts: dict[str, Any] = {}
    for step in reversed(chain):
        facts.update(step.effects.fields if step.effects else {})
    return facts


def differences(head: CaseHead, facts: Mapping[str, Any]) -> list[Difference]:
    """Return what the slip says otherwise than the facts; what these do not have is not compared."""
    found: list[Difference] = []
    for field in FIELD_LABELS:
        if field == "materials":
            said, is_so = _rows(head.fields), _rows(facts)
            pairs = [] if is_so is None or said is None else _materials(said, is_so)
        else:
            pairs = [(_text(head.fields, field), _text(facts, field))]
        found += [(field, said, is_so) for said, is_so in pairs if is_so is not None and said != is_so]
    return found


def _text(facts: Mapping[str, Any], field: str) -> Any:
    if field in ("number", "received_on"):
        return facts.get(field)
    part = facts.get(ITEM if field == "item" else "applicant")
    if not isinstance(part, Mapping):
        return None
    if field == "item":
        return str(part.get("code", ""))
    value = str(part.get(field, ""))
    return ID_TYPES.get(value, value) if field == "id_type" else value


def _rows(facts: Mapping[str, Any]) -> list[tuple[str, int, int]] | None:
    rows = facts.get("materials")
    if not isinstance(rows, list | tuple):
        return None
    return [(str(row["name"]), row["originals"], row["copies"]) for row in rows if isinstance(row, Mapping)]


def _materials(said: list[tuple[str, int, int]], is_so: list[tuple[str, int, int]]) -> list[tuple[str, str]]:
    """Return the rows that differ, as one pair of texts; one whose name is not known here goes by its place."""
    named = [
        (is_so[at][0], *row[1:]) if row[0] == UNNAMED.format(place=at + 1) and at < len(is_so) else row
        for at, row in enumerate(said)
    ]
    if sorted(named) == sorted(is_so):
        return []
    only_said, only_is = [r for r in named if r not in is_so], [r for r in is_so if r not in named]
    return [(_listed(only_said), _listed(only_is))]


def _listed(rows: list[tuple[str, int, int]]) -> str:
    return "、".join(f"{name} 原件 {originals} 复印件 {copies}" for name, originals, copies in rows) or "没有"
