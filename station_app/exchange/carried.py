"""The exchange by hand: what a PC gives to a package for its center, and how it takes the center's replies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from station_app.exchange.inbox import Applied, Checks, apply_reply
from station_app.exchange.loading import loaded
from station_app.exchange.ports import Repair, StationBook
from station_app.exchange.station import BATCH, PULL_LIMIT, Load, Loaded, request_of
from station_app.protocol.exchange_records import ExchangeReply, ExchangeRequest

# Of one package; what is more goes with the next.
MOST_EVENTS = 50_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that went into a package, and how this PC was with its center then.

    Args:
        returned: what it gave back.
    """

    epoch: str
    incarnation: str
    nonce: str
    returned: tuple[str, ...] = ()


def carried_requests(book: StationBook, repair: Repair) -> Iterator[ExchangeRequest]:
    """Yield the requests that bring the whole outbox to the center; the last one asks for what is new.

    Args:
        repair: what the last reply has shown that each side lacks.
    """
    found = loaded(book, Load(MOST_EVENTS, buckets=True, owed=repair.owed, present=True))
    starts = range(0, max(1, len(found.outbox)), BATCH)
    for start in starts:
        part = replace(found, outbox=found.outbox[start : start + BATCH])
        if start == starts[-1]:
            yield request_of(part, PULL_LIMIT, repair.wanted)
        else:
            yield request_of(_bringing(part), 0, ())


def _bringing(found: Loaded) -> Loaded:
    """Return what only the last of a package's requests asks for or gives back left out."""
    return replace(found, buckets=None, returns=(), receipt=None, leases=None, fresh=False, case="")


def apply_carried(book: StationBook, reply: ExchangeReply, asked: Asked, checks: Checks, at: str) -> Applied | None:
    """Write the reply to a carried request into the journal; None where only its statuses count any more.

    That is where this PC has met its center in another incarnation since it asked, or has gone on under another epoch
    where it is asked to.

    Raises:
        StationError: as `apply_reply`.
    """
    link = book.link()
    is_latest = asked.nonce == link.nonce
    overtaken = not is_latest or asked.epoch != book.own_epoch().epoch if reply.again else False
    if overtaken or asked.incarnation != link.incarnation:
        book.settle(reply.statuses, at)
        return None
    # Where the two have met by network since it asked, that nonce is the newer one.
    kept = reply if is_latest else replace(reply, nonce=link.nonce)
    return apply_reply(book, kept, checks, at, asked.returned)
