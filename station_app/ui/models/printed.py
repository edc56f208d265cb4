"""What stands on paper, as it is read aloud: dates of records, and long numbers in groups."""

from __future__ import annotations

from datetime import date

from station_app.ui.models.dates import day_text


def iso_day(iso: str) -> str:
    """Return an ISO date as 11月27日; the text as it is where it is no date."""
    try:
        return day_text(date.fromisoformat(iso))
    except ValueError:
        return iso


def grouped(number: str) -> str:
    """Return a printed number as point, day and serial; people read the last group aloud."""
    return " ".join((number[:12], number[12:18], number[18:])) if len(number) > 18 else number
