"""Writing rows whose key may be there already: the one statement that SQLAlchemy writes differently for each database.

Each statement is made once, for putting one together takes longer than running it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

from station_app.storage.rows import Base

Into = Table | type[Base]


def put_row(connection: Connection, into: Into, **values: object) -> None:
    """Write a row; one that has the same primary key gets these values."""
    connection.execute(_putting(connection.dialect.name, into, tuple(values)), values)


def put_rows(
    connection: Connection, into: Into, rows: Sequence[Mapping[str, Any]], *, but: frozenset[str] = frozenset()
) -> None:
    """Write rows of the same columns; those whose primary keys are there get these values.

    Args:
        but: columns that keep what they have where a row is there.
    """
    if rows:
        connection.execute(_putting(connection.dialect.name, into, tuple(rows[0]), but), rows)


def add_rows(connection: Connection, into: Into, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows that are not there by any key that tells one from another."""
    if rows:
        connection.execute(_adding(connection.dialect.name, into), rows)


def _insert(dialect: str, into: Into) -> Any:
    if dialect == "postgresql":
        # A station's program has no use for it, and loading it takes 0.1 s.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(into)
    return sqlite.insert(into)


@cache
def _putting(dialect: str, into: Into, columns: tuple[str, ...], but: frozenset[str] = frozenset()) -> Any:
    table = into if isinstance(into, Table) else Base.metadata.tables[into.__tablename__]
    key = [column.name for column in table.primary_key]
    statement = _insert(dialect, into)
    values = {name: statement.excluded[name] for name in columns if name not in key and name not in but}
    return statement.on_conflict_do_update(index_elements=key, set_=values)


@cache
def _adding(dialect: str, into: Into) -> Any:
    return _insert(dialect, into).on_conflict_do_nothing()
