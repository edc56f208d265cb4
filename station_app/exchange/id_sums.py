"""Comparing two sets of events without listing them: a count and a sum of ids, whole and by bucket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WIDTH = 256
BUCKET_DIGITS = 2


@dataclass(frozen=True, slots=True)
class IdSum:
    """How many event ids a set has, and their sum modulo 2^256 in hex; equal sums mean equal sets.

    Nobody forges an event for the sake of this sum: every event has its own signature. It finds what got lost.
    """

    count: int = 0
    total: str = "0" * (_WIDTH // 4)

    def plus(self, event_ids: Iterable[str]) -> IdSum:
        """Return the sum with these ids, none of which may be in it already."""
        count, total = self.count, int(self.total, 16)
        for event_id in event_ids:
            count += 1
            total += int(event_id, 16)
        return _sum_of(count, total)

    def minus(self, other: IdSum) -> IdSum:
        """Return the sum without what another sum has, all of which must be in it."""
        return _sum_of(self.count - other.count, int(self.total, 16) - int(other.total, 16))


def _sum_of(count: int, total: int) -> IdSum:
    return IdSum(count, f"{total % (1 << _WIDTH):0{_WIDTH // 4}x}")


EMPTY = IdSum()


def bucket_of(event_id: str) -> str:
    """Return the bucket that an event falls into: the first digits of its id."""
    return event_id[:BUCKET_DIGITS]


def by_bucket(event_ids: Iterable[str]) -> dict[str, IdSum]:
    """Return the sum of each bucket that is not empty."""
    found: dict[str, list[str]] = {}
    for event_id in event_ids:
        found.setdefault(bucket_of(event_id), []).append(event_id)
    return {bucket: IdSum().plus(ids) for bucket, ids in found.items()}


def differing(one: Mapping[str, IdSum], other: Mapping[str, IdSum], most: int) -> list[str]:
    """Return at most so many buckets in which two sets differ."""
    names = sorted({*one, *other})
    return [name for name in names if one.get(name, IdSum()) != other.get(name, IdSum())][:most]
