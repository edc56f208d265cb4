"""Copying a whole store from one database into another, a page at a time, and telling whether both hold the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, select

from station_app.storage.rows import EventRow, SettingRow

# A body is at most 256 kB: a page stays below what any machine has.
PAGE_ROWS = 200
_VERSION = "schema_version"


@dataclass(frozen=True, slots=True)
class Contents:
    """What two stores are compared by: rows of each table, and a SHA-256 over the events' ids in order of arrival."""

    rows: dict[str, int]
    events: str


def contents(connection: Connection, tables: Sequence[Table]) -> Contents:
    """Return what a store holds; the number of its version, which every store has, is left out."""
    digest = hashlib.sha256()
    for page in _pages(connection, select(EventRow.event_id).order_by(EventRow.arrival)):
        digest.update("".join(row.event_id for row in page).encode("ascii"))
    rows = {
        table.name: connection.scalar(select(func.count()).select_from(_all(table).subquery())) or 0 for table in tables
    }
    return Contents(rows, digest.hexdigest())


def copy(source: Connection, target: Connection, tables: Sequence[Table]) -> None:
    """Copy every row into a store of the same version that has none; what numbers itself there goes on behind them."""
    for table in tables:
        for page in _pages(source, _all(table).order_by(*table.primary_key)):
            target.execute(insert(table), [dict(row._mapping) for row in page])
        _go_on_behind(target, table)
    if target.dialect.name == "postgresql":
        # What a server knows of its tables it otherwise learns by and by, and reads them from end to end meanwhile.
        target.exec_driver_sql("ANALYZE")


def _all(table: Table) -> Select[Any]:
    found = select(table)
    return found.where(table.c.name != _VERSION) if table.name == SettingRow.__tablename__ else found


def _pages(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Any]]:
    result = connection.execute(query, execution_options={"yield_per": PAGE_ROWS})
    yield from result.partitions()


def _go_on_behind(target: Connection, table: Table) -> None:
    column = table.autoincrement_column
    if column is None or target.dialect.name != "postgresql":
        return
    last = target.scalar(select(func.max(column)))
    if last is not None:
        target.execute(select(func.setval(func.pg_get_serial_sequence(table.name, column.name), last)))
