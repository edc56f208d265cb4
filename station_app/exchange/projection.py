"""From a subject's events to what is shown and acted on; the same for every store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from station_app.domain.batches import Batch, fold_batch
from station_app.domain.cases import Case
from station_app.domain.fold import Entry, fold
from station_app.domain.slips import CaseHead
from station_app.exchange.authentic import entry_of, split
from station_app.protocol.event import Event


def case_of(
    events: Sequence[Event],
    own_device: str,
    refused: Mapping[str, str] | None = None,
    brought: Collection[str] = (),
    head: CaseHead | None = None,
) -> Case | None:
    """Return the case that the events make on this PC, None before its opening is here (or ruled, for another's).

    Args:
        refused: own events that the center refused, with the code; others of the outbox do no harm.
        brought: events of others that came by hand, and count before the center has told of them.
        head: of the case on a slip that was scanned here.
    """
    entries, rulings = split(events, own_device, brought=brought)
    codes = refused or {}
    return fold(entries, rulings, {e.event_id: codes[e.event_id] for e in entries if e.event_id in codes}, head)


def batch_of(events: Sequence[Event], refused: Collection[str] = (), scanned: Batch | None = None) -> Batch | None:
    """Return the batch that the events make; one that does not speak of a batch as we know it is left out.

    Args:
        refused: own events that the center did not take in: nobody else will ever count them. One with which the batch
            begins stays all the same, so that it does not vanish from the screen of who made it.
        scanned: the batch by a slip that was scanned here; it counts while no other begins.
    """
    taken_in = [entry_of(event, "") for event in events if event.event_id not in refused]
    begun = _folded(taken_in) or _folded([entry_of(event, "") for event in events])
    return begun or (_folded(taken_in, scanned) if scanned else None)


def _folded(entries: Sequence[Entry], scanned: Batch | None = None) -> Batch | None:
    try:
        return fold_batch(entries, scanned)
    except _NOT_UNDERSTOOD:
        return fold_batch(_understood(entries, scanned), scanned)


# A signed event of a faulty or a newer program may say anything; it must not keep a whole feed from being taken in.
_NOT_UNDERSTOOD = (AttributeError, KeyError, TypeError, ValueError)


def _understood(entries: Sequence[Entry], scanned: Batch | None) -> list[Entry]:
    good: list[Entry] = []
    for entry in sorted(entries, key=lambda e: (e.lamport, e.event_id)):
        try:
            fold_batch([*good, entry], scanned)
        except _NOT_UNDERSTOOD:
            continue
        good.append(entry)
    return good
