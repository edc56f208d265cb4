"""What a center keeps of revoked PCs, disabled workers and events taken in all the same; published with the offices."""

from __future__ import annotations

from typing import Any

from station_app.usecases.center_ports import Registry

LIMITS = "limits"


def kept_limits(registry: Registry) -> dict[str, Any]:
    """Return `revoked`, `disabled` and `admitted` as the organisations document has them (docs/sync.md §11)."""
    return {"revoked": [], "disabled": {}, "admitted": [], **(registry.setting(LIMITS) or {})}


def is_revoked(registry: Registry, device: str) -> bool:
    """Tell whether a PC has been revoked."""
    return any(entry["device"] == device for entry in kept_limits(registry)["revoked"])


def limit_device(registry: Registry, device: str) -> list[dict[str, Any]]:
    """Let a PC's events count up to what has been taken in of each epoch, and return that."""
    heads = registry.chain_heads({device})
    entries = [{"device": origin, "epoch": epoch, "seq": seq} for (origin, epoch), seq in sorted(heads.items())]
    # One that has sent nothing yet must be on the list too.
    station = registry.station(device)
    if station is not None and (device, station.epoch) not in heads:
        entries.append({"device": device, "epoch": station.epoch, "seq": 0})
    kept = kept_limits(registry)
    registry.save_setting(LIMITS, {**kept, "revoked": [*kept["revoked"], *entries]})
    return entries


def limit_worker(registry: Registry, person: str) -> None:
    """Let a worker's events count up to what has been taken in of each PC; done again it changes nothing."""
    kept = kept_limits(registry)
    if person in kept["disabled"]:
        return
    heads = registry.chain_heads(registry.devices_of(person))
    rows = [[device, epoch, seq] for (device, epoch), seq in sorted(heads.items())]
    registry.save_setting(LIMITS, {**kept, "disabled": {**kept["disabled"], person: rows}})


def admit(registry: Registry, event_id: str) -> None:
    """Let an event count although it is later than the limit of its PC or its worker."""
    kept = kept_limits(registry)
    registry.save_setting(LIMITS, {**kept, "admitted": [*kept["admitted"], event_id]})
