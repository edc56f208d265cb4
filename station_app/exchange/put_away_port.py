"""What putting away needs of a center's store: one open transaction, a part of `ports.CenterBook`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from station_app.exchange.id_sums import IdSum

_Subject = tuple[str, str]


class PutAwayBook(Protocol):
    """What is put away in the feeds of a center's offices, and what may be."""

    def put_away(self, org: str, subjects: Collection[_Subject]) -> None:
        """Put subjects away in an office's feed, each by a row; what is not in it, or put away in it, is left alone."""
        ...

    def call_back(self, org: str, subjects: Iterable[_Subject]) -> None:
        """Take back, in an office's feed, what is put away there of these: all that it has of it comes as `BACKFILL`.

        `place` and `place_revocations` do so by themselves before a new row on a subject.
        """
        ...

    def floor(self, org: str) -> int:
        """Return the row by which something that is put away in the feed was put away last, 0 for none."""
        ...

    def kept_sum(self, org: str) -> IdSum:
        """Return `feed_sum` without what is put away."""
        ...

    def kept_ids(self, org: str) -> Iterable[str]:
        """Yield the ids that `kept_sum` counts."""
        ...

    def last_arrival(self) -> int:
        """Return the place of the journal's last event in the order in which events were taken in."""
        ...

    def subjects_between(self, after: int, until: int, limit: int) -> tuple[Sequence[_Subject], int]:
        """Look at the next `limit` events behind a place of the journal, up to another.

        Returns:
            Their subjects, and the place that was reached.
        """
        ...

    def silent_subjects(self, after: int, until: int, limit: int) -> tuple[Sequence[_Subject], int]:
        """Look at the next `limit` events behind a place of the journal, up to another.

        Returns:
            The subjects among them on which nothing was taken in behind `until`, and the place that was reached.
        """
        ...
