"""What the end of retention needs of a center's store: one open transaction, a part of `ports.CenterBook`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from station_app.protocol.event import Event


class RemovalBook(Protocol):
    """Which cases have lost contents, and taking those out."""

    def note_removals(self, found: Mapping[str, str]) -> None:
        """Note by which event (key) contents of which case (value) are removed; noted again it changes nothing."""
        ...

    def cases_with_removals(self, cases: Collection[str]) -> set[str]:
        """Return those of these cases of which contents were removed, here or elsewhere."""
        ...

    def erase_bodies(self, event_ids: Collection[str]) -> None:
        """Take the bodies of these events out of the store, also where they lie beside the journal as tombstones."""
        ...

    def forget_errand(self, case_id: str) -> None:
        """Take out what a case would be found by as somebody's second errand."""
        ...

    def beside(self) -> Sequence[Event]:
        """Return, without their bodies, tombstones and what is held aside, as far as these have a body here."""
        ...

    def whole_beside(self, event_ids: Collection[str]) -> Sequence[Event]:
        """Return those of these events that lie beside the journal with their bodies."""
        ...
