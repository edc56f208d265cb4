"""What a step that does not stand would have written, beside what stands instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from station_app.domain.cases import STATE_LABELS, Case, CaseState
from station_app.exchange.authentic import entry_of
from station_app.usecases.ports import Book

_STATE = "state"


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
