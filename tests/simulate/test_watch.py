"""What the simulator's watch counts and lets pass, in stories in which one thing happens."""

from __future__ import annotations

from datetime import timedelta

from station_app.usecases.hand_over import Count, receive_batch
from station_app.usecases.run_action import act_on_case
from tests.simulate.happenings import work
from tests.simulate.machines import Pc
from tests.simulate.story import Story


def _take_in(story: Story, pc: Pc, number: str) -> None:
    story.draw()
    receive_batch(pc.desks[0], number, Count())
    story.sync(pc)


def test_a_hand_over_counts_when_it_is_taken_and_not_when_it_is_offered() -> None:
    story = Story()
    case, left = story.register(), story.register()
    number = story.offer(case)
    story.offer(left)
    story.sync(story.village, story.township)
    handed = story.world.watch.handed
    assert not handed
    _take_in(story, story.township, number)
    [accept] = handed
    assert story.township.store.tables.events[accept].header.subject_id == case.case_id


def test_an_accept_that_comes_late_is_no_hand_over_but_the_reclaim_that_was_first_is() -> None:
    story = Story()
    case = story.register()
    number = story.offer(case)
    story.sync(story.village, story.township)
    story.world.passed += timedelta(days=4)
    county = story.pc(story.county.org)
    story.draw()
    act_on_case(story.village.desks[0], case.case_id, "request_withdrawal", {"reason": "交错了"})
    story.sync(story.village, county)
    story.draw()
    work._note_exchange(county)
    form = {"to": "giver", "reason": "三日未接收", "slip": "no", "call": ""}
    act_on_case(county.desks[0], case.case_id, "reclaim", form)
    story.sync(county)
    _take_in(story, story.township, number)
    watch = story.world.watch
    [reclaim] = watch.handed
    assert county.store.tables.events[reclaim].header.type == "reclaim"
    assert watch.late == 1
