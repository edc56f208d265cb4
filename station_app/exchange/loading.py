"""Reading from a journal what the next request needs."""

from __future__ import annotations

from station_app.exchange.asked_cases import next_asked
from station_app.exchange.id_sums import EMPTY, by_bucket
from station_app.exchange.leased import lease_ask
from station_app.exchange.limits import HELD
from station_app.exchange.ports import StationBook
from station_app.exchange.station import REPAIR_AT_ONCE, Load, Loaded


def loaded(book: StationBook, load: Load) -> Loaded:
    """Return the answer to a `Load`: the link, this epoch, the oldest of the outbox, and what a repair asks for."""
    link, outbox = book.link(), tuple(book.outbox(load.limit))
    # It has lost something: then it may have refused what it would take now.
    lost = link.healing or bool(load.owed)
    returned = [*load.owed, *link.owes, *(_refused_unknowing(book) if lost and not outbox else ())]
    at_once = min(REPAIR_AT_ONCE, max(1, load.limit - 1))
    returns = tuple(book.events_named(list(dict.fromkeys(returned))[:at_once])) if returned else ()
    relayed = [event for _, event in outbox] if book.relays else []
    credentials = [*book.credentials_of([*returns, *relayed])] if returns or relayed else []
    total = book.id_sum()
    return Loaded(
        link=link,
        own=book.own_epoch(),
        outbox=outbox,
        buckets=by_bucket(book.shared_ids()) if load.buckets else None,
        returns=returns,
        credentials=(*credentials, *(book.own_credentials() if load.present or link.healing else ())),
        documents=(*book.documents_to_tell(), *(book.documents_behind(link.numbers) if link.healing else ())),
        sum=total,
        floor=link.floor if link.heeds_from_now and not book.relays else None,
        fresh=link.cursor == 0 and total == EMPTY and not book.relays,
        receipt=book.last_receipt(link.incarnation) if link.lost else None,
        leases=lease_ask(book, link),
        case=next_asked(book),
    )


def _refused_unknowing(book: StationBook) -> list[str]:
    """Return what the center refused for want of knowledge; what it holds for two persons is not among it."""
    return [event_id for event_id, code in book.refused_events().items() if code not in HELD]
