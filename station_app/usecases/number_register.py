"""The register of an office's 文号 in a year: used, by which case; still out on a PC; void (作废), and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Protocol

from station_app.domain.document_numbers import DocumentNumber
from station_app.exchange.limits import CLONED, DEVICE_REVOKED
from station_app.exchange.number_book import Lease, NumberBook, UsedNumber
from station_app.exchange.ports import CenterBook
from station_app.usecases.center_ports import Registry
from station_app.usecases.holding import is_revoked

USED, OUT, VOID = "used", "out", "void"
EPOCH_CLOSED, YEAR_OVER, LEASED_TWICE = "epoch-closed", "year-over", "leased-twice"


class RegisterBook(CenterBook, Registry, NumberBook, Protocol):
    """What a center's store must give."""


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """Numbers behind each other with the same fate.

    Args:
        state: `used`, `out` or `void`.
        case: 代办登记号 of the case that used it.
        device: the PC that it was leased to, "" for one that was typed by hand.
        reason: why it is void: `epoch-closed`, `device-revoked`, `cloned`, `year-over`, `leased-twice`.
    """

    first: DocumentNumber
    last: DocumentNumber
    state: str
    case: str = ""
    device: str = ""
    reason: str = ""


def number_register(store: RegisterBook, org: str, year: int, today: date) -> list[RegisterLine]:
    """Return all numbers of an office and a year, in order."""
    used = store.used_numbers_of(org, year)
    leases = store.leases_at(org, year)
    cases = _case_numbers(store, {entry.case_id for entry in used})
    taken = {entry.number for entry in used}
    lines = [_used(entry, leases, cases) for entry in used]
    for lease in leases:
        why = _why_void(store, lease, today)
        lines += _unused(lease, taken, why)
    return sorted(lines, key=lambda line: (line.first, line.case))


def _used(entry: UsedNumber, leases: Sequence[Lease], cases: Mapping[str, str]) -> RegisterLine:
    device = next((lease.device for lease in leases if lease.block.has(entry.number)), "")
    return RegisterLine(entry.number, entry.number, USED, cases.get(entry.case_id, entry.case_id), device)


def _unused(lease: Lease, taken: set[DocumentNumber], why: str) -> Iterable[RegisterLine]:
    block = lease.block
    numbers = [DocumentNumber(block.series, block.year, n) for n in range(block.first, block.last + 1)]
    for is_used, run in groupby(numbers, key=taken.__contains__):
        if not is_used:
            found = list(run)
            yield RegisterLine(found[0], found[-1], VOID if why else OUT, "", lease.device, why)


def _why_void(store: RegisterBook, lease: Lease, today: date) -> str:
    station, epoch = store.station(lease.device), store.epoch(lease.device, lease.epoch)
    if is_revoked(store, lease.device):
        return DEVICE_REVOKED
    if station is not None and station.cloned:
        return CLONED
    if not lease.epoch:
        return LEASED_TWICE
    if epoch is not None and epoch.closed:
        return EPOCH_CLOSED
    return YEAR_OVER if lease.block.year < today.year else ""


def _case_numbers(store: RegisterBook, case_ids: set[str]) -> dict[str, str]:
    """Return the 代办登记号 of each case whose opening is here."""
    found: dict[str, str] = {}
    for case_id, events in store.case_events(case_ids).items():
        texts = (event.meaning.fields.get("number") for event in events if event.meaning is not None)
        number = next((text for text in texts if isinstance(text, str)), "")
        if number:
            found[case_id] = number
    return found
