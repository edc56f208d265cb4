"""Branches: what two centers let stand of one case before each had heard of the other, and only one can stand."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.domain.cases import Case
from station_app.domain.fold import Entry, Ruling, Verdict, apply_entry, in_order, why_not


def beside_the_chain(entries: Sequence[Entry], rulings: Sequence[Ruling]) -> list[Entry]:
    """Return the events that a center has let stand and that the fold leaves out for good, in order of their rulings.

    For good is: another event that stands follows the same base, or the base does not stand itself. What only waits for
    a ruling that is on its way is not among them. Their authors are told that they came too late (docs/sync.md §4).
    """
    by_id = {entry.event_id: entry for entry in entries}
    counting = in_order(rulings)
    not_standing = {ruling.event_id for ruling in counting if ruling.verdict is not Verdict.ACCEPTED}
    followed: set[tuple[str | None, str | None]] = set()
    left_out: list[Entry] = []
    case: Case | None = None
    for ruling in counting:
        entry = by_id.get(ruling.event_id)
        if entry is None or entry.effects is None or ruling.verdict is not Verdict.ACCEPTED:
            continue
        if why_not(case, entry) is None:
            case = apply_entry(case, entry, ruling.at)
            followed.add((entry.grant, entry.base))
        elif not entry.opens:
            left_out.append(entry)
    found: list[Entry] = []
    for entry in left_out:
        if (entry.grant, entry.base) in followed or entry.base in not_standing:
            found.append(entry)
            not_standing.add(entry.event_id)
    return found
