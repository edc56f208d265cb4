"""Reading from a journal what the next request needs."""

from __future__ import annotations

from station_app.exchange.id_sums import by_bucket
from station_app.exchange.ports import StationBook
from station_app.exchange.station import Load, Loaded


def loaded(book: StationBook, load: Load) -> Loaded:
    """Return the answer to a `Load`: the link, this epoch, the oldest of the outbox, and what a repair asks for."""
    returns = tuple(book.events_named(load.owed)) if load.owed else ()
    return Loaded(
        link=book.link(),
        own=book.own_epoch(),
        outbox=tuple(book.outbox(load.limit)),
        buckets=by_bucket(book.shared_ids()) if load.buckets else None,
        returns=returns,
        credentials=tuple(book.credentials_of(returns)) if returns else (),
    )
