"""Ruling: a center's verdict on each custody-lane event of a case, by the same rules that every station folds by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from station_app.domain.actions import action_named
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.domain.fold import Entry, Ruling, Verdict, apply_entry, fold, why_not


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
    entries: Sequence[Entry], rulings: Sequence[Ruling], refused: Collection[str] = ()
) -> tuple[list[NewRuling], Case | None]:
    """Return the verdicts now possible, in order, and the case after them.

    Args:
        entries: all events of the case in order of arrival, with the signers' certified roles; none is `own`.
        rulings: those already given.
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
        ruling, case = _rule_one(case, ready, len(rulings) + len(found) + 1, refused)
        found.append(ruling)


def _has_base(entry: Entry, here: Collection[str], refused: Collection[str]) -> bool:
    return entry.base is None or entry.base in here or entry.base in refused


def _rule_one(case: Case | None, entry: Entry, number: int, refused: Collection[str]) -> tuple[NewRuling, Case | None]:
    if entry.base in refused:
        return NewRuling(number, entry.event_id, Verdict.NEEDS_REVIEW, "base-refused"), case
    against = why_not(case, entry) or _why_not_allowed(case, entry)
    if against is not None:
        return NewRuling(number, entry.event_id, *against), case
    grown = apply_entry(case, entry)
    newcomers = tuple(org for org in (grown.viewers if grown else ()) if case is not None and org not in case.viewers)
    return NewRuling(number, entry.event_id, Verdict.ACCEPTED, "", newcomers), grown


def _why_not_allowed(case: Case | None, entry: Entry) -> tuple[Verdict, str] | None:
    try:
        action = action_named(entry.type)
    except StationError as error:
        return Verdict.NEEDS_REVIEW, error.code
    if not {role.value for role in action.roles} & entry.roles:
        return Verdict.NEEDS_REVIEW, "role-missing"
    if case is not None and action.from_states and case.state not in action.from_states:
        return Verdict.NEEDS_REVIEW, "state-wrong"
    return None
