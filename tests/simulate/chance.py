"""All chance of a world: drawn from a seed and written down, or read from a trace that was written down before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random
from typing import TypeVar

_T = TypeVar("_T")
_PARTS = 10_000


class Chance:
    """Draws for one input after the other.

    An input has its own number and its own draws, so that one can be left out of a trace without changing the others.
    Random bytes (ids, salts, keys) come from the seed and the input's number and need not be written down.

    Args:
        seed: of the world.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.draws: list[int] = []
        self._given: list[int] | None = None
        self._random = Random()
        self._number = 0
        self._bytes = 0

    def begin(self, number: int, given: Sequence[int] | None = None) -> None:
        """Start an input; `given` are its draws where it is replayed."""
        self._number, self._bytes, self.draws = number, 0, []
        self._given = None if given is None else list(given)[::-1]
        if given is None:
            self._random.seed(self.seed * 1_000_003 + number)

    @property
    def place(self) -> tuple[int, int]:
        """Return where the random bytes stand: the input, and how many times it has drawn some."""
        return self._number, self._bytes

    def go_to(self, place: tuple[int, int]) -> None:
        """Go on with the random bytes behind a place."""
        self._number, self._bytes = place

    def below(self, count: int) -> int:
        """Return a number from 0 to `count` - 1. A trace that has no more draws gives the last one."""
        if self._given is None:
            drawn = self._random.randrange(count)
        else:
            drawn = self._given.pop() % count if self._given else count - 1
        self.draws.append(drawn)
        return drawn

    def happens(self, probability: float) -> bool:
        """Tell whether something of this probability happens."""
        return self.below(_PARTS) < probability * _PARTS

    def fraction(self) -> float:
        """Return a number from 0 to 1."""
        return self.below(_PARTS) / _PARTS

    def between(self, first: int, last: int) -> int:
        """Return a number from `first` to `last`, both included."""
        return first + self.below(last - first + 1)

    def choice(self, found: Sequence[_T]) -> _T:
        """Return one of these."""
        return found[self.below(len(found))]

    def sample(self, found: Sequence[_T], count: int) -> list[_T]:
        """Return so many of these, in any order."""
        left = list(found)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]

    def bytes(self, count: int) -> bytes:
        """Return bytes that no other input and no earlier call has got."""
        self._bytes += 1
        drawn = hashlib.blake2b(f"{self.seed}:{self._number}:{self._bytes}".encode(), digest_size=64).digest()
        return drawn[:count]
