"""What the use cases need from outside: the station's book, its keys, the clock. Disk and memory both give it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from station_app.domain.batches import Batch
from station_app.domain.case_cards import CaseCard, CaseQuery, Place
from station_app.domain.case_words import Search
from station_app.domain.cases import Case, CaseState
from station_app.domain.people import Worker
from station_app.domain.slips import CaseHead, Slip, SlipDoubt
from station_app.exchange.ports import Hop, Link, StationBook, Subject
from station_app.exchange.writing import Chain, Pen
from station_app.protocol.event import Event
from station_app.protocol.signed import Document
from station_app.usecases.attachment_book import AttachmentBook
from station_app.usecases.carried_files import CarriedFileBook
from station_app.usecases.package_port import PackageBook


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
        forked_from: the epoch that this one continues, "" for the first.
    """

    device: str
    epoch: str
    tag: int
    org: str
    center_url: str
    center_device: str
    center_key: str
    authority_pem: str
    forked_from: str = ""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """What of one case (or batch) is not settled at the center yet, or was refused."""

    subject_id: str
    events: int
    code: str


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a list of cases, which has the newest on top.

    Args:
        position: the case that it begins behind; None for an end of the list.
        older: it goes down from there (or from the top), otherwise up from there (or from the bottom).
        skip: how many cases to pass over before the first one.
    """

    position: int | None
    limit: int
    skip: int = 0
    older: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """A card and its place in the order in which cases first came here: 1, 2, 3, ... without gaps, for good."""

    position: int
    card: CaseCard


@dataclass(frozen=True, slots=True)
class CaseTally:
    """How many cases that are not done stand alike."""

    place: Place
    state: CaseState
    decides: bool
    branch: str
    count: int


@dataclass(frozen=True, slots=True)
class ClockTally:
    """How many clocks of a kind this office has to keep, of the cases that came through one branch."""

    kind: str
    branch: str
    overdue: int
    today: int
    soon: int
    later: int
    provisional: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that is not finished; it is on this PC only.

    Args:
        kind: which form, an action's code.
        content: what was filled in, as the form keeps it.
        saved_at: UTC stamp.
    """

    draft_id: str
    person: str
    kind: str
    title: str
    content: Mapping[str, Any]
    saved_at: str


@dataclass(frozen=True, slots=True)
class Reveal:
    """Who looked at an unmasked fact of a case, and when (UTC stamp)."""

    person: str
    case_id: str
    field: str
    at: str


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """How the last exchange ended.

    Args:
        code: why it did not come through, "" when it did.
        next_attempt: UTC stamp.
        last_ok_at: UTC stamp of the last one that came through, "" before the first.
    """

    code: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    next_attempt: str = ""
    last_ok_at: str = ""


@dataclass(frozen=True, slots=True)
class OutboxTotals:
    """What waits for the center, and what it refused."""

    events: int
    subjects: int
    refused: int


class CaseIndex(Protocol):
    """What lists and boards read: columns and words kept beside each case, never the case itself."""

    def case_slice(self, query: CaseQuery, cut: Slice) -> Sequence[Placed]:
        """Return a part of the list, newest first whichever way it was cut."""
        ...

    def count_cases(self, query: CaseQuery, most: int) -> int:
        """Return how many cases the list has; where it is a search, at most `most`."""
        ...

    def tally_cases(self) -> Sequence[CaseTally]: ...
    def longest_on_the_road(self) -> Mapping[str, str]:
        """Return for each branch the local date on which the oldest offer to us was handed over; "" for our own."""
        ...

    def tally_clocks(self, today: date, soon: date) -> Sequence[ClockTally]:
        """Return the clocks that run out before, on and after `today`; soon: up to that day."""
        ...

    def due_until(self, day: date, limit: int) -> Sequence[Placed]:
        """Return the cases with a clock of ours that ends by this day, the first to end first."""
        ...

    def silent_since(self, day: date, limit: int) -> Sequence[Placed]:
        """Return the cases that were handed over by this day and that nobody has taken, the longest first."""
        ...

    def late_cases(self, limit: int) -> Sequence[Placed]:
        """Return the cases that are not done and of which something was set aside, the newest first."""
        ...

    def is_behind(self) -> bool:
        """Tell whether open cases may still be as an older calendar or older organisations showed them."""
        ...

    def has_traces(self) -> bool:
        """Tell whether words of removed contents are still to be taken out of the index."""
        ...

    def wipe_traces(self) -> None:
        """Take the next part of them out."""
        ...

    def look_anew(self, most: int) -> int:
        """Write up to `most` open cases as the documents in force show them; return how many, 0 when all are."""
        ...

    def rows_fault(self, cases: Iterable[Case], batches: Iterable[Batch]) -> str:
        """Return of which case (or batch) row, clocks or words are otherwise than a fold would write them, "" of none.

        Args:
            cases: all there are, each folded from its events just now; so are the batches.
        """
        ...

    def cases_of_person(self, search: Search) -> Iterator[Case]:
        """Yield the cases whose applicant the search finds, newest first."""
        ...


class LocalNotes(Protocol):
    """What is on this PC only and goes to no center."""

    def save_draft(self, draft: Draft) -> None: ...
    def drafts(self, person: str) -> Sequence[Draft]:
        """Return a worker's drafts, the last saved first."""
        ...

    def drop_draft(self, draft_id: str, person: str) -> None: ...
    def log_reveal(self, reveal: Reveal) -> None: ...
    def reveals(self, case_id: str) -> Sequence[Reveal]: ...
    def save_looked_at(self, looked: Mapping[str, tuple[str, str]]) -> None: ...
    def looked_at(self) -> Mapping[str, tuple[str, str]]:
        """Return what somebody here has looked at: id of a step set aside, or an epoch, to (person, UTC stamp)."""
        ...

    def save_retried(self, retried: Mapping[str, str]) -> None: ...
    def retried(self) -> Mapping[str, str]:
        """Return which refused events somebody here wanted to have judged anew, with the UTC stamp of that."""
        ...

    def next_serial(self, name: str) -> int: ...
    def serials(self, day: str) -> Mapping[str, int]: ...
    def raise_serial(self, name: str, value: int) -> None: ...
    def written_before(self) -> Mapping[str, int]: ...
    def save_written_before(self, heads: Mapping[str, int]) -> None: ...
    def skipped_serials(self) -> Mapping[str, Sequence[Sequence[int]]]: ...
    def save_skipped_serials(self, skipped: Mapping[str, Sequence[Sequence[int]]]) -> None: ...
    def log_print(self, document: str, subject_id: str, person: str, at: str) -> None: ...
    def save_sync_status(self, status: SyncStatus) -> None: ...
    def sync_status(self) -> SyncStatus: ...


class Slips(Protocol):
    """Printed slips that were scanned here."""

    def highest_of_events(self) -> int:
        """Return the highest lamport of the journal, without what slips say."""
        ...

    def slip(self, batch_id: str) -> Slip | None: ...
    def save_slip(self, slip: Slip, heads: Sequence[CaseHead]) -> None: ...
    def case_heads(self, case_ids: Collection[str] | None = None) -> Mapping[str, CaseHead]:
        """Return what slips that are here whole say of cases, of all where none are named."""
        ...

    def scanned_batches(self, batch_ids: Collection[str] | None = None) -> Mapping[str, Batch]:
        """Return the batches of slips that are here whole, of all where none are named."""
        ...

    def slip_doubts(self) -> Sequence[SlipDoubt]:
        """Return what came otherwise than a slip had it, and nobody here has looked at yet."""
        ...

    def drop_slip_doubts(self, case_id: str) -> None: ...


class Book(StationBook, CaseIndex, LocalNotes, PackageBook, Slips, AttachmentBook, CarriedFileBook, Protocol):
    """The station's journal and projections in one transaction."""

    def identity(self) -> Identity: ...
    def chain(self) -> Chain: ...
    def append(self, events: Sequence[Event]) -> None: ...
    def all_events(self) -> Iterable[Event]: ...
    def subject_events(self, subject_id: str) -> Sequence[Event]: ...
    def case(self, case_id: str) -> Case | None: ...
    def case_numbered(self, text: str) -> Case | None: ...
    def batch(self, batch_id: str) -> Batch | None: ...
    def batch_numbered(self, text: str) -> Batch | None: ...
    def numbers_here(self, numbers: Collection[str]) -> set[str]:
        """Return which of these printed numbers, of cases and of batches, something here has."""
        ...

    def batches(self) -> Sequence[Batch]: ...
    def batches_from(self, org: str, limit: int) -> Sequence[Batch]:
        """Return the batches that an office sent, the last first."""
        ...

    def batches_open_for(self, org: str) -> Sequence[Batch]:
        """Return the batches to an office that still have cases to be counted, the first first."""
        ...

    def document(self, kind: str) -> Document | None: ...
    def seen_below(self) -> Mapping[str, str]:
        """Return when the offices below last exchanged with the center, as it told; UTC stamps."""
        ...

    def save_office_keys(self, keys: Mapping[int, tuple[str, str]]) -> None: ...
    def office_keys(self) -> Mapping[int, tuple[str, str]]:
        """Return by version the public and the private key (hex) of this office, as far as this PC could open them."""
        ...

    def phone_keys(self) -> Mapping[str, tuple[int, str]]:
        """Return by person the round and the public key (hex) of the next code by telephone."""
        ...

    def outbox_entries(self) -> Sequence[OutboxEntry]: ...
    def outbox_totals(self) -> OutboxTotals: ...
    def refused_events(self) -> Mapping[str, str]: ...
    def statuses_of(self, event_ids: Sequence[str]) -> dict[str, tuple[str, str, str]]: ...
    def last_link(self) -> int: ...
    def hops(self, event_ids: Sequence[str]) -> Sequence[Hop]: ...
    def forgotten(self, subject_ids: Iterable[str]) -> set[str]: ...


__all__ = [
    "Book",
    "CaseTally",
    "ClockTally",
    "Desk",
    "Draft",
    "Identity",
    "Link",
    "OpenBook",
    "OutboxEntry",
    "OutboxTotals",
    "Placed",
    "Reveal",
    "Slice",
    "Subject",
    "SyncStatus",
]

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
