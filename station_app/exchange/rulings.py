"""Ruling: a center's verdict on each custody-lane event of a case, by the same rules that every station folds by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from station_app.domain.action import outcome_of
from station_app.domain.actions import action_named
from station_app.domain.cases import Case, CaseState
from station_app.domain.decisions import ends_handling, needs_two
from station_app.domain.effects import CustodyOp, ObligationOp
from station_app.domain.errors import StationError
from station_app.domain.fold import Entry, Ruling, Verdict, apply_entry, fold, why_not
from station_app.domain.lanes import Lane
from station_app.domain.organisations import Organisation, Organisations


@dataclass(frozen=True, slots=True)
class NewRuling:
    """A verdict not written yet.

    Args:
        number: its place in the case's rulings.
        newcomers: offices that see the case from now on because of it.
    """

    number: int
    event_id: str
    verdict: Verdict
    reason: str
    newcomers: tuple[str, ...] = ()

    def effects(self, previous: str | None) -> dict[str, object]:
        """Return the body of the ruling event."""
        found = {"number": self.number, "event": self.event_id, "verdict": self.verdict.value, "reason": self.reason}
        return {"ruling": {**found, "previous": previous}}


def rule(
    entries: Sequence[Entry],
    rulings: Sequence[Ruling],
    organisations: Organisations,
    refused: Collection[str] = (),
) -> tuple[list[NewRuling], Case | None]:
    """Return the verdicts now possible, in order, and the case after them.

    Args:
        entries: all events of the case in order of arrival, with the signers' certified roles; none is `own`.
        rulings: those already given.
        organisations: the offices in force.
        refused: ids among the bases that the center has refused, so that they never come.

    An event that follows one not here yet is left for later; nothing else is. One that came before the event it
    follows is ruled after it.
    """
    ruled = {ruling.event_id for ruling in rulings}
    here = {entry.event_id for entry in entries}
    waiting = [entry for entry in entries if entry.in_custody_lane and entry.event_id not in ruled]
    case = fold(entries, rulings)
    found: list[NewRuling] = []
    while True:
        ahead = {entry.event_id for entry in waiting}
        ready = next((e for e in waiting if e.base not in ahead and _has_base(e, here, refused)), None)
        if ready is None:
            return found, case
        waiting.remove(ready)
        number = len(rulings) + len(found) + 1
        if ready.base in refused:
            found.append(NewRuling(number, ready.event_id, Verdict.NEEDS_REVIEW, "base-refused"))
            continue
        against = why_not(case, ready) or _why_not_allowed(case, ready, organisations)
        verdicts: list[Ruling | NewRuling] = [*rulings, *found]
        standing = {given.event_id for given in verdicts if given.verdict is Verdict.ACCEPTED}
        against = against or _one_key(case, ready, [entry for entry in entries if entry.event_id in standing])
        ruling, case = _rule_one(case, ready, number, against)
        found.append(ruling)


def _has_base(entry: Entry, here: Collection[str], refused: Collection[str]) -> bool:
    return entry.base is None or entry.base in here or entry.base in refused


def _rule_one(
    case: Case | None, entry: Entry, number: int, against: tuple[Verdict, str] | None
) -> tuple[NewRuling, Case | None]:
    if against is not None:
        return NewRuling(number, entry.event_id, *against), case
    grown = apply_entry(case, entry)
    newcomers = tuple(org for org in (grown.viewers if grown else ()) if case is not None and org not in case.viewers)
    return NewRuling(number, entry.event_id, Verdict.ACCEPTED, "", newcomers), grown


def _why_not_allowed(case: Case | None, entry: Entry, organisations: Organisations) -> tuple[Verdict, str] | None:
    """Check what the author's own program should have: roles, states, guards, and that the event does what it says."""
    try:
        action = action_named(entry.type)
        office = organisations.get(entry.org)
        if not {role.value for role in action.roles} & entry.roles:
            return Verdict.NEEDS_REVIEW, "role-missing"
        if case is not None and action.from_states and case.state not in action.from_states:
            return Verdict.NEEDS_REVIEW, "state-wrong"
        if entry.effects is None or action.lane is not Lane.CUSTODY or outcome_of(entry.effects) != action.outcome:
            return Verdict.NEEDS_REVIEW, "effects-not-of-action"
        if case is not None:
            action.guard(case, office, entry.actor or "")
    except StationError as error:
        return Verdict.NEEDS_REVIEW, error.code
    except (KeyError, TypeError, ValueError):
        return Verdict.NEEDS_REVIEW, "effects-unknown"
    return _why_not_there(case, entry, office)


def _one_key(case: Case | None, entry: Entry, standing: Sequence[Entry]) -> tuple[Verdict, str] | None:
    """Check that who decides is not who accepted, by the signatures: two names with one key are one pair of eyes."""
    if case is None or not needs_two(case.item) or entry.effects is None or not ends_handling(entry.effects):
        return None
    acceptors = [other for other in standing if other.effects and other.effects.state is CaseState.ACCEPTED]
    same = any(other.actor == entry.actor or other.keys & entry.keys for other in acceptors)
    return (Verdict.NEEDS_REVIEW, "four-eyes") if same else None


def _why_not_there(case: Case | None, entry: Entry, office: Organisation) -> tuple[Verdict, str] | None:
    """Check where a case or a duty goes: up to the author's own superior, or home to the office that took it in."""
    move, duty = (entry.effects.custody, entry.effects.obligation) if entry.effects else (None, None)
    if move is not None and move.op is CustodyOp.OFFER and move.to != office.parent:
        return Verdict.NEEDS_REVIEW, "offer-not-upward"
    if duty is not None and duty.op is ObligationOp.CREATE and (case is None or duty.holder != case.origin_org):
        return Verdict.NEEDS_REVIEW, "effects-not-of-action"
    return None
