"""What centers that were set back have forgotten: what they may be excused for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from station_app.exchange.authentic import readable
from station_app.protocol.event import Event
from tests.fakes import Change

Chain = tuple[str, str]


@dataclass
class Lapse:
    """What a center was set back behind, over all the times that it was.

    Args:
        events: what it had in its journal, or had refused.
        limits: revoked PCs and disabled workers whose limit it knew.
        incarnations: in which it was set back; until it knows that, whoever names one of them may be taken for a copy.
    """

    events: set[str] = field(default_factory=set)
    limits: set[str] = field(default_factory=set)
    incarnations: set[str] = field(default_factory=set)

    def note(self, before: Any, after: Any) -> None:
        """Note what is in the one tables of a center and not in the other."""
        for name in ("events", "refused"):
            self.events |= set(getattr(before, name)) - set(getattr(after, name))
        self.limits |= limited_in(before) - limited_in(after)
        self.incarnations.add(after.settings["center"]["incarnation"])


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a revoked PC or a disabled worker counts.

    Args:
        heads: the last seq that does, by (PC, epoch).
        places: what stood at each (PC, epoch, seq) when the limit was set: another event there lies on a branch that
            came later, and does not count, whatever its number.
    """

    heads: Mapping[Chain, int]
    places: Mapping[tuple[str, str, int], set[str]]

    def has(self, event: Event) -> bool:
        """Tell whether an event counts."""
        header = event.header
        if header.seq > self.heads.get((header.origin, header.epoch), 0):
            return False
        return event.event_id in self.places.get(_place(event), {event.event_id})

    def is_only_number_known(self, change: Change, event: Event) -> bool:
        """Tell whether an event lies within the limit by its number, and a center had nothing in its place before.

        A center that was set back gets the limit back, which names no event, before what stood in that place.
        """
        header = event.header
        if header.seq > self.heads.get((header.origin, header.epoch), 0):
            return False
        came = {event_id for event_id, _ in change.added("events")}
        came |= {row.event.event_id for _, (_, _, row) in change.added("refusals")}
        return not any(_place(one) == _place(event) and one.event_id not in came for one in _known_to(change.tables))


def limit_at(center_tables: Any, heads: Mapping[Chain, int]) -> Limit:
    """Return a limit that is set now at a center."""
    places: dict[tuple[str, str, int], set[str]] = {}
    for event in _known_to(center_tables):
        places.setdefault(_place(event), set()).add(event.event_id)
    return Limit(heads, {place: ids for place, ids in places.items() if place[:2] in heads})


def _known_to(center_tables: Any) -> Iterable[Event]:
    """Return what a center has in its journal or has refused, but for damaged ones, whose place nobody can tell."""
    refused = (row.event for _, _, row in center_tables.refusals.values())
    return filter(readable, [*center_tables.events.values(), *refused])


def _place(event: Event) -> tuple[str, str, int]:
    return event.header.origin, event.header.epoch, event.header.seq


def limited_in(tables: Any) -> set[str]:
    """Return the revoked PCs and disabled workers whose limit a center knows."""
    limits = tables.settings.get("limits") or {}
    return {entry["device"] for entry in limits.get("revoked", ())} | set(limits.get("disabled", ()))
