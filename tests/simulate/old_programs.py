"""An old program at rest (docs/sync.md, I12): it keeps all, says where it can't read all, and shows the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from station_app.domain.cases import Case
from station_app.domain.lanes import Lane
from station_app.protocol.event import Event
from station_app.usecases.run_action import possible_actions
from tests.simulate.custody import Track, replay, words_of
from tests.simulate.invariants import require
from tests.simulate.machines import Pc, has_new_words, program_of


def unread_by_old(stream: Iterable[Event], written: Mapping[str, Event]) -> set[str]:
    """Return the steps of a case that stand, and which an old program can't read.

    Args:
        written: the events of the case with what they say, also where that has been removed since.
    """
    stood = [written.get(word.event_id) for word in words_of(stream) if word.verdict == "accepted"]
    return {event.event_id for event in stood if event is not None and has_new_words(event.effects or {})}


def check_unread(
    pc: Pc, shown: tuple[Case, Case], stream: Collection[Event], unread: set[str], *, emptied: bool
) -> None:
    """I12: of a case with a step that it can't read an old program shows what it can, and lets only notes be written.

    Args:
        shown: the case as this PC shows it, and as one does whose program knows all words.
        stream: what the PC has of the case.
        emptied: contents of the case were removed there: it shows what was shown before, and leads nowhere any more.
    """
    seen, expected = shown
    case_id = seen.case_id
    if not emptied:
        _check_readable(pc, seen, [event for event in stream if event.event_id not in unread])
    require(seen.remarks == expected.remarks, "I12", f"{pc.name}: the open lane of case {case_id} differs")
    require(seen.not_standing == expected.not_standing, "I12", f"{pc.name}: what does not stand in case {case_id}")


def _check_readable(pc: Pc, seen: Case, stream: Collection[Event]) -> None:
    case_id, (track, _) = seen.case_id, replay(stream)
    require(_custody(seen) == _followed(track), "I3", f"{pc.name}: case {case_id} is not where what it reads leads")
    require(seen.needs_upgrade, "I12", f"{pc.name} does not say that case {case_id} needs a newer program")
    with program_of(pc), pc.store.read() as book:
        offered = [action for desk in pc.desks for action in possible_actions(desk, book, seen)]
    may = {action.code for action in offered if action.lane is not Lane.OPEN}
    require(not may, "I12", f"{pc.name} may do {may} on case {case_id}, of which it can't read all")


def _custody(case: Case) -> object:
    custody = case.custody
    offered = custody.offer.to if custody.offer else ""
    return custody.holder, custody.grant, custody.head, offered, custody.ended


def _followed(track: Track) -> object:
    return track.holder, track.grant, track.head, track.offered, track.ended
