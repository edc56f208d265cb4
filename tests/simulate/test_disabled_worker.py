"""A worker whose account is closed: what was sent counts, what comes later is held, nothing more is written."""

from __future__ import annotations

import pytest

from station_app.domain.errors import StationError
from station_app.usecases.held_events import admit_event
from station_app.usecases.run_action import act_on_case
from tests.simulate.happenings import revocations
from tests.simulate.story import Story


def test_what_a_disabled_worker_had_sent_counts_and_what_comes_later_is_held_until_two_take_it_in() -> None:
    story = Story()
    pc, county = story.village, story.county
    sent = story.register()
    story.sync(pc)
    unsent = story.register()
    story.draw()
    act_on_case(pc.desks[1], sent.case_id, "note", {"text": "同事的备注"})
    revocations.close_account(story.world, pc, pc.desks[0].worker)
    story.rest()
    events = county.store.tables.events
    assert {e.header.type for e in events.values() if e.header.subject_id == sent.case_id} >= {"register", "note"}
    assert set(county.store.tables.refused.values()) == {"worker-disabled"}
    [(number, held)] = revocations._held(county)
    assert story.shown(pc, sent).provisional is False
    story.world.watch.admitted.add(held)
    story.draw()
    with county.store.write() as book:
        admit_event(book, county.clerk, number, revocations._ADMINISTRATORS, story.world.scheme.verify_many)
    county.ruler_awake = True
    story.rest()
    assert held in county.store.tables.events
    assert story.shown(pc, unsent).provisional is False


def test_a_worker_who_is_still_signed_in_writes_no_more_once_the_pc_has_heard_and_the_others_go_on() -> None:
    story = Story()
    pc = story.village
    story.register()
    revocations.close_account(story.world, pc, pc.desks[0].worker)
    late = story.register()
    story.sync(pc)
    with pytest.raises(StationError, match="worker-disabled"):
        story.register()
    with pytest.raises(StationError, match="worker-disabled"):
        story.note(pc, late)
    story.draw()
    act_on_case(pc.desks[1], late.case_id, "note", {"text": "接着办"})
    story.rest()
