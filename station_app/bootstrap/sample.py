"""The directory and calendar that the program ships, used before a station has joined a center."""

from __future__ import annotations

import json

from station_app.domain.calendar import Calendar
from station_app.domain.items import Directory
from station_app.paths import resource


def shipped_calendar() -> Calendar:
    """Return the national working-day calendar that ships with this version."""
    return Calendar.from_json(json.loads(resource("data/calendar_cn.json").read_text("utf-8")))


def sample_directory() -> Directory:
    """Return the sample directory: for tests, demos and training, never for real cases."""
    from station_app.domain.directory_file import parse_directory

    directory, faults = parse_directory(resource("data/items_sample.yaml").read_text("utf-8"))
    if directory is None:
        raise AssertionError(f"the shipped sample is faulty: {faults[:3]}")
    return directory
