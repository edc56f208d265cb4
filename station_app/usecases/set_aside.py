"""Steps that do not stand: what they would have written beside what stands, and which of ours nobody has looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from station_app.domain.cases import STATE_LABELS, Case, CaseState
from station_app.exchange.authentic import entry_of
from station_app.usecases.ports import Book, Desk, Placed
from station_app.usecases.run_action import find_case
from station_app.usecases.times import stamp

_STATE = "state"
# Set aside is seldom what an office wrote; what is not among so many is told when these have been looked at.
_LATE_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One fact with two values: as the step wrote it, and as it stands; "" where nothing stands.

    Args:
        fact: key of the fact on the case, `state` for where the case stands.
    """

    event_id: str
    fact: str
    written: str
    stands: str


def disagreements(book: Book, case: Case) -> tuple[Disagreement, ...]:
    """Return what the steps of a case that were set aside say otherwise than the case does."""
    if not case.not_standing:
        return ()
    return tuple(_disagreements(book, case))


def _disagreements(book: Book, case: Case) -> Iterator[Disagreement]:
    for event in book.subject_events(case.case_id):
        effects = entry_of(event, "").effects
        if event.event_id not in case.not_standing or effects is None:
            continue
        if effects.state is not None and effects.state is not case.state:
            yield Disagreement(event.event_id, _STATE, STATE_LABELS[CaseState(effects.state)], STATE_LABELS[case.state])
        for fact, written in effects.fields.items():
            stands = case.fields.get(fact)
            if isinstance(written, str) and written != stands:
                yield Disagreement(event.event_id, fact, written, stands if isinstance(stands, str) else "")


def cases_to_look_at(book: Book, limit: int) -> list[Placed]:
    """Return the open cases of which a step of ours was set aside that nobody has looked at, the newest first."""
    found = ((placed, book.case(placed.card.case_id)) for placed in book.late_cases(_LATE_AT_MOST))
    waiting = (placed for placed, case in found if case is not None and steps_to_look_at(book, case))
    return list(islice(waiting, limit))


def steps_to_look_at(book: Book, case: Case) -> tuple[str, ...]:
    """Return the ids of this office's steps that were set aside and that nobody has looked at on this PC."""
    new = case.not_standing.keys() - book.looked_at().keys()
    org = book.identity().org
    return tuple(event.event_id for event in book.events_named(new) if event.header.org == org)


def look_at(desk: Desk, case_id: str) -> None:
    """Note that this worker has looked at what was set aside of a case, also where the office may write no more."""
    by = (desk.worker.person_id, stamp(desk.now()))
    with desk.open_book() as book:
        seen = dict.fromkeys(steps_to_look_at(book, find_case(book, case_id)), by)
        book.save_looked_at({**book.looked_at(), **seen})
