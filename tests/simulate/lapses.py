"""What centers that were set back have forgotten: what they may be excused for, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


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
        self.limits |= _limited_in(before) - _limited_in(after)
        self.incarnations.add(after.settings["center"]["incarnation"])


def _limited_in(tables: Any) -> set[str]:
    limits = tables.settings.get("limits") or {}
    return {entry["device"] for entry in limits.get("revoked", ())} | set(limits.get("disabled", ()))
