"""Taking in events that another than their author brings: given back after a loss, or relayed by another center."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from station_app.exchange.authentic import VerifyMany, faults
from station_app.exchange.intake import IntakePlan, IntakeView, begins, begins_subject, fill, keep
from station_app.protocol.event import Event


def anybody(_org: str) -> bool:
    """Tell that events of any office may be brought: what a center has lost comes back from whoever has it."""
    return True


@dataclass(frozen=True, slots=True)
class Relayed:
    """What came of events that were brought: the plan, and each event's code, "" for one that is held now."""

    plan: IntakePlan
    codes: tuple[str, ...]


def take_relayed(
    view: IntakeView, events: Sequence[Event], verify_many: VerifyMany, may_bring: Callable[[str], bool] = anybody
) -> Relayed:
    """Return the plan for events of any author, in no particular order of their chains.

    Each one is checked like one that its author pushes, by its own signatures; chains are not: numbers and
    predecessors are for the author's own center (docs/sync.md §6). What was refused before is judged anew: this center
    may have judged by less than it knows now. What is later than the revocation of its PC or the leaving of its author
    does not come in by this way either.

    Args:
        may_bring: tells whether whoever brings them may bring events of that office.
    """
    plan = IntakePlan(known=dict.fromkeys(view.seqs, ""))
    codes = faults(events, view.known, verify_many)
    for place, event in sorted(enumerate(events), key=lambda pair: _rank(codes[pair[0]], pair[1])):
        event_id = event.event_id
        if event_id in plan.known:
            fill(view, plan, event, codes[place])
            codes[place] = plan.known[event_id]
        elif not codes[place] and not may_bring(event.header.org):
            codes[place] = "origin-foreign"
        elif not codes[place] and (held := view.limits.against(event)):
            codes[place] = held
        elif not codes[place] and _begins_or_goes_on(view, plan, event):
            keep(view, plan, event)
        elif not codes[place]:
            codes[place] = "subject-unknown"
    return Relayed(plan, tuple(codes))


def _rank(code: str, event: Event) -> tuple[bool, int, str]:
    """Return what sorts openings before all else: what a program with a bug wrote may have the lower lamport."""
    goes_on = not code and not begins_subject(event)
    return goes_on, 0 if code else event.header.lamport, event.event_id


def _begins_or_goes_on(view: IntakeView, plan: IntakePlan, event: Event) -> bool:
    """Tell whether the subject is here, or begins with this event."""
    header = event.header
    if header.subject in view.viewers or header.subject in plan.viewers:
        return True
    return begins(view, event)
