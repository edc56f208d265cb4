"""The item directory (事项目录): what a point may take in, on which papers, how fast, and who decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from station_app.domain.deadlines import Unit
from station_app.domain.errors import StationError
from station_app.domain.item_terms import ChangeType, DecideLevel, Handling, Kind, Procedure, ProxyMode

__all__ = [
    "Change", "ChangeType", "DecideLevel", "Directory", "Fee", "Handling", "Item", "Kind", "LegalBasis", "Material",
    "Procedure", "ProxyMode", "TimeLimit", "Unit",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A limit in `unit`; no days means that none is fixed (never a zero), 0 means at once."""

    days: int | None
    unit: Unit


@dataclass(frozen=True, slots=True)
class Material:
    """One paper of an item: how many originals and copies, and what becomes of the original.

    Args:
        tolerable: may come later (容缺), within `supplement_days` working days.
        handling_text: the directory's own words, such as 收取副页; filled in from `handling` when left out.
    """

    name: str
    originals: int
    copies: int
    handling: Handling
    tolerable: bool
    supplement_days: int | None = None
    source: str = ""
    note: str = ""
    handling_text: str = ""

    def __post_init__(self) -> None:
        if not self.handling_text:
            object.__setattr__(self, "handling_text", self.handling.value)


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One article that the item rests on; `status` tells whether somebody compared the text (已核, 待核)."""

    law: str
    article: str
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """Whether a fee is taken, how much by which text, and on what basis (行政许可法 第五十八、五十九条)."""

    charge: bool
    standard: str
    status: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of an item with its document, and what stands in its place."""

    type: ChangeType
    effective: date
    basis: str = ""
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the directory; the texts at the end are shown as they are.

    Args:
        decide_text: the directory's own words, such as 乡镇(授权经办); filled in from `decide_level` when left out.
        forward_workdays: 上报时限, working days from taking in to sending up; None where nothing is sent up.
        valid_to: the last day on which the item is taken in.
        procedures: which of the five steps the item needs; None when the directory does not say.
    """

    code: str
    name: str
    category: str
    department: str
    kind: Kind
    decide_level: DecideLevel
    accept_points: tuple[str, ...]
    proxy_mode: ProxyMode
    must_be_in_person: bool
    statutory: TimeLimit
    promised: TimeLimit
    materials: tuple[Material, ...]
    legal_basis: tuple[LegalBasis, ...]
    fee: Fee
    decide_text: str = ""
    forward_workdays: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    change: Change | None = None
    procedures: tuple[Procedure, ...] | None = None
    clock_stops: tuple[str, ...] = ()
    item_type: str = ""
    item_type_code: str = ""
    result: str = ""
    routing_rule: str = ""
    public_notice: str = ""
    peak_season: str = ""
    reference: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not self.decide_text:
            object.__setattr__(self, "decide_text", self.decide_level.value)

    @property
    def replaced_by(self) -> str | None:
        """What stands in place of a cancelled item."""
        return self.change.replaced_by if self.change else None

    @property
    def last_open_on(self) -> date | None:
        """The last day on which the item may be taken in; None while it has no end."""
        ends = [self.valid_to] if self.valid_to else []
        if self.change and self.change.type in {ChangeType.CANCELLED, ChangeType.SUSPENDED}:
            ends.append(self.change.effective)
        return min(ends, default=None)

    def require_open(self, on: date) -> None:
        """Refuse an item outside its days of validity; both ends are still open.

        Raises:
            StationError: `item-not-yet-in-force`, `item-suspended` or `item-cancelled`.
        """
        if self.valid_from and on < self.valid_from:
            valid_from = self.valid_from.isoformat()
            raise StationError("item-not-yet-in-force", item=self.code, name=self.name, valid_from=valid_from)
        end = self.last_open_on
        if end is None or on <= end:
            return
        suspended = self.change is not None and self.change.type is ChangeType.SUSPENDED
        basis = self.change.basis if self.change else ""
        raise StationError(
            "item-suspended" if suspended else "item-cancelled",
            item=self.code,
            name=self.name,
            cancelled_on=end.isoformat(),
            basis=basis or "目录未注明",
            replaced_by=self.replaced_by or "无",
        )

    def require_proxy(self) -> None:
        """Refuse to run an errand that the person must do in person.

        Raises:
            StationError: `item-in-person`.

        Source: 行政许可法 第二十九条, 民法典 第一百六十一条第二款.
        """
        if self.must_be_in_person or self.proxy_mode is ProxyMode.NOTICE_ONLY:
            raise StationError("item-in-person", name=self.name, department=self.department)


@dataclass(frozen=True, slots=True)
class Directory:
    """One version of the directory; `sample` means that it is for training only."""

    version: str
    title: str
    sample: bool
    items: tuple[Item, ...]
    region_code: str = ""

    def find(self, code: str) -> Item:
        """Return the item with this code.

        Raises:
            StationError: `item-unknown`.
        """
        for item in self.items:
            if item.code == code:
                return item
        raise StationError("item-unknown", item=code, version=self.version)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON in the shape of a directory file, without floats."""
        meta = {"title": self.title, "sample": self.sample, "version": self.version, "region_code": self.region_code}
        return {"meta": meta, "items": [_item_json(item) for item in self.items]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Directory:
        """Read what `to_json` wrote, or a file that `directory_check` found without errors.

        Raises:
            StationError: `directory-unreadable` when the shape is another one.
        """
        try:
            meta = data["meta"]
            items = tuple(_item(entry) for entry in data["items"])
            return cls(meta["version"], meta["title"], meta.get("sample", False), items, meta.get("region_code") or "")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StationError("directory-unreadable", detail=str(error)) from error


def _item(data: Mapping[str, Any]) -> Item:
    procedures = data.get("procedures")
    change = data.get("change")
    return Item(
        code=data["code"] if "code" in data else data["sample_code"],
        name=data["name"],
        category=data["category"],
        department=data["department"],
        kind=Kind(data["kind"]),
        decide_level=DecideLevel.of_text(data["decide_level"]),
        decide_text=data["decide_level"],
        accept_points=tuple(data["accept_points"]),
        proxy_mode=ProxyMode(data["proxy_mode"]),
        must_be_in_person=data["must_be_in_person"],
        statutory=_limit(data["statutory"]),
        promised=_limit(data["promised"]),
        materials=tuple(_material(entry) for entry in data["materials"]),
        legal_basis=tuple(_basis(entry) for entry in data["legal_basis"]),
        fee=_fee(data["fee"]),
        forward_workdays=data.get("forward_workdays"),
        valid_from=_date(data.get("valid_from")),
        valid_to=_date(data.get("valid_to")),
        change=None if change is None else _change(change),
        procedures=None if procedures is None else tuple(Procedure(word) for word in procedures),
        clock_stops=tuple(data.get("clock_stops") or ()),
        **{key: data.get(key) or "" for key in _ITEM_TEXTS},
    )


_ITEM_TEXTS = (
    "item_type", "item_type_code", "result", "routing_rule", "public_notice", "peak_season", "reference", "note",
)  # fmt: skip


def _limit(data: Mapping[str, Any]) -> TimeLimit:
    return TimeLimit(data["days"], Unit.of_word(data["unit"]))


def _material(data: Mapping[str, Any]) -> Material:
    return Material(
        name=data["name"],
        originals=data["original"],
        copies=data["copies"],
        handling=Handling.of_text(data["original_handling"]),
        handling_text=data["original_handling"],
        tolerable=data["tolerable"],
        supplement_days=data.get("supplement_workdays"),
        source=data.get("source") or "",
        note=data.get("note") or "",
    )


def _basis(data: Mapping[str, Any]) -> LegalBasis:
    return LegalBasis(data["law"], data["article"], data["status"], data.get("note") or "")


def _fee(data: Mapping[str, Any]) -> Fee:
    return Fee(data["charge"], data["standard"], data["status"], data.get("basis") or "")


def _change(data: Mapping[str, Any]) -> Change:
    effective = date.fromisoformat(data["effective"])
    basis, replaced_by = data.get("basis_document") or "", data.get("replaced_by") or None
    return Change(ChangeType(data["type"]), effective, basis, replaced_by)


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _item_json(item: Item) -> dict[str, Any]:
    required = {
        "code": item.code,
        "name": item.name,
        "category": item.category,
        "department": item.department,
        "kind": item.kind.value,
        "decide_level": item.decide_text,
        "accept_points": list(item.accept_points),
        "proxy_mode": item.proxy_mode.value,
        "must_be_in_person": item.must_be_in_person,
        "statutory": {"days": item.statutory.days, "unit": item.statutory.unit.word},
        "promised": {"days": item.promised.days, "unit": item.promised.unit.word},
        "materials": [_material_json(material) for material in item.materials],
        "legal_basis": [_basis_json(basis) for basis in item.legal_basis],
        "fee": {"charge": item.fee.charge, "standard": item.fee.standard, "status": item.fee.status}
        | _given(basis=item.fee.basis),
    }
    return required | _optional_json(item)


def _optional_json(item: Item) -> dict[str, Any]:
    data: dict[str, Any] = {key: getattr(item, key) for key in _ITEM_TEXTS if getattr(item, key)}
    if item.forward_workdays is not None:
        data["forward_workdays"] = item.forward_workdays
    if item.procedures is not None:
        data["procedures"] = [procedure.value for procedure in item.procedures]
    if item.change is not None:
        data["change"] = _change_json(item.change)
    if item.clock_stops:
        data["clock_stops"] = list(item.clock_stops)
    bounds = {"valid_from": item.valid_from, "valid_to": item.valid_to}
    return data | {key: day.isoformat() for key, day in bounds.items() if day is not None}


def _material_json(material: Material) -> dict[str, Any]:
    data = {
        "name": material.name,
        "original": material.originals,
        "copies": material.copies,
        "original_handling": material.handling_text,
        "tolerable": material.tolerable,
    } | _given(source=material.source, note=material.note)
    return data if material.supplement_days is None else data | {"supplement_workdays": material.supplement_days}


def _basis_json(basis: LegalBasis) -> dict[str, Any]:
    return {"law": basis.law, "article": basis.article, "status": basis.status} | _given(note=basis.note)


def _change_json(change: Change) -> dict[str, Any]:
    data = {"type": change.type.value, "effective": change.effective.isoformat()}
    return data | _given(basis_document=change.basis, replaced_by=change.replaced_by)


def _given(**texts: str | None) -> dict[str, Any]:
    return {key: text for key, text in texts.items() if text}
