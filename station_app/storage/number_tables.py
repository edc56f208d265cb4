"""The center's journal with its numbers: 文号 leased and used, cases by 代办登记号, what is still to be looked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, insert, select, tuple_, update

from station_app.domain.document_numbers import BLOCK, Block, DocumentNumber
from station_app.exchange.number_book import Lease, UsedNumber
from station_app.protocol.event import Event
from station_app.storage.feeds import FeedTables
from station_app.storage.journal import EVENT_COLUMNS, chunks, event_of
from station_app.storage.number_rows import CaseNumberRow, LeaseRow, UsedNumberRow
from station_app.storage.rows import EventRow
from station_app.storage.upserts import add_rows


class NumberTables(FeedTables):
    """One open transaction of a center, with its numbers."""

    def used_numbers(self, numbers: Collection[DocumentNumber]) -> Sequence[UsedNumber]:
        found: list[UsedNumber] = []
        place = tuple_(UsedNumberRow.series, UsedNumberRow.year, UsedNumberRow.number)
        for chunk in chunks(sorted(numbers)):
            found += self._used(place.in_([(entry.series, entry.year, entry.number) for entry in chunk]))
        return found

    def used_numbers_of(self, org: str, year: int) -> Sequence[UsedNumber]:
        return self._used(UsedNumberRow.org == org, UsedNumberRow.year == year)

    def _used(self, *where: Any) -> list[UsedNumber]:
        in_order = UsedNumberRow.series, UsedNumberRow.number, UsedNumberRow.event_id
        rows = self._connection.execute(select(*UsedNumberRow.__table__.columns).where(*where).order_by(*in_order))
        return [UsedNumber(r.event_id, DocumentNumber(r.series, r.year, r.number), r.org, r.case_id) for r in rows]

    def add_used_numbers(self, found: Sequence[UsedNumber]) -> None:
        rows = [
            {"event_id": used.event_id, **asdict(used.number), "org": used.org, "case_id": used.case_id}
            for used in found
        ]
        add_rows(self._connection, UsedNumberRow, rows)

    def highest_number(self, series: str, year: int, most: int) -> int:
        leased = select(func.max(LeaseRow.last)).where(LeaseRow.series == series, LeaseRow.year == year)
        leased = leased.where(LeaseRow.first <= most)
        used = select(func.max(UsedNumberRow.number))
        here = (UsedNumberRow.series == series, UsedNumberRow.year == year)
        used = used.where(*here, UsedNumberRow.number <= most - BLOCK)
        return max(self._connection.scalar(leased) or 0, self._connection.scalar(used) or 0)

    def leases_of(self, device: str, epoch: str) -> Sequence[Lease]:
        return self._leases(LeaseRow.device == device, LeaseRow.epoch == epoch)

    def leases_in(self, series: str, year: int) -> Sequence[Lease]:
        return self._leases(LeaseRow.series == series, LeaseRow.year == year)

    def leases_at(self, org: str, year: int) -> Sequence[Lease]:
        return self._leases(LeaseRow.org == org, LeaseRow.year == year)

    def _leases(self, *where: Any) -> list[Lease]:
        in_order = LeaseRow.series, LeaseRow.year, LeaseRow.first
        rows = self._connection.execute(select(*LeaseRow.__table__.columns).where(*where).order_by(*in_order))
        return [Lease(Block(r.series, r.year, r.first, r.last), r.org, r.device, r.epoch, r.leased_at) for r in rows]

    def add_lease(self, lease: Lease) -> None:
        facts = {"org": lease.org, "device": lease.device, "epoch": lease.epoch, "leased_at": lease.leased_at}
        self._connection.execute(insert(LeaseRow).values(**asdict(lease.block), **facts))

    def withdraw_lease(self, block: Block) -> None:
        key = (LeaseRow.series == block.series, LeaseRow.year == block.year, LeaseRow.first == block.first)
        self._connection.execute(update(LeaseRow).where(*key).values(epoch=""))

    def add_case_numbers(self, found: Collection[tuple[str, str]]) -> None:
        rows = [{"number": number, "case_id": case_id} for number, case_id in found]
        add_rows(self._connection, CaseNumberRow, rows)

    def cases_numbered(self, number: str) -> Sequence[str]:
        query = select(CaseNumberRow.case_id).where(CaseNumberRow.number == number)
        return list(self._connection.scalars(query.order_by(CaseNumberRow.case_id)))

    def events_behind(self, arrival: int, limit: int) -> Sequence[tuple[int, Event]]:
        query = select(EventRow.arrival, *EVENT_COLUMNS).where(EventRow.arrival > arrival)
        rows = self._connection.execute(query.order_by(EventRow.arrival).limit(limit))
        return [(row.arrival, event_of(row, self._cipher)) for row in rows]
