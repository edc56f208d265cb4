"""What becomes of a document whose number a center uses a second time, before it knows that it was restored."""

from __future__ import annotations

import pytest

from station_app.center.healing import end_healing
from station_app.usecases.holding import is_revoked
from station_app.usecases.revoking import revoke
from station_app.usecases.run_center import CALENDAR, DIRECTORY, publish, publish_organisations
from tests.simulate.building import calendar, new_pc
from tests.simulate.happenings import revocations
from tests.simulate.machines import Pc
from tests.simulate.story import Story
from tests.simulate.tree import NEXT_TOWNSHIP, NEXT_VILLAGE, directory


def _declare_restored(story: Story) -> None:
    with story.county.store.write() as book:
        book.start_center_epoch("f" * 16)


def _publish(story: Story, kind: str, word: str) -> int:
    content = {DIRECTORY: directory().to_json(), CALENDAR: calendar(1)}[kind]
    with story.county.store.write() as book:
        return publish(book, story.county.clerk, kind, {**content, "source": word})


def _shown(pc: Pc, kind: str) -> str:
    with pc.store.read() as book:
        document = book.document(kind)
    assert document is not None
    return str(document.content["source"])


def test_a_pc_whose_revocation_a_center_lost_and_overwrote_is_revoked_again() -> None:
    """Stations showed only documents of a higher number, and a center heeded no other (behind seed 2870)."""
    story = Story()
    county, stolen, others = story.county, story.village, story.township
    story.rest()
    before = story.backup(county)
    with county.store.write() as book:
        heads = revoke(book, county.clerk, stolen.device, "被盗", "管理员")
    story.world.watch.limits[stolen.device] = {entry["epoch"]: entry["seq"] for entry in heads}
    story.sync(others)
    story.restore(county, before, told=False)
    with county.store.write() as book:
        publish_organisations(book, county.clerk)
        assert not is_revoked(book, stolen.device)
    _declare_restored(story)
    story.rest()
    with county.store.read() as book:
        assert is_revoked(book, stolen.device)
    with others.store.read() as own:
        assert stolen.device in own.limits().devices


def test_an_account_that_was_closed_in_a_document_that_a_center_lost_and_overwrote_is_closed_again() -> None:
    story = Story()
    county = story.county
    story.rest()
    before = story.backup(county)
    worker = story.village.desks[0].worker
    revocations.close_account(story.world, story.village, worker)
    story.sync(story.township)
    story.restore(county, before, told=False)
    with county.store.write() as book:
        publish_organisations(book, county.clerk)
        assert not book.account_named(worker.name).disabled
    _declare_restored(story)
    story.rest()
    with county.store.read() as book:
        assert book.account_named(worker.name).disabled
        assert worker.person_id in book.limits().people


@pytest.mark.parametrize("kind", [DIRECTORY, CALENDAR])
def test_of_two_documents_of_one_number_that_of_the_healed_center_counts_and_the_other_stays(kind: str) -> None:
    story = Story()
    story.rest()
    before = story.backup(story.county)
    number = _publish(story, kind, "丢失的")
    story.sync(story.township)
    story.restore(story.county, before, told=False)
    assert _publish(story, kind, "后来的") == number
    _declare_restored(story)
    story.rest()
    assert {_shown(pc, kind) for pc in (story.village, story.township)} == {"后来的"}
    kept = story.township.store.tables.documents[kind, number]
    assert kept.content["source"] == "丢失的"


def test_a_pc_that_comes_after_the_healing_with_higher_numbers_goes_by_what_the_center_publishes() -> None:
    story = Story()
    story.rest()
    before = story.backup(story.county)
    for word in ("丢失的一", "丢失的二", "丢失的三"):
        _publish(story, DIRECTORY, word)
    story.sync(story.township)
    story.restore(story.county, before)
    with story.county.store.write() as book:
        end_healing(book, story.county.clerk)
    _publish(story, DIRECTORY, "现在的")
    story.rest()
    assert _shown(story.township, DIRECTORY) == "现在的"


def test_a_pc_that_no_center_knew_when_it_healed_gets_what_was_published_then() -> None:
    """Its office had no other PC, so nothing had gone into that feed (found by seed 3077)."""
    story = Story()
    world, county = story.world, story.county
    org = next(org for org in (NEXT_TOWNSHIP, NEXT_VILLAGE) if all(pc.org != org for pc in world.pcs))
    story.rest()
    before = story.backup(county)
    late = new_pc(world.site, "late", county, org)
    world.pcs.append(late)
    world.look_after(late)
    story.sync(late)
    story.restore(county, before)
    with county.store.write() as book:
        end_healing(book, county.clerk)
    _publish(story, CALENDAR, "现在的")
    story.rest()
    assert _shown(late, CALENDAR) == "现在的"
