"""One open transaction, and the single facts that every store keeps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from station_app.storage.rows import SettingRow
from station_app.storage.upserts import put_row

# Asked some twenty times in an exchange: made once, for putting a statement together takes longer than running it.
_VALUE = select(SettingRow.value).where(SettingRow.name == bindparam("wanted"))


class SettingTable:
    """An open transaction with the settings in it; the books grow from it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def connection(self) -> Connection:
        """Return the connection of the transaction, for what works beside the books in it."""
        return self._connection

    def setting(self, name: str) -> Any:
        """Return a single fact of this store, None when it is not set."""
        return self._connection.scalar(_VALUE, {"wanted": name})

    def save_setting(self, name: str, value: Any) -> None:
        """Set a single fact of this store."""
        put_row(self._connection, SettingRow, name=name, value=value)

    def drop_setting(self, name: str) -> None:
        """Forget a single fact of this store."""
        self._connection.execute(delete(SettingRow).where(SettingRow.name == name))
