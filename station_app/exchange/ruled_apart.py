"""What centers have to rule again: they ruled apart, one of them had forgotten its word, or a base came in later."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.domain.cases import Case
from station_app.domain.fold import Entry, Ruling, Verdict, apply_entry, in_order, why_not

# The word on a step whose base was refused.
BASE_REFUSED = "base-refused"


def left_out(entries: Sequence[Entry], rulings: Sequence[Ruling]) -> list[Entry]:
    """Return the accepted events that do not fit the chain where their rulings come, in the order of these.

    They have to be ruled again, once the event that they follow has been (docs/sync.md §4): what fits now stands, and
    of what does not its author is told. None where an accepted event can't be read: behind it nothing fits.
    """
    by_id = {entry.event_id: entry for entry in entries}
    found: list[Entry] = []
    case: Case | None = None
    for ruling in in_order(rulings):
        entry = by_id.get(ruling.event_id)
        if entry is None or ruling.verdict is not Verdict.ACCEPTED:
            continue
        if entry.effects is None:
            return []
        if why_not(case, entry) is None:
            case = apply_entry(case, entry, ruling.at)
        elif not entry.opens:
            found.append(entry)
    return found


def let_wait_no_more(entries: Sequence[Entry], rulings: Sequence[Ruling]) -> set[str]:
    """Return the events that were set aside because their base was refused, and whose base was taken in after all.

    They are judged as if nothing had been said of them (docs/sync.md §4).
    """
    here = {entry.event_id for entry in entries}
    set_aside = {ruling.event_id for ruling in in_order(rulings) if ruling.reason == BASE_REFUSED}
    return {entry.event_id for entry in entries if entry.event_id in set_aside and entry.base in here}
