"""What the link to the center above needs of a center's store; disk and memory both give it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from station_app.exchange.authentic import Credentials
from station_app.exchange.ports import CenterBook, Hop
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import PushStatus
from station_app.protocol.signed import Signed


class SharingBook(CenterBook, Protocol):
    """A center's journal that knows what of it the center above has too."""

    def note_from_above(self, event_ids: Sequence[str]) -> None: ...
    def not_shared_above(self, event_ids: Collection[str]) -> Sequence[str]:
        """Return those that are in the journal, did not come from above, and are not in the outbox either."""
        ...


class RelayBook(SharingBook, Protocol):
    """What a center's journal needs besides to be a client of the center above."""

    def outbox(self, limit: int) -> Sequence[tuple[int, Event]]: ...
    def settle_outbox(self, statuses: Sequence[PushStatus], at: str) -> Sequence[str]:
        """Note what became of events of the outbox; return the ids of those that the center above has taken in now."""
        ...

    def refused_in_outbox(self) -> Mapping[str, str]: ...
    def admit_in_outbox(self, event_ids: Collection[str]) -> Sequence[str]:
        """Let events that the center above had refused count as taken in; return those that it had."""
        ...

    def reopen_outbox(self, after: int) -> None: ...
    def last_link(self) -> int: ...
    def send_up_all_of(self, subject_ids: Collection[str]) -> None:
        """Put into the outbox what is here about these, but for what came from above and what stands in it."""
        ...

    def ids_shared_above(self) -> Iterable[str]:
        """Yield the ids of what came from above and of what was taken in there."""
        ...

    def place_hops(self, found: Sequence[tuple[str, Hop]]) -> None:
        """Tell offices that this center serves how far their events have come."""
        ...

    def events_named(self, event_ids: Collection[str]) -> Sequence[Event]: ...
    def hold(self, event: Event, code: str) -> None: ...
    def all_credentials(self) -> Credentials: ...
    def signed_credentials(
        self, devices: Collection[str], people: Collection[tuple[str, str]]
    ) -> tuple[Signed, ...]: ...
    def save_credential(self, signed: Signed) -> None: ...
    def save_receipt(self, receipt: Signed) -> None: ...
    def last_receipt(self, numbering: str) -> Signed | None:
        """Return the receipt of this incarnation that vouches for most; of an earlier one where there is none."""
        ...

    def last_document(self, kind: str) -> int: ...
    def document(self, kind: str) -> Signed | None: ...
    def start_center_epoch(self, epoch: str) -> None:
        """Go on as one that was restored: a new epoch, a new feed numbering, and nothing ruled until it is healed.

        Nothing is put away any more.
        """
        ...
