"""What a `body_removed` takes out of a store, and what is still shown of the case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from station_app.domain.cases import REFUSAL_REASON, Case, Removed
from station_app.domain.fold import remarks_of, set_aside_by
from station_app.domain.lanes import Audience, SubjectKind
from station_app.domain.removals import BODY_REMOVED, Removal, read_removal
from station_app.exchange.authentic import RULING, readable, split
from station_app.protocol.event import Event

# Facts that tell of no applicant.
_KEPT = ("number", "item", "received_on", "accepted_on", "decided_on", "delivered_on")
_WORDS = "内容已按规定删除"


def removal_of(event: Event) -> Removal | None:
    """Return what a `body_removed` says, None for another event or one whose effects are not those of one."""
    header = event.header
    if (header.type, header.subject_kind) != (BODY_REMOVED, SubjectKind.CASE) or event.said is None:
        return None
    return read_removal(event.said)


def removable(event: Event) -> bool:
    """Tell whether an event's body may be removed: rulings tell of nobody, and a removal says what has gone."""
    return event.header.type not in (RULING, BODY_REMOVED)


def to_empty(events: Sequence[Event], *, village: bool) -> set[str]:
    """Return the events of a case that have no body in a store, or must lose it; empty where nothing was removed.

    Args:
        events: of one case: no removal reaches another.
        village: the store is that of a village office.
    """
    removals = filter(None, map(removal_of, events))
    named = {event_id for removal in removals if removal.reaches(village=village) for event_id in removal.events}
    return {event.event_id for event in events if event.event_id in named and removable(event)} if named else set()


def beside_to_empty(beside: Iterable[Event], events: Sequence[Event], *, village: bool) -> set[str]:
    """Return the same of what lies beside the journal: refused, or held aside, it stands in no case's stream.

    Args:
        beside: of any case.
        events: of one case, as above.
    """
    names = names_of(events, village=village)
    about = [event for event in beside if event.event_id in names and readable(event) and removable(event)]
    return {event.event_id for event in about if event.header.subject == events[0].header.subject}


def emptied_by(events: Iterable[Event]) -> str:
    """Return the office at whose center contents of a case were removed from all stores, "" for none.

    Of several (the case has moved to another county between them) the one that did so first.
    """
    found = [event for event in events if (removal := removal_of(event)) and removal.reaches(village=False)]
    first = min(found, key=lambda event: (event.header.lamport, event.event_id), default=None)
    return first.header.org if first else ""


def told_of(events: Iterable[Event], viewers: Iterable[str]) -> tuple[str, ...]:
    """Return the offices that may hold bodies of a case: who sees it, wrote in it, or was ever offered it."""
    found = dict.fromkeys(viewers)
    for event in events:
        found[event.header.org] = None
        move = event.meaning.custody if event.meaning else None
        found |= dict.fromkeys(org for org in (move.to, move.arbiter) if org) if move else {}
    return tuple(found)


def shown_of(
    folded: Case | None, kept: Case | None, events: Sequence[Event], refused: Mapping[str, str], *, village: bool
) -> Case | None:
    """Return what a store shows of a case: the fold, or where contents were removed here what is left of it.

    Args:
        folded: what the events make with the bodies that are here, or that were before these are erased.
        kept: what was shown until now, from which an earlier removal has left something.
    """
    gone = to_empty(events, village=village)
    if not gone:
        return folded
    whole = folded is not None and all(_is_here(event) for event in events if event.event_id in gone)
    before = folded if whole or kept is None else kept
    return _emptied(before, events, refused, village=village) if before else None


def _is_here(event: Event) -> bool:
    """Tell whether the body is here, or is none that the state of a case is made of."""
    return event.body is not None or event.header.audience != Audience.PARTIES


def _emptied(case: Case, events: Sequence[Event], refused: Mapping[str, str], *, village: bool) -> Case:
    """Return a case without what its removed bodies said; what was written since, and what was ruled, is as ever."""
    gone = to_empty(events, village=village)
    entries, rulings = split(events, "")
    left = [entry for entry in entries if entry.event_id not in gone]
    codes = {entry.event_id: refused[entry.event_id] for entry in entries if entry.event_id in refused}
    fields = {name: case.fields[name] for name in _KEPT if name in case.fields}
    if case.fields.get(REFUSAL_REASON):
        # That it was refused stays; the reason may tell of the applicant.
        fields[REFUSAL_REASON] = _WORDS
    return replace(
        case,
        fields=fields,
        remarks=remarks_of(left, codes),
        provisional=False,
        needs_upgrade=False,
        not_standing=set_aside_by(rulings, codes),
        last_ruling=max((ruling.place for ruling in rulings), default=(0, "")),
        removed=_mark(events, village=village),
    )


def _mark(events: Sequence[Event], *, village: bool) -> Removed | None:
    """Return basis and instant of the first removal that reaches this store; of two at once, of the lesser id."""
    found = [
        (event.header.claimed_at, event.event_id, removal.basis)
        for event in events
        if (removal := removal_of(event)) is not None and removal.reaches(village=village)
    ]
    at, _, basis = min(found)
    return Removed(basis, at)


def names_of(events: Sequence[Event], *, village: bool) -> Collection[str]:
    """Return the ids that removals of a case have named already for such a store."""
    removals = filter(None, map(removal_of, events))
    return {event_id for removal in removals if removal.reaches(village=village) for event_id in removal.events}
