"""Reading from a journal what the next request needs."""

from __future__ import annotations

from station_app.exchange.id_sums import by_bucket
from station_app.exchange.ports import StationBook, UplinkBook
from station_app.exchange.station import Load, Loaded


def loaded(book: StationBook, load: Load) -> Loaded:
    """Return the answer to a `Load`: the link, this epoch, the oldest of the outbox, and what a repair asks for."""
    link, outbox = book.link(), tuple(book.outbox(load.limit))
    returns = tuple(book.events_named(load.owed)) if load.owed else ()
    relayed = [event for _, event in outbox] if isinstance(book, UplinkBook) else []
    credentials = [*book.credentials_of([*returns, *relayed])] if returns or relayed else []
    documents = [*book.documents_to_tell()] if isinstance(book, UplinkBook) else []
    return Loaded(
        link=link,
        own=book.own_epoch(),
        outbox=outbox,
        buckets=by_bucket(book.shared_ids()) if load.buckets else None,
        returns=returns,
        credentials=(*credentials, *(book.own_credentials() if load.present or link.healing else ())),
        documents=(*documents, *(book.documents_behind(link.numbers) if link.healing else ())),
        sum=book.id_sum(),
        receipt=book.last_receipt() if link.lost else None,
    )
