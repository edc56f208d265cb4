"""When a station may forget a case that its office sees no more, and what stays of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from station_app.domain.cases import Case
from station_app.domain.fold import Verdict
from station_app.exchange.authentic import BY_CENTER, RULING, readable, split
from station_app.protocol.event import Event


def may_forget(events: Sequence[Event], org: str, unsettled: Collection[str]) -> bool:
    """Tell whether nothing of this office is left open in a case: all sent, all ruled, and nothing set aside.

    What was set aside has to be seen by a person first; then the case stays as it is until its retention ends.

    Args:
        unsettled: own events that the center has not taken in, or has refused.
    """
    entries, rulings = split(events, "")
    standing = {ruling.event_id for ruling in rulings if ruling.verdict is Verdict.ACCEPTED}
    own = [entry for entry in entries if entry.org == org]
    return not any(
        entry.event_id in unsettled or (entry.in_custody_lane and entry.event_id not in standing) for entry in own
    )


def to_erase(events: Sequence[Event], org: str) -> list[Event]:
    """Return the events whose bodies a forgotten case loses: what others wrote, but for rulings, which tell of nobody.

    A center that was restored may get the rulings back from here.
    """
    return [event for event in events if event.header.org != org and event.header.type != RULING]


def held_to_erase(held: Iterable[Event], case_id: str, org: str) -> list[Event]:
    """Return the same of what is held aside, of any case; but what a center wrote is to be read first, and obeyed."""
    about = [event for event in held if readable(event) and event.header.subject_id == case_id]
    return [event for event in to_erase(about, org) if event.header.type not in BY_CENTER]


def remnant(case: Case) -> Case:
    """Return what a list still shows of a forgotten case: its number and its item, nothing of the applicant."""
    kept = {key: case.fields[key] for key in ("number", "item") if key in case.fields}
    return replace(case, fields=kept, remarks=(), not_standing={}, forgotten=True)
