"""The one generic fold: events and rulings of a case in, the case out. It knows no action by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from station_app.domain.cases import Case, CaseState, Custody, Obligation, Offer, Remark
from station_app.domain.effects import CustodyMove, CustodyOp, Effects, ObligationOp
from station_app.domain.lanes import Audience
from station_app.domain.slips import CaseHead, with_head

WITHDRAW_REQUEST = "withdraw_request"


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
        own: made on this PC, or brought to it by hand; such events count before a center has ruled on them.
        roles: the signer's roles as certified, for rulings.
        keys: the public keys certified for the signer on that PC, in hex, for rulings.
        audience: who receives what it says, for rulings.
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
    audience: str = Audience.PARTIES

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
        number: one more than the highest that the ruling center knew in the case; with `ruling_id` it orders the
            custody lane. Two centers may give the same number to events of different chains, never to events of one.
        event_id: the custody-lane event it is about; of several rulings on one event the last in order counts.
        previous: id of the ruling event before it, None for the first.
        ruling_id: id of the event that carries it.
        org: the office whose center it is.
        at: that center's clock, UTC.
    """

    number: int
    event_id: str
    verdict: Verdict
    reason: str
    previous: str | None
    ruling_id: str
    org: str = ""
    at: str = ""

    @property
    def place(self) -> tuple[int, str]:
        """Return what orders rulings."""
        return self.number, self.ruling_id


def in_order(rulings: Iterable[Ruling]) -> list[Ruling]:
    """Return the rulings that count, in order: of several on one event the last."""
    last: dict[str, Ruling] = {}
    for ruling in sorted(rulings, key=lambda ruling: ruling.place):
        last[ruling.event_id] = ruling
    return sorted(last.values(), key=lambda ruling: ruling.place)


def fold(
    entries: Sequence[Entry],
    rulings: Iterable[Ruling],
    refused: Mapping[str, str] | None = None,
    head: CaseHead | None = None,
) -> Case | None:
    """Return the case that these events make, or None while its opening is not here.

    Ruled custody events count in ruling order, then own events that nobody has ruled on, each only where it fits the
    chain; the open lane is a set shown by (lamport, id). Order of arrival and clocks never matter (sync.md §4).

    Args:
        refused: own events that the center did not take in, with the reason: nobody else will ever count them. An
            opening stays all the same, also one that a center let not stand, so that the errand does not vanish from
            the screen of who took it in.
        head: of the case on a slip that was scanned here; it counts while neither its offer counts, come by hand,
            nor a ruling on it is here.
    """
    refused = refused or {}
    all_rulings = list(rulings)
    counting = in_order(all_rulings)
    ruled = _ruled({entry.event_id: entry for entry in entries}, counting)
    set_aside = set_aside_by(all_rulings, refused)
    seen = {*(ruling.event_id for ruling in counting), *refused} - {e.event_id for e in entries if e.opens}
    unruled = [e for e in entries if e.own and e.in_custody_lane and e.event_id not in seen]
    case, counted = _grown(ruled, unruled)
    if head is not None and head.offer not in counted and not is_ruled(head.offer, counting):
        case, _ = _grown(with_head(ruled, head), unruled)
    if case is None:
        return None
    remarks = remarks_of(entries, refused)
    last = max((ruling.place for ruling in all_rulings), default=(0, ""))
    case = replace(case, remarks=remarks, not_standing=set_aside, last_ruling=last)
    return _asked_back(case)


def _grown(case: Case | None, unruled: Sequence[Entry]) -> tuple[Case | None, set[str]]:
    """Return the case with the steps that nobody has ruled on, each only where it fits, and which of them did."""
    counted: set[str] = set()
    for entry in sorted(unruled, key=lambda e: (e.lamport, e.event_id)):
        if why_not(case, entry) is None:
            grown = apply_entry(case, entry)
            case = replace(grown, provisional=True) if grown else case
            counted.add(entry.event_id)
    return case, counted


def is_ruled(event_id: str, rulings: Iterable[Ruling]) -> bool:
    """Tell whether a center has ruled on an event."""
    return any(ruling.event_id == event_id for ruling in rulings)


def _ruled(by_id: Mapping[str, Entry], counting: Sequence[Ruling]) -> Case | None:
    case: Case | None = None
    for ruling in counting:
        entry = by_id.get(ruling.event_id)
        if ruling.verdict is not Verdict.ACCEPTED or entry is None:
            continue
        if case is not None and entry.effects is None:
            case = replace(case, needs_upgrade=True)
        # A center that lost its memory may have ruled twice: what does not fit the chain never stands beside what does.
        elif why_not(case, entry) is None:
            case = apply_entry(case, entry, ruling.at) or case
    return case


def _asked_back(case: Case) -> Case:
    """Mark an open offer that the office which made it has asked back: from then on its arbiter sees the case."""
    offer = case.custody.offer
    if offer is None or not any(_asks_back(remark, case.custody.holder, offer) for remark in case.remarks):
        return case
    return replace(case, custody=replace(case.custody, offer=replace(offer, asked_back=True)))


def _asks_back(remark: Remark, holder: str, offer: Offer) -> bool:
    content = remark.content
    return remark.org == holder and content.get("kind") == WITHDRAW_REQUEST and content.get("offer") == offer.event_id


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
    if op in _ANSWERS:
        return _against_answer(custody.offer, entry, op)
    if custody.offer is not None:
        return Verdict.LATE, "offered"
    if entry.org != custody.holder:
        return Verdict.NEEDS_REVIEW, "not-the-holder"
    if op is CustodyOp.OFFER and (move is None or not move.to or not move.arbiter):
        return Verdict.NEEDS_REVIEW, "offer-incomplete"
    return None


_ANSWERS = (CustodyOp.ACCEPT, CustodyOp.REJECT, CustodyOp.RECLAIM)


def _against_answer(offer: Offer | None, entry: Entry, op: CustodyOp | None) -> tuple[Verdict, str] | None:
    if offer is None or entry.org != (offer.arbiter if op is CustodyOp.RECLAIM else offer.to):
        return Verdict.NEEDS_REVIEW, "not-offered"
    return None


def apply_entry(case: Case | None, entry: Entry, ruled_at: str = "") -> Case | None:
    """Return the case with the effects of one custody-lane event; the caller has made sure that it stands.

    Args:
        ruled_at: when a center let it stand, by that center's clock; "" while none has.
    """
    effects = entry.effects
    if effects is None:
        return None
    if case is None:
        return _opened(entry, effects) if entry.opens else None
    state = effects.state or case.state
    case = _with_viewer(replace(case, fields={**case.fields, **effects.fields}, state=state), entry.org)
    duty = case.obligations.get(entry.grant or "")
    if duty is not None:
        return _advance(case, duty, entry, effects)
    custody = _moved(case.custody, entry, effects.custody, ruled_at)
    return _create(_with_viewer(replace(case, custody=custody), custody.holder), entry, effects)


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


def _moved(custody: Custody, entry: Entry, move: CustodyMove | None, ruled_at: str) -> Custody:
    here = replace(custody, head=entry.event_id)
    if move is None:
        return here
    match move.op:
        case CustodyOp.OFFER:
            offer = Offer(entry.event_id, move.to or "", move.arbiter or "", move.batch, entry.claimed_at, ruled_at)
            return replace(here, offer=offer)
        case CustodyOp.ACCEPT:
            return Custody(holder=entry.org, device=entry.origin, grant=entry.event_id, head=entry.event_id)
        case CustodyOp.REJECT:
            return replace(here, grant=entry.event_id, offer=None)
        case CustodyOp.RECLAIM:
            return _reclaimed(here, entry, move.to or custody.holder)
        case CustodyOp.TAKE_OVER:
            return replace(here, device=entry.origin)
        case CustodyOp.END:
            return replace(here, ended=True)
    return here


def _reclaimed(here: Custody, entry: Entry, to: str) -> Custody:
    # Which PC of another office works on it from now on, nobody has said yet: one of them takes it over.
    device = here.device if to == here.holder else ""
    return Custody(holder=to, device=device, grant=entry.event_id, head=entry.event_id)


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


def set_aside_by(rulings: Iterable[Ruling], refused: Mapping[str, str]) -> dict[str, str]:
    """Return what does not stand, with the reason: refused by the center, or set aside by the ruling that counts."""
    out = {r.event_id: r.reason for r in in_order(rulings) if r.verdict is not Verdict.ACCEPTED}
    return {**refused, **out}


def remarks_of(entries: Sequence[Entry], refused: Collection[str]) -> tuple[Remark, ...]:
    """Return the open lane as it is shown, but for what the center did not take in."""
    taken_in = [e for e in entries if not e.in_custody_lane and e.event_id not in refused]
    open_lane = [e for e in taken_in if e.effects is not None and e.effects.remark is not None]
    open_lane.sort(key=lambda e: (e.lamport, e.event_id))
    return tuple(
        Remark(e.event_id, e.org, e.actor, e.claimed_at, e.effects.remark or {}) for e in open_lane if e.effects
    )
