"""What was refused of a case whose contents are removed: the removal names it, and its words are with nobody more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from station_app.domain.removals import Reach
from station_app.usecases.body_removal import Order, remove_next
from station_app.usecases.times import local_day
from tests.simulate.invariants import ViolationError
from tests.simulate.story import Story


def _closed_with_a_refused_note() -> tuple[Story, str]:
    """Tell of a case that has been closed, with a note that the center has refused; return the id of the note too."""
    story = Story()
    village, town, case = story.village, story.township, story.register()
    number = story.offer(case)
    story.sync(village, town)
    story.close(case, number)
    village.smudge = True
    story.note(village, case)
    story.sync(village, town)
    [note] = [event for event in village.store.tables.events.values() if event.header.type == "note"]
    assert story.county.store.tables.refused[note.event_id] == "signature-wrong"
    return story, note.event_id


def _remove(story: Story, where: Reach) -> None:
    clerk = story.county.clerk
    order = Order(local_day(clerk.now()) + timedelta(days=1), where, "档案保管期限规定", ("管理员一", "管理员二"))
    with story.county.store.write() as book:
        assert remove_next(book, clerk, story.county.parts.desk, order).removed == 1


@pytest.mark.parametrize("where", list(Reach))
def test_what_was_refused_and_then_removed_with_its_case_is_not_missed(where: Reach) -> None:
    """No center has it in its journal: the check took its words for lost (seeds 2967, 3336)."""
    story, note = _closed_with_a_refused_note()
    _remove(story, where)
    story.rest()
    assert story.village.store.tables.events[note].body is None


@pytest.mark.parametrize("where", [None, Reach.VILLAGE])
def test_what_was_refused_and_loses_its_words_without_their_removal_is_found(where: Reach | None) -> None:
    """Nothing was removed, or at the villages alone: then the center still has to have the words."""
    story, note = _closed_with_a_refused_note()
    if where:
        _remove(story, where)
    with story.village.store.write() as own, story.county.store.write() as book:
        own._replace(replace(own.tables.events[note], body=None))
        book.erase_bodies({note})
    with pytest.raises(ViolationError, match=f"I1.*{note} says is nowhere"):
        story.rest()
