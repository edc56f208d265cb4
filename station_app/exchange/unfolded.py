"""Who sees a case of which a center can make no state: nothing of it stands, or its contents are not here."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.domain.fold import Entry, Ruling, Verdict


def who_saw(
    entries: Sequence[Entry], rulings: Sequence[Ruling], before: Sequence[str], remover: str, here: str
) -> tuple[str, ...]:
    """Return who sees it.

    Of a case whose opening was ruled not to stand only who opened it: a center that had let it stand before it heard of
    another's word had shown it to others. Of one whose contents were removed everywhere, which was closed before, also
    whoever wrote what was let stand, for a center to which it comes only then knows nobody who sees it; and the
    remover, who rules on what comes. Of any other, who saw it before.

    Args:
        before: who has seen it so far.
        remover: the office at whose center contents were removed from all stores, "" for none.
        here: the office whose center this is.
    """
    ruled = {ruling.event_id for ruling in rulings}
    opened = {entry.org for entry in entries if entry.opens and entry.event_id in ruled}
    others = [remover] if remover not in ("", here) else []
    if opened.intersection(before):
        return tuple(dict.fromkeys((*(org for org in before if org in opened), *others)))
    stood = {ruling.event_id for ruling in rulings if ruling.verdict is Verdict.ACCEPTED}
    wrote = [entry.org for entry in entries if entry.event_id in stood] if remover else []
    return tuple(dict.fromkeys((*before, *wrote, *others)))
