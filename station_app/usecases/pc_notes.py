"""What this PC tells its center of itself (docs/sync.md §20)."""

from __future__ import annotations

from datetime import date, datetime

from station_app.protocol.pc_note import MOST_FAULTS, PcNote
from station_app.usecases.backups import LastBackup, time_noted
from station_app.usecases.pc_health import pc_warnings
from station_app.usecases.ports import Book
from station_app.usecases.standing import left_to_do
from station_app.usecases.times import stamp

# What waits for a ruling is no fault; and whoever is heard has a line again, or needs none.
_NO_FAULTS = frozenset(
    {
        "",
        "ruling-pending",
        "center-address-missing",
        "no-network",
        "stalled",
        "login-page-in-between",
        "tls-refused",
        "certificate-date",
        "center-busy",
        "center-disk-full",
        "center-healing",
        "center-error",
    }
)
_LASTING = ("data-differ",)
_FEW = 20


def pc_note(book: Book, now: datetime, free_bytes: int, last: LastBackup, program: str) -> PcNote:
    """Return how this PC is now.

    Args:
        free_bytes: room on the disk of its journal.
        last: how its backups went.
        program: version of this program.
    """
    warnings = [warning.code for warning in pc_warnings(now, book.link(), free_bytes)]
    differs = [error.code for error in left_to_do(book) if error.code in _LASTING]
    code = book.sync_status().code
    faults = [*warnings, *differs, *([code] if code not in _NO_FAULTS else []), *([last.code] if last.code else [])]
    handed = (placed.card.offered_on for placed in book.silent_since(date.max, _FEW))
    done = time_noted(last.good_at, now)
    return PcNote(
        program=program,
        backup=stamp(done) if done is not None else "",
        # Whoever wrote one without its day comes first.
        road=next(filter(None, handed), ""),
        faults=tuple(dict.fromkeys(faults))[:MOST_FAULTS],
    )
