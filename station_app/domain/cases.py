"""A case as its events make it: facts, state, custody, obligations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class CaseState(StrEnum):
    """Where a case stands. A case under way between offices keeps its state; custody says that it is on the road."""

    REGISTERED = "registered"
    RECEIVED = "received"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    GRANTED = "granted"
    REFUSED = "refused"
    DELIVERED = "delivered"
    CLOSED = "closed"


STATE_LABELS: Mapping[str, str] = {
    CaseState.REGISTERED: "已收件",
    CaseState.RECEIVED: "已接收",
    CaseState.RETURNED: "已退回",
    CaseState.ACCEPTED: "已受理",
    CaseState.GRANTED: "准予",
    CaseState.REFUSED: "不予",
    CaseState.DELIVERED: "已送达",
    CaseState.CLOSED: "已办结",
}
# What a center remarks in a case that may be the same errand as another (domain 1-E E15, 两头受理).
POSSIBLE_DUPLICATE = "possible_duplicate"
# The fact that says by which item a case is handled; its opening sets it, and nothing else may.
ITEM = "item"
# The fact that a refusal leaves, and nothing else does.
REFUSAL_REASON = "refusal_reason"


def decision_in(state: CaseState, *, refused: bool) -> CaseState | None:
    """Return GRANTED or REFUSED as a case in this state was decided, delivered or not; None before the decision."""
    if state in (CaseState.DELIVERED, CaseState.CLOSED):
        return CaseState.REFUSED if refused else CaseState.GRANTED
    return state if state in (CaseState.GRANTED, CaseState.REFUSED) else None


@dataclass(frozen=True, slots=True)
class Offer:
    """An open hand-over: who is to take the case, and whose center rules it.

    Args:
        offered_at: the offering PC's clock, for display.
        ruled_at: the center's clock when it let the offer stand, "" before; the time lock of a reclaim counts from it.
        asked_back: the office that made it has asked for the case back.
    """

    event_id: str
    to: str
    arbiter: str
    batch: str | None
    offered_at: str
    ruled_at: str = ""
    asked_back: bool = False


@dataclass(frozen=True, slots=True)
class Custody:
    """Who may act on the case.

    Args:
        holder: the office that holds it.
        device: the working PC in that office.
        grant: id of the event that gave custody; fences the custody lane.
        head: id of the last custody-lane event, the `base` of the next.
        offer: the open offer, if any; then the holder is frozen on the custody lane.
        ended: handling is over; what is left is written under obligations.
    """

    holder: str
    device: str
    grant: str
    head: str
    offer: Offer | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty with its own token and its own chain, such as delivering a decision to the applicant."""

    token: str
    kind: str
    holder: str
    head: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """An entry of the open lane."""

    event_id: str
    org: str
    actor: str | None
    claimed_at: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Removed:
    """That the contents of a case were removed here at the end of retention: on what basis, and when (UTC stamp)."""

    basis: str
    at: str


@dataclass(frozen=True, slots=True)
class Case:
    """The fold of a case's events.

    Args:
        case_id: random hex, the subject id.
        origin_org: the office that opened it; results come home to it.
        opened_at: the opening PC's own UTC clock, for display.
        fields: facts set by events.
        state: where it stands.
        custody: who may act.
        obligations: by token.
        viewers: offices that see the case for good: who opened it, wrote in its custody lane, held it, owes something.
        remarks: the open lane, by (lamport, id).
        provisional: some of this rests on own events that no center has ruled on yet.
        last_ruling: (number, event id) of the latest ruling, (0, "") before the first.
        not_standing: own or foreign custody events that a ruling set aside: event id to reason.
        opened_by: person id of who opened it.
        forgotten: this office sees the case no more; only its number and item are still here.
        removed: contents were removed here; only number, item, state and dates are left. None while none were.
        by_slip: this rests on a printed slip that was scanned here; what it was written from is not here yet.
        needs_upgrade: an event that stands speaks words of a newer program; what follows it can't be shown here.
    """

    case_id: str
    origin_org: str
    opened_at: str
    fields: Mapping[str, Any]
    state: CaseState
    custody: Custody
    obligations: Mapping[str, Obligation] = field(default_factory=dict)
    viewers: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    provisional: bool = False
    last_ruling: tuple[int, str] = (0, "")
    not_standing: Mapping[str, str] = field(default_factory=dict)
    opened_by: str = ""
    needs_upgrade: bool = False
    forgotten: bool = False
    removed: Removed | None = None
    by_slip: bool = False

    @property
    def seen_by(self) -> tuple[str, ...]:
        """Return the offices that see the case now: of an open offer its taker, and once asked back its arbiter."""
        offer = self.custody.offer
        guests = (offer.to, *((offer.arbiter,) if offer.asked_back else ())) if offer else ()
        return (*self.viewers, *(org for org in dict.fromkeys(guests) if org not in self.viewers))

    def waits_for(self, org: str) -> bool:
        """Tell whether an offer is open of which this office is the arbiter."""
        return self.custody.offer is not None and self.custody.offer.arbiter == org

    @property
    def number(self) -> str:
        """Return the 代办登记号."""
        return str(self.fields.get("number", ""))

    @property
    def item(self) -> Mapping[str, Any]:
        """Return the item as pinned when the case was opened."""
        return _object(self.fields.get(ITEM))

    @property
    def applicant(self) -> Mapping[str, Any]:
        """Return the applicant's data."""
        return _object(self.fields.get("applicant"))

    @property
    def materials(self) -> tuple[Mapping[str, Any], ...]:
        """Return the materials taken in."""
        found = self.fields.get("materials", ())
        return tuple(_object(entry) for entry in found) if isinstance(found, list | tuple) else ()

    @property
    def decision(self) -> CaseState | None:
        """Return GRANTED or REFUSED as the case was decided, None before."""
        return decision_in(self.state, refused=bool(self.fields.get(REFUSAL_REASON)))

    def open_obligation(self, kind: str, holder: str) -> Obligation | None:
        """Return the first open obligation of that kind that the office holds."""
        for obligation in self.obligations.values():
            if obligation.kind == kind and obligation.holder == holder and not obligation.done:
                return obligation
        return None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
