"""The one generic fold: events and rulings of a case in, the case out. It knows no action by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from station_app.domain.cases import Case, CaseState, Custody, Obligation, Offer, Remark
from station_app.domain.effects import CustodyMove, CustodyOp, Effects, ObligationOp


class Verdict(StrEnum):
    """A center's word on one custody-lane event."""

    ACCEPTED = "accepted"
    LATE = "late"
    SUPERSEDED = "superseded"
    NEEDS_REVIEW = "needs_review"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the rules need to know of one event of a case.

    Args:
        effects: None where the body is not ours to read, was removed, or needs a newer program.
        own: made on this PC; own events count before a center has ruled on them.
        roles: the signer's roles as certified, for rulings.
        keys: the public keys certified for the signer on that PC, in hex, for rulings.
    """

    event_id: str
    type: str
    case_id: str
    origin: str
    org: str
    actor: str | None
    seq: int
    lamport: int
    claimed_at: str
    grant: str | None
    base: str | None
    effects: Effects | None
    own: bool = False
    roles: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    @property
    def in_custody_lane(self) -> bool:
        """Tell whether the event is fenced and ruled: it names a grant, or opens the case."""
        return self.grant is not None or self.opens

    @property
    def opens(self) -> bool:
        """Tell whether the event opens the case."""
        move = self.effects.custody if self.effects else None
        return move is not None and move.op is CustodyOp.OPEN


@dataclass(frozen=True, slots=True)
class Ruling:
    """A center's verdict in the case's own stream.

    Args:
        number: 1, 2, ... in the case; rulings order the custody lane.
        event_id: the custody-lane event it is about.
        previous: id of the ruling event before it, None for the first.
        ruling_id: id of the event that carries it.
    """

    number: int
    event_id: str
    verdict: Verdict
    reason: str
    previous: str | None
    ruling_id: str


def fold(entries: Sequence[Entry], rulings: Iterable[Ruling], refused: Mapping[str, str] | None = None) -> Case | None:
    """Return the case that these events make, or None while its opening is not here.

    Ruled custody events count in ruling order, then own events that nobody has ruled on, each only where it fits the
    chain; the open lane is a set shown by (lamport, id). Order of arrival and clocks never matter (sync.md §2).

    Args:
        refused: own events that the center did not take in, with the reason: nobody else will ever count them. An
            opening stays all the same, so that the errand does not vanish from the screen of who took it in.
    """
    refused = refused or {}
    by_id = {entry.event_id: entry for entry in entries}
    ruled = sorted(rulings, key=lambda ruling: (ruling.number, ruling.ruling_id))
    case: Case | None = None
    set_aside: dict[str, str] = dict(refused)
    for ruling in ruled:
        entry = by_id.get(ruling.event_id)
        if ruling.verdict is not Verdict.ACCEPTED:
            set_aside[ruling.event_id] = ruling.reason
        elif entry is not None:
            case = apply_entry(case, entry) or case
        if case is not None:
            case = replace(case, last_ruling=(ruling.number, ruling.ruling_id))
    seen = {ruling.event_id for ruling in ruled} | {
        e.event_id for e in entries if e.event_id in refused and not e.opens
    }
    for entry in sorted((e for e in entries if e.own and e.in_custody_lane), key=lambda e: (e.lamport, e.event_id)):
        if entry.event_id not in seen and why_not(case, entry) is None:
            grown = apply_entry(case, entry)
            case = replace(grown, provisional=True) if grown else case
    return None if case is None else replace(case, remarks=_remarks(entries, refused), not_standing=set_aside)


def why_not(case: Case | None, entry: Entry) -> tuple[Verdict, str] | None:
    """Return the verdict against a custody-lane event, or None when it may stand next.

    The chain decides: the event must name the custody (or obligation) that now is, follow the last event of it, and be
    signed by the office whose turn it is (sync.md §2).
    """
    if entry.effects is None:
        return Verdict.NEEDS_REVIEW, "effects-unknown"
    if entry.opens:
        return None if case is None else (Verdict.SUPERSEDED, "already-open")
    if case is None:
        return Verdict.NEEDS_REVIEW, "not-open"
    duty = case.obligations.get(entry.grant or "")
    if duty is not None:
        return _against_obligation(duty, entry)
    return _against_custody(case.custody, entry)


def _against_obligation(obligation: Obligation, entry: Entry) -> tuple[Verdict, str] | None:
    assert entry.effects is not None
    move = entry.effects.obligation
    if move is None or move.op is ObligationOp.CREATE or entry.effects.custody is not None:
        return Verdict.NEEDS_REVIEW, "not-under-obligation"
    if entry.org != obligation.holder:
        return Verdict.NEEDS_REVIEW, "not-the-holder"
    if obligation.done or entry.base != obligation.head:
        return Verdict.LATE, "base-passed"
    return None


def _against_custody(custody: Custody, entry: Entry) -> tuple[Verdict, str] | None:
    assert entry.effects is not None
    if entry.grant != custody.grant:
        return Verdict.LATE, "custody-passed"
    if custody.ended or entry.base != custody.head:
        return Verdict.LATE, "base-passed"
    move = entry.effects.custody
    op = move.op if move else None
    if op in (CustodyOp.ACCEPT, CustodyOp.REJECT):
        taker = custody.offer.to if custody.offer else None
        return None if entry.org == taker else (Verdict.NEEDS_REVIEW, "not-offered")
    if custody.offer is not None:
        return Verdict.LATE, "offered"
    if entry.org != custody.holder:
        return Verdict.NEEDS_REVIEW, "not-the-holder"
    if op is CustodyOp.OFFER and (move is None or not move.to or not move.arbiter):
        return Verdict.NEEDS_REVIEW, "offer-incomplete"
    return (Verdict.NEEDS_REVIEW, "not-online") if op is CustodyOp.RECLAIM else None


def apply_entry(case: Case | None, entry: Entry) -> Case | None:
    """Return the case with the effects of one custody-lane event; the caller has made sure that it stands."""
    effects = entry.effects
    if effects is None:
        return None
    if case is None:
        return _opened(entry, effects) if entry.opens else None
    state = effects.state or case.state
    case = replace(case, fields={**case.fields, **effects.fields}, state=state)
    duty = case.obligations.get(entry.grant or "")
    if duty is not None:
        return _advance(case, duty, entry, effects)
    case = replace(case, custody=_moved(case.custody, entry, effects.custody))
    if effects.custody is not None and effects.custody.to:
        case = _with_viewer(case, effects.custody.to)
    return _create(case, entry, effects)


def _opened(entry: Entry, effects: Effects) -> Case:
    return Case(
        case_id=entry.case_id,
        origin_org=entry.org,
        opened_at=entry.claimed_at,
        fields=dict(effects.fields),
        state=effects.state or CaseState.REGISTERED,
        custody=Custody(holder=entry.org, device=entry.origin, grant=entry.event_id, head=entry.event_id),
        viewers=(entry.org,),
        opened_by=entry.actor or "",
    )


def _moved(custody: Custody, entry: Entry, move: CustodyMove | None) -> Custody:
    here = replace(custody, head=entry.event_id)
    if move is None:
        return here
    if move.op is CustodyOp.OFFER:
        offer = Offer(entry.event_id, move.to or "", move.arbiter or "", move.batch, entry.claimed_at)
        return replace(here, offer=offer)
    if move.op is CustodyOp.ACCEPT:
        return Custody(holder=entry.org, device=entry.origin, grant=entry.event_id, head=entry.event_id)
    if move.op is CustodyOp.REJECT:
        return replace(here, grant=entry.event_id, offer=None)
    if move.op is CustodyOp.END:
        return replace(here, ended=True)
    return here


def _create(case: Case, entry: Entry, effects: Effects) -> Case:
    move = effects.obligation
    if move is None or move.op is not ObligationOp.CREATE or not move.holder:
        return case
    duty = Obligation(entry.event_id, move.kind or "", move.holder, entry.event_id)
    return _with_viewer(replace(case, obligations={**case.obligations, duty.token: duty}), move.holder)


def _advance(case: Case, duty: Obligation, entry: Entry, effects: Effects) -> Case:
    done = effects.obligation is not None and effects.obligation.op is ObligationOp.FINISH
    moved = replace(duty, head=entry.event_id, done=done)
    return replace(case, obligations={**case.obligations, duty.token: moved})


def _with_viewer(case: Case, org: str) -> Case:
    return case if org in case.viewers else replace(case, viewers=(*case.viewers, org))


def _remarks(entries: Sequence[Entry], refused: Mapping[str, str]) -> tuple[Remark, ...]:
    taken_in = [e for e in entries if not e.in_custody_lane and e.event_id not in refused]
    open_lane = [e for e in taken_in if e.effects is not None and e.effects.remark is not None]
    open_lane.sort(key=lambda e: (e.lamport, e.event_id))
    return tuple(
        Remark(e.event_id, e.org, e.actor, e.claimed_at, e.effects.remark or {}) for e in open_lane if e.effects
    )
