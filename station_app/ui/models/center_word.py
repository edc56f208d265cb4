"""What the people of an office call its center."""

from __future__ import annotations

from station_app.domain.organisations import Level


def center_word(level: Level) -> str:
    """Return 市中心 for a city's office, 县中心 for all others."""
    return "市中心" if level is Level.CITY else "县中心"
