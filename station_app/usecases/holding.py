"""What a center keeps of revoked PCs, disabled workers and events taken in all the same; published with the offices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from station_app.exchange.ports import CenterBook
from station_app.protocol.event import Event
from station_app.usecases.center_ports import Registry

LIMITS = "limits"


class HoldingStore(CenterBook, Registry, Protocol):
    """The center's journal and office tables in one transaction."""


def kept_limits(registry: Registry) -> dict[str, Any]:
    """Return `revoked`, `disabled` and `admitted` as the organisations document has them (docs/sync.md §11)."""
    return {"revoked": [], "disabled": {}, "admitted": [], **(registry.setting(LIMITS) or {})}


def is_revoked(registry: Registry, device: str) -> bool:
    """Tell whether a PC has been revoked."""
    return device in revoked_devices(registry)


def revoked_devices(registry: Registry) -> frozenset[str]:
    """Return the PCs that have been revoked."""
    return frozenset(entry["device"] for entry in kept_limits(registry)["revoked"])


def limit_device(registry: Registry, device: str) -> list[dict[str, Any]]:
    """Let a PC's events count up to what has been taken in of each epoch, and return that."""
    heads = registry.chain_heads({device})
    entries = [{"device": origin, "epoch": epoch, "seq": seq} for (origin, epoch), seq in sorted(heads.items())]
    # One that has sent nothing yet must be on the list too. Any epoch that is not on it, it may not use at all.
    silent = [found.epoch for found in registry.epochs(device) if (device, found.epoch) not in heads]
    if not entries and not silent:
        # A center that was restored knows no epoch of a PC that it has not heard of since.
        silent = [""]
    entries += [{"device": device, "epoch": epoch, "seq": 0} for epoch in silent]
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


def let_count(store: HoldingStore) -> list[Event]:
    """Let count, and put before a person, what came in beyond a limit that this center had forgotten; return that."""
    limits, kept = store.limits(), kept_limits(store)
    devices = {*limits.devices, *(device for heads in limits.people.values() for device, _ in heads)}
    # Who had sent nothing when the limit was set has none, on any PC.
    devices.update(*(store.devices_of(person) for person in limits.people))
    beyond = {event.event_id: (event, code) for event in store.events_by(devices) if (code := limits.against(event))}
    if beyond:
        store.add_reviews({event_id: code for event_id, (_, code) in beyond.items()})
        store.save_setting(LIMITS, {**kept, "admitted": [*kept["admitted"], *sorted(beyond)]})
    return [event for event, _ in beyond.values()]


def take_back_limits(registry: Registry, content: Mapping[str, Any]) -> None:
    """Keep, besides what is kept here, what a document says that was published before this center lost it."""
    kept = kept_limits(registry)
    revoked = _higher(
        ((entry["device"], entry["epoch"]), entry["seq"]) for entry in (*kept["revoked"], *content.get("revoked", ()))
    )
    here, told = kept["disabled"], content.get("disabled", {})
    disabled = {
        who: _higher(((device, epoch), seq) for device, epoch, seq in (*here.get(who, ()), *told.get(who, ())))
        for who in sorted({*here, *told})
    }
    found = {
        "revoked": [{"device": device, "epoch": epoch, "seq": seq} for (device, epoch), seq in revoked.items()],
        "disabled": {who: [[*chain, seq] for chain, seq in heads.items()] for who, heads in disabled.items()},
        "admitted": list(dict.fromkeys([*kept["admitted"], *content.get("admitted", ())])),
    }
    registry.save_setting(LIMITS, found)


def _higher(found: Iterable[tuple[tuple[str, str], int]]) -> dict[tuple[str, str], int]:
    heads: dict[tuple[str, str], int] = {}
    for chain, seq in found:
        heads[chain] = max(seq, heads.get(chain, 0))
    return heads
