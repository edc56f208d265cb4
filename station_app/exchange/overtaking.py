"""What comes to a center before what it goes on with, or behind what has ended it: answers to offers, and notes."""

from __future__ import annotations

from station_app.domain.effects import CustodyOp
from station_app.exchange.authentic import entry_of
from station_app.protocol.event import Event

_ANSWERS = (CustodyOp.ACCEPT, CustodyOp.REJECT)


def answers_offer(event: Event) -> bool:
    """Tell whether an event takes an offered case over or sends it back: by a slip before the offer may be here."""
    return event.header.base is not None and _op_of(event)[0] in _ANSWERS


def was_shown_to(event: Event, held: Event) -> bool:
    """Tell whether an open-lane event is of an office that has seen the case by what is held of it.

    An offer shows it to taker and arbiter, also where an answer has ended that while the office wrote without a
    network; and who has answered an offer has seen it on a slip (docs/sync.md §17).
    """
    op, seen_by = _op_of(held)
    if entry_of(event, "").in_custody_lane:
        return False
    return event.header.org in seen_by or (op in _ANSWERS and event.header.org == held.header.org)


def _op_of(event: Event) -> tuple[CustodyOp | None, tuple[str | None, ...]]:
    """Return how an event moves the case, and to whom an offer shows it."""
    effects = entry_of(event, "").effects
    move = effects.custody if effects else None
    if move is None:
        return None, ()
    return move.op, (move.to, move.arbiter) if move.op is CustodyOp.OFFER else ()
