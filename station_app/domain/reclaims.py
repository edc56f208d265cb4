"""Taking a case back from the road: when the arbiter of a hand-over may, and how many persons it takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from station_app.domain.cases import Case, Remark
from station_app.domain.effects import CustodyOp, Effects

# A hand-over takes at most three working days by the service promise (domain 2.4); nobody is overtaken before.
RECLAIM_AFTER = timedelta(days=3)
RECLAIM_REQUEST = "reclaim_request"
RECLAIMED = "reclaimed"
GIVER, TAKER = "giver", "taker"


def locked_until(case: Case) -> datetime | None:
    """Return when an open offer may first be reclaimed; None while no center has let it stand, or without an offer.

    Where a faulty program wrote when, it is UTC without a zone, and None where it is no instant.
    """
    offer = case.custody.offer
    try:
        ruled_at = datetime.fromisoformat(offer.ruled_at if offer else "")
        return (ruled_at if ruled_at.tzinfo else ruled_at.replace(tzinfo=UTC)) + RECLAIM_AFTER
    except (ValueError, OverflowError):
        return None


def is_unlocked(case: Case, now: str) -> bool:
    """Tell whether an open offer has waited long enough to be reclaimed.

    Args:
        now: UTC stamp.
    """
    opens = locked_until(case)
    return opens is not None and datetime.fromisoformat(now) >= opens


def reclaim_requests(case: Case) -> tuple[Remark, ...]:
    """Return who at the arbiter has asked for the reclaim of the offer that is open."""
    offer = case.custody.offer
    return tuple(
        remark
        for remark in case.remarks
        if offer is not None
        and remark.content.get("kind") == RECLAIM_REQUEST
        and remark.content.get("offer") == offer.event_id
        and remark.org == offer.arbiter
    )


def reclaim_fault(case: Case, effects: Effects, person: str, now: str) -> str:
    """Return the code of what speaks against a reclaim, "" for nothing, or for any other step.

    Where both sides have signed the slip the papers may lie with the taker: then another person of the same office must
    have asked for the reclaim, and the call to the taker is recorded (docs/sync.md §4).

    Args:
        person: who reclaims.
        now: UTC stamp, the center's clock or this PC's.
    """
    move, offer = effects.custody, case.custody.offer
    if move is None or move.op is not CustodyOp.RECLAIM or offer is None:
        return ""
    if not is_unlocked(case, now):
        return "reclaim-too-early"
    if move.to not in (case.custody.holder, offer.to):
        return "reclaim-elsewhere"
    if effects.fields[RECLAIMED]["countersigned"] and all(asked.actor == person for asked in reclaim_requests(case)):
        return "second-person-needed"
    return ""
