"""The files that events name, in the same transaction as the center's journal."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.orm import aliased

from station_app.exchange.file_book import NamedFile
from station_app.storage.file_rows import AttachmentRow, FileRow
from station_app.storage.journal import chunks
from station_app.storage.settings_table import SettingTable
from station_app.storage.upserts import put_rows

_NAMED = (FileRow.file, FileRow.event_id, FileRow.case_id, FileRow.org, FileRow.size)


def let_go(connection: Connection, row: type[FileRow] | type[AttachmentRow], event_ids: Collection[str]) -> None:
    """Note that these events, whose bodies go, name no file any more; what no event names goes off the disk later."""
    for chunk in chunks(event_ids):
        connection.execute(update(row).where(row.event_id.in_(chunk)).values(gone=True))


def unnamed(
    connection: Connection,
    row: type[FileRow] | type[AttachmentRow],
    limit: int,
    but: ColumnElement[bool] | None = None,
) -> list[str]:
    """Return files of which every event that named them has lost its body.

    Args:
        but: of which rows the files stay all the same.
    """
    other = aliased(row)
    named = select(other.file).where(other.file == row.file, ~other.gone).exists()
    query = select(row.file).where(row.gone, ~named)
    if but is not None:
        query = query.where(row.file.not_in(select(row.file).where(but)))
    return list(connection.scalars(query.distinct().limit(limit)))


class FileTables(SettingTable):
    """One open transaction of a center, with the files of attachments."""

    def add_files(self, found: Sequence[NamedFile]) -> None:
        rows = [
            {"file": f.file, "event_id": f.event_id, "case_id": f.case_id, "org": f.org, "size": f.size} for f in found
        ]
        put_rows(self._connection, FileRow, [{**row, "gone": False, "above": ""} for row in rows])

    def files_named(self, file: str) -> Sequence[NamedFile]:
        query = select(*_NAMED).where(FileRow.file == file, ~FileRow.gone).order_by(FileRow.event_id)
        return [NamedFile(**row) for row in self._connection.execute(query).mappings()]

    def unnamed_files(self, limit: int) -> Sequence[str]:
        return unnamed(self._connection, FileRow, limit)

    def forget_files(self, files: Collection[str]) -> None:
        for chunk in chunks(files):
            self._connection.execute(delete(FileRow).where(FileRow.file.in_(chunk), FileRow.gone))
