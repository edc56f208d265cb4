"""文号 of formal papers: an office's series, and blocks of numbers that a center leases to a PC's epoch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from station_app.domain.organisations import Organisation

# By the fact of a case that holds the number: what stands behind the office's short name, 海便受字. One paper so far.
KINDS = {"acceptance_document": "受"}
# So many numbers are leased at once; the next block is asked for when half of one is used.
BLOCK = 20
MOST_DIGITS = 6
HIGHEST = 10**MOST_DIGITS - 1
# No control characters: a database of text does not take them all.
_WRITTEN = re.compile(rf"([^\s\x00-\x1f\x7f]{{1,40}})〔([0-9]{{4}})〕第([0-9]{{1,{MOST_DIGITS}}})号")


@dataclass(frozen=True, slots=True, order=True)
class DocumentNumber:
    """A 文号: 海便受字〔2026〕第0123号 is number 123 of the series 海便受字 and the year 2026."""

    series: str
    year: int
    number: int

    @property
    def text(self) -> str:
        """Return it as it stands on the paper."""
        return f"{self.series}〔{self.year}〕第{self.number:04d}号"


def parse_document_number(text: str) -> DocumentNumber | None:
    """Return the number that a text is, None where it is written in another way."""
    found = _WRITTEN.fullmatch(text)
    return DocumentNumber(found[1], int(found[2]), int(found[3])) if found else None


def series_of(office: Organisation, fact: str) -> str:
    """Return the series of the number that is kept as this fact, "" where the office numbers by hand."""
    kind = KINDS.get(fact)
    return f"{office.short_name}{kind}字" if kind and office.short_name else ""


def all_series_of(office: Organisation) -> tuple[str, ...]:
    """Return every series of an office, none where it numbers by hand."""
    return tuple(series for fact in KINDS if (series := series_of(office, fact)))


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """Numbers of a series and a year, both ends included."""

    series: str
    year: int
    first: int
    last: int

    def overlaps(self, other: Block) -> bool:
        """Tell whether a number stands in both."""
        same = (self.series, self.year) == (other.series, other.year)
        return same and self.first <= other.last and other.first <= self.last

    def has(self, number: DocumentNumber) -> bool:
        """Tell whether a number stands in it."""
        return self.overlaps(Block(number.series, number.year, number.number, number.number))


@dataclass(frozen=True, slots=True)
class HeldBlock:
    """A block that this PC was leased.

    Args:
        epoch: under which it was; under another no number of it may be given.
        next: the number that is given next; behind the last one where all are.
    """

    block: Block
    epoch: str
    next: int

    @property
    def left(self) -> int:
        """Return how many numbers are left."""
        return max(0, self.block.last + 1 - self.next)


def held_under(blocks: Sequence[HeldBlock], epoch: str) -> list[HeldBlock]:
    """Return the blocks that count in an epoch, the first to be used first."""
    return sorted((held for held in blocks if held.epoch == epoch), key=lambda held: held.block)


def numbers_left(blocks: Sequence[HeldBlock], epoch: str, series: str, year: int) -> int:
    """Return how many numbers of a series and a year may still be given in an epoch."""
    mine = held_under(blocks, epoch)
    return sum(held.left for held in mine if (held.block.series, held.block.year) == (series, year))


def next_number(blocks: Sequence[HeldBlock], epoch: str, series: str, year: int) -> DocumentNumber | None:
    """Return the number that is given next in an epoch, None where none is left."""
    for held in held_under(blocks, epoch):
        if held.left and (held.block.series, held.block.year) == (series, year):
            return DocumentNumber(series, year, held.next)
    return None


def without(blocks: Sequence[HeldBlock], epoch: str, number: DocumentNumber) -> list[HeldBlock]:
    """Return the blocks after a number was given."""
    return [
        replace(held, next=number.number + 1) if held.epoch == epoch and held.block.has(number) else held
        for held in blocks
    ]


def with_leased(
    blocks: Sequence[HeldBlock], epoch: str, given: Sequence[Block], void: Sequence[Block]
) -> list[HeldBlock]:
    """Return the blocks after the center has given some and said of others that they are void."""
    known = {held.block for held in blocks if held.epoch == epoch}
    kept = [held for held in blocks if held.epoch != epoch or held.block not in void]
    return kept + [HeldBlock(block, epoch, block.first) for block in given if block not in known]
