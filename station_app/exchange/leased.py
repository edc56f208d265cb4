"""The blocks of 文号 of a PC: when it asks for another, and what it makes of the answer."""

from __future__ import annotations

from datetime import datetime

from station_app.domain.calendar import SHANGHAI
from station_app.domain.document_numbers import BLOCK, held_under, numbers_left, with_leased
from station_app.exchange.ports import Link, StationBook
from station_app.protocol.exchange_records import LeaseAsk, LeaseGrant


def lease_ask(book: StationBook, link: Link) -> LeaseAsk | None:
    """Return what is to be asked of the center and told to it, None for nothing.

    The blocks are named each time: the center may have forgotten that it leased them, and leased them to another.
    """
    series, blocks = book.own_series(), book.number_blocks()
    if not series and not blocks:
        return None
    epoch, year = book.own_epoch().epoch, _year_there(link)
    wanted = tuple(name for name in series if numbers_left(blocks, epoch, name, year) <= BLOCK // 2)
    held = tuple(held.block for held in held_under(blocks, epoch) if held.block.year >= year)
    return LeaseAsk(wanted, held) if wanted or held else None


def _year_there(link: Link) -> int:
    """Return the year in China by the center's clock when it last answered, 0 before it has."""
    try:
        return datetime.fromisoformat(link.center_time).astimezone(SHANGHAI).year
    except ValueError:
        return 0


def take_leases(book: StationBook, grant: LeaseGrant) -> None:
    """Keep what the center has leased. What was meant for another epoch of this PC is not this one's."""
    epoch = book.own_epoch().epoch
    if grant.epoch != epoch:
        return
    before = book.number_blocks()
    after = with_leased(before, epoch, grant.given, grant.void)
    if after != list(before):
        book.save_number_blocks(after)
