"""The end of retention: which contents of a case a center has had two persons remove, where, and on what basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeGuard

from station_app.domain.calendar import SHANGHAI
from station_app.domain.cases import Removed

BODY_REMOVED = "body_removed"
_HEX = frozenset("0123456789abcdef")
_ID_LENGTH = 64
_PERSONS = 2


def removed_words(removed: Removed) -> str:
    """Return what stands where the contents of a case stood, with the basis and the day in China."""
    try:
        instant = datetime.strptime(removed.at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        day = instant.astimezone(SHANGHAI).date().isoformat()
    except ValueError:
        day = removed.at
    return f"内容已按规定删除（依据：{removed.basis}，{day}）"


class Reach(StrEnum):
    """In which stores contents are removed: those of village offices, or all, the centers' too."""

    VILLAGE = "village"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Removal:
    """What one `body_removed` says.

    Args:
        where: in which stores.
        basis: the rule by which, as the two persons wrote it.
        by: their names.
        events: ids of the events whose bodies go.
    """

    where: Reach
    basis: str
    by: tuple[str, ...]
    events: tuple[str, ...]

    def reaches(self, *, village: bool) -> bool:
        """Tell whether it is for a store: of a village office, or of another office or a center."""
        return village or self.where is Reach.ALL

    def to_json(self) -> dict[str, Any]:
        """Return the effects of the event."""
        found = {"where": self.where.value, "basis": self.basis, "by": list(self.by), "events": list(self.events)}
        return {"removed": found}


def read_removal(effects: Mapping[str, Any]) -> Removal | None:
    """Return what effects say is removed; None where they say it otherwise than a center does: then nothing goes."""
    if set(effects) != {"removed"} or not isinstance(effects["removed"], Mapping):
        return None
    found = effects["removed"]
    where, basis, by, events = (found.get(name) for name in ("where", "basis", "by", "events"))
    if where not in list(Reach) or not isinstance(basis, str) or not basis.strip():
        return None
    if not _are_texts(by) or len(set(by)) != _PERSONS or not _are_texts(events) or not all(map(_is_id, events)):
        return None
    return Removal(Reach(where), basis, tuple(by), tuple(events))


def _are_texts(found: Any) -> TypeGuard[list[str]]:
    return isinstance(found, list) and bool(found) and all(isinstance(entry, str) and entry for entry in found)


def _is_id(found: str) -> bool:
    return len(found) == _ID_LENGTH and _HEX.issuperset(found)
