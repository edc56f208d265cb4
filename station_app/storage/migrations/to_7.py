"""To version 7: a station notes its packages and what came by them, what it carries for others, and scanned slips."""

from __future__ import annotations

from sqlalchemy import Connection, inspect

_PACKAGES = """CREATE TABLE packages (
    package_id VARCHAR(32) NOT NULL, made BOOLEAN NOT NULL, org VARCHAR(64) NOT NULL, device VARCHAR(32) NOT NULL,
    epoch VARCHAR(16) NOT NULL, number INTEGER NOT NULL, digest VARCHAR(64) NOT NULL, at VARCHAR(32) NOT NULL,
    parts JSON NOT NULL, events JSON NOT NULL, confirmed_at VARCHAR(32) NOT NULL, PRIMARY KEY (package_id))"""
_PARTS = """CREATE TABLE carried_parts (
    digest VARCHAR(64) NOT NULL, kind VARCHAR(16) NOT NULL, org VARCHAR(64) NOT NULL, "key" INTEGER NOT NULL,
    device VARCHAR(32) NOT NULL, sealed BLOB NOT NULL, came_at VARCHAR(32) NOT NULL, code VARCHAR(64) NOT NULL,
    PRIMARY KEY (digest))"""

_BROUGHT = "CREATE TABLE brought (event_id VARCHAR(64) NOT NULL, told BOOLEAN NOT NULL, PRIMARY KEY (event_id))"
_TOLD = """CREATE TABLE told_by_hand (
    org VARCHAR(64) NOT NULL, event_id VARCHAR(64) NOT NULL, PRIMARY KEY (org, event_id))"""
_SLIPS = """CREATE TABLE slips (
    batch_id VARCHAR(32) NOT NULL, printing VARCHAR(8) NOT NULL, total INTEGER NOT NULL, places JSON NOT NULL,
    whole BOOLEAN NOT NULL, lamport INTEGER NOT NULL, batch JSON NOT NULL, scanned_at VARCHAR(32) NOT NULL,
    person VARCHAR(32) NOT NULL, PRIMARY KEY (batch_id))"""
_CASES = """CREATE TABLE slip_cases (
    case_id VARCHAR(32) NOT NULL, batch_id VARCHAR(32) NOT NULL, head JSON, differences JSON,
    PRIMARY KEY (case_id, batch_id))"""


def migrate(connection: Connection) -> None:
    """Make the tables, empty."""
    if not inspect(connection).has_table("feed"):
        connection.exec_driver_sql(_PACKAGES)
        connection.exec_driver_sql("CREATE INDEX packages_org ON packages (org)")
        for statement in (_BROUGHT, _TOLD, _PARTS, _SLIPS, _CASES):
            connection.exec_driver_sql(statement)
