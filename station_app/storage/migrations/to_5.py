"""To version 5: a center leases blocks of 文号 and knows which are used; it has to look for those of before."""

from __future__ import annotations

import json

from sqlalchemy import Connection, inspect, text

_LEASES = """CREATE TABLE number_leases (
    series VARCHAR(64) NOT NULL, year INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    org VARCHAR(64) NOT NULL, device VARCHAR(32) NOT NULL, epoch VARCHAR(16) NOT NULL, leased_at VARCHAR(32) NOT NULL,
    PRIMARY KEY (series, year, first))"""
_USED = """CREATE TABLE used_numbers (
    event_id VARCHAR(64) NOT NULL, series VARCHAR(64) NOT NULL, year INTEGER NOT NULL, number INTEGER NOT NULL,
    org VARCHAR(64) NOT NULL, case_id VARCHAR(32) NOT NULL, PRIMARY KEY (event_id))"""


def migrate(connection: Connection) -> None:
    """Make the two tables at a center, empty. What is encrypted can't be read here: the program notes it afterwards."""
    if not inspect(connection).has_table("feed"):
        return
    for statement in (
        _LEASES,
        "CREATE INDEX number_leases_epoch ON number_leases (device, epoch)",
        _USED,
        "CREATE INDEX used_numbers_place ON used_numbers (series, year, number)",
    ):
        connection.exec_driver_sql(statement)
    note = text("INSERT INTO settings (name, value) VALUES ('numbers_to_note', :value)")
    connection.execute(note, {"value": json.dumps({"arrival": 0})})
