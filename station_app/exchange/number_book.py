"""What a center keeps of numbers: blocks of 文号 leased to PCs, and 文号 and 代办登记号 in facts of cases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from station_app.domain.document_numbers import Block, DocumentNumber
from station_app.protocol.event import Event


@dataclass(frozen=True, slots=True)
class Lease:
    """A block of 文号 that a center has leased to one epoch of a PC, for good.

    Args:
        epoch: "" for one that was leased twice, by a center that had forgotten it: no more numbers of it are given.
    """

    block: Block
    org: str
    device: str
    epoch: str
    leased_at: str


@dataclass(frozen=True, slots=True)
class UsedNumber:
    """A 文号 that stands in the facts of a case, and the event that set it."""

    event_id: str
    number: DocumentNumber
    org: str
    case_id: str


class NumberBook(Protocol):
    """What a center knows of 文号 and 代办登记号."""

    def used_numbers(self, numbers: Collection[DocumentNumber]) -> Sequence[UsedNumber]: ...
    def used_numbers_of(self, org: str, year: int) -> Sequence[UsedNumber]: ...
    def add_used_numbers(self, found: Sequence[UsedNumber]) -> None: ...
    def highest_number(self, series: str, year: int, most: int) -> int:
        """Return the highest up to `most` that was leased or is used, 0 for none.

        But for a used one that leaves no room for a block: a slip of the pen must not end a series.
        """
        ...

    def leases_of(self, device: str, epoch: str) -> Sequence[Lease]: ...
    def leases_in(self, series: str, year: int) -> Sequence[Lease]: ...
    def leases_at(self, org: str, year: int) -> Sequence[Lease]: ...
    def add_lease(self, lease: Lease) -> None: ...
    def withdraw_lease(self, block: Block) -> None:
        """Let a block belong to no epoch any more."""
        ...

    def add_case_numbers(self, found: Collection[tuple[str, str]]) -> None:
        """Note pairs of a 代办登记号 and a case that has it; noted again it changes nothing."""
        ...

    def cases_numbered(self, number: str) -> Sequence[str]:
        """Return the cases that have this 代办登记号; two where copies of one PC gave it."""
        ...

    def events_behind(self, arrival: int, limit: int) -> Sequence[tuple[int, Event]]:
        """Return events in the order in which they came here, with their place in it."""
        ...
