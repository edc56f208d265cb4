"""What the stores in memory have in common: transactions that roll back or are cut short, and fake signatures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

from station_app.exchange.authentic import Credentials
from station_app.keys import signing
from station_app.protocol.event import Event
from station_app.protocol.signed import PersonCredential, Signed, read_credential

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
    credential = read_credential(signed.payload)
    person = credential.person if isinstance(credential, PersonCredential) else ""
    return person, credential.device, credential.public_key.hex()


def copied(tables: Any) -> Any:
    """Return tables that change apart from these."""
    return type(tables)(**{entry.name: dict(getattr(tables, entry.name)) for entry in fields(tables)})


class Store:
    """Tables with one writer at a time.

    Args:
        tables: what is in them at first.
        book: makes the port of one transaction.

    `cut` makes the next commit fail ("before" it, or right "after" it); `watch` is called with the tables before and
    after each commit.
    """

    def __init__(self, tables: Any, book: Callable[[Any], Any]) -> None:
        self.tables = tables
        self.cut = ""
        self.watch: Callable[[Any, Any], None] | None = None
        self.book = book
        self._writing = False

    @contextmanager
    def write(self) -> Iterator[Any]:
        assert not self._writing, "a second writer"
        working = copied(self.tables)
        self._writing = True
        try:
            yield self.book(working)
        finally:
            self._writing = False
        cut, self.cut = self.cut, ""
        if cut == "before":
            raise PowerCutError
        before, self.tables = self.tables, working
        if self.watch is not None:
            self.watch(before, working)
        if cut == "after":
            raise PowerCutError

    @contextmanager
    def read(self) -> Iterator[Any]:
        yield self.book(self.tables)


def insert(tables: Any, events: Iterable[Event]) -> None:
    for event in events:
        header = event.header
        assert event.event_id not in tables.events, "an event stored twice"
        tables.events[event.event_id] = event
        tables.subjects[header.subject_id] = (*tables.subjects.get(header.subject_id, ()), event)


def known(centers: frozenset[str], found: Iterable[Signed]) -> Credentials:
    return Credentials(centers).with_more([read_credential(signed.payload) for signed in found])
