"""The one JSON form of everything that is hashed or signed: strict to read, one way to write."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any, NoReturn

from station_app.domain.errors import StationError

Json = Any


def encode(value: Json) -> bytes:
    """Return the canonical bytes of a JSON value: UTF-8, keys sorted, no white space, no escapes but the needed ones.

    Raises:
        StationError: `record-malformed` for a float, a key that is not text in NFC, an unknown type, half a surrogate
            pair, or more depth or digits than `decode` reads back.
    """
    try:
        _check(value)
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise StationError("record-malformed", reason=type(error).__name__) from None


def decode(data: bytes) -> Json:
    """Return the JSON value of `data`; duplicate keys, floats, keys outside NFC and lone surrogates are refused.

    Raises:
        StationError: `record-malformed`.
    """
    try:
        text = data.decode("utf-8")
        value = _DECODER.decode(text)
        if "\\ud" in text or "\\uD" in text:
            # An escape can smuggle in half a surrogate pair, which no store or screen can take.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise StationError("record-malformed", reason=type(error).__name__) from None
    return value


def decode_object(data: bytes) -> dict[str, Json]:
    """Return the JSON object of `data`; anything else at the top is refused with `record-malformed`."""
    value = decode(data)
    if not isinstance(value, dict):
        raise StationError("record-malformed", reason="object expected")
    return value


def _check(value: Json) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _check_key(key)
            _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner)
    elif not (value is None or isinstance(value, str | bool | int)):
        raise StationError("record-malformed", reason=f"type {type(value).__name__}")


def _check_key(key: object) -> None:
    if not isinstance(key, str) or not (key.isascii() or unicodedata.is_normalized("NFC", key)):
        raise StationError("record-malformed", reason="key")


def _pairs(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    for key in found:
        if not (key.isascii() or unicodedata.is_normalized("NFC", key)):
            raise ValueError("key outside NFC")
    return found


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"not an integer: {text[:20]}")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=_refuse, parse_constant=_refuse)
