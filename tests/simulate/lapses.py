"""What centers that were set back have forgotten: what they may be excused for, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from station_app.exchange.authentic import readable
from station_app.protocol.event import Event

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
        return event.event_id in self.places.get((header.origin, header.epoch, header.seq), {event.event_id})


def limit_at(center_tables: Any, heads: Mapping[Chain, int]) -> Limit:
    """Return a limit that is set now at a center."""
    events = [*center_tables.events.values(), *(row.event for _, _, row in center_tables.refusals.values())]
    places: dict[tuple[str, str, int], set[str]] = {}
    for event in filter(readable, events):
        header = event.header
        places.setdefault((header.origin, header.epoch, header.seq), set()).add(event.event_id)
    return Limit(heads, {place: ids for place, ids in places.items() if place[:2] in heads})


def limited_in(tables: Any) -> set[str]:
    """Return the revoked PCs and disabled workers whose limit a center knows."""
    limits = tables.settings.get("limits") or {}
    return {entry["device"] for entry in limits.get("revoked", ())} | set(limits.get("disabled", ()))
