"""Which office decides an item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.errors import StationError
from station_app.domain.items import DecideLevel
from station_app.domain.organisations import Level, Organisation

_DECIDES = {
    DecideLevel.VILLAGE: Level.VILLAGE,
    DecideLevel.TOWNSHIP: Level.TOWNSHIP,
    DecideLevel.STATION_OFFICE: Level.TOWNSHIP,
    DecideLevel.ENTERPRISE: Level.TOWNSHIP,
    DecideLevel.COUNTY: Level.COUNTY,
    DecideLevel.CITY: Level.CITY,
}


def deciding_level(item: Mapping[str, Any]) -> Level:
    """Return the level whose office accepts and decides the pinned item.

    A 派驻站所 or an enterprise works through the township's windows (domain §1-A A15, 1-K K5).
    """
    return _DECIDES[DecideLevel(item["decide_level"])]


def require_decider(item: Mapping[str, Any], office: Organisation) -> None:
    """Refuse with `not-the-deciding-office` unless this office's level decides the item."""
    if office.level is not deciding_level(item):
        raise StationError("not-the-deciding-office", decided_by=item.get("decide_text", ""), office=office.name)
