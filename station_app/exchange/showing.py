"""Who sees a case while a restored center does not rule yet."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.domain.fold import fold
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import readable, split
from station_app.exchange.ports import BACKFILL, CenterBook, Placement, Subject
from station_app.protocol.event import Event


def show_restored(book: CenterBook, events: Sequence[Event]) -> None:
    """Give the cases of these events to the offices that see them by the rulings that are here again.

    A healing center waits until each station has what it has for its office, so an office must see again what it saw
    before the loss although nothing is ruled. Nobody is hidden: what is not back yet may show that an office sees it.
    """
    named = {event.header.subject for event in events if readable(event)}
    cases = {subject for subject in named if subject[0] == SubjectKind.CASE.value}
    seen = {subject: orgs for subject, orgs in book.viewers(cases).items() if subject in cases}
    streams = book.case_events([case_id for _, case_id in seen])
    known = book.credentials({event.header.origin for stream in streams.values() for event in stream})
    viewers: dict[Subject, tuple[str, ...]] = {}
    placements: list[Placement] = []
    for subject, before in seen.items():
        stream = streams[subject[1]]
        case = fold(*split(stream, "", known))
        anew = [org for org in case.seen_by if org not in before] if case else []
        if anew:
            viewers[subject] = (*before, *anew)
            placements += [Placement(org, BACKFILL, event.event_id) for org in anew for event in stream]
    book.save_viewers(viewers)
    book.place(placements)
