"""The end of retention at a center: two administrators have the contents of closed cases removed, by a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from station_app.domain.cases import CaseState
from station_app.domain.errors import StationError
from station_app.domain.fold import Ruling, Verdict, fold, in_order
from station_app.domain.organisations import Organisations
from station_app.domain.people import Worker
from station_app.domain.removals import Reach, Removal
from station_app.exchange.authentic import readable, split
from station_app.exchange.center import CenterDesk
from station_app.exchange.ports import CenterBook
from station_app.exchange.removed import emptied_by, names_of, removable
from station_app.exchange.removing import write_removal
from station_app.protocol.event import Event
from station_app.usecases.center_ports import AuditEntry, CenterClerk, HeldEvent, Registry
from station_app.usecases.run_center import require_whole
from station_app.usecases.times import local_day, read_stamp, stamp
from station_app.usecases.two_persons import require_two_administrators

REMOVE_BODIES = "remove-bodies"
# Cases that one transaction looks at; a station that exchanges waits no longer than that takes.
AT_ONCE = 100
LONGEST_BASIS = 100


class WhyLeft(StrEnum):
    """Why the contents of a case stay."""

    OPEN = "open"
    LATER = "later"
    UNRULED = "unruled"
    TO_REVIEW = "to_review"
    HELD = "held"
    ELSEWHERE = "elsewhere"
    DONE = "done"


class RemovalStore(CenterBook, Registry, Protocol):
    """The center's journal and office tables in one transaction."""

    def held_events(self) -> Sequence[HeldEvent]: ...
    def cases_after(self, case_id: str, limit: int) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Order:
    """What two administrators have ordered.

    Args:
        closed_before: local date; a case goes whose last step was confirmed before it.
        basis: the rule by which, for whoever looks for the contents later.
        by: the names of the two.
    """

    closed_before: date
    where: Reach
    basis: str
    by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step did.

    Args:
        after: id of the last case looked at, None once all have been.
        removed: cases whose contents were removed.
        left: how many cases were left as they are, by the reason.
    """

    after: str | None
    removed: int
    left: Mapping[WhyLeft, int]


def order_removal(
    store: RemovalStore,
    clerk: CenterClerk,
    closed_before: date,
    where: Reach,
    basis: str,
    persons: tuple[Worker, Worker],
) -> Order:
    """Write down who has contents removed, and return what is to be done with `remove_next`; commit before that.

    Raises:
        StationError: `two-administrators-needed`, `role-missing`, `center-heals`; `removal-basis-missing` (most), or
            too long; `removal-date-ahead` (date): contents of what was closed today may be needed today.
    """
    by, second = persons
    require_two_administrators(by, second, "删除到期内容")
    require_whole(store)
    if not 0 < len(basis.strip()) <= LONGEST_BASIS:
        raise StationError("removal-basis-missing", most=LONGEST_BASIS)
    if closed_before > local_day(clerk.now()):
        raise StationError("removal-date-ahead", date=closed_before.isoformat())
    about = {"closed_before": closed_before.isoformat(), "where": where.value, "basis": basis.strip()}
    store.add_audit(AuditEntry(stamp(clerk.now()), REMOVE_BODIES, by.name, second.name, about))
    return Order(closed_before, where, basis.strip(), (by.name, second.name))


def remove_next(
    store: RemovalStore, clerk: CenterClerk, desk: CenterDesk, order: Order, after: str = "", most: int = AT_ONCE
) -> Progress:
    """Look at the next cases and remove what has to go of them, in the store's open transaction.

    Broken off anywhere, all of it can be ordered again: what is removed already is passed over.

    Args:
        after: id of the case that was looked at last, "" to begin.

    Raises:
        StationError: `center-heals`.
    """
    require_whole(store)
    cases = store.cases_after(after, most)
    held = {entry.event.header.subject_id for entry in store.held_events()}
    ground = _Ground(order, store.organisations(), desk.org, held)
    refused = [event for event in store.beside() if readable(event)]
    left: Counter[WhyLeft] = Counter()
    removed = 0
    for case_id, events in store.case_events(cases).items():
        rest = _rest(events, [event for event in refused if event.header.subject_id == case_id], order.where)
        if (why := ground.why_left(case_id, events) if rest else WhyLeft.DONE) is not None:
            left[why] += 1
            continue
        removal = Removal(order.where, order.basis, order.by, tuple(rest))
        write_removal(store, desk, events, removal, stamp(clerk.now()))
        removed += 1
    return Progress(cases[-1] if len(cases) == most else None, removed, dict(left))


def _rest(events: Sequence[Event], refused: Sequence[Event], where: Reach) -> list[str]:
    """Return the ids of what has not been removed yet in these stores.

    Args:
        refused: of the case too, but not taken in: their authors have them, with the same contents.
    """
    named = names_of(events, village=where is Reach.VILLAGE)
    ids = [event.event_id for event in (*events, *refused) if removable(event) and event.event_id not in named]
    return list(dict.fromkeys(ids))


@dataclass(frozen=True, slots=True)
class _Ground:
    """By what it is decided whether contents go.

    Args:
        here: the office whose center this is.
        held: cases of which an event is held for two persons.
    """

    order: Order
    offices: Organisations
    here: str
    held: AbstractSet[str]

    def why_left(self, case_id: str, events: Sequence[Event]) -> WhyLeft | None:
        """Return why the contents of a case stay, None where they go."""
        if case_id in self.held:
            return WhyLeft.HELD
        entries, rulings = split(events, "")
        counting = {ruling.event_id: ruling for ruling in in_order(rulings)}
        if any(entry.in_custody_lane and entry.event_id not in counting for entry in entries):
            return WhyLeft.UNRULED
        if any(_is_to_review(ruling) for ruling in counting.values()):
            return WhyLeft.TO_REVIEW
        if remover := emptied_by(events):
            # It was closed then, and can't be folded any more; what came since goes as well.
            return None if remover == self.here else WhyLeft.ELSEWHERE
        case = fold(entries, rulings)
        if case is None or case.state is not CaseState.CLOSED or not case.custody.ended:
            return WhyLeft.OPEN
        if not all(duty.done for duty in case.obligations.values()):
            return WhyLeft.OPEN
        if not self._is_home_of(case.origin_org):
            return WhyLeft.ELSEWHERE
        return None if self._is_over(list(counting.values())) else WhyLeft.LATER

    def _is_home_of(self, org: str) -> bool:
        center = self.offices.center_of(org) if org in self.offices else None
        return center is not None and center.code == self.here

    def _is_over(self, rulings: Sequence[Ruling]) -> bool:
        try:
            last = max(local_day(read_stamp(ruling.at)) for ruling in rulings if ruling.verdict is Verdict.ACCEPTED)
        except ValueError:
            # A center whose clock says nothing: nobody knows that the time is over.
            return False
        return last < self.order.closed_before


def _is_to_review(ruling: Ruling) -> bool:
    return ruling.verdict is Verdict.NEEDS_REVIEW and ruling.reason != "content-removed"
