"""What a PC has of its center's documents, when it has every event and is behind in those."""

from __future__ import annotations

from station_app.usecases.run_center import ORGANISATIONS, publish_organisations
from tests.simulate.happenings import restores
from tests.simulate.story import Story


def _number_at(story: Story) -> int:
    with story.township.store.read() as book:
        document = book.document(ORGANISATIONS)
    assert document is not None
    return document.number


def test_a_pc_set_back_behind_its_centers_new_numbering_gets_the_documents_though_it_lacks_no_event() -> None:
    """Its sum was that of the center, so it went to the head of the new feed, past the documents (seed 750)."""
    story = Story()
    township = story.township
    story.sync(township)
    kept, before = story.backup(township), story.backup(story.county)
    story.restore(story.county, before)
    story.rest()
    with story.county.store.write() as book:
        publish_organisations(book, story.county.clerk)
    story.sync(township)
    number = _number_at(story)
    restores._put(story.world, township, kept)
    story.draw()
    story.world.restart(township)
    assert _number_at(story) < number
    assert township.link().incarnation != story.county.setting("center")["incarnation"]
    story.rest()
    assert _number_at(story) == number
