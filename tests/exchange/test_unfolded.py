"""Of a case that has no state at a center, the same offices see it at every center, in whatever order words came."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.fold import Entry, Ruling, Verdict
from station_app.exchange.unfolded import who_saw
from tests.domain.casework import (
    AT_TOWNSHIP,
    AT_VILLAGE,
    COUNTY,
    TOWNSHIP,
    VILLAGE,
    Casework,
    at_township,
    offered,
    registered,
)


def ruled(work: Casework, verdict: Verdict) -> list[Ruling]:
    return [*work.rulings, Ruling(1, "event-1", verdict, "cloned-pc", None, "z-ruling")]


def without_bodies(work: Casework) -> list[Entry]:
    return [replace(entry, effects=None) for entry in work.entries]


def test_a_case_that_never_stood_is_seen_by_its_opener_also_where_it_had_stood_for_a_while() -> None:
    """Two counties ruled on a cloned PC's case; the one that let it stand kept showing it to a township; seed 195."""
    work = offered()
    words = ruled(work, Verdict.NEEDS_REVIEW)
    assert who_saw(work.entries, words, (VILLAGE, TOWNSHIP), "", COUNTY) == (VILLAGE,)
    assert who_saw(work.entries, words, (VILLAGE,), "", COUNTY) == (VILLAGE,)


def test_an_opening_that_nobody_has_ruled_on_or_that_is_a_strangers_shows_it_to_nobody_else() -> None:
    work = registered()
    assert who_saw(work.entries, [], (VILLAGE, TOWNSHIP), "", COUNTY) == (VILLAGE, TOWNSHIP)
    assert who_saw(work.entries, ruled(work, Verdict.LATE), (TOWNSHIP,), "", COUNTY) == (TOWNSHIP,)


@pytest.mark.parametrize("before", [(), (VILLAGE,), (VILLAGE, TOWNSHIP)])
def test_a_closed_case_without_contents_is_seen_by_whoever_wrote_what_stood(before: tuple[str, ...]) -> None:
    """A village moved after the contents were removed: no center brought its new county what others wrote; seed 213."""
    work = at_township()
    assert who_saw(without_bodies(work), work.rulings, before, COUNTY, COUNTY) == (VILLAGE, TOWNSHIP)
    late = replace(work.entry("note", AT_VILLAGE), event_id="event-x", org="elsewhere", effects=None)
    assert "elsewhere" not in who_saw([*without_bodies(work), late], work.rulings, before, COUNTY, COUNTY)


def test_where_bodies_are_only_not_here_yet_nobody_is_added() -> None:
    work = at_township()
    work.act("opinion", AT_TOWNSHIP)
    assert who_saw(without_bodies(work), work.rulings, (VILLAGE,), "", COUNTY) == (VILLAGE,)
