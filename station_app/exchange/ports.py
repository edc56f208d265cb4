"""What the exchange needs of a store; disk and memory both give it. Each book is one open transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from station_app.domain.document_numbers import HeldBlock
from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import Credentials
from station_app.exchange.brought_port import BroughtBook
from station_app.exchange.duplicates import Errand
from station_app.exchange.file_book import FileBook
from station_app.exchange.id_sums import IdSum
from station_app.exchange.limits import Limits
from station_app.exchange.number_book import NumberBook
from station_app.exchange.put_away_port import PutAwayBook
from station_app.exchange.removal_port import RemovalBook
from station_app.exchange.writing import Chain
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import FeedRow, PushStatus
from station_app.protocol.signed import Document, Signed

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
        equal_at: when both were last found equal, by this PC's clock.
        standing: how the center looks at this PC: "" as usual, or why it gets nothing (`cloned`, `device-revoked`).
        healing: the center was restored from a backup and still collects what it lost; nothing is ruled yet.
        floor: in this incarnation, the row up to which this PC does without what was put away; 0 for none.
        heeds: it has heeded every row that puts something away, from the incarnation's first on.
        numbers: while it heals, and with `reset`: kind to number of the newest document that it has.
        lost: the center says to have less than it has given its word on; the next request shows it the receipt.
        owes: events that the center has without contents, and this PC with them, or that it refused and somebody here
            wants to have judged anew; given back until a reply says so.
    """

    incarnation: str = ""
    cursor: int = 0
    nonce: str = ""
    acked: int = 0
    last_success_at: str = ""
    center_time: str = ""
    equal_at: str = ""
    standing: str = ""
    healing: bool = False
    numbers: Mapping[str, int] = field(default_factory=dict)
    lost: bool = False
    floor: int = 0
    heeds: bool = False
    owes: Sequence[str] = field(default_factory=list)

    @property
    def heeds_from_now(self) -> bool:
        """Tell whether it has heeded all such rows, also where none has come yet: at the beginning of a feed."""
        return self.heeds or self.cursor == 0


@dataclass(frozen=True, slots=True)
class OwnEpoch:
    """The epoch that a PC writes in.

    Args:
        seq: number of the last event written in it, 0 before the first.
        forked_from: the epoch that it continues, "" for the first.
        tag: two digits for printed numbers.
    """

    epoch: str
    seq: int
    forked_from: str
    tag: int


@dataclass(frozen=True, slots=True)
class Repair:
    """What two sides found out that each lacks; worked off with the following requests.

    Args:
        wanted: ids that the center has and this PC has not.
        owed: ids that this PC has and the center has not.
    """

    wanted: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()


NOTHING = Repair()


class StationBook(BroughtBook, Protocol):
    """The station's journal in one transaction, as the exchange sees it.

    `settle` leaves rows that are settled alone, ignores "waiting", and folds the subjects of events now refused anew:
    what the center did not take in no longer counts here.

    Args:
        relays: this is a center's journal, which exchanges with the center above: others made what goes up from it, and
            it serves what comes.
    """

    relays: bool

    def link(self) -> Link: ...
    def save_link(self, link: Link) -> None: ...
    def own_epoch(self) -> OwnEpoch: ...

    def start_epoch(self, epoch: str) -> None:
        """Go on under a new epoch: the old one is closed where it stands, its unsent events stay in the outbox.

        Printed numbers go on behind those of the old one, whose two digits it has until it is given its own.
        """
        ...

    def save_tag(self, tag: int) -> None:
        """Keep the two digits that the center gave this epoch for printed numbers."""
        ...

    def reopen(self, after: int) -> None:
        """Put what was acknowledged behind this outbox number back into the outbox: the center has lost it."""
        ...

    def id_sum(self) -> IdSum:
        """Return the sum of what the center must have for this office: what came from it and what it took in."""
        ...

    def shared_ids(self) -> Iterable[str]:
        """Yield the ids that `id_sum` counts."""
        ...

    def events_named(self, event_ids: Collection[str]) -> Sequence[Event]: ...
    def credentials_of(self, events: Sequence[Event]) -> Sequence[Signed]:
        """Return the signed credentials of the devices and people behind these events."""
        ...

    def fill_bodies(self, events: Sequence[Event]) -> None:
        """Give events that are here without their body the body that has come now."""
        ...

    def revoke(self, subjects: Sequence[Subject]) -> None:
        """Note that this office sees these subjects no more; `obey_revocations` acts on it."""
        ...

    def forgotten(self, subject_ids: Iterable[str]) -> set[str]: ...
    def show_again(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """Take back revocations, and return the subjects that had one; the caller folds them anew."""
        ...

    def has_revocations(self) -> bool:
        """Tell whether this office was told of any subject that it sees it no more, and not since that it does."""

    def put_away(self, subjects: Sequence[Subject]) -> None:
        """Count these no more in `id_sum`; they stay readable."""

    def call_back(self, subjects: Sequence[Subject]) -> None:
        """Count again what is put away of these."""
        ...

    def call_all_back(self) -> None:
        """Count everything again: the center numbers its feed anew."""
        ...

    def obey_revocations(self) -> None:
        """Drop what others wrote on subjects no longer seen, once nothing of ours on them waits for the center."""
        ...

    def outbox(self, limit: int) -> Sequence[tuple[int, Event]]: ...
    def settle(self, statuses: Iterable[PushStatus], at: str) -> None: ...
    def known_ids(self, event_ids: Collection[str]) -> set[str]: ...
    def add_foreign(self, events: Sequence[Event]) -> None:
        """Add events of others, good ones; one that was held is held no more."""
        ...

    def hold(self, event: Event, code: str) -> None: ...
    def held_with(self, codes: Collection[str]) -> Sequence[tuple[Event, str]]:
        """Return the events of others that are held aside with one of these codes, each with its own."""
        ...

    def limits(self) -> Limits: ...
    def refused_events(self) -> Mapping[str, str]:
        """Return what of the outbox the center refused, with the reason."""
        ...

    def admit_own(self, event_ids: Collection[str]) -> None:
        """Let own events that the center had refused count again, because it has taken them in after all."""
        ...

    def credentials(self) -> Credentials: ...
    def save_credentials(self, found: Sequence[Signed]) -> None: ...
    def save_document(self, document: Document) -> None: ...
    def save_receipt(self, receipt: Signed) -> None: ...
    def last_receipt(self, numbering: str) -> Signed | None:
        """Return the receipt of this incarnation that vouches for most; of an earlier one where there is none."""
        ...

    def own_credentials(self) -> Sequence[Signed]:
        """Return what this PC's center has certified of it and of the people who work on it."""
        ...

    def documents_to_tell(self) -> Sequence[Signed]:
        """Return a center's own documents that the center above has to know and has not got yet; none at a PC."""
        ...

    def save_heard(self, number: int) -> None:
        """Note the number of this center's organisations that the center above has; a PC has none."""
        ...

    def documents_behind(self, numbers: Mapping[str, int]) -> Sequence[Signed]:
        """Return the newest documents of the center of which it has only an older number."""
        ...

    def save_hops(self, hops: Sequence[Hop]) -> None: ...
    def save_seen_below(self, seen: Mapping[str, str]) -> None: ...
    def save_phone_keys(self, keys: Mapping[str, tuple[int, str]]) -> None: ...
    def own_series(self) -> Sequence[str]:
        """Return the series of 文号 of this PC's office; none where it numbers by hand."""
        ...

    def number_blocks(self) -> Sequence[HeldBlock]:
        """Return the blocks of numbers that this PC was leased, under whatever epoch."""
        ...

    def save_number_blocks(self, blocks: Sequence[HeldBlock]) -> None: ...
    def asked_cases(self) -> Mapping[str, str]:
        """Return the 代办登记号 of cases that were asked for, oldest first, each with the answer, "" before it."""
        ...

    def save_asked_cases(self, asked: Mapping[str, str]) -> None: ...
    def refold(self, subjects: Iterable[Subject]) -> None: ...


@dataclass(frozen=True, slots=True)
class Hop:
    """A further center that has taken an event in: 市已收."""

    event_id: str
    org: str
    at: str


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch of a device as its center knows it.

    Args:
        tag: two digits for printed numbers, of this epoch alone in its office.
        nonce: what the next request names; `previous` is good as well, for a reply that got lost.
        link: last outbox number taken in under it.
        closed: another epoch of the device has been opened since.
        forked_from: the epoch it continues, "" for the first.
    """

    device: str
    epoch: str
    tag: int
    nonce: str
    previous: str
    opened_at: str
    link: int = 0
    closed: bool = False
    forked_from: str = ""


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


class CenterBook(NumberBook, PutAwayBook, RemovalBook, FileBook, Protocol):
    """The center's journal in one writing transaction, as the exchange sees it."""

    def epoch(self, device: str, epoch: str) -> Epoch | None: ...
    def epochs(self, device: str) -> Sequence[Epoch]: ...
    def save_epoch(self, found: Epoch) -> None: ...
    def heads(self, chains: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Head]: ...
    def seqs(self, event_ids: Collection[str]) -> Mapping[str, int]:
        """Return the `seq` of each of these events that is held."""
        ...

    def refused_ids(self, event_ids: Collection[str]) -> Mapping[str, str]: ...
    def viewers(self, subjects: Collection[Subject]) -> Mapping[Subject, tuple[str, ...]]:
        """Return who sees what exists under these ids, also where an id is taken by a subject of another kind."""
        ...

    def bodiless(self, event_ids: Collection[str]) -> Collection[str]:
        """Return those of these events that are held without their body."""
        ...

    def fill_bodies(self, events: Sequence[Event]) -> None: ...
    def highest_lamport(self) -> int: ...
    def organisations(self) -> Organisations: ...
    def limits(self) -> Limits: ...
    def credentials(self, origins: Collection[str]) -> Credentials: ...
    def add_events(self, events: Sequence[Event]) -> None: ...
    def release(self, event_ids: Collection[str]) -> None:
        """Note that events that had been refused have been taken in after all; their tombstones stay."""
        ...

    def events_by(self, devices: Collection[str]) -> Iterable[Event]:
        """Yield the events that these devices wrote."""
        ...

    def seqs_behind(self, chain: tuple[str, str], seq: int) -> Collection[int]:
        """Return the numbers of a chain behind this one at which an event is held."""
        ...

    def refused_by(self, devices: Collection[str]) -> Iterable[Event]:
        """Yield, maybe without their bodies, the tombstones of what these devices brought."""
        ...

    def refused_links(self, device: str) -> Collection[int]:
        """Return the numbers of a PC's outbox at which something was refused, whatever the epoch: they go on."""
        ...

    def add_refusals(self, device: str, epoch: str, refusals: Sequence[Refusal]) -> None: ...
    def save_heads(self, heads: Mapping[tuple[str, str], Head]) -> None: ...
    def save_viewers(self, viewers: Mapping[Subject, tuple[str, ...]]) -> None: ...
    def place(self, placements: Sequence[Placement]) -> None:
        """Bring events on the way to offices, to each at most once; backfill goes again to one that sees a case again.

        Into the feed (and its sum) of an office that this center serves; for one below another center into the feed of
        that center; for any other into the outbox to the center above, unless they came from there. But an office that
        comes to see a subject again, which it had to forget, gets the whole `BACKFILL` again.
        """
        ...

    def place_revocations(self, found: Sequence[tuple[str, Subject]]) -> None:
        """Tell offices, by a row of their feed, that they see a subject no more."""
        ...

    def add_reviews(self, found: Mapping[str, str]) -> None:
        """Note events on which a person has to look, with the reason."""
        ...

    def reviews(self, event_ids: Collection[str]) -> Mapping[str, str]: ...
    def errands(self, keys: Collection[str]) -> Sequence[Errand]: ...
    def add_errands(self, found: Sequence[Errand]) -> None: ...
    def mark_unruled(self, cases: Iterable[str]) -> None: ...

    def unruled(self, limit: int) -> Sequence[str]: ...
    def mark_ruled(self, cases: Iterable[str]) -> None: ...
    def case_events(self, cases: Collection[str]) -> Mapping[str, Sequence[Event]]: ...
    def chain(self) -> Chain: ...

    def setting(self, name: str) -> Any: ...
    def save_setting(self, name: str, value: Any) -> None: ...

    def feed(self, org: str, after: int, limit: int, floor: int = 0) -> Sequence[FeedRow]:
        """Return the rows after `after`; up to `floor` without those of subjects that were put away up to there.

        The row `floor` itself always comes, so that whoever reads has no doubt about how far the page reaches.
        """
        ...

    def feed_head(self, org: str) -> int: ...
    def feed_sum(self, org: str) -> IdSum: ...
    def feed_ids(self, org: str) -> Iterable[str]: ...
    def bodiless_in_feed(self, org: str) -> Sequence[Event]:
        """Return the events in the office's feed that are held without their body, for whatever reason."""
        ...

    def events_in_feed(self, org: str, event_ids: Collection[str]) -> Sequence[Event]:
        """Return those of these events that the office's feed has."""
        ...
