"""Dates with legal force: those on the paper, entered by a person, checked against each other only."""

from __future__ import annotations

from datetime import date

from station_app.domain.errors import StationError


def legal_date(entered: date | None, label: str, *, not_before: str | None, today: date) -> date:
    """Return the date on the paper, today where none was entered.

    Args:
        entered: what stands on the paper.
        label: how the worker knows this date.
        not_before: ISO date of the step before it, if known.
        today: the local date by this PC.

    Raises:
        StationError: `date-in-future`, `date-before-step`; `date-needed` where this PC's clock is behind the step
            before. That must not keep anybody from working: the date on the paper is asked for and taken.

    Source: sync.md §2 in docs/sync.md: legal dates are those on the paper; clocks only flag the implausible.
    """
    clock_behind = not_before is not None and date.fromisoformat(not_before) > today
    if entered is None and clock_behind:
        raise StationError("date-needed", label=label, today=today.isoformat())
    chosen = entered or today
    if chosen > today and not clock_behind:
        raise StationError("date-in-future", label=label, date=chosen.isoformat(), today=today.isoformat())
    if not_before is not None and chosen < date.fromisoformat(not_before):
        raise StationError("date-before-step", label=label, date=chosen.isoformat(), before=not_before)
    return chosen
