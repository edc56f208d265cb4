"""Encoding, signatures and events as sections 2, 3 and 10 of docs/sync.md have them; nothing of the program is used."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class RefusedError(Exception):
    """A record that must not be taken in; the first argument is the code."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs) or any(
        unicodedata.normalize("NFC", key) != key for key, _ in pairs
    ):
        raise RefusedError("record-malformed")
    return dict(pairs)


def _no_float(text: str) -> Any:
    raise RefusedError("record-malformed")


def parse(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float)
    except ValueError as error:
        raise RefusedError("record-malformed") from error


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def sha256(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def public_hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def device_id(public_key: str) -> str:
    return sha256(bytes.fromhex(public_key))[:32]


def sign(key: Ed25519PrivateKey, context: str, data: bytes) -> str:
    return key.sign(context.encode() + b"\0" + data).hex()


def verifies(public_key: str, context: str, data: bytes, signature: str) -> bool:
    try:
        known = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        known.verify(bytes.fromhex(signature), context.encode() + b"\0" + data)
    except (InvalidSignature, ValueError):
        return False
    return True


def code_parts(code: str, center_key: bytes) -> tuple[str, bool]:
    """Give the secret of an enrolment code, and whether the code names this center's key."""
    plain = code.replace("-", "")
    bits = int.from_bytes(hashlib.sha256(center_key).digest()) >> (256 - 100)
    expected = "".join(BASE32[bits >> shift & 31] for shift in range(95, -5, -5))
    return plain[:10], plain[10:] == expected


def id_sum(ids: set[str]) -> list[Any]:
    return [len(ids), f"{sum(int(each, 16) for each in ids) % 2**256:064x}"]


def buckets(ids: set[str]) -> dict[str, list[Any]]:
    return {first: id_sum({each for each in ids if each[:2] == first}) for first in {each[:2] for each in ids}}


class Event:
    """An event as it travels, its header and effects read; `code` is why it must be held aside, or empty."""

    def __init__(self, wire: dict[str, str]) -> None:
        self.wire, self.id = wire, sha256(wire["h"])
        self.header: dict[str, Any] = parse(wire["h"])
        self.body = wire.get("b")
        self.code = "" if _well_formed(self.header, wire["h"]) else "record-malformed"
        self.effects: dict[str, Any] = {}
        if self.body is not None and not self.code:
            self.code, self.effects = _read_body(self.body, self.header["body_hash"])

    @property
    def ruling(self) -> dict[str, Any] | None:
        return self.effects.get("ruling") if self.header["type"] == "ruling" else None


def _read_body(body: str, body_hash: str) -> tuple[str, dict[str, Any]]:
    if sha256(body) != body_hash:
        return "body-not-bound", {}
    if len(body.encode()) > 256 * 1024:
        return "body-too-long", {}
    read = parse(body)
    well = isinstance(read, dict) and isinstance(read.get("effects"), dict)
    return ("", read["effects"]) if well else ("body-malformed", {})


def _hex(digits: int, *, none: bool = False) -> Callable[[Any], bool]:
    pattern = re.compile(f"[0-9a-f]{{{digits}}}")
    return lambda value: value is None if none and value is None else bool(pattern.fullmatch(str(value)))


def _whole(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _text(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= 64


HEADER: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("type_version", "lamport"), _whole),
    **dict.fromkeys(("type", "org", "claimed_at"), _text),
    **dict.fromkeys(("prev", "grant", "base"), _hex(64, none=True)),
    "origin": _hex(32),
    "epoch": _hex(16),
    "subject_id": _hex(32),
    "body_hash": _hex(64),
    "proto": lambda value: value == 1,
    "alg": lambda value: value == "ed25519-sha256",
    "actor": _hex(32, none=True),
    "seq": lambda value: _whole(value) and value >= 1,
    "subject_kind": {"case", "batch", "point_log", "audit"}.__contains__,
    "audience": {"parties", "handling", "office", "supervision"}.__contains__,
}


def _well_formed(header: Any, text: str) -> bool:
    if not isinstance(header, dict) or set(header) != set(HEADER) or len(text.encode()) > 4096:
        return False
    return all(good(header[field]) for field, good in HEADER.items()) and (header["seq"] == 1) == (
        header["prev"] is None
    )
