"""The batches of a station as they were folded last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, desc, select

from station_app.domain.batches import Batch, batch_from_json
from station_app.storage.settings_table import SettingTable
from station_app.storage.station_rows import BatchRow


class BatchTable(SettingTable):
    """Batches out."""

    def batch(self, batch_id: str) -> Batch | None:
        found = self._batches(select(BatchRow.folded).where(BatchRow.batch_id == batch_id))
        return found[0] if found else None

    def batch_numbered(self, text: str) -> Batch | None:
        found = self._batches(select(BatchRow.folded).where(BatchRow.number == text).limit(1))
        return found[0] if found else None

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
