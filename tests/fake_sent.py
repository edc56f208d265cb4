"""A row of an outbox in memory, of a station's or a center's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes up, and what became of it."""

    event_id: str
    subject_id: str
    status: str = ""
    code: str = ""
    settled_at: str = ""
