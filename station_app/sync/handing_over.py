"""Handing to the center what this PC carries for others, as soon as there is a line; the replies go back by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from station_app.domain.errors import StationError
from station_app.protocol.package_records import PartKind
from station_app.sync.center_client import CenterClient
from station_app.usecases.ports import OpenBook
from station_app.usecases.times import stamp

# What the center can never take as it is; anything else is tried again with the next exchange, behind the others.
_FOR_GOOD = frozenset({"sealed-data-damaged", "package-elsewhere", "record-malformed", "request-not-signed"})
# What has to do with this one part; of anything else the way or the whole center is the reason.
_OF_THE_PART = _FOR_GOOD | {"package-no-box", "device-unknown", "batch-too-large", "center-error", "device-revoked"}


def hand_over_carried(
    client: CenterClient, read_book: OpenBook, open_book: OpenBook, now: Callable[[], datetime]
) -> int:
    """Give the center the requests that this PC carries, one after the other; return how many it took.

    Raises:
        StationError: why the way, or the center, does not take any at present; what is left waits.
    """
    with read_book() as book:
        asked = [found for found in book.carried() if found.part.kind == PartKind.REQUEST]
    waiting = [found.part for found in sorted(asked, key=lambda one: bool(one.code)) if found.code not in _FOR_GOOD]
    taken = 0
    for part in waiting:
        try:
            reply = client.carried(part)
        except StationError as error:
            if error.code not in _OF_THE_PART:
                raise
            with open_book() as book:
                book.refuse_part(part.digest, error.code)
            continue
        with open_book() as book:
            # In one transaction: the reply is here, then the request may go.
            book.keep_parts([reply], stamp(now()))
            book.drop_parts([part.digest])
        taken += 1
    return taken
