"""What a center says of its PCs to an administrator (docs/sync.md §20), and its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from station_app.domain.errors import StationError
from station_app.protocol.pc_note import PcNote, note_from_wire, note_to_wire


class Way(StrEnum):
    """How a PC last exchanged with its center."""

    NETWORK = "network"
    PACKAGE = "package"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class FleetOffice:
    """An office that the center serves, or of which it has a PC; `phone` "" where none is known."""

    org: str
    name: str
    level: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class FleetPc:
    """A PC as its center knows it.

    Args:
        last_seen_at: UTC stamp by the center's clock, "" for never.
        is_center: it is the center of a county, a client of the city's.
        refused: events of it that the center did not take in; `held` of these wait for two persons.
        behind: feed rows that it had not confirmed when it was last heard; None where that is not known.
        note: what it told of itself, None where it tells nothing.
    """

    device: str
    org: str
    enrolled_at: str
    last_seen_at: str
    way: Way
    revoked: bool
    cloned: bool
    is_center: bool
    refused: int
    held: int
    behind: int | None
    note: PcNote | None


@dataclass(frozen=True, slots=True)
class Fleet:
    """All PCs of a center: `at` by its clock, with the version of its program."""

    at: str
    program: str
    offices: tuple[FleetOffice, ...]
    pcs: tuple[FleetPc, ...]


def fleet_to_wire(fleet: Fleet) -> dict[str, Any]:
    """Return the form in which it travels."""
    return {
        "at": fleet.at,
        "program": fleet.program,
        "offices": [[office.org, office.name, office.level, office.phone] for office in fleet.offices],
        "stations": [_pc_to_wire(pc) for pc in fleet.pcs],
    }


def _pc_to_wire(pc: FleetPc) -> dict[str, Any]:
    return {
        "device": pc.device,
        "org": pc.org,
        "enrolled_at": pc.enrolled_at,
        "last_seen_at": pc.last_seen_at,
        "way": pc.way.value,
        "revoked": pc.revoked,
        "cloned": pc.cloned,
        "center": pc.is_center,
        "refused": pc.refused,
        "held": pc.held,
        **({} if pc.behind is None else {"behind": pc.behind}),
        **({} if pc.note is None else {"pc": note_to_wire(pc.note)}),
    }


def fleet_from_wire(found: Any) -> Fleet:
    """Read it; `record-malformed` for anything else."""
    try:
        return Fleet(
            at=str(found["at"]),
            program=str(found["program"]),
            offices=tuple(FleetOffice(*map(str, office)) for office in found["offices"]),
            pcs=tuple(_pc_from_wire(pc) for pc in found["stations"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StationError("record-malformed", reason=type(error).__name__) from None


def _pc_from_wire(found: Mapping[str, Any]) -> FleetPc:
    return FleetPc(
        device=str(found["device"]),
        org=str(found["org"]),
        enrolled_at=str(found["enrolled_at"]),
        last_seen_at=str(found["last_seen_at"]),
        way=Way(found["way"]) if found["way"] in set(Way) else Way.UNKNOWN,
        revoked=found["revoked"] is True,
        cloned=found["cloned"] is True,
        is_center=found["center"] is True,
        refused=int(found["refused"]),
        held=int(found["held"]),
        behind=int(found["behind"]) if "behind" in found else None,
        note=note_from_wire(found.get("pc")),
    )
