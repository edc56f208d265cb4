"""A case's events as people read them, each with how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from station_app.domain.actions import ALL
from station_app.domain.cases import POSSIBLE_DUPLICATE, Case
from station_app.domain.effects import CustodyOp
from station_app.domain.fold import Ruling, Verdict, in_order
from station_app.domain.organisations import Level
from station_app.domain.removals import BODY_REMOVED
from station_app.exchange.authentic import RULING, entry_of, ruling_of
from station_app.exchange.removed import to_empty
from station_app.protocol.event import Event
from station_app.usecases.ports import Book
from station_app.usecases.reference import is_village, organisation_names, organisations_of

_LABELS = {
    **{action.code: action.label for action in ALL},
    POSSIBLE_DUPLICATE: "可能重复",
    BODY_REMOVED: "删除内容",
}


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One event as people read it; that it is here says that it is saved on this PC.

    Args:
        label: what the action is called; its code where this program does not know it.
        actor: name of who did it, "" where the center has not told.
        ruling: accepted, late, superseded, needs_review, or "" while no center has ruled.
        at_center: a county's center has it.
        at_city: the city's center has it, as far as this office has been told.
        taken_over: for a hand-over, the other office has taken the case.
        code: why the center refused it, if it did.
        ruled_by: of whose level the center is that ruled, None while none has or where its office is not known here.
        ruled_at: UTC stamp of that ruling, or of the refusal; "" before both.
        removed: its contents were removed at the end of retention.
    """

    event_id: str
    type: str
    label: str
    org: str
    org_name: str
    actor: str
    claimed_at: str
    readable: bool
    ruling: str
    reason: str
    at_center: bool
    at_city: bool
    taken_over: bool
    code: str
    ruled_by: Level | None = None
    ruled_at: str = ""
    removed: bool = False


def timeline(book: Book, case: Case) -> list[TimelineStep]:
    """Return the case's events in the order in which they were made, with what is known of each."""
    events = book.subject_events(case.case_id)
    rulings = {ruling.event_id: ruling for ruling in in_order(filter(None, map(ruling_of, events)))}
    own = book.statuses_of([event.event_id for event in events])
    credentials, names = book.credentials(), organisation_names(book)
    taken = _taken_offers(events, rulings)
    gone = to_empty(events, village=is_village(book))
    way = _Way(book, events, rulings)
    steps = []
    for event in sorted(events, key=lambda e: (e.header.lamport, e.event_id)):
        header = event.header
        if header.type == RULING:
            continue
        ruling = rulings.get(event.event_id)
        status, code, settled_at = own.get(event.event_id, ("stored", "", ""))
        arrived = status in ("stored", "exists")
        person = credentials.person(header.actor, header.origin)
        steps.append(
            TimelineStep(
                event_id=event.event_id,
                type=header.type,
                label=_LABELS.get(header.type, header.type),
                org=header.org,
                org_name=names.get(header.org, header.org),
                actor=person.name if person else "",
                claimed_at=header.claimed_at,
                readable=event.body is not None,
                ruling=ruling.verdict.value if ruling else "",
                reason=ruling.reason if ruling else "",
                at_center=arrived and way.by_county(event),
                at_city=arrived and way.by_city(event),
                taken_over=event.event_id in taken,
                code=code,
                ruled_by=way.level_of(ruling.org) if ruling else None,
                ruled_at=ruling.at if ruling else settled_at if code else "",
                removed=event.event_id in gone,
            )
        )
    return steps


class _Way:
    """Through which centers events have come: told by whose office they are, who ruled on them, and further hops."""

    def __init__(self, book: Book, events: Sequence[Event], rulings: Mapping[str, Ruling]) -> None:
        self._offices = organisations_of(book)
        self._here = book.identity().org
        at = [(hop.event_id, hop.org) for hop in book.hops([event.event_id for event in events])]
        at += [(event_id, ruling.org) for event_id, ruling in rulings.items()]
        self._at_city = {event_id for event_id, org in at if self._is_of_city(org)}

    def by_county(self, event: Event) -> bool:
        """Tell whether an event came through a county's center: all do but a city's own at the city."""
        return not (self._is_of_city(event.header.org) and self._is_of_city(self._here))

    def by_city(self, event: Event) -> bool:
        """Tell whether the city's center is known to have an event."""
        offices = (event.header.org, self._here)
        return event.event_id in self._at_city or any(self._is_of_city(org) for org in offices)

    def level_of(self, org: str) -> Level | None:
        """Return the level of an office, None where it is not known here."""
        return self._offices.get(org).level if org in self._offices else None

    def _is_of_city(self, org: str) -> bool:
        return self.level_of(org) is Level.CITY


def _taken_offers(events: Sequence[Event], rulings: Mapping[str, Ruling]) -> set[str]:
    """Return the offers that were taken, for all that is known: an acceptance that a ruling set aside took nothing."""
    out = {event_id for event_id, ruling in rulings.items() if ruling.verdict is not Verdict.ACCEPTED}
    standing = [event for event in events if event.header.type != RULING and event.event_id not in out]
    entries = [entry_of(event, "") for event in standing]
    moves = [(entry.base, entry.effects.custody) for entry in entries if entry.effects and entry.effects.custody]
    return {base for base, move in moves if move.op is CustodyOp.ACCEPT and base is not None}
