"""Revoking a PC that was stolen or lost: what it had sent counts, what it sends later is held for two persons."""

from __future__ import annotations

from typing import Any

from station_app.domain.errors import StationError
from station_app.usecases.center_ports import AuditEntry, CenterClerk, Registry
from station_app.usecases.holding import is_revoked, limit_device
from station_app.usecases.office_key_release import release_office_key
from station_app.usecases.run_center import publish_organisations, require_whole
from station_app.usecases.times import stamp

REVOKE = "revoke"


def revoke(registry: Registry, clerk: CenterClerk, device: str, reason: str, by: str) -> list[dict[str, Any]]:
    """Revoke an enrolled PC for good and return up to which event of each epoch it counts ("valid up to").

    Raises:
        StationError: `station-unknown`, `station-revoked-before`, `center-heals`.
    """
    require_whole(registry)
    station = registry.station(device)
    if station is None:
        raise StationError("station-unknown", device=device)
    if is_revoked(registry, device):
        raise StationError("station-revoked-before", device=device)
    entries = limit_device(registry, device)
    if station.box_key:
        # With the new version's public key the organisations go to all, and in them how far the PC counts.
        release_office_key(registry, clerk, station.org, new_version=True)
    else:
        publish_organisations(registry, clerk)
    about = {"device": device, "org": station.org, "reason": reason, "valid_up_to": entries}
    registry.add_audit(AuditEntry(stamp(clerk.now()), REVOKE, by, "", about))
    return entries
