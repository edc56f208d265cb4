"""To version 5: leased 文号 and removals at a center, what is put away at both, an index of offices at a station."""

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
_NO_SUM = "0" * 64
# SQLite takes any name of a type and shows it as it was given; there an integer is called so.
_COUNTS = {"sqlite": "INTEGER", "postgresql": "BIGINT"}


def migrate(connection: Connection) -> None:
    """Make the tables and columns; nothing is leased or put away yet."""
    if inspect(connection).has_table("feed"):
        _number_papers(connection)
        _put_away_at_center(connection, _COUNTS[connection.dialect.name])
        _note_removals(connection)
    else:
        _put_away_at_station(connection)
        _index_branches(connection)


def _number_papers(connection: Connection) -> None:
    """Make the two tables, empty. What is encrypted can't be read here: the program notes it afterwards."""
    for statement in (
        _LEASES,
        "CREATE INDEX number_leases_epoch ON number_leases (device, epoch)",
        _USED,
        "CREATE INDEX used_numbers_place ON used_numbers (series, year, number)",
    ):
        connection.exec_driver_sql(statement)
    note = text("INSERT INTO settings (name, value) VALUES ('numbers_to_note', :value)")
    connection.execute(note, {"value": json.dumps({"arrival": 0})})


def _put_away_at_station(connection: Connection) -> None:
    columns = "subject_id VARCHAR(32) NOT NULL, kind VARCHAR(16) NOT NULL, PRIMARY KEY (subject_id)"
    connection.exec_driver_sql(f"CREATE TABLE put_away ({columns})")


def _index_branches(connection: Connection) -> None:
    """Make the indexes by which the cases of one office are found."""
    for name, columns in (
        ("cases_branch", "branch"),
        ("cases_branch_place", "branch, place"),
        ("cases_branch_state", "branch, state"),
    ):
        connection.exec_driver_sql(f"CREATE INDEX {name} ON cases ({columns})")


def _note_removals(connection: Connection) -> None:
    """Make the table in which a center notes by which events contents were removed."""
    columns = "event_id VARCHAR(64) NOT NULL, subject_id VARCHAR(32) NOT NULL, PRIMARY KEY (event_id)"
    connection.exec_driver_sql(f"CREATE TABLE removals ({columns})")
    connection.exec_driver_sql("CREATE INDEX ix_removals_subject_id ON removals (subject_id)")


def _put_away_at_center(connection: Connection, count: str) -> None:
    for statement in (
        f"ALTER TABLE feed ADD COLUMN left_out {count} NOT NULL DEFAULT 0",
        "CREATE INDEX feed_subjects ON feed (org, subject_id) WHERE subject_id != ''",
        f"ALTER TABLE feed_heads ADD COLUMN away_count {count} NOT NULL DEFAULT 0",
        f"ALTER TABLE feed_heads ADD COLUMN away_total VARCHAR(64) NOT NULL DEFAULT '{_NO_SUM}'",
        "CREATE TABLE feed_put_away (org VARCHAR(64) NOT NULL, subject_id VARCHAR(32) NOT NULL,"
        f" kind VARCHAR(16) NOT NULL, n {count} NOT NULL, PRIMARY KEY (org, subject_id))",
        "CREATE INDEX feed_put_away_n ON feed_put_away (org, n)",
    ):
        connection.exec_driver_sql(statement)
