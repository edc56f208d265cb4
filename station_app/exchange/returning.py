"""What a PC gives back to its center: what that has lost, and what it had refused; with an eye on who gives it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import VerifyMany, readable
from station_app.exchange.center import write_plan
from station_app.exchange.healing_state import is_healing
from station_app.exchange.intake import note_review
from station_app.exchange.intake_records import IntakeView, Pusher
from station_app.exchange.intake_view import intake_view
from station_app.exchange.limits import HELD, place_of
from station_app.exchange.places import places_taken
from station_app.exchange.ports import CenterBook, Head, Placement
from station_app.exchange.relayed import Relayed, take_relayed
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import OWN


def accept_relayed(book: CenterBook, asker: Pusher, events: Sequence[Event], verify_many: VerifyMany) -> Relayed:
    """Take in events that a PC gives back, its own or others'; the caller has stored the credentials behind them.

    While this center heals, one that comes without its body (from who may not read it, or had to forget it) is left for
    who has it whole; what is still lacking after that is taken as it comes.
    """
    events = _as_kept(book, events)
    if is_healing(book):
        events = [event for event in events if event.body is not None]
    view = intake_view(book, events, None)
    relayed = take_relayed(view, events, verify_many, held=_still_held(book, view, events, asker.device))
    for event in relayed.plan.stored:
        if event.header.origin == asker.device:
            note_review(relayed.plan, asker, event)
    write_plan(book, relayed.plan)
    return relayed


def _as_kept(book: CenterBook, events: Sequence[Event]) -> list[Event]:
    """Return what is given back, with the bodies that tombstones have: its author may have lost one (§3)."""
    bare = [event.event_id for event in events if event.body is None]
    aside = book.whole_beside(bare) if bare else ()
    bodies = {event.event_id: event.body for event in aside if readable(event) and event.body_matches()}
    return [replace(event, body=bodies[event.event_id]) if event.event_id in bodies else event for event in events]


def note_returned(book: CenterBook, org: str, events: Sequence[Event], *, by_center: bool) -> None:
    """Count what an office gives back as what it has, also where it does not see the case any more.

    Before this center was restored it did, and the feed that said so is lost; so is what told it to forget the case.

    Args:
        by_center: it is the center of a county that gives it back.
    """
    held = list(book.seqs([event.event_id for event in events]))
    in_feed = {event.event_id for event in book.events_in_feed(org, held)}
    lacking = [event for event in events if event.event_id in held and event.event_id not in in_feed]
    book.place([Placement(org, OWN, event.event_id) for event in lacking])
    if by_center:
        _show_to_center(book, org, lacking)
        return
    viewers = book.viewers({event.header.subject for event in lacking})
    # Whose beginning is not back yet nobody is known to see: who gives that back may have to give the rest as well.
    book.place_revocations([(org, subject) for subject, orgs in viewers.items() if orgs and org not in orgs])


def _show_to_center(book: CenterBook, org: str, events: Sequence[Event]) -> None:
    """Bring a county's center all of these cases, and count it as seeing them until the ruler has looked at them.

    Which of its offices see a case no more it finds by its own fold, for which it needs what ended that: this center
    may have it, or get it back only later.
    """
    cases = {event.header.subject_id for event in events if event.header.subject_kind == SubjectKind.CASE}
    streams = book.case_events(cases)
    book.place([Placement(org, "new", event.event_id) for stream in streams.values() for event in stream])
    viewers = book.viewers([(SubjectKind.CASE.value, case_id) for case_id in sorted(cases)])
    book.save_viewers({subject: (*orgs, org) for subject, orgs in viewers.items() if org not in orgs})
    book.mark_unruled(sorted(cases))


def _still_held(book: CenterBook, view: IntakeView, events: Sequence[Event], asker: str) -> dict[str, str]:
    """Return which of these events are held though their number lies within the limit, with the code of that.

    Two persons alone take in what was held once; and what lies beside its chain was not here when the limit was set.
    """
    new = [event for event in events if readable(event) and event.event_id not in view.seqs]
    limited = {event.event_id: code for event in new if (code := view.limits.against(event, branch=True))}
    before = {event_id: view.refused[event_id] for event_id in limited if view.refused.get(event_id) in HELD}
    doubtful = [event for event in new if event.event_id in limited and _may_lie_beside(view, event, asker)]
    beside = _beside(book, view, doubtful, asker)
    return {**{event_id: limited[event_id] for event_id in beside}, **before}


def _may_lie_beside(view: IntakeView, event: Event, asker: str) -> bool:
    """Tell whether the chain has passed an event's place.

    A center that was restored has lost such events as well, and others move no head by what they give back: there any
    that its author brings may; what others give back it had taken in.
    """
    header = event.header
    if view.restored:
        return header.origin == asker
    return header.seq <= view.heads.get((header.origin, header.epoch), Head(0, "")).seq


def _beside(book: CenterBook, view: IntakeView, events: Sequence[Event], asker: str) -> list[str]:
    """Return the events in whose place another lies, or which the author itself had not brought when it passed it.

    One that was refused lies there as its tombstone; a restored center may have lost the event.
    """
    if not events:
        return []
    taken = places_taken(book, {event.header.origin for event in events})
    return [
        event.event_id
        for event in events
        if set(taken.get(place_of(event), ())) - {event.event_id}
        or (event.header.origin == asker and not view.restored and event.event_id not in view.refused)
    ]
