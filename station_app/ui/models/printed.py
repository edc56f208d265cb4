"""What stands on paper, as it is read aloud: dates of records, and long numbers in groups."""

from __future__ import annotations

from datetime import date

from station_app.domain.numbers import grouped
from station_app.ui.models.dates import day_text

__all__ = ["grouped", "iso_day"]


def iso_day(iso: str) -> str:
    """Return an ISO date as 11月27日; the text as it is where it is no date."""
    try:
        return day_text(date.fromisoformat(iso))
    except ValueError:
        return iso
