"""Making a store's tables, bringing an older store up to date, and refusing a newer one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, Table, insert, inspect, select, update

from station_app.domain.errors import StationError
from station_app.storage.engine import reading, writing
from station_app.storage.migrations import MIGRATIONS, OLDEST
from station_app.storage.rows import Base, SettingRow

VERSION = max(MIGRATIONS, default=OLDEST)
_NONE = 0


def prepare(engine: Engine, tables: Sequence[Table]) -> None:
    """Make the tables of a new store, or bring an older one to this version, in one transaction.

    Raises:
        StationError: `store-of-other-version`, and those of opening a database.
    """
    with reading(engine) as connection:
        found = _version(connection)
    if found == VERSION:
        return
    with writing(engine) as connection:
        # Asked again behind the lock: another process may have been quicker.
        found = _version(connection)
        if found == _NONE:
            Base.metadata.create_all(connection, tables=list(tables))
            connection.execute(insert(SettingRow).values(name="schema_version", value=VERSION))
        elif found != VERSION:
            _migrate(connection, found)


def _version(connection: Connection) -> object:
    if not inspect(connection).has_table(SettingRow.__tablename__):
        return _NONE
    return connection.scalar(select(SettingRow.value).where(SettingRow.name == "schema_version"))


def _migrate(connection: Connection, found: object) -> None:
    if not isinstance(found, int) or not OLDEST <= found < VERSION:
        raise StationError("store-of-other-version", found=str(found), expected=VERSION)
    for number in range(found + 1, VERSION + 1):
        MIGRATIONS[number](connection)
    connection.execute(update(SettingRow).where(SettingRow.name == "schema_version").values(value=VERSION))
