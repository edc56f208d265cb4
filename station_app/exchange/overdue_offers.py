"""Hand-overs that nobody answers: once their time lock is over, the arbiter's office sees them by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from station_app.domain.cases import Case
from station_app.domain.fold import fold
from station_app.domain.lanes import SubjectKind
from station_app.domain.reclaims import RECLAIM_AFTER, is_unlocked
from station_app.exchange.authentic import split
from station_app.exchange.healing_state import is_healing
from station_app.exchange.ports import CenterBook
from station_app.protocol.event import Event

# As much of the journal, and as many of the cases that are looked at again, as one transaction looks at.
EVENTS_AT_ONCE = 200
# The journal's last event at the first look of each hour, [[stamp, arrival], ...]; up to which event it was looked at.
ARRIVALS, LOOKED = "road_arrivals", "road_looked"
# Cases that were looked at and are not answered yet, [[case id, hour of the last look], ...], the first found first.
WAITING = "road_waiting"
# More than a county will ever have; of more the oldest go, which its arbiter has long been shown.
MOST_WAITING = 1000
_HOUR = len("2026-11-22T08")
# A note that lies so far ahead was taken by a clock that was wrong, and not by another process a little ahead.
_AHEAD = timedelta(hours=1)


def has_to_look_at_the_road(book: CenterBook, now: str) -> bool:
    """Tell whether `look_at_the_road` would find anything to do; only reads.

    Args:
        now: UTC stamp, the center's clock.
    """
    if is_healing(book):
        return False
    notes = _notes(book, now)
    return (
        not notes or notes[-1][0][:_HOUR] < now[:_HOUR] or _looked(book) < _until(notes, now) or bool(_due(book, now))
    )


def look_at_the_road(book: CenterBook, here: str, now: str, log: Callable[[Exception], None]) -> bool:
    """Put before the ruler the cases that have waited so long for an answer that their arbiter is to see them.

    Each event is looked at when `RECLAIM_AFTER` is over since it was taken in: the ruling that let an offer stand is
    among them. Until the offer is answered its case is looked at again each hour: the clock by which it was ruled may
    have been ahead of this one, or this one may have been wrong when it was looked at. The caller commits.

    Args:
        here: the office whose center this is.
        now: UTC stamp, the center's clock.
        log: told why a case can't be looked at; it keeps no other from being looked at.

    Returns:
        Whether there is more to look at.
    """
    if not has_to_look_at_the_road(book, now):
        return False
    until, looked = _until(_noted(book, now), now), _looked(book)
    case_ids = dict.fromkeys(_due(book, now)[:EVENTS_AT_ONCE])
    if looked < until:
        subjects, looked = book.subjects_between(looked, until, EVENTS_AT_ONCE)
        case_ids |= dict.fromkeys(subject_id for kind, subject_id in subjects if kind == SubjectKind.CASE)
    waiting, overdue, failed = dict(_waiting(book)), list[str](), list[Exception]()
    for case_id, is_overdue in _looked_at(book, list(case_ids), here, now, failed.append):
        if is_overdue is None:
            waiting.pop(case_id, None)
            continue
        waiting[case_id] = now[:_HOUR]
        overdue += [case_id] if is_overdue else []
    seen_by = book.viewers([(SubjectKind.CASE.value, case_id) for case_id in overdue])
    book.mark_unruled([case_id for (_, case_id), orgs in seen_by.items() if here not in orgs])
    book.save_setting(LOOKED, looked)
    book.save_setting(WAITING, [list(entry) for entry in waiting.items()][-MOST_WAITING:])
    # Told last: where it is not the cases but the database, saving has raised once for all.
    for error in failed:
        log(error)
    return has_to_look_at_the_road(book, now)


def seen_by_at(case: Case, here: str, now: str) -> tuple[str, ...]:
    """Return the offices that see a case at this center: those of the fold, and the arbiter of an overdue offer.

    Only its own center counts the time, so that no two centers need agree on it.

    Args:
        here: the office whose center this is.
        now: UTC stamp, the center's clock.
    """
    overdue = case.waits_for(here) and here not in case.seen_by and is_unlocked(case, now)
    return (*case.seen_by, here) if overdue else case.seen_by


def _looked_at(
    book: CenterBook, case_ids: Sequence[str], here: str, now: str, log: Callable[[Exception], None]
) -> Iterator[tuple[str, bool | None]]:
    """Yield of each case whether its offer is overdue; None where no answer is waited for that is to be shown here.

    One that can't be looked at is looked at again like one whose time has not come.
    """
    streams = _streams(book, case_ids, log)
    for case_id in case_ids:
        try:
            yield case_id, _is_overdue(streams[case_id], here, now) if case_id in streams else False
        except Exception as error:
            log(error)
            yield case_id, False


def _streams(
    book: CenterBook, case_ids: Sequence[str], log: Callable[[Exception], None]
) -> Mapping[str, Sequence[Event]]:
    """Return the events of these cases, but for those of which the database can't read them."""
    try:
        return book.case_events(case_ids)
    except Exception as error:
        if len(case_ids) <= 1:
            log(error)
            return {}
    return {key: events for case_id in case_ids for key, events in _streams(book, [case_id], log).items()}


def _is_overdue(events: Sequence[Event], here: str, now: str) -> bool | None:
    case = fold(*split(events, ""))
    if case is None or not case.waits_for(here) or here in case.seen_by:
        return None
    return is_unlocked(case, now)


def _looked(book: CenterBook) -> int:
    return int(book.setting(LOOKED) or 0)


def _waiting(book: CenterBook) -> Sequence[tuple[str, str]]:
    return [(str(case_id), str(hour)) for case_id, hour in book.setting(WAITING) or []]


def _due(book: CenterBook, now: str) -> Sequence[str]:
    """Return the cases to look at again: those that were not in this hour, whichever way the clock has gone."""
    return [case_id for case_id, hour in _waiting(book) if hour != now[:_HOUR]]


def _notes(book: CenterBook, now: str) -> Sequence[tuple[str, int]]:
    """Return the notes but for those of a clock that was far ahead: until then nothing would be noted."""
    ends = datetime.fromisoformat(now) + _AHEAD
    notes = [(str(at), int(arrival)) for at, arrival in book.setting(ARRIVALS) or []]
    return [note for note in notes if datetime.fromisoformat(note[0]) <= ends]


def _noted(book: CenterBook, now: str) -> Sequence[tuple[str, int]]:
    """Note, once an hour, which event was the last; of those that are old enough only the newest is of any more use."""
    notes = _notes(book, now)
    if not notes or notes[-1][0][:_HOUR] < now[:_HOUR]:
        old = [note for note in notes if _is_old(note[0], now)]
        notes = [*notes[max(0, len(old) - 1) :], (now, book.last_arrival())]
        book.save_setting(ARRIVALS, [list(note) for note in notes])
    return notes


def _until(notes: Sequence[tuple[str, int]], now: str) -> int:
    return max((arrival for at, arrival in notes if _is_old(at, now)), default=0)


def _is_old(at: str, now: str) -> bool:
    return datetime.fromisoformat(now) - datetime.fromisoformat(at) >= RECLAIM_AFTER
