"""Making a store's tables, and refusing one made by another version."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, Table, insert, inspect, select

from station_app.domain.errors import StationError
from station_app.storage.engine import reading, writing
from station_app.storage.rows import Base, SettingRow

# Until proto 1 is frozen, data of an older number may be thrown away (docs/sync.md); migrations begin there.
VERSION = 3


def prepare(engine: Engine, tables: Sequence[Table]) -> None:
    """Make the tables of a new store, or check that an old one is of this version.

    Raises:
        StationError: `store-of-other-version`, and those of opening a database.
    """
    with reading(engine) as connection:
        is_new = not inspect(connection).has_table(SettingRow.__tablename__)
    if is_new:
        with writing(engine) as connection:
            Base.metadata.create_all(connection, tables=list(tables))
            connection.execute(insert(SettingRow).values(name="schema_version", value=VERSION))
        return
    with reading(engine) as connection:
        found = connection.scalar(select(SettingRow.value).where(SettingRow.name == "schema_version"))
    if found != VERSION:
        raise StationError("store-of-other-version", found=str(found), expected=VERSION)
