"""Putting away at a center what is done with and silent for long, so that a new PC need not fetch it, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from station_app.domain.cases import Case, CaseState
from station_app.domain.fold import Verdict, fold, in_order
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import split
from station_app.exchange.healing_state import is_healing
from station_app.exchange.ports import CenterBook, Subject
from station_app.exchange.projection import batch_of
from station_app.protocol.event import Event

# Two years and a leap day: by then nobody looks for it, and whoever does finds it at the center.
SILENT_FOR = timedelta(days=731)
# As much of the journal as one transaction looks at.
EVENTS_AT_ONCE = 200
# The last event of each day's beginning, [[day, arrival], ...]; and up to which event the journal was looked through.
ARRIVALS, LOOKED = "arrivals", "put_away_looked"


def has_to_look(book: CenterBook, today: date, silent_for: timedelta = SILENT_FOR) -> bool:
    """Tell whether `put_away_next` would find anything to do; only reads."""
    if is_healing(book):
        return False
    notes = book.setting(ARRIVALS) or []
    return not notes or notes[-1][0] < today.isoformat() or _looked(book) < _until(notes, today - silent_for)


def put_away_next(book: CenterBook, today: date, silent_for: timedelta = SILENT_FOR) -> bool:
    """Look through a further piece of the journal and put away what is in it; the caller commits.

    Args:
        today: by the center's clock; what is taken in after its first look of the day counts as of the next.
        silent_for: how long nothing was taken in on what is put away.

    Returns:
        Whether there is more to look at.
    """
    if not has_to_look(book, today, silent_for):
        return False
    before = today - silent_for
    notes = _noted(book, today, before)
    until, looked = _until(notes, before), _looked(book)
    if looked >= until:
        return False
    subjects, looked = book.silent_subjects(looked, until, EVENTS_AT_ONCE)
    for org, done in _by_viewer(book, _done(book, subjects)).items():
        book.put_away(org, done)
    book.save_setting(LOOKED, looked)
    return looked < until


def bring_case(book: CenterBook, org: str, number: str) -> bool:
    """Call a case back, in the feed of an office that asks for it by its 代办登记号; the caller commits.

    Returns:
        Whether the office sees such a case. Of one that it does not see it learns no more than of none.
    """
    asked = [(SubjectKind.CASE.value, case_id) for case_id in book.cases_numbered(number)]
    viewers = book.viewers(asked) if asked else {}
    seen = [case for case in asked if org in viewers.get(case, ())]
    book.call_back(org, seen)
    return bool(seen)


def _looked(book: CenterBook) -> int:
    return int(book.setting(LOOKED) or 0)


def _noted(book: CenterBook, today: date, before: date) -> Sequence[Sequence[object]]:
    """Note, once a day, which event was the last; what is older than the newest note that counts is of no more use."""
    notes = book.setting(ARRIVALS) or []
    if not notes or notes[-1][0] < today.isoformat():
        notes = [*notes, [today.isoformat(), book.last_arrival()]]
        old = [note for note in notes if note[0] <= before.isoformat()]
        notes = notes[max(0, len(old) - 1) :]
        book.save_setting(ARRIVALS, notes)
    return notes


def _until(notes: Sequence[Sequence[object]], before: date) -> int:
    """Return the last event that was taken in by the end of a day, as far as the notes tell."""
    return max((int(str(arrival)) for day, arrival in notes if str(day) <= before.isoformat()), default=0)


def _done(book: CenterBook, subjects: Sequence[Subject]) -> list[Subject]:
    streams = book.case_events([subject_id for _, subject_id in subjects])
    return [(kind, i) for kind, i in subjects if is_done_with(kind, streams[i])]


def is_done_with(kind: str, events: Sequence[Event]) -> bool:
    """Tell whether nothing is left to do on a subject: a case closed and ruled to its end, a batch counted through."""
    if kind == SubjectKind.BATCH:
        batch = batch_of(events)
        return batch is not None and bool(batch.received_on) and not batch.open_lines
    return kind == SubjectKind.CASE and _is_closed(events)


def _is_closed(events: Sequence[Event]) -> bool:
    entries, rulings = split(events, "")
    case = fold(entries, rulings)
    last = {ruling.event_id: ruling.verdict for ruling in in_order(rulings)}
    ruled = all(entry.event_id in last for entry in entries if entry.in_custody_lane)
    return case is not None and ruled and Verdict.NEEDS_REVIEW not in last.values() and _is_over(case)


def _is_over(case: Case) -> bool:
    finished = all(obligation.done for obligation in case.obligations.values())
    return case.state == CaseState.CLOSED and case.custody.ended and finished and not case.needs_upgrade


def _by_viewer(book: CenterBook, subjects: Sequence[Subject]) -> Mapping[str, list[Subject]]:
    """Return which offices see these subjects, of those that this center serves itself."""
    offices, here = book.organisations(), book.setting("center")["org"]
    found: dict[str, list[Subject]] = {}
    for subject, orgs in book.viewers(subjects).items():
        for org in orgs if subject in subjects else ():
            if org in offices and offices.is_served_by(org, here):
                found.setdefault(org, []).append(subject)
    return found
