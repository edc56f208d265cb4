"""Printed slips that were scanned here: what they say of cases until those come, and what then differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, func, null, select, update

from station_app.domain.batches import Batch, batch_from_json
from station_app.domain.fold import is_ruled
from station_app.domain.lanes import SubjectKind
from station_app.domain.slip_differences import differences, facts_at
from station_app.domain.slips import CaseHead, Slip, SlipDoubt
from station_app.exchange.authentic import split
from station_app.exchange.ports import Subject
from station_app.messages.deletions import Deleted
from station_app.storage.case_table import CaseTable
from station_app.storage.engine import log_deletion_after
from station_app.storage.journal import PLAIN, chunks, events_about
from station_app.storage.rows import EventRow
from station_app.storage.station_rows import SlipCaseRow, SlipRow
from station_app.storage.upserts import put_row, put_rows

_OF_EVENTS = func.coalesce(select(func.max(EventRow.lamport)).scalar_subquery(), 0)
_OF_SLIPS = func.coalesce(select(func.max(SlipRow.lamport)).scalar_subquery(), 0)
# Own events come behind what a slip was printed from, also where nothing of that is here yet.
HIGHEST_LAMPORT = select(func.max(_OF_EVENTS, _OF_SLIPS))
_EVERY_HEAD = select(SlipCaseRow.head).where(SlipCaseRow.head.is_not(null()))


class SlipTables(CaseTable):
    """Slips in the same transaction as the journal; a rebuild of the projections keeps them."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._scanned: bool | None = None

    def highest_of_events(self) -> int:
        return self._connection.scalar(select(_OF_EVENTS)) or 0

    def slip(self, batch_id: str) -> Slip | None:
        row = self._connection.execute(select(SlipRow.__table__).where(SlipRow.batch_id == batch_id)).first()
        if row is None:
            return None
        found = dict(row._mapping)
        del found["whole"]
        return Slip(**{**found, "places": tuple(found["places"])})

    def save_slip(self, slip: Slip, heads: Sequence[CaseHead]) -> None:
        """Keep what was read; of another print of the batch, what is here goes."""
        known = self.slip(slip.batch_id)
        if known is not None and known.printing != slip.printing:
            self._drop(SlipCaseRow.batch_id == slip.batch_id, [slip.batch_id])
        self._scanned = True
        values = {name: getattr(slip, name) for name in Slip.__slots__}
        put_row(self._connection, SlipRow, **{**values, "places": list(slip.places), "whole": not slip.missing})
        rows = [{"case_id": head.case_id, "batch_id": head.batch_id, "head": head.to_json()} for head in heads]
        put_rows(self._connection, SlipCaseRow, rows)

    def case_heads(self, case_ids: Collection[str] | None = None) -> dict[str, CaseHead]:
        """Return what slips that are here whole say of cases, of all where none are named; of two the last printed."""
        query = select(SlipCaseRow.head).join(SlipRow, SlipRow.batch_id == SlipCaseRow.batch_id)
        query = query.where(SlipRow.whole, SlipCaseRow.head.is_not(null())).order_by(SlipRow.lamport)
        heads = [CaseHead.from_json(found) for found in self._found(query, SlipCaseRow.case_id, case_ids)]
        return {head.case_id: head for head in heads}

    def scanned_batches(self, batch_ids: Collection[str] | None = None) -> dict[str, Batch]:
        """Return the batches of slips that are here whole, of all where none are named."""
        query = select(SlipRow.batch).where(SlipRow.whole)
        found = [batch_from_json(batch) for batch in self._found(query, SlipRow.batch_id, batch_ids)]
        return {batch.batch_id: batch for batch in found}

    def slip_doubts(self) -> Sequence[SlipDoubt]:
        query = select(SlipCaseRow.case_id, SlipCaseRow.batch_id, SlipCaseRow.differences)
        rows = self._connection.execute(query.where(SlipCaseRow.differences.is_not(null())))
        return [SlipDoubt(row.case_id, row.batch_id, tuple((f, s, d) for f, s, d in row.differences)) for row in rows]

    def drop_slip_doubts(self, case_id: str) -> None:
        self._drop((SlipCaseRow.case_id == case_id) & SlipCaseRow.differences.is_not(null()), [case_id])

    def settle_slips(self, subjects: Iterable[Subject]) -> None:
        """Compare slips with what has come, and let go of what they said; to be called once subjects are folded."""
        of_cases = [subject_id for kind, subject_id in subjects if kind == SubjectKind.CASE]
        for case_id in dict.fromkeys(self._found(select(SlipCaseRow.case_id), SlipCaseRow.case_id, of_cases)):
            case = self.case(case_id)
            if case is not None and (case.forgotten or case.removed is not None):
                # With what differs, which names the person as well.
                self._drop(SlipCaseRow.case_id == case_id, [case_id])
        for head in map(CaseHead.from_json, self._found(_EVERY_HEAD, SlipCaseRow.case_id, of_cases)):
            here = (SlipCaseRow.case_id == head.case_id) & (SlipCaseRow.batch_id == head.batch_id)
            entries, rulings = split(events_about(self._connection, [head.case_id], PLAIN)[head.case_id], "")
            if not is_ruled(head.offer, rulings):
                continue
            if found := differences(head, facts_at(entries, head.offer)):
                told = {"head": null(), "differences": [list(difference) for difference in found]}
                self._connection.execute(update(SlipCaseRow).where(here).values(**told))
            else:
                self._drop(here, [head.case_id])

    def _drop(self, which: Any, ids: Collection[str]) -> None:
        gone = self._connection.execute(delete(SlipCaseRow).where(which)).rowcount
        log_deletion_after(self._connection, Deleted.SLIP, gone, ids)

    def _found(self, query: Select[Any], key: Any, ids: Collection[str] | None) -> list[Any]:
        if not self._has_slips():
            return []
        if ids is None:
            return list(self._connection.scalars(query))
        return [found for chunk in chunks(ids) for found in self._connection.scalars(query.where(key.in_(chunk)))]

    def _has_slips(self) -> bool:
        """Tell whether anything was ever scanned here; asked once in a transaction, for each step comes by here."""
        if self._scanned is None:
            self._scanned = self._connection.scalar(select(SlipRow.batch_id).limit(1)) is not None
        return self._scanned
