"""What must hold of all that a center has of a case, once nothing moves (docs/sync.md, invariants)."""

from __future__ import annotations

from collections.abc import Mapping

from station_app.domain.fold import in_order
from station_app.exchange.authentic import ruling_of
from station_app.protocol.event import Event
from tests.simulate.custody import papers_of
from tests.simulate.invariants import require


def check_bases(case_id: str, stream: tuple[Event, ...]) -> None:
    """I8: no step is set aside for a base that was refused, once that has been taken in after all."""
    here = {event.event_id: event for event in stream}
    if any(event.header.type == "body_removed" for event in stream):
        return
    for word in in_order(filter(None, map(ruling_of, stream))):
        base = here[word.event_id].header.base if word.event_id in here else None
        require(word.reason != "base-refused" or base not in here, "I8", f"case {case_id}: {base} is here, not refused")


def check_papers(case_id: str, stream: tuple[Event, ...], written: Mapping[str, Event]) -> None:
    """I3: an office signs only for papers of a decision that went to it.

    Args:
        written: all that was ever written in the case, with what it says: restores may have destroyed that they went.
    """
    answered, _ = papers_of(stream)
    _, sent = papers_of(written.values())
    require(not answered - sent, "I3", f"case {case_id}: papers were signed for that never went there")
