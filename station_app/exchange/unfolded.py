"""Who sees a case of which a center can make no state: nothing of it stands, or its contents are not here."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.domain.fold import Entry, Ruling, Verdict


def who_saw(
    entries: Sequence[Entry], rulings: Sequence[Ruling], before: Sequence[str], *, removed: bool
) -> tuple[str, ...]:
    """Return who sees it.

    Of a case whose opening was ruled not to stand only who opened it: a center that had let it stand before it heard of
    another's word had shown it to others. Of one whose contents were removed everywhere, which was closed before, also
    whoever wrote what was let stand; a center to which it comes only then knows nobody who sees it. Of any other, who
    saw it before.

    Args:
        before: who has seen it so far.
        removed: contents of it were removed from all stores.
    """
    ruled = {ruling.event_id for ruling in rulings}
    opened = {entry.org for entry in entries if entry.opens and entry.event_id in ruled}
    if opened.intersection(before):
        return tuple(org for org in before if org in opened)
    stood = {ruling.event_id for ruling in rulings if ruling.verdict is Verdict.ACCEPTED}
    wrote = [entry.org for entry in entries if entry.event_id in stood] if removed else []
    return tuple(dict.fromkeys((*before, *wrote)))
