"""Which cases of a center have lost contents at the end of retention, and taking those out of its store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, select

from station_app.domain.lanes import SubjectKind
from station_app.protocol.event import Event
from station_app.storage.center_rows import ErrandRow, RemovalRow, SubjectRow
from station_app.storage.engine import empty_log_after
from station_app.storage.file_rows import FileRow
from station_app.storage.file_tables import FileTables, let_go
from station_app.storage.journal import chunks, erase_bodies
from station_app.storage.rows import RefusalRow
from station_app.storage.upserts import add_rows


class RemovalTables(FileTables):
    """Removals in the same transaction as the center's journal."""

    def note_removals(self, found: Mapping[str, str]) -> None:
        rows = [{"event_id": event_id, "subject_id": case_id} for event_id, case_id in found.items()]
        add_rows(self._connection, RemovalRow, rows)

    def cases_with_removals(self, cases: Collection[str]) -> set[str]:
        found: set[str] = set()
        for chunk in chunks(cases):
            query = select(RemovalRow.subject_id).where(RemovalRow.subject_id.in_(chunk))
            found.update(self._connection.scalars(query))
        return found

    def erase_bodies(self, event_ids: Collection[str]) -> None:
        if erase_bodies(self._connection, event_ids):
            empty_log_after(self._connection)
        let_go(self._connection, FileRow, event_ids)

    def forget_errand(self, case_id: str) -> None:
        self._connection.execute(delete(ErrandRow).where(ErrandRow.case_id == case_id))

    def beside(self) -> Sequence[Event]:
        signed = (RefusalRow.header, RefusalRow.signature, RefusalRow.person_signature)
        rows = self._connection.execute(select(*signed).where(RefusalRow.body.is_not(None)))
        return [Event(*row, None) for row in rows]

    def cases_after(self, case_id: str, limit: int) -> Sequence[str]:
        """Return the next cases in the order of their ids, behind one of them."""
        cases = (SubjectRow.kind == SubjectKind.CASE.value) & (SubjectRow.subject_id > case_id)
        query = select(SubjectRow.subject_id).where(cases).order_by(SubjectRow.subject_id).limit(limit)
        return list(self._connection.scalars(query))
