"""Writing a `body_removed` at a center: signed by it, in the case's own stream, obeyed here at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from station_app.domain.lanes import SubjectKind
from station_app.domain.removals import BODY_REMOVED, Removal
from station_app.exchange.center import CenterDesk
from station_app.exchange.obeying import obey_removals
from station_app.exchange.ports import CenterBook, Head
from station_app.exchange.writing import Draft, write_event
from station_app.protocol.event import SALT_BYTES, Event

# Ids of so many events are far below what a body may hold.
_MOST_NAMED = 2000


def write_removal(book: CenterBook, desk: CenterDesk, events: Sequence[Event], removal: Removal, at: str) -> None:
    """Write into a case what is removed of it, and erase it at this center where the removal is for all.

    Args:
        events: of the case, all that are here.
        at: the center's clock, UTC.
    """
    case_id = events[0].header.subject_id
    chain = book.chain()
    chain = replace(chain, lamport=max(chain.lamport, *(event.header.lamport for event in events)))
    written: list[Event] = []
    for first in range(0, len(removal.events), _MOST_NAMED):
        part = replace(removal, events=removal.events[first : first + _MOST_NAMED])
        subject = (SubjectKind.CASE, case_id)
        draft = Draft(BODY_REMOVED, subject, desk.org, actor=None, claimed_at=at, effects=part.to_json())
        event, chain = write_event(draft, chain, desk.pen, desk.entropy(SALT_BYTES))
        written.append(event)
    book.add_events(written)
    book.save_heads({(chain.origin, chain.epoch): Head(chain.seq, chain.prev or "")})
    obey_removals(book, written)
