"""The clocks of a case, kept apart: hand-over, forwarding, five-day notice, promised and legal limit, delivery."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from station_app.domain.authority import deciding_level
from station_app.domain.calendar import Calendar
from station_app.domain.cases import Case, CaseState
from station_app.domain.deadlines import Unit, due_on
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level, Organisations

HANDOVER_WORKDAYS = 3
FORWARD_WORKDAYS = 2
NOTICE_WORKDAYS = 5
DELIVERY_WORKDAYS = 10

# Each kind: what a worker calls it, and where the limit comes from; in the order of a case's life.
KINDS = {
    "handover": ("代办交接时限", "村级便民服务制度（3 个工作日）"),
    "forward": ("上报时限", "上报件 2 个工作日以内"),
    "notice": ("五日内受理或告知", "行政许可法第三十二条（四）"),
    "promised": ("承诺时限", "事项目录"),
    "statutory": ("法定时限", "事项目录"),
    "delivery": ("送达期限", "行政许可法第四十四条"),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """One time limit that runs.

    Args:
        kind: handover, forward, notice, promised, statutory or delivery.
        label: what a worker calls it.
        starts_on: the day it counts from; that day itself is not counted.
        due_on: the last day.
        provisional: it ends beyond the calendar that is known (暂定).
        basis: where the limit comes from.
    """

    kind: str
    label: str
    starts_on: date
    due_on: date
    provisional: bool
    basis: str


def clock_of(kind: str, starts_on: date, ends_on: date, *, provisional: bool) -> Clock:
    """Return the clock of a kind, with its words."""
    label, basis = KINDS[kind]
    return Clock(kind, label, starts_on, ends_on, provisional, basis)


def running(case: Case, organisations: Organisations, calendar: Calendar) -> tuple[Clock, ...]:
    """Return the clocks that run on the case now, the first to end first."""
    try:
        found = [_clock(limit, calendar) for limit in _limits(case, organisations)]
    except (KeyError, TypeError, ValueError, StationError):
        # Facts of a faulty or newer program: the case is shown without its clocks, and the list with the case.
        return ()
    return tuple(sorted(found, key=lambda clock: (clock.due_on, clock.kind)))


@dataclass(frozen=True, slots=True)
class _Limit:
    kind: str
    starts_on: str
    days: int
    unit: Unit


def _clock(limit: _Limit, calendar: Calendar) -> Clock:
    start = date.fromisoformat(limit.starts_on)
    due = due_on(start, limit.days, limit.unit, calendar)
    return clock_of(limit.kind, start, due.on, provisional=due.provisional)


def _limits(case: Case, organisations: Organisations) -> Iterator[_Limit]:
    fields = case.fields
    if case.state in (CaseState.GRANTED, CaseState.REFUSED):
        yield _workdays("delivery", fields["decided_on"], DELIVERY_WORKDAYS)
    elif case.state is CaseState.ACCEPTED:
        yield from _decision_limits(case.item, fields["accepted_on"])
    elif case.state in (CaseState.REGISTERED, CaseState.RETURNED, CaseState.RECEIVED):
        yield from _limits_before_acceptance(case, organisations)


def _limits_before_acceptance(case: Case, organisations: Organisations) -> Iterator[_Limit]:
    """What runs depends on the holder: it decides (five days to accept or notify), hands over, or sends up."""
    holder = organisations.get(case.custody.holder)
    starts_on = _papers_here_on(case, holder.code)
    if starts_on is None:
        return
    if holder.level is deciding_level(case.item):
        yield _workdays("notice", starts_on, NOTICE_WORKDAYS)
    elif holder.level is Level.VILLAGE:
        yield _workdays("handover", starts_on, HANDOVER_WORKDAYS)
    elif holder.level is Level.TOWNSHIP:
        given = case.item.get("forward_workdays")
        days = FORWARD_WORKDAYS if given is None else int(given)
        yield _workdays("forward", starts_on, days)


def _papers_here_on(case: Case, holder: str) -> str | None:
    """Return the day on which the holder had the papers in this state; an older return or supplement is past."""
    fields = case.fields
    if case.state is CaseState.RECEIVED:
        return fields.get(f"arrived_on:{holder}")
    if case.state is CaseState.RETURNED:
        return fields.get("returned_on")
    return fields.get("supplied_on") or fields.get("received_on")


def _decision_limits(item: Mapping[str, Any], accepted_on: str) -> Iterator[_Limit]:
    for kind in ("promised", "statutory"):
        limit = item.get(kind) or {}
        if limit.get("days") is not None:
            yield _Limit(kind, accepted_on, int(limit["days"]), Unit(limit["unit"]))


def _workdays(kind: str, starts_on: str, days: int) -> _Limit:
    return _Limit(kind, starts_on, days, Unit.WORKDAY)
