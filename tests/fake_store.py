"""What the stores in memory have in common: transactions that roll back or are cut short, and fake signatures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, TypeVar

from station_app.domain.errors import StationError
from station_app.exchange.authentic import Credentials
from station_app.keys import signing
from station_app.protocol.event import Event
from station_app.protocol.signed import Credential, PersonCredential, Signed, read_credential

CredentialKey = tuple[str, str, str]


class PowerCutError(Exception):
    """The machine went off; what was not committed is gone."""


@dataclass(frozen=True, slots=True)
class FakeKey:
    """A key whose signature is a keyed hash: quick, and wrong for anything else that is signed."""

    public: bytes

    def sign(self, context: str, data: bytes) -> bytes:
        return hashlib.blake2b(context.encode() + b"\0" + data, key=self.public, digest_size=16).digest()


def fake_verify(public: bytes, context: str, data: bytes, signature: bytes) -> bool:
    return FakeKey(public).sign(context, data) == signature


def fake_verify_many(jobs: Sequence[tuple[bytes, str, bytes, bytes]]) -> list[bool]:
    return [fake_verify(*job) for job in jobs]


@dataclass(frozen=True, slots=True)
class Scheme:
    """How this world signs: with fakes in most, with Ed25519 in some."""

    key: Callable[[bytes], FakeKey | signing.SigningKey]
    verify: Callable[[bytes, str, bytes, bytes], bool]
    verify_many: Callable[[Sequence[tuple[bytes, str, bytes, bytes]]], list[bool]]


FAKE = Scheme(FakeKey, fake_verify, fake_verify_many)
ED25519 = Scheme(signing.SigningKey, signing.verify, signing.verify_many)


def credential_key(signed: Signed) -> CredentialKey:
    credential = read(signed)
    person = credential.person if isinstance(credential, PersonCredential) else ""
    return person, credential.device, credential.public_key.hex()


class _Missing:
    """What stood under a key that is new."""


MISSING = _Missing()
_K = TypeVar("_K")
_V = TypeVar("_V")


class Table(dict[_K, _V]):
    """A table of immutable values that can take back what a transaction changed in it.

    `before` holds, while a transaction is open, what stood under each key it has touched; `version` counts changes.
    """

    __slots__ = ("before", "cache", "version")

    def __init__(self, found: Mapping[_K, _V] | None = None) -> None:
        super().__init__(found or {})
        self.before: dict[_K, Any] | None = None
        self.version = 0
        self.cache: tuple[int, Any] = (-1, None)

    def _touch(self, key: _K) -> None:
        self.version += 1
        if self.before is not None and key not in self.before:
            self.before[key] = dict.get(self, key, MISSING)

    def __setitem__(self, key: _K, value: _V) -> None:
        self._touch(key)
        super().__setitem__(key, value)

    def __delitem__(self, key: _K) -> None:
        self._touch(key)
        super().__delitem__(key)

    def pop(self, key: _K, *default: Any) -> Any:
        self._touch(key)
        return super().pop(key, *default)

    def update(self, found: Mapping[_K, _V]) -> None:  # type: ignore[override]
        for key, value in found.items():
            self[key] = value

    def setdefault(self, key: _K, default: _V) -> _V:  # type: ignore[override]
        if key not in self:
            self[key] = default
        return self[key]

    def take_back(self) -> None:
        """Undo what the open transaction changed."""
        before, self.before = self.before or {}, None
        for key, value in reversed(before.items()):
            if value is MISSING:
                self.pop(key, None)
            else:
                self[key] = value

    def cached(self, make: Callable[[], Any]) -> Any:
        """Return what was made of this table, made anew where the table has changed since."""
        if self.cache[0] != self.version:
            self.cache = (self.version, make())
        return self.cache[1]


def tables_of(tables: Any) -> dict[str, Table[Any, Any]]:
    """Return the tables by name."""
    return {entry.name: getattr(tables, entry.name) for entry in fields(tables)}


def copied(tables: Any) -> Any:
    """Return tables that change apart from these."""
    return type(tables)(**{name: Table(table) for name, table in tables_of(tables).items()})


@dataclass(frozen=True, slots=True)
class Change:
    """What one transaction changed: the tables after it, and what stood there before."""

    tables: Any
    before: Mapping[str, Mapping[Any, Any]]

    def added(self, name: str) -> list[tuple[Any, Any]]:
        """Return the new rows of a table."""
        table = getattr(self.tables, name)
        return [(key, table[key]) for key, was in self.before[name].items() if was is MISSING and key in table]

    def changed(self, name: str) -> list[tuple[Any, Any, Any]]:
        """Return (key, before, after) of the rows that differ; MISSING stands for none."""
        table = getattr(self.tables, name)
        rows = [(key, was, table.get(key, MISSING)) for key, was in self.before[name].items()]
        return [row for row in rows if row[1] is not row[2] and row[1] != row[2]]

    def names(self) -> set[str]:
        """Return the tables in which something differs."""
        return {name for name in self.before if self.changed(name)}

    def was(self, name: str, key: Any) -> Any:
        """Return what stood under a key before, MISSING for nothing."""
        found = self.before[name].get(key, self)
        return getattr(self.tables, name).get(key, MISSING) if found is self else found


class Store:
    """Tables with one writer at a time.

    Args:
        tables: what is in them at first.
        book: makes the port of one transaction.

    `cut` makes the next commit fail ("before" it, or right "after" it; "full" is a full disk); `watch` is called with
    the change of each commit; `processes` do what a program does here, where it has any of its own; `body_key` is a
    center's, under which it seals bodies where it seals them, and hashes errands.
    """

    def __init__(self, tables: Any, book: Callable[[Any], Any]) -> None:
        self.tables = tables
        self.cut = ""
        self.watch: Callable[[Change], None] | None = None
        self.book = book
        self.processes: Any = None
        self.body_key = bytes(32)
        self._writing = False
        self._rehearsed: set[str] | None = None

    @contextmanager
    def write(self) -> Iterator[Any]:
        with self._open() as change:
            yield self.book(self.tables)
            if self._rehearsed is not None:
                self._rehearsed |= change.made().names()
                return
            cut, self.cut = self.cut, ""
            if cut == "before":
                raise PowerCutError
            if cut == "full":
                raise StationError("disk-full")
            change.keep()
        if self.watch is not None:
            self.watch(change.made())
        if cut == "after":
            raise PowerCutError

    @contextmanager
    def _open(self) -> Iterator[_Open]:
        assert not self._writing, "a second writer"
        self._writing = True
        opened = _Open(self.tables)
        try:
            yield opened
        finally:
            self._writing = False
            opened.close()

    def rehearse(self, act: Callable[[], Any]) -> set[str]:
        """Let `act` use this store, keep nothing of it, and return the tables that it would have changed."""
        self._rehearsed = set()
        try:
            act()
            return self._rehearsed
        finally:
            self._rehearsed = None

    def take_copy(self) -> Any:
        """Return a copy of the tables, as a backup has it."""
        return copied(self.tables)

    def put_copy(self, copy: Any) -> None:
        """Put the tables back to a copy."""
        self.tables = copied(copy)

    def read_anew(self, book: Any) -> None:
        """Forget what programs have understood of the events so far; what is on disk has no such memory."""
        for event_id, event in list(book.tables.events.items()):
            book.tables.events[event_id] = replace(event)
        for subject_id, stream in list(book.tables.subjects.items()):
            book.tables.subjects[subject_id] = tuple(book.tables.events[event.event_id] for event in stream)

    @contextmanager
    def read(self) -> Iterator[Any]:
        yield self.book(self.tables)


class _Open:
    """A transaction under way."""

    def __init__(self, tables: Any) -> None:
        self._tables = tables
        self._by_name = tables_of(tables)
        self._kept: dict[str, dict[Any, Any]] | None = None
        for table in self._by_name.values():
            table.before = {}

    def keep(self) -> None:
        self._kept = {name: table.before or {} for name, table in self._by_name.items()}
        for table in self._by_name.values():
            table.before = None

    def made(self) -> Change:
        before = self._kept
        if before is None:
            before = {name: table.before or {} for name, table in self._by_name.items()}
        return Change(self._tables, before)

    def close(self) -> None:
        if self._kept is None:
            for table in self._by_name.values():
                table.take_back()


def insert(tables: Any, events: Iterable[Event]) -> None:
    for event in events:
        header = event.header
        assert event.event_id not in tables.events, "an event stored twice"
        tables.events[event.event_id] = event
        tables.subjects[header.subject_id] = (*tables.subjects.get(header.subject_id, ()), event)
        tables.tops[""] = max(tables.tops.get("", (0, "")), (header.lamport, ""))
        chain, place = (header.origin, header.epoch), (header.seq, event.event_id)
        if place[0] > tables.tops.get(chain, (0, ""))[0]:
            tables.tops[chain] = place


@lru_cache(maxsize=20_000)
def read(signed: Signed) -> Credential:
    return read_credential(signed.payload)


def known(centers: frozenset[str], found: Iterable[Signed]) -> Credentials:
    return Credentials(centers).with_more([read(signed) for signed in found])
