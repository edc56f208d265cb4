"""Serial numbers of what is printed, and what lies beside the journal so that none is printed twice after a restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from station_app.exchange.ports import OwnEpoch

# Backups that are older than that are put back by nobody.
NOTED_DAYS = 31
PRINTED_KINDS = ("case", "batch")
# More than any point takes in on one day.
SERIALS_A_DAY = 1000


def serial_name(kind: str, tag: int, day: date) -> str:
    """Return the name of a counter: the tag is printed, so each tag counts for itself, over all its epochs."""
    return f"{kind}:{tag:02d}:{day:%y%m%d}"


@dataclass(frozen=True, slots=True)
class Written:
    """How far a PC has written, kept beside its journal: where it says more than the journal, that is an older copy.

    Args:
        serials: the counters of the last `NOTED_DAYS` days, by name: what was printed on them may be gone in a restore.
        before: how far it had written in epochs that it left because the journal was set back behind them.
        skipped: by counter the ranges [first, last] that were passed over and printed on nothing.
    """

    epoch: str
    seq: int
    serials: Mapping[str, int]
    before: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)


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
    def skipped_serials(self) -> Mapping[str, Sequence[Sequence[int]]]:
        """Return by counter the ranges [first, last] that no paper has."""
        ...

    def save_skipped_serials(self, skipped: Mapping[str, Sequence[Sequence[int]]]) -> None: ...


def written(book: SerialBook, day: date) -> Written:
    """Return how far this PC has written, to be kept beside the journal after a save."""
    own = book.own_epoch()
    since = day - timedelta(days=NOTED_DAYS)
    since_day = f"{since:%y%m%d}"
    skipped = {name: ranges for name, ranges in book.skipped_serials().items() if name[-len(since_day) :] >= since_day}
    return Written(own.epoch, own.seq, book.serials(since_day), book.written_before(), skipped)


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
    _take_note(book, noted)
    return True


def resume_restored(book: SerialBook, noted: Written | None, fresh_epoch: str, at: datetime | None) -> bool:
    """Go on under this epoch where the journal was put back from a backup, once; tell whether it was done now.

    Args:
        noted: what lies beside the journal.
        at: local time, where nothing newer than the backup tells what was printed. Serials of this day then go on far
            behind those that may be on paper: until the center has given other digits, the day's numbers are the same.
    """
    if book.own_epoch().epoch == fresh_epoch:
        return False
    own = book.own_epoch()
    book.start_epoch(fresh_epoch)
    _take_note(book, noted or Written(own.epoch, own.seq, {}))
    if at is not None:
        for kind in PRINTED_KINDS:
            _pass_over(book, serial_name(kind, own.tag, at.date()), _serials_behind(at))
    return True


def _take_note(book: SerialBook, noted: Written) -> None:
    heads = dict(book.written_before())
    for epoch, seq in [*noted.before.items(), (noted.epoch, noted.seq)]:
        heads[epoch] = max(seq, heads.get(epoch, 0))
    book.save_written_before(heads)
    for name, value in noted.serials.items():
        book.raise_serial(name, value)
    book.save_skipped_serials({**book.skipped_serials(), **noted.skipped})


def _serials_behind(at: datetime) -> int:
    # A PC that is put back twice in a day must not come to the same: nobody takes a case in in ten seconds.
    return SERIALS_A_DAY + (at.hour * 3600 + at.minute * 60 + at.second) // 10


def _pass_over(book: SerialBook, name: str, last: int) -> None:
    known = book.serials(name[-6:]).get(name, 0)
    if known < last:
        skipped = book.skipped_serials()
        book.save_skipped_serials({**skipped, name: [*skipped.get(name, ()), [known + 1, last]]})
        book.raise_serial(name, last)
