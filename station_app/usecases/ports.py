"""What the use cases need from outside: the station's book, its keys, the clock. Disk and memory both give it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from station_app.domain.batches import Batch
from station_app.domain.cases import Case
from station_app.domain.people import Worker
from station_app.exchange.ports import Link, StationBook, Subject
from station_app.exchange.writing import Chain, Pen
from station_app.protocol.event import Event
from station_app.protocol.signed import Document


@dataclass(frozen=True, slots=True)
class Identity:
    """Which station this is.

    Args:
        device: id of this PC.
        epoch: 16 hex digits, new at enrolment and after every restore.
        tag: two-digit number of the epoch in its office, given by the center; goes into printed numbers.
        org: office code.
        center_url: where the county's center is.
        center_device: id of the center, which signs rulings.
        center_key: the pinned public key of the center, hex.
        authority_pem: the certificate that TLS connections to the center must rest on.
    """

    device: str
    epoch: str
    tag: int
    org: str
    center_url: str
    center_device: str
    center_key: str
    authority_pem: str


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """What of one case (or batch) is not settled at the center yet, or was refused."""

    subject_id: str
    events: int
    code: str


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a list shows.

    Args:
        state: a state's code.
        query: part of a name, an item, a number, or pinyin initials.
    """

    state: str | None = None
    query: str | None = None


class Book(StationBook, Protocol):
    """The station's journal and projections in one transaction."""

    def identity(self) -> Identity: ...
    def chain(self) -> Chain: ...
    def append(self, events: Sequence[Event]) -> None: ...
    def all_events(self) -> Iterable[Event]: ...
    def subject_events(self, subject_id: str) -> Sequence[Event]: ...
    def case(self, case_id: str) -> Case | None: ...
    def case_numbered(self, text: str) -> Case | None: ...
    def cases(self, wanted: CaseFilter) -> Sequence[Case]: ...
    def batch(self, batch_id: str) -> Batch | None: ...
    def batch_numbered(self, text: str) -> Batch | None: ...
    def batches(self) -> Sequence[Batch]: ...
    def document(self, kind: str) -> Document | None: ...
    def next_serial(self, name: str) -> int: ...
    def outbox_entries(self) -> Sequence[OutboxEntry]: ...
    def refused_events(self) -> Mapping[str, str]: ...
    def statuses_of(self, event_ids: Sequence[str]) -> dict[str, tuple[str, str, str]]: ...
    def last_link(self) -> int: ...
    def save_sync_status(self, code: str, params: Mapping[str, object], next_attempt: str) -> None: ...
    def sync_status(self) -> tuple[str, Mapping[str, object], str]: ...
    def log_print(self, document: str, subject_id: str, person: str, at: str) -> None: ...


__all__ = ["Book", "CaseFilter", "Desk", "Identity", "Link", "OpenBook", "OutboxEntry", "Subject"]

OpenBook = Callable[[], AbstractContextManager[Book]]


@dataclass(frozen=True, slots=True)
class Desk:
    """A worker at a station: who, with which keys, and the clock and chance that the use cases are given.

    Args:
        open_book: opens a writing transaction; leaving it commits, an error rolls back.
        read_book: opens a reading transaction.
        now: the UTC clock of this PC.
        entropy: random bytes.
    """

    worker: Worker
    pen: Pen
    open_book: OpenBook
    read_book: OpenBook
    now: Callable[[], datetime]
    entropy: Callable[[int], bytes]
