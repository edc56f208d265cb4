"""Events that somebody brought by hand, before the center has told of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from station_app.protocol.event import Event


class BroughtBook(Protocol):
    """What has come by a package, and counts here at once: provisionally, as own steps do.

    It is in what both sides compare (`id_sum`) only once the center has told of it.
    """

    def add_brought(self, events: Sequence[Event]) -> None:
        """Add events of others, good ones, that came by hand."""
        ...

    def arrived(self, event_ids: Collection[str]) -> None:
        """Count those of these events that were brought, for the center has told of them now."""
        ...

    def brought(self, subject_ids: Iterable[str]) -> Collection[str]:
        """Return the events of these subjects that came by hand, told of since or not."""
        ...
