"""The shape of a directory file: which keys it has, of what type, and which words they take."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum

from station_app.domain.deadlines import MOST, Unit
from station_app.domain.faults import Fault
from station_app.domain.item_terms import ChangeType, DecideLevel, Handling, Kind, Procedure, ProxyMode

Check = Callable[[str, object], Iterator[Fault]]
CODE_KEYS = ("code", "sample_code")
_LONGEST_CODE = 64
_LONGEST_TEXT = 2000
_MOST_SHEETS = 999


def shape_faults(document: object) -> tuple[Fault, ...]:
    """Return every key that is missing, unknown or of the wrong type, and every unknown word."""
    return tuple(_DOCUMENT("", document))


def _text(most: int = _LONGEST_TEXT) -> Check:
    def check(place: str, value: object) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield _wrong_type(place, "文字", value)
        elif not value.strip():
            yield Fault(place, "directory-text-empty")
        elif len(value) > most:
            yield Fault(place, "directory-text-long", {"length": len(value), "most": most})

    return check


def _number(most: int) -> Check:
    def check(place: str, value: object) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield _wrong_type(place, "整数", value)
        elif not 0 <= value <= most:
            yield Fault(place, "directory-number-range", {"value": str(value)[:20], "least": 0, "most": most})

    return check


def _flag(place: str, value: object) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield _wrong_type(place, "true 或 false", value)


def _day(place: str, value: object) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield _wrong_type(place, "日期文字（如 '2026-06-30'）", value)
    elif not (re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII) and _is_date(value)):
        yield Fault(place, "directory-date", {"value": value[:40]})


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _word(read: Callable[[str], object], allowed: Iterable[str]) -> Check:
    words = "、".join(allowed)

    def check(place: str, value: object) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield _wrong_type(place, "文字", value)
            return
        try:
            read(value)
        except ValueError:
            yield Fault(place, "directory-word", {"value": value[:40], "allowed": words})

    return check


def _term(terms: type[StrEnum]) -> Check:
    return _word(getattr(terms, "of_text", terms), list(terms))


def _nullable(inner: Check) -> Check:
    def check(place: str, value: object) -> Iterator[Fault]:
        if value is not None:
            yield from inner(place, value)

    return check


def _each(inner: Check) -> Check:
    def check(place: str, value: object) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield _wrong_type(place, "列表", value)
            return
        for index, entry in enumerate(value):
            yield from inner(f"{place}[{index}]", entry)

    return check


def _record(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    known = {**required, **optional}

    def check(place: str, value: object) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield _wrong_type(place, "键值表", value)
            return
        for key in required:
            if key not in value:
                yield Fault(_join(place, key), "directory-key-missing", {"key": key})
        for key, entry in value.items():
            if key in known:
                yield from known[key](_join(place, key), entry)
            else:
                yield Fault(_join(place, str(key)[:40]), "directory-key-unknown", {"key": str(key)[:40]})

    return check


def _item(place: str, value: object) -> Iterator[Fault]:
    if isinstance(value, dict) and sum(key in value for key in CODE_KEYS) != 1:
        yield Fault(_join(place, "code"), "directory-item-code", {"keys": "、".join(CODE_KEYS)})
    yield from _ITEM(place, value)


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _wrong_type(place: str, expected: str, value: object) -> Fault:
    return Fault(place, "directory-type", {"expected": expected, "given": _TYPE_WORDS.get(type(value), "其他")})


_TYPE_WORDS: dict[type, str] = {
    type(None): "空", bool: "true 或 false", int: "整数", float: "小数", str: "文字", list: "列表", dict: "键值表",
}  # fmt: skip
_TEXT = _text()
_OPTIONAL_TEXT = _nullable(_TEXT)
_STATUS = _word(("已核", "待核").index, ("已核", "待核"))
_LIMIT = _record(
    {"days": _nullable(_number(MOST[Unit.DAY])), "unit": _word(Unit.of_word, [unit.word for unit in Unit])}, {}
)
_MATERIAL = _record(
    {
        "name": _text(200), "original": _number(_MOST_SHEETS), "copies": _number(_MOST_SHEETS),
        "original_handling": _term(Handling), "tolerable": _flag,
    },
    {"supplement_workdays": _nullable(_number(MOST[Unit.WORKDAY])), "source": _OPTIONAL_TEXT, "note": _OPTIONAL_TEXT},
)  # fmt: skip
_BASIS = _record({"law": _text(200), "article": _text(200), "status": _STATUS}, {"note": _OPTIONAL_TEXT})
_FEE = _record({"charge": _flag, "standard": _text(500), "status": _STATUS}, {"basis": _OPTIONAL_TEXT})
_CHANGE = _record(
    {"type": _term(ChangeType), "effective": _day}, {"basis_document": _OPTIONAL_TEXT, "replaced_by": _OPTIONAL_TEXT}
)
_ITEM = _record(
    {
        "name": _text(200), "category": _text(50), "department": _text(200), "kind": _term(Kind),
        "decide_level": _term(DecideLevel), "accept_points": _each(_text(100)), "proxy_mode": _term(ProxyMode),
        "must_be_in_person": _flag, "statutory": _LIMIT, "promised": _LIMIT, "materials": _each(_MATERIAL),
        "legal_basis": _each(_BASIS), "fee": _FEE,
    },
    {
        **dict.fromkeys(CODE_KEYS, _text(_LONGEST_CODE)),
        **dict.fromkeys(("item_type", "item_type_code", "result", "routing_rule", "public_notice"), _OPTIONAL_TEXT),
        **dict.fromkeys(("peak_season", "reference", "note"), _OPTIONAL_TEXT),
        "forward_workdays": _nullable(_number(MOST[Unit.WORKDAY])), "valid_from": _nullable(_day),
        "valid_to": _nullable(_day), "change": _nullable(_CHANGE), "procedures": _nullable(_each(_term(Procedure))),
        "clock_stops": _nullable(_each(_TEXT)),
    },
)  # fmt: skip
_META = _record(
    {"title": _text(200), "version": _text(50)},
    {
        "sample": _flag, "must_be_replaced": _flag, "region_code": _OPTIONAL_TEXT, "directory_level": _OPTIONAL_TEXT,
        "item_count": _nullable(_number(100_000)), "kinds": _each(_term(Kind)), "proxy_modes": _each(_term(ProxyMode)),
    },
)  # fmt: skip
_DOCUMENT = _record({"meta": _META, "items": _each(_item)}, {})
