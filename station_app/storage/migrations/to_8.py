"""To version 8: which files of attachments events name, at a center and at a station."""

from __future__ import annotations

import json

from sqlalchemy import Connection, inspect, text

_FILES = """CREATE TABLE files (
    file VARCHAR(64) NOT NULL, event_id VARCHAR(64) NOT NULL, case_id VARCHAR(32) NOT NULL, org VARCHAR(64) NOT NULL,
    size {count} NOT NULL, gone BOOLEAN NOT NULL, above VARCHAR(64) NOT NULL, PRIMARY KEY (file, event_id))"""
_ATTACHMENTS = """CREATE TABLE attachments (
    event_id VARCHAR(64) NOT NULL, file VARCHAR(64) NOT NULL, case_id VARCHAR(32) NOT NULL,
    size INTEGER NOT NULL, own BOOLEAN NOT NULL, here BOOLEAN NOT NULL, sent INTEGER NOT NULL,
    there VARCHAR(64) NOT NULL, code VARCHAR(64) NOT NULL, gone BOOLEAN NOT NULL,
    PRIMARY KEY (event_id))"""
# SQLite takes any name of a type and shows it as it was given; there an integer is called so.
_COUNTS = {"sqlite": "INTEGER", "postgresql": "BIGINT"}


def migrate(connection: Connection) -> None:
    """Make the tables, empty. A center of before may have taken events that name files: it looks through all again."""
    if not inspect(connection).has_table("feed"):
        connection.exec_driver_sql(_ATTACHMENTS)
        connection.exec_driver_sql("CREATE INDEX attachments_file ON attachments (file)")
        connection.exec_driver_sql("CREATE INDEX attachments_case ON attachments (case_id)")
        connection.exec_driver_sql("CREATE INDEX attachments_gone ON attachments (file) WHERE gone = 1")
        return
    connection.exec_driver_sql(_FILES.format(count=_COUNTS[connection.dialect.name]))
    connection.exec_driver_sql("CREATE INDEX files_event ON files (event_id)")
    connection.exec_driver_sql("CREATE INDEX files_gone ON files (gone, file)")
    connection.execute(text("DELETE FROM settings WHERE name = 'numbers_to_note'"))
    note = text("INSERT INTO settings (name, value) VALUES ('numbers_to_note', :value)")
    connection.execute(note, {"value": json.dumps({"arrival": 0})})
