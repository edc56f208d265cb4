"""Giving the center once more what it refused for want of knowledge; it judges that anew (docs/sync.md §6)."""

from __future__ import annotations

from dataclasses import replace

from station_app.exchange.curable import curable
from station_app.exchange.ports import StationBook
from station_app.usecases.ports import Desk
from station_app.usecases.times import stamp


def retry_refused(desk: Desk, subject_id: str = "") -> int:
    """Let the next exchange give back what was refused and may be taken in now, and return how many events that is.

    The events stay as they are, with their ids; asked twice before an exchange, each is given back once.

    Args:
        subject_id: of which case or batch; "" for all.
    """
    with desk.open_book() as book:
        wanted = give_back_refused(book, subject_id)
        if wanted:
            refused = book.refused_events()
            kept = {event_id: at for event_id, at in book.retried().items() if event_id in refused}
            book.save_retried({**kept, **dict.fromkeys(wanted, stamp(desk.now()))})
    return len(wanted)


def give_back_refused(book: StationBook, subject_id: str = "") -> list[str]:
    """Let the next exchange of this store, a station's or a county center's, give back the same; return their ids."""
    found = book.events_named(curable(book.refused_events()))
    wanted = [event.event_id for event in found if subject_id in ("", event.header.subject_id)]
    if wanted:
        link = book.link()
        book.save_link(replace(link, owes=list(dict.fromkeys([*link.owes, *wanted]))))
    return wanted
