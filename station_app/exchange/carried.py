"""The exchange by hand: what a PC gives to a package for its center, and how it takes the center's replies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from station_app.exchange.inbox import Applied, Checks, apply_reply
from station_app.exchange.loading import loaded
from station_app.exchange.ports import Repair, StationBook
from station_app.exchange.station import BATCH, PULL_LIMIT, Load, Loaded, request_of
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeReply, ExchangeRequest
from station_app.protocol.package_records import in_parts

# Of one package; what is more goes with the next.
MOST_EVENTS = 50_000
# Of headers and bodies in one request; with signatures and hexadecimal digits it stays below what a center unpacks.
MOST_BYTES = 6 * 1024 * 1024


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

    None has more events, or bytes, than a center takes at once.

    Args:
        repair: what the last reply has shown that each side lacks.
    """
    found = loaded(book, Load(MOST_EVENTS, buckets=True, owed=repair.owed, present=True))
    *before, last = _batches(found.outbox)
    for batch in before:
        yield request_of(_bringing(replace(found, outbox=batch)), 0, ())
    yield request_of(replace(found, outbox=last), PULL_LIMIT, repair.wanted)


def _batches(outbox: Sequence[tuple[int, Event]]) -> list[tuple[tuple[int, Event], ...]]:
    """Return the outbox in parts, at least one; the only one may be empty."""
    by_bytes = in_parts(outbox, lambda entry: len(entry[1].header_bytes) + len(entry[1].body or b""), MOST_BYTES)
    found = [tuple(some[start : start + BATCH]) for some in by_bytes for start in range(0, len(some), BATCH)]
    return found or [()]


def _bringing(found: Loaded) -> Loaded:
    """Return what only the last of a package's requests asks for or gives back left out."""
    return replace(found, buckets=None, returns=(), receipt=None, leases=None, fresh=False, case="")


def apply_carried(book: StationBook, reply: ExchangeReply, asked: Asked, checks: Checks, at: str) -> Applied | None:
    """Write the reply to a carried request into the journal; None where at most its statuses count any more.

    That is where this PC has met its center in another incarnation since it asked (of what the lost one had taken in
    the center may have nothing), or has gone on under another epoch.

    Raises:
        StationError: as `apply_reply`.
    """
    link = book.link()
    is_latest = asked.nonce == link.nonce
    overtaken = asked.epoch != book.own_epoch().epoch or (reply.again and not is_latest)
    if overtaken or asked.incarnation != link.incarnation:
        if reply.incarnation == link.incarnation:
            book.settle(reply.statuses, at)
        return None
    # Where the two have met by network since it asked, that nonce is the newer one.
    applied = apply_reply(book, reply if is_latest else replace(reply, nonce=link.nonce), checks, at, asked.returned)
    # How late it comes says nothing of this PC's clock: for that, only answers count that come at once.
    book.save_link(replace(book.link(), last_success_at=link.last_success_at, center_time=link.center_time))
    return applied
