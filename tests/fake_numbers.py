"""A center's 文号 and 代办登记号 in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import islice

from station_app.domain.document_numbers import BLOCK, Block, DocumentNumber
from station_app.exchange.number_book import Lease, UsedNumber
from station_app.protocol.event import Event
from tests.fake_center_tables import CenterTables


class MemoryNumbers:
    """The port is exchange.ports.NumberBook."""

    tables: CenterTables

    def used_numbers(self, numbers: Collection[DocumentNumber]) -> Sequence[UsedNumber]:
        return self._used(lambda used: used.number in numbers)

    def used_numbers_of(self, org: str, year: int) -> Sequence[UsedNumber]:
        return self._used(lambda used: (used.org, used.number.year) == (org, year))

    def _used(self, wanted: Callable[[UsedNumber], bool]) -> list[UsedNumber]:
        found = [used for used in self.tables.used.values() if wanted(used)]
        return sorted(found, key=lambda used: (used.number.series, used.number.number, used.event_id))

    def add_used_numbers(self, found: Sequence[UsedNumber]) -> None:
        for used in found:
            self.tables.used.setdefault(used.event_id, used)

    def highest_number(self, series: str, year: int, most: int) -> int:
        place = (series, year)
        numbers = [used.number for used in self.tables.used.values()]
        used = [number.number for number in numbers if (number.series, number.year) == place]
        used = [number for number in used if number <= most - BLOCK]
        leased = [lease.block for lease in self.leases_in(series, year)]
        return max([0, *used, *(block.last for block in leased if block.first <= most)])

    def leases_of(self, device: str, epoch: str) -> Sequence[Lease]:
        return self._leases(lambda lease: (lease.device, lease.epoch) == (device, epoch))

    def leases_in(self, series: str, year: int) -> Sequence[Lease]:
        return self._leases(lambda lease: (lease.block.series, lease.block.year) == (series, year))

    def leases_at(self, org: str, year: int) -> Sequence[Lease]:
        return self._leases(lambda lease: (lease.org, lease.block.year) == (org, year))

    def _leases(self, wanted: Callable[[Lease], bool]) -> list[Lease]:
        return sorted(filter(wanted, self.tables.leases.values()), key=lambda lease: lease.block)

    def add_lease(self, lease: Lease) -> None:
        key = (lease.block.series, lease.block.year, lease.block.first)
        assert key not in self.tables.leases, "a block leased twice"
        self.tables.leases[key] = lease

    def withdraw_lease(self, block: Block) -> None:
        key = (block.series, block.year, block.first)
        self.tables.leases[key] = replace(self.tables.leases[key], epoch="")

    def add_case_numbers(self, found: Collection[tuple[str, str]]) -> None:
        for pair in found:
            self.tables.case_numbers.setdefault(pair, True)

    def cases_numbered(self, number: str) -> Sequence[str]:
        return sorted(case_id for noted, case_id in self.tables.case_numbers if noted == number)

    def events_behind(self, arrival: int, limit: int) -> Sequence[tuple[int, Event]]:
        return list(islice(enumerate(self.tables.events.values(), start=1), arrival, arrival + limit))
