"""The batches of a station as they were folded last, and which printed numbers are here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, desc, select

from station_app.domain.batches import Batch, batch_from_json
from station_app.storage.journal import chunks
from station_app.storage.settings_table import SettingTable
from station_app.storage.station_rows import BatchRow, CaseRow


class BatchTable(SettingTable):
    """Batches out."""

    def batch(self, batch_id: str) -> Batch | None:
        found = self._batches(select(BatchRow.folded).where(BatchRow.batch_id == batch_id))
        return found[0] if found else None

    def batch_numbered(self, text: str) -> Batch | None:
        found = self._batches(select(BatchRow.folded).where(BatchRow.number == text).limit(1))
        return found[0] if found else None

    def numbers_here(self, numbers: Collection[str]) -> set[str]:
        found: set[str] = set()
        for chunk in chunks(numbers):
            for column in (CaseRow.number, BatchRow.number):
                found.update(self._connection.scalars(select(column).where(column.in_(chunk))))
        return found

    def batches(self) -> Sequence[Batch]:
        return self._batches(select(BatchRow.folded).order_by(desc(BatchRow.offered_on)))

    def batches_from(self, org: str, limit: int) -> Sequence[Batch]:
        sent = select(BatchRow.folded).where(BatchRow.from_org == org)
        return self._batches(sent.order_by(desc(BatchRow.offered_on), desc(BatchRow.number)).limit(limit))

    def batches_open_for(self, org: str) -> Sequence[Batch]:
        to_come = select(BatchRow.folded).where(BatchRow.to_org == org, BatchRow.open > 0)
        return self._batches(to_come.order_by(BatchRow.offered_on, BatchRow.number))

    def _batches(self, query: Select[Any]) -> list[Batch]:
        return [batch_from_json(folded) for folded in self._connection.scalars(query)]
