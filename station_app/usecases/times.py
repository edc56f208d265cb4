"""Instants as the records carry them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from station_app.domain.calendar import SHANGHAI

_NO_DAY = date(1970, 1, 1)


def stamp(instant: datetime) -> str:
    """Return a UTC instant as ISO 8601 to the second, with Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_day(instant: datetime) -> date:
    """Return the date in China."""
    return instant.astimezone(SHANGHAI).date()


def local_minute(instant: datetime) -> str:
    """Return date and time in China to the minute, as papers and screens show it."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def read_stamp(text: str) -> datetime:
    """Return the UTC instant of a stamp."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def day_of_stamp(text: str) -> date:
    """Return the date in China of a stamp; 1970-01-01 for one that a faulty program wrote, so that a list has it."""
    try:
        return local_day(read_stamp(text))
    except ValueError:
        return _NO_DAY
