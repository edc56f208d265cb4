"""What a PC that was set back to an older copy has to tell people: which of its own events are nowhere any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LostRange:
    """Own events that are missing: all numbers of an epoch from `first` to `last`."""

    epoch: str
    first: int
    last: int


def lost_ranges(heads: Mapping[str, int], held: Iterable[tuple[str, int]]) -> tuple[LostRange, ...]:
    """Return the own events that are known to have been written and are not here, oldest number first in each epoch.

    Asked again after the exchange with the center, it no longer tells what has come back from there.

    Args:
        heads: epoch to the highest number known to have been written in it, by the file beside the journal.
        held: (epoch, number) of the own events that are here.
    """
    here: dict[str, set[int]] = defaultdict(set)
    for epoch, seq in held:
        here[epoch].add(seq)
    return tuple(
        LostRange(epoch, first, last) for epoch, head in heads.items() for first, last in _gaps(head, here[epoch])
    )


def _gaps(head: int, here: set[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for seq in range(1, head + 1):
        if seq in here:
            continue
        if found and found[-1][1] == seq - 1:
            found[-1] = (found[-1][0], seq)
        else:
            found.append((seq, seq))
    return found
