"""Leasing blocks of 文号 to PCs: each to one epoch, for good; what lies behind it is nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from station_app.center.ports import CenterStore
from station_app.domain.document_numbers import BLOCK, HIGHEST, Block, all_series_of
from station_app.exchange.healing_state import is_healing
from station_app.exchange.number_book import Lease
from station_app.exchange.numbers_seen import TO_NOTE
from station_app.protocol.exchange_records import ExchangeRequest, LeaseGrant
from station_app.usecases.center_ports import CenterClerk, Station
from station_app.usecases.run_center import organisations_of
from station_app.usecases.tags import centers_before, is_center
from station_app.usecases.times import local_day, stamp

# A PC asks when it has used half of a block. One that always asks, whatever it was given, gets no more than this.
MOST_UNUSED = 5 * BLOCK
# More than a township gives in a year; from the second center on the numbers have five digits.
NUMBERS_OF_A_CENTER = 10_000


def serve_leases(
    store: CenterStore, clerk: CenterClerk, station: Station, request: ExchangeRequest
) -> LeaseGrant | None:
    """Take back what a PC says to hold and this center has forgotten, and lease what it wants; None for no answer.

    A center that was restored leases nothing until it is healed: what it has forgotten is still with others.
    """
    ask = request.leases
    if ask is None:
        return None
    mine = Lease(Block("", 0, 0, 0), station.org, station.device, request.epoch, stamp(clerk.now()))
    void = _take_back(store, mine, ask.held)
    given: list[Block] = []
    if not is_healing(store) and not store.setting(TO_NOTE):
        offices = organisations_of(store)
        allowed = all_series_of(offices.get(station.org)) if station.org in offices else ()
        year = local_day(clerk.now()).year
        for series in dict.fromkeys(ask.wanted):
            if series in allowed:
                given += _lease(store, mine, (series, year), ask.held)
    return LeaseGrant(request.epoch, tuple(given), tuple(void)) if given or void else None


def _take_back(store: CenterStore, mine: Lease, held: Sequence[Block]) -> list[Block]:
    """Note blocks that were leased before a restore; return those that have since become another's.

    Such a one is from now on nobody's: the other has it by mistake, and would give the numbers that were given of it
    once more. It is told when it names it next.
    """
    known = {lease.block for lease in store.leases_of(mine.device, mine.epoch)}
    void: list[Block] = []
    for block in dict.fromkeys(held):
        if block in known:
            continue
        if others := [lease for lease in store.leases_in(block.series, block.year) if lease.block.overlaps(block)]:
            void.append(block)
            for lease in others:
                if lease.epoch and _share(store, block.series, (mine.org, lease.org)):
                    store.withdraw_lease(lease.block)
        elif _may_have_been_leased(store, mine.org, block):
            store.add_lease(replace(mine, block=block))
    return void


def _may_have_been_leased(store: CenterStore, org: str, block: Block) -> bool:
    """Tell whether a block is one that a center leases to this office: what others need is not taken by naming it."""
    offices = organisations_of(store)
    own = org in offices and block.series in all_series_of(offices.get(org))
    return own and block.first <= block.last < block.first + BLOCK and block.last <= HIGHEST


def _share(store: CenterStore, series: str, orgs: tuple[str, str]) -> bool:
    """Tell whether a series is that of both offices: no PC can make void what is none of its business."""
    offices = organisations_of(store)
    return orgs[0] == orgs[1] or all(org in offices and series in all_series_of(offices.get(org)) for org in orgs)


def _lease(store: CenterStore, mine: Lease, place: tuple[str, int], held: Sequence[Block]) -> list[Block]:
    """Return the blocks of this epoch that it did not name; where there is none, a new one."""
    leased = [lease.block for lease in store.leases_of(mine.device, mine.epoch)]
    here = [block for block in leased if (block.series, block.year) == place]
    untold = [block for block in here if block not in held]
    if untold:
        return untold
    series, year = place
    used = {used.number for used in store.used_numbers_of(mine.org, year)}
    if sum(BLOCK - sum(block.has(number) for number in used) for block in here) >= MOST_UNUSED:
        return []
    before, most = _part_of(store, mine.org)
    first = max(before, store.highest_number(series, year, most)) + 1
    block = Block(series, year, first, first + BLOCK - 1)
    if block.last > most:
        return []
    store.add_lease(replace(mine, block=block))
    return [block]


def _part_of(store: CenterStore, org: str) -> tuple[int, int]:
    """Return behind which number, and up to which, this center leases to an office.

    What another center has leased to it before it moved is not known here, and its PCs there may still be giving it:
    each of the centers that have served it has a part of the numbers. An office that has always been here has all.
    """
    offices = organisations_of(store)
    if org not in offices or not any(is_center(offices, code) for code in offices.get(org).former_parents):
        return 0, HIGHEST
    before = NUMBERS_OF_A_CENTER * centers_before(store, org)
    return before, min(before + NUMBERS_OF_A_CENTER, HIGHEST)
