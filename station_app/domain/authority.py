"""Which office decides an item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.errors import StationError
from station_app.domain.items import DecideLevel, Item
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


_POINTS = {
    "村代办点": Level.VILLAGE,
    "乡镇便民服务中心": Level.TOWNSHIP,
    "县级政务服务中心": Level.COUNTY,
    "市级政务服务中心": Level.CITY,
}


def require_accept_point(item: Item, office: Organisation) -> None:
    """Refuse with `item-not-accepted-here` unless the directory lets offices of this level take the item in.

    Points in other words (a 派驻站所, a bank) say nothing about our offices and close nothing.
    """
    levels = {_POINTS[point] for point in item.accept_points if point in _POINTS}
    if levels and office.level not in levels:
        raise StationError("item-not-accepted-here", name=item.name, places="、".join(item.accept_points))


def require_decider(item: Mapping[str, Any], office: Organisation) -> None:
    """Refuse with `not-the-deciding-office` unless this office's level decides the item."""
    if office.level is not deciding_level(item):
        raise StationError("not-the-deciding-office", decided_by=item.get("decide_text", ""), office=office.name)
