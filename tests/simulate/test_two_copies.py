"""Two PCs of one disk image, both alive (docs/sync.md §7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from station_app.protocol.exchange_records import OWN
from tests.simulate.happenings import restores
from tests.simulate.story import Story
from tests.simulate.tree import TOWNSHIP


@pytest.mark.parametrize("twin_first", [False, True], ids=["the first syncs first", "the second syncs first"])
def test_two_pcs_of_one_disk_image_used_for_a_week_lose_nothing(*, twin_first: bool) -> None:
    story = Story()
    world, pc = story.world, story.village
    case = story.register()
    story.sync(pc, story.township)
    story.draw(world.pcs.index(pc))
    assert restores.clone(world)
    twin = world.pcs[-1]
    for _ in range(7):
        world.passed += timedelta(days=1)
        for one in (pc, twin):
            story.register(one)
            story.note(one, case)
    story.sync(*((twin, pc, twin, pc) if twin_first else (pc, twin, pc, twin)))
    assert story.county.store.tables.stations[pc.device].cloned
    story.rest()
    events = story.county.store.tables.events
    assert set(world.watch.confirmed) <= set(events)
    assert pc not in world.pcs
    assert twin not in world.pcs


def test_what_one_of_two_copies_gave_back_to_a_restored_center_comes_to_the_other_by_comparing() -> None:
    """Both have one key, and the office is told that it has what was given back (seed 765)."""
    story = Story()
    world, pc, village = story.world, story.township, story.village
    kept = story.backup(story.county)
    story.draw(world.pcs.index(pc))
    assert restores.clone(world)
    twin = world.pcs[-1]
    case = story.register()
    story.offer(case)
    story.sync(village, twin)
    story.restore(story.county, kept)
    story.sync(pc, twin, twin)
    given = {event.event_id for event in twin.store.tables.subjects[case.case_id]}
    feed = {row.event_id: row.kind for (org, _), row in story.county.store.tables.feed.items() if org == TOWNSHIP}
    assert given <= set(feed)
    assert {feed[event_id] for event_id in given} == {OWN}
    assert not given & set(pc.store.tables.events)
    story.sync(pc)
    assert given <= set(pc.store.tables.events)
    story.rest()
