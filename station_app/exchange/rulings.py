"""Ruling: a center's verdict on each custody-lane event of a case, by the same rules that every station folds by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from station_app.domain.action import outcome_of
from station_app.domain.actions import action_named
from station_app.domain.cases import ITEM, Case, CaseState
from station_app.domain.decisions import ends_handling, needs_two
from station_app.domain.effects import CustodyOp, ObligationOp
from station_app.domain.errors import StationError
from station_app.domain.fold import Entry, Ruling, Verdict, apply_entry, fold, why_not
from station_app.domain.lanes import Audience, Lane
from station_app.domain.organisations import Organisation, Organisations
from station_app.domain.reclaims import reclaim_fault
from station_app.exchange.ruled_apart import BASE_REFUSED, left_out, let_wait_no_more

_ANSWERS = (CustodyOp.ACCEPT, CustodyOp.REJECT, CustodyOp.RECLAIM)
PAPER_STANDS = "paper-stands"


@dataclass(frozen=True, slots=True)
class NewRuling:
    """A verdict not written yet; `number` is one more than the highest known in the case."""

    number: int
    event_id: str
    verdict: Verdict
    reason: str

    def effects(self, previous: str | None) -> dict[str, object]:
        """Return the body of the ruling event."""
        found = {"number": self.number, "event": self.event_id, "verdict": self.verdict.value, "reason": self.reason}
        return {"ruling": {**found, "previous": previous}}


@dataclass(frozen=True, slots=True)
class Bench:
    """What a center rules by, besides the events.

    Args:
        here: the office whose center this is.
        organisations: the offices in force.
        now: this center's clock, UTC.
        refused: ids among the bases that the center has refused, so that they never come.
        reviews: events that a person has to look at, whatever they say, with the reason (a cloned PC).
    """

    here: str
    organisations: Organisations
    now: str = ""
    refused: Collection[str] = ()
    reviews: Mapping[str, str] = field(default_factory=dict)


def ruler_of(case: Case | None, entry: Entry, organisations: Organisations) -> str:
    """Return the office whose center rules on an event now (docs/sync.md §4).

    The home center of the office that holds the case, or owes the duty; while it is offered, the answer to the offer is
    for the center that the offer names. An office that no tree here knows is for whoever has the event.
    """
    if case is None:
        return _home(entry.org, organisations)
    duty = case.obligations.get(entry.grant or "")
    if duty is not None:
        return _home(duty.holder, organisations)
    offer = case.custody.offer
    move = entry.effects.custody if entry.effects else None
    if offer is not None and move is not None and move.op in _ANSWERS:
        return offer.arbiter
    return _home(case.custody.holder, organisations)


def judge_afar(case: Case | None, viewers: Collection[str], bench: Bench) -> str:
    """Return the office whose center has to rule on the answer to an open offer and gets none of it, "" for none.

    It serves neither office any more: both have come to another county, with a township that has moved.
    """
    offer = case.custody.offer if case is not None else None
    if offer is None or offer.arbiter == bench.here:
        return ""
    homes = {_home(org, bench.organisations) for org in viewers}
    return "" if _home(offer.arbiter, bench.organisations) in homes else offer.arbiter


def _home(org: str, organisations: Organisations) -> str:
    center = organisations.center_of(org) if org in organisations else None
    return center.code if center else ""


def rule(entries: Sequence[Entry], rulings: Sequence[Ruling], bench: Bench, *, emptied_by: str = "") -> list[NewRuling]:
    """Return the verdicts now possible at this center, in order.

    Args:
        entries: all events of the case in order of arrival, with the signers' certified roles; none is `own`.
        rulings: those already given, by whichever center.
        emptied_by: the office at whose center contents of the case were removed, "" for none: what comes now can't be
            judged by them, and one center says so.

    An event that follows one not here yet, or one that another center has still to rule on, is left for later; nothing
    else is. One that came before the event it follows is ruled after it. What a center let stand and the fold leaves
    out is ruled again; so is what was set aside for its base, once that is here.
    """
    again = [] if emptied_by else left_out(entries, rulings)
    anew = set() if emptied_by else let_wait_no_more(entries, rulings)
    ruled = {ruling.event_id for ruling in rulings} - {entry.event_id for entry in again} - anew
    hearing = _Hearing(bench, list(entries), list(rulings), fold(entries, rulings), emptied_by, again)
    waiting = [entry for entry in entries if entry.in_custody_lane and entry.event_id not in ruled]
    while (ready := hearing.next_of(waiting)) is not None:
        waiting.remove(ready)
        hearing.rule_on(ready)
    return hearing.found


@dataclass(slots=True)
class _Hearing:
    """The rulings of one case on the way; `rulings` are those given so far with those found here.

    Args:
        again: accepted before, and ruled again by the chain alone.
    """

    bench: Bench
    entries: list[Entry]
    rulings: list[Ruling]
    case: Case | None
    emptied_by: str
    again: Sequence[Entry]
    found: list[NewRuling] = field(default_factory=list)

    def next_of(self, waiting: Sequence[Entry]) -> Entry | None:
        """Return the next event that can be ruled on here."""
        ahead = {entry.event_id for entry in waiting}
        here = {entry.event_id for entry in self.entries}
        return next((e for e in waiting if e.base not in ahead and self._is_due(e, here)), None)

    def _is_due(self, entry: Entry, here: Collection[str]) -> bool:
        if entry.base in self.bench.refused and entry not in self.again:
            # No other center knows that its base never comes; but one that has accepted the event has it.
            return True
        if not (entry.base is None or entry.base in here):
            return False
        offices = self.bench.organisations
        ruler = _home(self.emptied_by, offices) if self.emptied_by else ruler_of(self.case, entry, offices)
        return ruler in ("", self.bench.here)

    def rule_on(self, entry: Entry) -> None:
        """Find the verdict on an event that is due."""
        against = self._against(entry)
        if against == (Verdict.LATE, "base-passed") and self._make_way(entry):
            against = None
        if against is None:
            self._add(entry.event_id, Verdict.ACCEPTED, "")
            self.case = apply_entry(self.case, entry, self.bench.now)
        else:
            self._add(entry.event_id, *against)

    def _against(self, entry: Entry) -> tuple[Verdict, str] | None:
        if entry in self.again:
            # It was found to be allowed by the roles and the clock of its day.
            return why_not(self.case, entry) or _one_key(self.case, entry, self.entries)
        if entry.base in self.bench.refused:
            return Verdict.NEEDS_REVIEW, BASE_REFUSED
        if self.emptied_by:
            return Verdict.NEEDS_REVIEW, "content-removed"
        if entry.event_id in self.bench.reviews:
            return Verdict.NEEDS_REVIEW, self.bench.reviews[entry.event_id]
        return self._against_rules(self.case, entry)

    def _against_rules(self, case: Case | None, entry: Entry) -> tuple[Verdict, str] | None:
        return why_not(case, entry) or _why_not_allowed(case, entry, self.bench) or _one_key(case, entry, self.entries)

    def _make_way(self, entry: Entry) -> bool:
        """Set aside the plain steps that another PC took meanwhile, where a paper of this one has left the house.

        A decision in somebody's hand can't be undone by an edit that came first; what came first goes to a person
        (docs/sync.md §4). Nothing that moves the case between offices is ever set aside so.
        """
        if entry.effects is None or not entry.effects.outward or self.case is None or self.case.custody.ended:
            return False
        if entry.grant != self.case.custody.grant or self.case.custody.offer is not None:
            return False
        after = _chain_after(entry.base, self.entries, self.case.custody.head)
        if after is None or any(_moves_or_is_out(step) for step in after):
            return False
        before = self.rulings[:]
        for step in after:
            self._add(step.event_id, Verdict.SUPERSEDED, PAPER_STANDS)
        case = fold(self.entries, self.rulings)
        if self._against_rules(case, entry):
            del self.found[len(self.found) - len(after) :]
            self.rulings = before
            return False
        self.case = case
        return True

    def _add(self, event_id: str, verdict: Verdict, reason: str) -> None:
        number = max((ruling.number for ruling in self.rulings), default=0) + 1
        self.found.append(NewRuling(number, event_id, verdict, reason))
        self.rulings.append(Ruling(number, event_id, verdict, reason, None, "", self.bench.here, self.bench.now))


def _chain_after(base: str | None, entries: Sequence[Entry], head: str) -> list[Entry] | None:
    """Return the events between a base and the head of the chain, None where the way back does not lead there."""
    by_id = {entry.event_id: entry for entry in entries}
    found: list[Entry] = []
    at: str | None = head
    while at != base:
        entry = by_id.get(at or "")
        if entry is None:
            return None
        found.append(entry)
        at = entry.base
    return found[::-1]


def _moves_or_is_out(entry: Entry) -> bool:
    """Tell whether a step can't be set aside: it moves the case between offices, or a paper of it is out as well."""
    if entry.effects is None or entry.effects.outward:
        return True
    # Taking over is how another PC came to write at all; it goes with what was written after it.
    return entry.effects.custody is not None and entry.effects.custody.op is not CustodyOp.TAKE_OVER


def _why_not_allowed(case: Case | None, entry: Entry, bench: Bench) -> tuple[Verdict, str] | None:
    """Check what the author's own program should have: roles, states, guards, and that the event does what it says."""
    try:
        action = action_named(entry.type)
        office = bench.organisations.get(entry.org)
        if not {role.value for role in action.roles} & entry.roles:
            return Verdict.NEEDS_REVIEW, "role-missing"
        if case is not None and action.from_states and case.state not in action.from_states:
            return Verdict.NEEDS_REVIEW, "state-wrong"
        if entry.effects is None or action.lane is not Lane.CUSTODY or outcome_of(entry.effects) != action.outcome:
            return Verdict.NEEDS_REVIEW, "effects-not-of-action"
        # By its item a case is decided by two, and by whom; others see the case by what all parties may read.
        if entry.audience != Audience.PARTIES or (case is not None and ITEM in entry.effects.fields):
            return Verdict.NEEDS_REVIEW, "effects-not-of-action"
        if case is not None:
            action.guard(case, office, entry.actor or "")
            if fault := reclaim_fault(case, entry.effects, entry.actor or "", bench.now):
                return Verdict.NEEDS_REVIEW, fault
    except StationError as error:
        return Verdict.NEEDS_REVIEW, error.code
    except (KeyError, TypeError, ValueError):
        return Verdict.NEEDS_REVIEW, "effects-unknown"
    return _why_not_there(case, entry, office)


def _one_key(case: Case | None, entry: Entry, entries: Sequence[Entry]) -> tuple[Verdict, str] | None:
    """Check that who decides is not who accepted, by the signatures: two names with one key are one pair of eyes."""
    if case is None or not needs_two(case.item) or entry.effects is None or not ends_handling(entry.effects):
        return None
    acceptance = _acceptance(case, entries)
    same = acceptance is not None and (acceptance.actor == entry.actor or bool(acceptance.keys & entry.keys))
    return (Verdict.NEEDS_REVIEW, "four-eyes") if same else None


def _acceptance(case: Case, entries: Sequence[Entry]) -> Entry | None:
    """Return the acceptance that stands: the last one on the way back from the head of the chain."""
    by_id = {entry.event_id: entry for entry in entries}
    at = by_id.get(case.custody.head)
    while at is not None and (at.effects is None or at.effects.state is not CaseState.ACCEPTED):
        at = by_id.get(at.base or "")
    return at


def _why_not_there(case: Case | None, entry: Entry, office: Organisation) -> tuple[Verdict, str] | None:
    """Check where a case or a duty goes: up to the author's own superior, or home to the office that took it in."""
    move, duty = (entry.effects.custody, entry.effects.obligation) if entry.effects else (None, None)
    if move is not None and move.op is CustodyOp.OFFER and not office.may_offer_to(move.to):
        return Verdict.NEEDS_REVIEW, "offer-not-upward"
    if duty is not None and duty.op is ObligationOp.CREATE and (case is None or duty.holder != case.origin_org):
        return Verdict.NEEDS_REVIEW, "effects-not-of-action"
    return None
