"""What turns a store of one version into one of the next, by the number it then has.

A released migration is never changed: it may use nothing that changes, such as the classes of rows.py, but only its own
words for the tables as they were then. It runs at stations and at centers, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from station_app.storage.migrations import to_5, to_6, to_7, to_8

# The first version of proto 1. What proto 0 wrote may be thrown away, and no migration leads from there.
OLDEST = 4
MIGRATIONS: Mapping[int, Callable[[Connection], None]] = {
    5: to_5.migrate,
    6: to_6.migrate,
    7: to_7.migrate,
    8: to_8.migrate,
}
