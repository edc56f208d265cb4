"""Hand-overs that nobody answers: once their time lock is over, the arbiter's office sees them by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from station_app.domain.cases import Case
from station_app.domain.fold import fold
from station_app.domain.lanes import SubjectKind
from station_app.domain.reclaims import RECLAIM_AFTER, is_unlocked
from station_app.exchange.authentic import split
from station_app.exchange.healing_state import is_healing
from station_app.exchange.ports import CenterBook
from station_app.protocol.event import Event

# As much of the journal as one transaction looks at.
EVENTS_AT_ONCE = 200
# The journal's last event at the first look of each hour, [[stamp, arrival], ...]; up to which event it was looked at.
ARRIVALS, LOOKED = "road_arrivals", "road_looked"
_HOUR = len("2026-11-22T08")


def has_to_look_at_the_road(book: CenterBook, now: str) -> bool:
    """Tell whether `look_at_the_road` would find anything to do; only reads.

    Args:
        now: UTC stamp, the center's clock.
    """
    if is_healing(book):
        return False
    notes = _notes(book)
    return not notes or notes[-1][0][:_HOUR] < now[:_HOUR] or _looked(book) < _until(notes, now)


def look_at_the_road(book: CenterBook, here: str, now: str) -> bool:
    """Put before the ruler the cases that have waited so long for an answer that their arbiter is to see them.

    Each event is looked at once, when `RECLAIM_AFTER` is over since it was taken in: the ruling that let an offer stand
    is among them. The caller commits.

    Args:
        here: the office whose center this is.
        now: UTC stamp, the center's clock.

    Returns:
        Whether there is more to look at.
    """
    if not has_to_look_at_the_road(book, now):
        return False
    notes = _noted(book, now)
    until, looked = _until(notes, now), _looked(book)
    if looked >= until:
        return False
    subjects, looked = book.subjects_between(looked, until, EVENTS_AT_ONCE)
    streams = book.case_events([subject_id for kind, subject_id in subjects if kind == SubjectKind.CASE])
    book.mark_unruled([case_id for case_id, events in streams.items() if _is_overdue(events, here, now)])
    book.save_setting(LOOKED, looked)
    return looked < until


def seen_by_at(case: Case, here: str, now: str) -> tuple[str, ...]:
    """Return the offices that see a case at this center: those of the fold, and the arbiter of an overdue offer.

    Only its own center counts the time, so that no two centers need agree on it.

    Args:
        here: the office whose center this is.
        now: UTC stamp, the center's clock.
    """
    overdue = case.waits_for(here) and here not in case.seen_by and is_unlocked(case, now)
    return (*case.seen_by, here) if overdue else case.seen_by


def _is_overdue(events: Sequence[Event], here: str, now: str) -> bool:
    case = fold(*split(events, ""))
    return case is not None and here in seen_by_at(case, here, now) and here not in case.seen_by


def _looked(book: CenterBook) -> int:
    return int(book.setting(LOOKED) or 0)


def _notes(book: CenterBook) -> Sequence[tuple[str, int]]:
    return [(str(at), int(arrival)) for at, arrival in book.setting(ARRIVALS) or []]


def _noted(book: CenterBook, now: str) -> Sequence[tuple[str, int]]:
    """Note, once an hour, which event was the last; of those that are old enough only the newest is of any more use."""
    notes = _notes(book)
    if not notes or notes[-1][0][:_HOUR] < now[:_HOUR]:
        old = [note for note in notes if _is_old(note[0], now)]
        notes = [*notes[max(0, len(old) - 1) :], (now, book.last_arrival())]
        book.save_setting(ARRIVALS, [list(note) for note in notes])
    return notes


def _until(notes: Sequence[tuple[str, int]], now: str) -> int:
    return max((arrival for at, arrival in notes if _is_old(at, now)), default=0)


def _is_old(at: str, now: str) -> bool:
    return datetime.fromisoformat(now) - datetime.fromisoformat(at) >= RECLAIM_AFTER
