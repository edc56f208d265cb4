"""Who sees a subject from the event on with which it begins."""

from __future__ import annotations

from station_app.domain.errors import StationError
from station_app.domain.lanes import SubjectKind
from station_app.domain.removals import BODY_REMOVED
from station_app.exchange.authentic import RULING
from station_app.protocol.event import Event

# By these a center comes to see nothing itself.
SEEN_BY_OTHERS = (RULING, BODY_REMOVED)


def first_viewers(event: Event) -> tuple[str, ...]:
    """Return who sees a subject from its first event on: the office that made it, and for a batch whom it is for."""
    org = event.header.org
    if event.header.type in SEEN_BY_OTHERS:
        return ()
    if event.header.subject_kind != SubjectKind.BATCH:
        return (org,)
    to = _batch_to(event)
    return (org, to) if isinstance(to, str) and to != org else (org,)


def _batch_to(event: Event) -> object:
    """Return whom a batch is for, None where it does not say so; nobody has looked at what the event says yet."""
    try:
        batch = (event.said or {}).get("batch", {})
    except StationError:
        return None
    return batch.get("to") if isinstance(batch, dict) else None
