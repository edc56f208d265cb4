"""Reading what a center holds that matters to a push."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from station_app.exchange.authentic import BY_CENTER, readable
from station_app.exchange.intake import begins_subject
from station_app.exchange.intake_records import IntakeView, Pusher
from station_app.exchange.limits import Limits
from station_app.exchange.obeying import to_be_filled
from station_app.exchange.places import places_brought, places_taken
from station_app.exchange.ports import CenterBook, Subject
from station_app.protocol.event import Event


def intake_view(book: CenterBook, events: Sequence[Event], pusher: Pusher | None) -> IntakeView:
    """Return what the center holds that matters to these events.

    Args:
        pusher: their author, None where others bring them.
    """
    legible = [event for event in events if readable(event)]
    named = {(event.header.origin, event.header.epoch) for event in legible}
    epoch = book.epoch(pusher.device, pusher.epoch) if pusher else None
    own = {(pusher.device, pusher.epoch)} if pusher else set()
    if pusher is not None and any(event.header.epoch != pusher.epoch for event in legible):
        # What is missed there may have come damaged, in any epoch since.
        own.update((pusher.device, known.epoch) for known in book.epochs(pusher.device))
    heads = book.heads({*named, *own})
    ids = list(dict.fromkeys(_ids_and_prevs(events)))
    seqs = book.seqs(ids)
    viewers = book.viewers({event.header.subject for event in legible})
    new = [event for event in legible if event.event_id not in seqs]
    refused = book.refused_ids([*(head.event_id for head in heads.values()), *ids])
    center, limits = book.setting("center"), book.limits()
    return IntakeView(
        link_head=epoch.link if epoch else 0,
        heads=heads,
        seqs=seqs,
        refused=refused,
        viewers=viewers,
        lamport=book.highest_lamport(),
        organisations=book.organisations(),
        known=book.credentials({event.header.origin for event in legible}),
        limits=limits,
        bodiless=to_be_filled(book, legible),
        healing=bool(center.get("healing")),
        restored=bool(center.get("forked_from")),
        taken=_taken_places(book, limits, new) if pusher else (),
        brought=places_brought(book, heads, (pusher.device, pusher.epoch)) if pusher and new else (),
        chains=own,
        tombstones=book.refused_links(pusher.device) if pusher and _hangs(new, {*seqs, *refused}) else (),
        streams=_streams_to_judge_by(book, new, viewers),
    )


def _taken_places(book: CenterBook, limits: Limits, new: Sequence[Event]) -> set[tuple[str, str, int]]:
    """Return which places are taken of the PCs of events that a limit concerns.

    What others give back moves no head: by the head alone another event would come next in such a place.
    """
    devices = {event.header.origin for event in new if limits.against(event, branch=True)}
    return set(places_taken(book, devices)) if devices else set()


def _streams_to_judge_by(
    book: CenterBook, new: Sequence[Event], viewers: Mapping[Subject, tuple[str, ...]]
) -> Mapping[str, Sequence[Event]]:
    """Return what is held of subjects that an event begins once more, or whose author does not see them: few.

    Centers see few of the cases that they rule on, and may write in all of them.
    """
    by_people = [event for event in new if event.header.subject in viewers and event.header.type not in BY_CENTER]
    odd = [e for e in by_people if begins_subject(e) or e.header.org not in viewers[e.header.subject]]
    return book.case_events({event.header.subject_id for event in odd}) if odd else {}


def _ids_and_prevs(events: Sequence[Event]) -> list[str]:
    found = [event.event_id for event in events]
    headers = [event.header for event in events if readable(event)]
    return found + [named for header in headers for named in (header.prev, header.base) if named]


def _hangs(new: Sequence[Event], known: Collection[str]) -> bool:
    """Tell whether an event comes behind one that is not here: behind damaged bytes, maybe, or before it."""
    known = {*known, *(event.event_id for event in new)}
    return any(event.header.prev and event.header.prev not in known for event in new)
