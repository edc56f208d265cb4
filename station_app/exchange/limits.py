"""How far the events of a revoked PC and of a disabled worker count; what is later is held for two persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from station_app.domain.errors import StationError
from station_app.protocol.event import Event
from station_app.protocol.signed import Document

DEVICE_REVOKED = "device-revoked"
WORKER_DISABLED = "worker-disabled"
HELD = (DEVICE_REVOKED, WORKER_DISABLED)
# The other reason why a center gives a PC nothing.
CLONED = "cloned"

Chain = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a center publishes with its organisations, so that a station knows it offline.

    Args:
        devices: last seq that counts, by (revoked device, epoch); an epoch that is not named has none.
        people: the same by disabled person, over all PCs.
        admitted: ids of later events that two persons have taken in all the same.
    """

    devices: Mapping[str, Mapping[Chain, int]] = field(default_factory=dict)
    people: Mapping[str, Mapping[Chain, int]] = field(default_factory=dict)
    admitted: frozenset[str] = frozenset()

    def against(self, event: Event, *, branch: bool = False) -> str:
        """Return "" for an event that counts, or why it is held: `device-revoked`, `worker-disabled`.

        Args:
            branch: it lies beside its chain. Its number says nothing then: it was not here when the limit was set.
        """
        if event.event_id in self.admitted:
            return ""
        header = event.header
        for code, heads in ((DEVICE_REVOKED, self.devices.get(header.origin)), _person(self, header.actor)):
            if heads is not None and (branch or header.seq > heads.get((header.origin, header.epoch), 0)):
                return code
        return ""


def place_of(event: Event) -> tuple[str, str, int]:
    """Return where an event stands: (PC, epoch, seq)."""
    return event.header.origin, event.header.epoch, event.header.seq


def _person(limits: Limits, actor: str | None) -> tuple[str, Mapping[Chain, int] | None]:
    return WORKER_DISABLED, limits.people.get(actor or "")


def read_limits(found: Mapping[str, Any]) -> Limits:
    """Read `revoked`, `disabled` and `admitted` of an organisations document; what an older one lacks is empty.

    Raises:
        StationError: `organisations-unreadable`.
    """
    try:
        devices: dict[str, dict[Chain, int]] = {}
        for entry in found.get("revoked", ()):
            heads = devices.setdefault(str(entry["device"]), {})
            heads[str(entry["device"]), str(entry["epoch"])] = int(entry["seq"])
        people = {
            str(person): {(str(device), str(epoch)): int(seq) for device, epoch, seq in heads}
            for person, heads in found.get("disabled", {}).items()
        }
        return Limits(devices, people, frozenset(map(str, found.get("admitted", ()))))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise StationError("organisations-unreadable", organisation="revoked") from None


def limits_in(document: Document | None) -> Limits:
    """Return the limits in an organisations document, none before there is one."""
    return read_limits(document.content) if document is not None else Limits()
