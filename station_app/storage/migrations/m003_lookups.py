"""Indexes for what every exchange looks up, and would otherwise read two whole tables for."""

from __future__ import annotations

from sqlalchemy import Connection


def migrate(connection: Connection) -> None:
    """Add the indexes."""
    connection.exec_driver_sql("CREATE INDEX refusals_event ON refusals (event_id)")
    connection.exec_driver_sql("CREATE INDEX credentials_device ON credentials (device)")
