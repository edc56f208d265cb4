"""The signed event: a header whose bytes are kept for ever, and a body that may be withheld or removed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from station_app.domain.effects import Effects, effects_from_json
from station_app.domain.errors import StationError
from station_app.domain.lanes import Audience, SubjectKind
from station_app.protocol import canonical

PROTO = 1
# Of every type of event so far. What a newer one means, this program does not know.
TYPE_VERSION = 1
ALG = "ed25519-sha256"
MAX_HEADER_BYTES = 4096
MAX_BODY_BYTES = 256 * 1024
SALT_BYTES = 16

_T = TypeVar("_T")


class _Once(Generic[_T]):
    """A property that is worked out once for each event.

    Unlike `functools.cached_property` of Python 3.11 it has no lock, which is one for all events there: the threads of
    a center stood in line for it. Two that come at once work the same out twice.
    """

    def __init__(self, find: Callable[[Any], _T]) -> None:
        self._find = find
        self.__doc__ = find.__doc__

    def __get__(self, event: Any, _owner: type | None = None) -> _T:
        found = event.__dict__[self._find.__name__] = self._find(event)
        return found


@dataclass(frozen=True, slots=True)
class Header:
    """What is signed. Hashes and ids are lower-case hex; `claimed_at` is the PC's own UTC clock, never relied on."""

    proto: int
    alg: str
    type: str
    type_version: int
    origin: str
    epoch: str
    seq: int
    prev: str | None
    subject_kind: str
    subject_id: str
    grant: str | None
    base: str | None
    actor: str | None
    org: str
    claimed_at: str
    lamport: int
    audience: str
    body_hash: str

    def to_bytes(self) -> bytes:
        """Return the canonical bytes, written once when the event is made and never again."""
        return canonical.encode({name: getattr(self, name) for name in _NAMES})

    @property
    def subject(self) -> tuple[str, str]:
        """Return (kind, id) of what the event is about."""
        return self.subject_kind, self.subject_id


@dataclass(frozen=True)
class Event:
    """A signed event as stored and forwarded: `header_bytes` verbatim; `body` is None where it is not ours to read."""

    header_bytes: bytes
    signature: bytes
    person_signature: bytes = b""
    body: bytes | None = None

    @_Once
    def event_id(self) -> str:
        """Return SHA-256 of the header bytes, in hex."""
        return hashlib.sha256(self.header_bytes).hexdigest()

    @_Once
    def header(self) -> Header:
        """Return the parsed header; raises `record-malformed` for anything that is not exactly a header."""
        return parse_header(self.header_bytes)

    @_Once
    def effects(self) -> Mapping[str, Any] | None:
        """Return what the body says, or None without a body."""
        if self.body is None:
            return None
        effects = canonical.decode_object(self.body).get("effects")
        if not isinstance(effects, dict):
            raise StationError("record-malformed", reason="body without effects")
        return effects

    @_Once
    def said(self) -> Mapping[str, Any] | None:
        """Return what the body says, None without one or where its type version is of a newer program."""
        return None if self.header.type_version > TYPE_VERSION else self.effects

    @_Once
    def meaning(self) -> Effects | None:
        """Return the effects, None without a body or for words that need a newer program."""
        try:
            return None if self.said is None else effects_from_json(self.said)
        except StationError:
            return None

    def body_matches(self) -> bool:
        """Tell whether the body, where there is one, is the one that the header names."""
        return self.body is None or hash_body(self.body) == self.header.body_hash


def make_body(effects: Mapping[str, Any], salt: bytes) -> bytes:
    """Return the body bytes: the effects and a salt, so that a short body can't be guessed from its hash."""
    return canonical.encode({"effects": effects, "salt": salt.hex()})


def hash_body(body: bytes) -> str:
    """Return the hash by which a header binds its body."""
    return hashlib.sha256(body).hexdigest()


_HEX = frozenset("0123456789abcdef")
_TEXT = {"alg", "type", "subject_kind", "org", "claimed_at", "audience"}
_INTEGERS = {"proto", "type_version", "seq", "lamport"}
_IDS = {"origin": 32, "epoch": 16, "subject_id": 32, "actor": 32}
_HASHES = {**_IDS, "prev": 64, "grant": 64, "base": 64, "body_hash": 64}
_OPTIONAL = {"prev", "grant", "base", "actor"}
_NAMES = tuple(f.name for f in fields(Header))
_KINDS = frozenset(kind.value for kind in SubjectKind)
_AUDIENCES = frozenset(audience.value for audience in Audience)


def parse_header(data: bytes) -> Header:
    """Return the header written in `data`, with each field's type, range and length checked.

    Raises:
        StationError: `record-malformed` with the field; `proto-unknown` for another protocol number.
    """
    if len(data) > MAX_HEADER_BYTES:
        raise StationError("record-malformed", reason="header too long")
    found = canonical.decode_object(data)
    if len(found) != len(_NAMES) or any(name not in found for name in _NAMES):
        raise StationError("record-malformed", reason="header fields")
    for name, value in found.items():
        _check_field(name, value)
    if found["proto"] != PROTO or found["alg"] != ALG:
        raise StationError("proto-unknown", proto=found["proto"])
    if found["subject_kind"] not in _KINDS or found["audience"] not in _AUDIENCES or found["seq"] < 1:
        raise StationError("record-malformed", reason="header values")
    return Header(**found)


def _check_field(name: str, value: object) -> None:
    if name in _INTEGERS:
        good = type(value) is int and 0 <= value < 2**53
    elif name in _TEXT:
        good = isinstance(value, str) and 0 < len(value) <= 64
    elif value is None:
        good = name in _OPTIONAL
    else:
        good = isinstance(value, str) and len(value) == _HASHES[name] and _HEX.issuperset(value)
    if not good:
        raise StationError("record-malformed", reason=f"header field {name}")
