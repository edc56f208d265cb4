"""Taking in events that another than their author brings: given back after a loss, or relayed by another center."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from station_app.exchange.authentic import BY_CENTER, VerifyMany, faults
from station_app.exchange.intake import begins, begins_subject, fill, keep, misplaced, too_far_ahead
from station_app.exchange.intake_records import IntakePlan, IntakeView
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
    view: IntakeView,
    events: Sequence[Event],
    verify_many: VerifyMany,
    may_bring: Callable[[str], bool] = anybody,
    held: Mapping[str, str] | None = None,
) -> Relayed:
    """Return the plan for events of any author, in no particular order of their chains.

    Each one is checked like one that its author pushes, by its own signatures; chains are not: numbers and
    predecessors are for the author's own center (docs/sync.md §6). What was refused before is judged anew: this center
    may have judged by less than it knows now. What is later than the revocation of its PC or the leaving of its author
    does not come in by this way either.

    Args:
        may_bring: tells whether whoever brings them may bring events of that office.
        held: which of them two persons alone may take in, whatever their numbers say, with the code.
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
        elif not codes[place]:
            code = (held or {}).get(event_id) or view.limits.against(event)
            codes[place] = code or _why_not(view, plan, event, may_bring)
            if not codes[place]:
                keep(view, plan, event)
    return Relayed(plan, tuple(codes))


def _rank(code: str, event: Event) -> tuple[bool, int, str]:
    """Return what sorts openings before all else: what a program with a bug wrote may have the lower lamport."""
    goes_on = not code and not begins_subject(event)
    return goes_on, 0 if code else event.header.lamport, event.event_id


def _why_not(view: IntakeView, plan: IntakePlan, event: Event, may_bring: Callable[[str], bool]) -> str:
    """Return "" where the subject is here or begins with this event, or why it may not come in.

    A center that does not know of a loss asks of what is given back what it asks of what is pushed; but what centers
    wrote they may write in any case. What another center brings has been taken in there.
    """
    if not (view.restored or event.header.type in BY_CENTER):
        return misplaced(view, plan, event)
    if may_bring is anybody and too_far_ahead(view, event):
        return "lamport-ahead"
    known = event.header.subject in view.viewers or event.header.subject in plan.viewers
    return "" if known or begins(view, event) else "subject-unknown"
