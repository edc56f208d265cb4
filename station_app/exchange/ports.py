"""What the exchange needs of a store; disk and memory both give it. Each book is one open transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import Credentials
from station_app.exchange.writing import Chain
from station_app.protocol.event import Event
from station_app.protocol.signed import Document, Signed
from station_app.protocol.wire import FeedRow, PushStatus

Subject = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """How far a station and its center are with each other; saved with every reply applied, in one transaction.

    Args:
        incarnation: the center's incarnation that the cursor belongs to.
        cursor: last feed row held.
        nonce: to be named in the next request.
        acked: last outbox number that the center has durably taken in.
        last_success_at: UTC, ISO 8601, by this PC's clock, for display.
        center_time: the center's clock at the last reply.
    """

    incarnation: str = ""
    cursor: int = 0
    nonce: str = ""
    acked: int = 0
    last_success_at: str = ""
    center_time: str = ""


class StationBook(Protocol):
    """The station's journal in one transaction, as the exchange sees it.

    `settle` leaves rows that are settled alone, ignores "waiting", and folds the subjects of events now refused anew:
    what the center did not take in no longer counts here.
    """

    def link(self) -> Link: ...
    def save_link(self, link: Link) -> None: ...
    def outbox(self, limit: int) -> Sequence[tuple[int, Event]]: ...
    def settle(self, statuses: Iterable[PushStatus], at: str) -> None: ...
    def known_ids(self, event_ids: Collection[str]) -> set[str]: ...
    def add_foreign(self, events: Sequence[Event]) -> None: ...
    def hold(self, event: Event, code: str) -> None: ...
    def credentials(self) -> Credentials: ...
    def save_credentials(self, found: Sequence[Signed]) -> None: ...
    def save_document(self, document: Document) -> None: ...
    def save_receipt(self, receipt: Signed) -> None: ...
    def save_seen_below(self, seen: Mapping[str, str]) -> None: ...
    def save_phone_keys(self, keys: Mapping[str, tuple[int, str]]) -> None: ...
    def refold(self, subjects: Iterable[Subject]) -> None: ...


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of one device's epoch that a store has taken in."""

    seq: int
    event_id: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that was not taken in: a tombstone keeps its bytes and the reason, and the chain goes on behind it."""

    link: int
    event: Event
    code: str


@dataclass(frozen=True, slots=True)
class Placement:
    """An event put into an office's feed."""

    org: str
    kind: str
    event_id: str


class CenterBook(Protocol):
    """The center's journal in one writing transaction, as the exchange sees it."""

    def link_head(self, device: str, epoch: str) -> int: ...
    def heads(self, chains: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Head]: ...
    def ids_at(self, places: Collection[tuple[str, str, int]]) -> Mapping[tuple[str, str, int], str]: ...
    def refused_ids(self, event_ids: Collection[str]) -> Mapping[str, str]: ...
    def viewers(self, subjects: Collection[Subject]) -> Mapping[Subject, tuple[str, ...]]:
        """Return who sees what exists under these ids, also where an id is taken by a subject of another kind."""
        ...

    def highest_lamport(self) -> int: ...
    def organisations(self) -> Organisations: ...
    def credentials(self, origins: Collection[str]) -> Credentials: ...
    def add_events(self, events: Sequence[Event]) -> None: ...
    def add_refusals(self, device: str, epoch: str, refusals: Sequence[Refusal]) -> None: ...
    def save_heads(self, heads: Mapping[tuple[str, str], Head]) -> None: ...
    def save_link_head(self, device: str, epoch: str, link: int) -> None: ...
    def save_viewers(self, viewers: Mapping[Subject, tuple[str, ...]]) -> None: ...
    def place(self, placements: Sequence[Placement]) -> None: ...
    def mark_unruled(self, cases: Iterable[str]) -> None: ...

    def unruled(self, limit: int) -> Sequence[str]: ...
    def mark_ruled(self, cases: Iterable[str]) -> None: ...
    def case_events(self, cases: Collection[str]) -> Mapping[str, Sequence[Event]]: ...
    def chain(self) -> Chain: ...

    def feed(self, org: str, after: int, limit: int) -> Sequence[FeedRow]: ...
    def feed_head(self, org: str) -> int: ...
