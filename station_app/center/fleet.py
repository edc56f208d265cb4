"""What a center knows of each PC: how it was last heard, what it told, what was refused, what waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from station_app.center.ports import CenterStore
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.protocol.fleet_records import Fleet, FleetOffice, FleetPc, Way
from station_app.protocol.pc_note import note_from_wire
from station_app.usecases.center_ports import Station
from station_app.usecases.holding import revoked_devices
from station_app.usecases.run_center import organisations_of
from station_app.usecases.times import stamp

_LAST = "last_exchange:"


def note_exchange(store: CenterStore, device: str, request: ExchangeRequest, *, by_hand: bool) -> None:
    """Keep how a PC was heard and what it told, as far as that has changed; the caller commits."""
    found = {
        "way": (Way.PACKAGE if by_hand else Way.NETWORK).value,
        "incarnation": request.incarnation,
        "cursor": request.cursor,
        "pc": None if request.pc is None else {**asdict(request.pc), "faults": list(request.pc.faults)},
    }
    if store.setting(_LAST + device) != found:
        store.save_setting(_LAST + device, found)


def fleet_of(store: CenterStore, now: datetime, program: str) -> Fleet:
    """Return all PCs of this center, and the offices that it serves.

    Args:
        now: UTC clock of the center.
        program: version of its program.
    """
    center, offices, stations = store.setting("center"), organisations_of(store), store.stations()
    revoked, refused = revoked_devices(store), store.refusals_by_device()
    served = {office.code for office in offices if offices.is_served_by(office.code, center["org"])}
    codes = served | {station.org for station in stations}
    return Fleet(
        at=stamp(now),
        program=program,
        offices=tuple(
            FleetOffice(office.code, office.name, office.level.value, office.phone)
            for office in offices
            if office.code in codes
        ),
        pcs=tuple(
            _pc(store, station, refused.get(station.device, (0, 0)), revoked=station.device in revoked)
            for station in stations
        ),
    )


def _pc(store: CenterStore, station: Station, refused: tuple[int, int], *, revoked: bool) -> FleetPc:
    last: Mapping[str, Any] = store.setting(_LAST + station.device) or {}
    # Of another numbering the cursor says nothing; who names none has nothing yet.
    known = last.get("incarnation") in ("", store.setting("center")["incarnation"])
    behind = max(0, store.feed_head(station.org) - last["cursor"]) if known else None
    return FleetPc(
        device=station.device,
        org=station.org,
        enrolled_at=station.enrolled_at,
        last_seen_at=station.last_seen_at,
        way=Way(last["way"]) if last else Way.UNKNOWN,
        revoked=revoked,
        cloned=station.cloned,
        is_center=station.is_center,
        refused=refused[0],
        held=refused[1],
        behind=behind,
        note=note_from_wire(last.get("pc")),
    )
