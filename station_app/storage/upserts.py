"""The one statement that the two databases write alike and SQLAlchemy does not."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from station_app.storage.rows import Base


def upsert(connection: Connection, row: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that knows `on_conflict_do_update`, for the database behind the connection."""
    return postgresql.insert(row) if connection.dialect.name == "postgresql" else sqlite.insert(row)
