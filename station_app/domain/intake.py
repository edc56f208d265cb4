"""Counting the papers of an errand against the item's list of materials."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from station_app.domain.errors import StationError
from station_app.domain.forms import Field, read_form
from station_app.domain.item_terms import names_id_card
from station_app.domain.items import Handling, Item, Material

COUNT_FIELDS = (
    Field("name", "材料名称", max_length=200),
    Field("originals", "原件份数", "integer", required=False),
    Field("copies", "复印件份数", "integer", required=False),
    Field("handling", "原件处理", "choice", required=False, choices={entry.value: entry.value for entry in Handling}),
    Field("reason", "为什么收目录以外的材料", "long_text", required=False),
)


def read_materials(item: Item, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the materials taken in, each with its counts and handling.

    Raises:
        StationError: `material-missing` (a mandatory one; 行政许可法 32), `id-card-must-be-returned` (居民身份证法 15),
            `material-not-listed` (an extra one without a reason; 行政许可法 31), `material-twice`.
    """
    listed = {material.name: material for material in item.materials}
    found = [_read_row(listed, row) for row in rows]
    names = [row["name"] for row in found]
    for name in names:
        if names.count(name) > 1:
            raise StationError("material-twice", material=name)
    _check_complete(item.materials, found)
    return found


def _read_row(listed: Mapping[str, Material], row: Any) -> dict[str, Any]:
    values = read_row(row)
    material = listed.get(values["name"])
    if material is None and not values["reason"]:
        raise StationError("material-not-listed", material=values["name"])
    usual = material.handling if material else Handling.COLLECT
    return check_handling(values, usual)


def read_extra(row: Any, taken: Collection[str]) -> dict[str, Any]:
    """Return a material that the item's list does not name, as it is taken in for a reason.

    Args:
        taken: the names that have a row already, listed or not.

    Raises:
        StationError: `material-not-listed` (no reason), `material-twice`, `form-field-missing` (no name, no paper at
            all), `id-card-must-be-returned`.
    """
    name = read_row(row)["name"]
    if name in taken:
        raise StationError("material-twice", material=name)
    found = _read_row({}, row)
    if not found["originals"] and not found["copies"]:
        raise StationError("form-field-missing", field="copies", label="份数")
    return found


def read_row(row: Any) -> dict[str, Any]:
    """Return the form values of one counted material; `form-field-type` for anything but an object."""
    if not isinstance(row, Mapping):
        raise StationError("form-field-type", field="materials", label="材料", expected="每项一组数据")
    return read_form(COUNT_FIELDS, row)


def check_handling(values: Mapping[str, Any], usual: Handling = Handling.COLLECT) -> dict[str, Any]:
    """Return a counted material from its form values; an identity card that would be kept is refused.

    Where the directory itself says 交回, as for a card whose holder has died, it goes back to the police (居民身份证法
    第十一条、第十五条).
    """
    handling = Handling(values["handling"]) if values["handling"] else usual
    originals = values["originals"] or 0
    back = handling is Handling.VERIFY_RETURN or handling is usual is Handling.HAND_BACK
    if originals and names_id_card(values["name"]) and not back:
        raise StationError("id-card-must-be-returned", material=values["name"])
    counted = {"name": values["name"], "originals": originals, "copies": values["copies"] or 0}
    reason = {"reason": values["reason"]} if values["reason"] else {}
    return {**counted, "handling": handling.value, **reason}


def _check_complete(materials: Sequence[Material], found: Sequence[Mapping[str, Any]]) -> None:
    brought = {row["name"] for row in found if row["originals"] or row["copies"]}
    missing = [m.name for m in materials if not m.tolerable and m.name not in brought]
    if missing:
        raise StationError("material-missing", materials="、".join(missing))


def held_originals(materials: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, int], ...]:
    """Return (name, count) of the originals that stay with the case and travel with it."""
    kept = (Handling.COLLECT.value, Handling.HAND_BACK.value)
    return tuple((m["name"], m["originals"]) for m in materials if m["originals"] and m["handling"] in kept)


def paper_count(materials: Sequence[Mapping[str, Any]]) -> int:
    """Return the number of papers that travel with the case: originals held and copies."""
    return sum(count for _, count in held_originals(materials)) + sum(int(m["copies"]) for m in materials)
