"""The fields of an action: read from a form of plain JSON values, each fault named by the field's label."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from station_app.domain.errors import StationError

# Which say whether a character is shown as a text or as a picture. The other variation selectors belong to characters
# of names, and stay.
_PRESENTATION = "\ufe0e\ufe0f"
# The blocks of pictographs (Unicode 16, Blocks.txt).
_PICTURES = range(0x1F000, 0x1FB00)


@dataclass(frozen=True, slots=True)
class Field:
    """One value that a worker fills in.

    Args:
        name: key in the form.
        label: what the worker reads.
        kind: text, long_text, date, integer, choice, object or list.
        required: an empty value is refused.
        max_length: for texts, in code points.
        choices: for a choice, value to label.
        hint: what to write, shown beside the field.
        template: a text to begin with where somebody asks for it; what stands in 【】 has to be filled in.
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    max_length: int = 200
    choices: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    template: str = ""


def read_form(fields: tuple[Field, ...], form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form's values, checked and trimmed; a field left out is None.

    Raises:
        StationError: `form-field-unknown`, `form-field-missing`, `form-field-type`, `form-field-too-long`,
            `form-field-choice`, `form-field-unprintable` (a picture of a telephone, that no paper can show), each with
            the field's name and label.
    """
    known = {entry.name for entry in fields}
    for name in form:
        if name not in known:
            raise StationError("form-field-unknown", field=name, allowed="、".join(sorted(known)))
    return {entry.name: _read(entry, form.get(entry.name)) for entry in fields}


def _read(entry: Field, value: Any) -> Any:
    if value is None or value in ("", [], {}):
        if entry.required:
            raise StationError("form-field-missing", field=entry.name, label=entry.label)
        return None
    return _READERS[entry.kind](entry, value)


def _read_text(entry: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _wrong_type(entry, "文字")
    text = without_unseen(value).strip()
    if picture := picture_in(text):
        raise StationError("form-field-unprintable", field=entry.name, label=entry.label, symbol=picture)
    if not text and entry.required:
        raise StationError("form-field-missing", field=entry.name, label=entry.label)
    if len(text) > entry.max_length:
        raise StationError("form-field-too-long", field=entry.name, label=entry.label, limit=entry.max_length)
    return text or None


def without_unseen(text: str) -> str:
    """Return a text without what nobody sees and no font prints: format characters, and how a picture is shown."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf" and c not in _PRESENTATION)


def picture_in(text: str) -> str:
    """Return the first picture of a telephone's keyboard in a text, "" for none."""
    return next((c for c in text if ord(c) in _PICTURES), "")


def _read_date(entry: Field, value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _wrong_type(entry, "日期，写成 2026-11-22 这样") from None


def _read_integer(entry: Field, value: Any) -> int:
    if type(value) is not int or not 0 <= value <= 10**9:
        raise _wrong_type(entry, "不小于 0 的整数")
    return value


def _read_choice(entry: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in entry.choices:
        allowed = "、".join(f"{key}（{label}）" for key, label in entry.choices.items())
        raise StationError("form-field-choice", field=entry.name, label=entry.label, allowed=allowed)
    return value


def _read_object(entry: Field, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong_type(entry, "一组数据")
    return value


def _read_list(entry: Field, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise _wrong_type(entry, "列表")
    return list(value)


def _wrong_type(entry: Field, expected: str) -> StationError:
    return StationError("form-field-type", field=entry.name, label=entry.label, expected=expected)


_READERS = {
    "text": _read_text,
    "long_text": _read_text,
    "date": _read_date,
    "integer": _read_integer,
    "choice": _read_choice,
    "object": _read_object,
    "list": _read_list,
}
