"""A center obeys what a `body_removed` says, whoever brings it, and tells all who may hold what it names."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.domain.lanes import Audience, SubjectKind
from station_app.exchange.authentic import readable
from station_app.exchange.ports import CenterBook, Placement
from station_app.exchange.removed import beside_to_empty, removal_of, to_empty, told_of
from station_app.protocol.event import Event


def obey_removals(book: CenterBook, came: Sequence[Event], refused: Sequence[Event] = ()) -> None:
    """Erase at this center what removals name, those that came now and those that were here before what came now.

    Args:
        came: events that are in the journal now, or have got their body.
        refused: what lies beside the journal now, and says nothing here.
    """
    new = {event.event_id: event.header.subject_id for event in came if removal_of(event) is not None}
    book.note_removals(new)
    legible = [event for event in refused if readable(event)]
    cases = book.cases_with_removals({event.header.subject_id for event in (*came, *legible)})
    streams = book.case_events(cases) if cases else {}
    subjects = {case_id: (SubjectKind.CASE.value, case_id) for case_id in set(new.values())}
    viewers = book.viewers(subjects.values()) if subjects else {}
    for event_id, case_id in new.items():
        told = told_of(streams[case_id], viewers.get(subjects[case_id], ()))
        book.place([Placement(org, "new", event_id) for org in told])
    beside = book.beside() if streams else ()
    for case_id, stream in streams.items():
        if gone := to_empty(stream, village=False) | beside_to_empty(beside, stream, village=False):
            book.erase_bodies(gone)
            book.forget_errand(case_id)


def to_be_filled(book: CenterBook, events: Sequence[Event]) -> set[str]:
    """Return which of these events are here without a body that may come: one that was removed may not."""
    lacking = set(book.bodiless([event.event_id for event in events]))
    subjects = {event.header.subject_id for event in events if event.event_id in lacking}
    cases = book.cases_with_removals(subjects) if subjects else ()
    streams = book.case_events(cases) if cases else {}
    return lacking.difference(*(to_empty(stream, village=False) for stream in streams.values()))


def lacks_bodies(book: CenterBook, org: str) -> bool:
    """Tell whether an event in an office's feed is here without a body that may come: who has it whole is to see that.

    What is for one office alone is never brought to another center.
    """
    empty = [event for event in book.bodiless_in_feed(org) if event.header.audience != Audience.OFFICE]
    return bool(to_be_filled(book, empty)) if empty else False
