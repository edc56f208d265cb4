"""A county's center that is set back while the city has gone on with what that county had brought."""

from __future__ import annotations

import pytest

from station_app.domain.cases import Case, CaseState
from station_app.usecases.hand_over import Count, receive_batch
from station_app.usecases.run_action import act_on_case
from station_app.usecases.run_center import publish_organisations
from tests.simulate.machines import Pc
from tests.simulate.story import Story
from tests.simulate.tree import CITY, COUNTY, TOWNSHIP, VILLAGE


def _carried_up(story: Story, case: Case, giver: Pc, taker: Pc) -> None:
    number = story.offer(story.shown(giver, case), pc=giver)
    story.sync(giver, story.county, taker)
    story.draw()
    receive_batch(taker.desks[0], number, Count())
    story.sync(taker, story.county, giver)


@pytest.mark.parametrize("told", [True, False])
def test_what_the_city_has_decided_since_the_backup_comes_home_all_the_same(told: bool) -> None:
    # The city has a PC in the worlds of some seeds.
    story = Story(seed=2)
    village, town, county, city = (story.pc(org) for org in (VILLAGE, TOWNSHIP, COUNTY, CITY))
    case = story.register(item="M-1")
    story.sync(village)
    _carried_up(story, case, village, town)
    _carried_up(story, case, town, county)
    before = story.backup(story.county)
    _carried_up(story, case, county, city)
    story.draw()
    act_on_case(city.desks[0], case.case_id, "accept_application", {})
    act_on_case(city.desks[1], case.case_id, "grant", {"result": "准予"})
    story.sync(city, story.county)
    story.restore(story.county, before, told=told)
    story.rest()
    for pc in (village, town, county, city):
        shown = story.shown(pc, case)
        assert (shown.state, shown.custody.holder, shown.not_standing) == (CaseState.GRANTED, CITY, {}), pc.name


def test_a_city_ends_its_healing_though_it_has_heard_more_of_a_county_than_that_knows_of_itself() -> None:
    """The county's own word, of an older number, is nothing that the city has lost (seed 2901)."""
    story = Story()
    county, city = story.county, story.world.centers[CITY]
    story.sync(county)
    before = story.backup(county)
    with county.store.write() as book:
        for _ in range(4):
            publish_organisations(book, county.clerk)
    story.sync(county)
    kept = story.backup(city)
    story.restore(county, before, told=False)
    with county.store.write() as book:
        publish_organisations(book, county.clerk)
    story.restore(city, kept)
    assert city.healing
    story.sync(*story.world.counties, *story.world.counties)
    assert not city.healing
