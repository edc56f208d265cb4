"""A center that was set back to before an office was told to forget a case, which it then has to see once more."""

from __future__ import annotations

from station_app.domain.cases import Case
from station_app.usecases.hand_over import Count, receive_batch
from station_app.usecases.run_action import act_on_case
from tests.simulate.story import Story
from tests.simulate.tree import COUNTY


def _offered_and_asked_back(story: Story, case: Case) -> str:
    """Hand a case over and ask it back at once: the county then sees it, as long as that is open."""
    number = story.offer(story.shown(story.village, case))
    act_on_case(story.village.desks[0], case.case_id, "request_withdrawal", {"reason": "交错了"})
    return number


def test_an_office_that_forgot_what_its_restored_center_still_counts_as_seen_gets_it_back() -> None:
    """Both had the same events, so the PC went to the head of the new feed, past the rows that bring the case anew."""
    story = Story()
    township, village, county = story.township, story.village, story.pc(COUNTY)
    case = story.register()
    number = _offered_and_asked_back(story, case)
    story.sync(village, township, county)
    assert not story.shown(county, case).forgotten
    before = story.backup(story.county)
    story.draw()
    receive_batch(township.desks[0], number, Count(rejected={case.case_id: "材料不齐"}))
    story.rest()
    assert story.shown(county, case).forgotten
    story.restore(story.county, before)
    story.sync(township, village, county)
    story.draw()
    act_on_case(village.desks[0], case.case_id, "supply", {"note": "已补齐"})
    _offered_and_asked_back(story, case)
    story.rest()
    assert not story.shown(county, case).forgotten
