"""By which two digits a PC prints its numbers, when its center has forgotten that it gave them."""

from __future__ import annotations

from tests.simulate.happenings import restores
from tests.simulate.machines import Pc
from tests.simulate.story import Story


def _set_back(story: Story, pc: Pc, kept: restores.Backup) -> None:
    restores._put(story.world, pc, kept)
    story.world.restart(pc)


def test_a_pc_that_was_set_back_keeps_its_new_digits_where_its_center_has_forgotten_giving_them() -> None:
    """It was given others, which another PC that the center had forgotten was printing under (seed 1471)."""
    story = Story()
    pc = story.township
    story.sync(pc)
    kept, before = story.backup(story.county), story.backup(pc)
    first = pc.identity().tag
    story.register(pc)
    _set_back(story, pc, before)
    story.sync(pc)
    given = pc.identity()
    assert given.tag != first
    story.restore(story.county, kept)
    story.sync(pc)
    assert pc.identity() == given
    epochs = story.county.store.tables.epochs
    assert epochs[pc.device, given.epoch].tag == given.tag
    story.rest()
