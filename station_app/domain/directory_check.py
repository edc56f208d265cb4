"""The rules a directory must keep before anybody releases it, beyond its shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from station_app.domain.directory_shape import CODE_KEYS, shape_faults
from station_app.domain.faults import Fault, Severity, has_errors
from station_app.domain.item_terms import names_id_card
from station_app.domain.items import ChangeType, DecideLevel, Directory, Handling, Item, Kind, Material, ProxyMode

_LICENCE = "01"
_LONGEST_FIRST_REVIEW = 20


def check_document(document: object) -> tuple[Directory | None, tuple[Fault, ...]]:
    """Return the directory (None when there is an error) and every fault of the parsed file, each with its place.

    Args:
        document: what a YAML file or workbook holds: `{"meta": {...}, "items": [...]}`.

    Source: 行政许可法 第三十条 (事项, 依据, 条件, 程序, 期限, 材料 are displayed); the single rules name theirs.
    """
    faults = shape_faults(document)
    if has_errors(faults) or not isinstance(document, dict):
        return None, faults + tuple(_twice(document))
    directory = Directory.from_json(document)
    faults += tuple(_count_faults(document["meta"], directory)) + tuple(_twice(document))
    for index, item in enumerate(directory.items):
        faults += tuple(item_faults(index, item, directory))
    return (None if has_errors(faults) else directory), faults


def item_faults(index: int, item: Item, directory: Directory) -> Iterator[Fault]:
    """Yield what is wrong with one item, at places `items[index]...`."""
    place = f"items[{index}]"
    for rule in _RULES:
        yield from rule(place, item)
    yield from _fee_faults(place, item, sample=directory.sample)
    for number, material in enumerate(item.materials):
        yield from _material_faults(f"{place}.materials[{number}]", material)


def _twice(document: object) -> Iterator[Fault]:
    entries = document.get("items") if isinstance(document, dict) else None
    first: dict[str, int] = {}
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        code = _code(entry)
        if code is None:
            continue
        if code in first:
            params = {"code": code, "first": f"items[{first[code]}]"}
            yield Fault(f"items[{index}].code", "directory-code-twice", params)
        first.setdefault(code, index)


def _code(entry: object) -> str | None:
    if not isinstance(entry, dict):
        return None
    codes = [entry[key] for key in CODE_KEYS if isinstance(entry.get(key), str)]
    return codes[0] if codes else None


def _count_faults(meta: Mapping[str, Any], directory: Directory) -> Iterator[Fault]:
    stated = meta.get("item_count")
    if stated is not None and stated != len(directory.items):
        yield Fault("meta.item_count", "directory-item-count", {"stated": stated, "counted": len(directory.items)})
    if directory.sample:
        yield Fault("meta.sample", "directory-sample", severity=Severity.WARNING)


def _limit_faults(place: str, item: Item) -> Iterator[Fault]:
    promised, statutory = item.promised, item.statutory
    if promised.days is None:
        if item.proxy_mode is not ProxyMode.NOTICE_ONLY:
            yield Fault(f"{place}.promised.days", "item-promise-missing", {"name": item.name})
    elif statutory.days is not None and promised.unit is statutory.unit and promised.days > statutory.days:
        params = {"promised": promised.days, "statutory": statutory.days, "unit": promised.unit.word}
        yield Fault(f"{place}.promised.days", "item-promise-exceeds-law", params)
    if item.kind is Kind.INSTANT and promised.days:
        yield _warning(f"{place}.promised.days", "item-on-the-spot-with-days", days=promised.days)


def _forward_faults(place: str, item: Item) -> Iterator[Fault]:
    at = f"{place}.forward_workdays"
    if item.kind is not Kind.REPORTED_UP:
        return
    if item.forward_workdays is None:
        yield _warning(at, "item-forward-missing", name=item.name)
    elif item.item_type_code == _LICENCE and item.forward_workdays > _LONGEST_FIRST_REVIEW:
        yield _warning(at, "item-forward-exceeds-law", days=item.forward_workdays, most=_LONGEST_FIRST_REVIEW)
    if item.decide_level in {DecideLevel.VILLAGE, DecideLevel.TOWNSHIP}:
        yield _warning(f"{place}.decide_level", "item-reported-up-decided-here", level=item.decide_text)


def _basis_faults(place: str, item: Item) -> Iterator[Fault]:
    if not item.legal_basis:
        yield _warning(f"{place}.legal_basis", "item-basis-missing", name=item.name)
    if not item.materials:
        yield _warning(f"{place}.materials", "item-materials-missing", name=item.name)
    if not item.accept_points:
        yield Fault(f"{place}.accept_points", "item-accept-points-missing", {"name": item.name})


def _procedure_faults(place: str, item: Item) -> Iterator[Fault]:
    if item.procedures is None:
        return
    if not item.procedures and item.kind is not Kind.INSTANT:
        yield _warning(f"{place}.kind", "item-should-be-on-the-spot", kind=item.kind.value)
    if item.procedures and item.kind is Kind.INSTANT:
        steps = "、".join(item.procedures)
        yield _warning(f"{place}.procedures", "item-on-the-spot-with-steps", steps=steps)


def _validity_faults(place: str, item: Item) -> Iterator[Fault]:
    if item.valid_from and item.valid_to and item.valid_to < item.valid_from:
        yield Fault(f"{place}.valid_to", "item-validity-order")
    if item.change and item.change.type is ChangeType.CANCELLED and not item.change.basis:
        yield Fault(f"{place}.change.basis_document", "item-change-basis-missing", {"name": item.name})


_RULES: tuple[Callable[[str, Item], Iterator[Fault]], ...] = (
    _limit_faults, _forward_faults, _basis_faults, _procedure_faults, _validity_faults,
)  # fmt: skip


def _fee_faults(place: str, item: Item, *, sample: bool) -> Iterator[Fault]:
    """行政许可法 第五十八、五十九条: no fee without a law; a sample directory may leave it open."""
    if item.fee.charge and not item.fee.basis:
        severity = Severity.WARNING if sample else Severity.ERROR
        yield Fault(f"{place}.fee.basis", "item-fee-without-basis", {"name": item.name}, severity)


def _material_faults(place: str, material: Material) -> Iterator[Fault]:
    handling_place = f"{place}.original_handling"
    if material.tolerable and not material.supplement_days:
        yield Fault(f"{place}.supplement_workdays", "material-supplement-missing", {"name": material.name})
    if not material.originals:
        return
    if names_id_card(material.name) and material.handling is not Handling.VERIFY_RETURN:
        # 居民身份证法 第十五条 forbids keeping a card; handing a void one back to the police is lawful (第十一条).
        severity = Severity.WARNING if material.handling is Handling.HAND_BACK else Severity.ERROR
        yield Fault(handling_place, "material-id-card-kept", {"name": material.name}, severity)
    elif material.handling is Handling.NONE:
        yield Fault(handling_place, "material-handling-missing", {"name": material.name})


def _warning(place: str, code: str, **params: object) -> Fault:
    return Fault(place, code, params, Severity.WARNING)
