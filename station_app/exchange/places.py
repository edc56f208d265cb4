"""Which places of the chains of PCs are taken at a center, by what it has taken in and by what it has refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from station_app.exchange.authentic import readable
from station_app.exchange.limits import place_of
from station_app.exchange.ports import CenterBook, Head

Place = tuple[str, str, int]


def places_taken(book: CenterBook, devices: Collection[str]) -> Mapping[Place, Collection[str]]:
    """Return the places (PC, epoch, seq) of these PCs that are taken, each with the ids of the events that say so.

    A tombstone has its place as well: whoever has the key of a PC that was revoked could write another event for it,
    with a number that lies within what counts.
    """
    taken: dict[Place, set[str]] = defaultdict(set)
    for event in (*book.events_by(devices), *book.refused_by(devices)):
        if readable(event):
            taken[place_of(event)].add(event.event_id)
    return taken


def places_brought(
    book: CenterBook, heads: Mapping[tuple[str, str], Head], chain: tuple[str, str]
) -> Collection[Place]:
    """Return the places of a chain behind its head in which an event is here: others gave it back, its PC did not."""
    device, epoch = chain
    return {(device, epoch, seq) for seq in book.seqs_behind(chain, heads.get(chain, Head(0, "")).seq)}
