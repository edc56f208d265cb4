"""Serial numbers of what is printed, and what lies beside the journal so that none is printed twice after a restore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from station_app.exchange.ports import OwnEpoch

# Backups that are older than that are put back by nobody.
NOTED_DAYS = 31


def serial_name(kind: str, tag: int, day: date) -> str:
    """Return the name of a counter: the tag is printed, so each tag counts for itself, over all its epochs."""
    return f"{kind}:{tag:02d}:{day:%y%m%d}"


@dataclass(frozen=True, slots=True)
class Written:
    """How far a PC has written, kept beside its journal: where it says more than the journal, that is an older copy.

    Args:
        serials: the counters of the last `NOTED_DAYS` days, by name: what was printed on them may be gone in a restore.
        before: how far it had written in epochs that it left because the journal was set back behind them.
    """

    epoch: str
    seq: int
    serials: Mapping[str, int]
    before: Mapping[str, int] = field(default_factory=dict)


class SerialBook(Protocol):
    """What these functions need of the journal."""

    def own_epoch(self) -> OwnEpoch: ...
    def start_epoch(self, epoch: str) -> None: ...
    def serials(self, since: str) -> Mapping[str, int]:
        """Return the counters of this day, `yymmdd`, and of later ones, by name."""
        ...

    def raise_serial(self, name: str, value: int) -> None:
        """Let a counter go on behind this value; one that is further already stays."""
        ...

    def written_before(self) -> Mapping[str, int]:
        """Return how far this PC had written in epochs that the journal was set back behind."""
        ...

    def save_written_before(self, heads: Mapping[str, int]) -> None: ...


def written(book: SerialBook, day: date) -> Written:
    """Return how far this PC has written, to be kept beside the journal after a save."""
    own = book.own_epoch()
    since = day - timedelta(days=NOTED_DAYS)
    return Written(own.epoch, own.seq, book.serials(f"{since:%y%m%d}"), book.written_before())


def is_behind(book: SerialBook, noted: Written) -> bool:
    """Tell whether the journal is behind what was noted beside it: an older copy was put back."""
    own = book.own_epoch()
    if noted.epoch == own.epoch:
        return noted.seq > own.seq
    # Or the program ended between starting a new epoch and the first save in it.
    return noted.epoch != own.forked_from


def resume(book: SerialBook, noted: Written, fresh_epoch: str) -> bool:
    """Go on under a new epoch where the journal is behind what was noted beside it, and tell whether it was.

    Serials go on behind the highest that was noted: a number that is on somebody's paper is never given again.
    """
    if not is_behind(book, noted):
        return False
    book.start_epoch(fresh_epoch)
    book.save_written_before({**book.written_before(), **noted.before, noted.epoch: noted.seq})
    for name, value in noted.serials.items():
        book.raise_serial(name, value)
    return True
