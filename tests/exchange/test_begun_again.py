"""A subject that is begun once more shows itself to nobody by that: found by a reader, who got a whole case so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.effects import Effects
from station_app.domain.lanes import SubjectKind
from station_app.exchange.returning import note_returned
from tests.exchange.makers import (
    BATCH,
    CASE,
    NOTE,
    OPEN,
    OTHER,
    TOWNSHIP,
    VILLAGE,
    Center,
    Device,
    answers,
    center_with,
)

OWN_CASE = "d" * 32
SEEN = {("case", CASE): (VILLAGE,)}


def _center(*, restored: bool) -> tuple[Center, Device, Device]:
    """Return a center with a case of a village and one of another office, and both PCs."""
    village, other = Device(VILLAGE), Device(OTHER)
    village.write("register", OPEN)
    village.write("note", NOTE)
    other.write("register", OPEN, subject=(SubjectKind.CASE, OWN_CASE))
    center = center_with(village, other)
    center.push(village)
    center.push(other)
    center.rule()
    if restored:
        with center.store.write() as book:
            book.save_setting("center", {**book.setting("center"), "forked_from": "0" * 16})
    return center, village, other


@pytest.mark.parametrize("restored", [False, True])
@pytest.mark.parametrize("by_push", [False, True])
def test_a_second_opening_of_a_case_brings_it_to_nobody(restored: bool, by_push: bool) -> None:
    center, _, other = _center(restored=restored)
    before = center.book.feed_head(OTHER)
    again = other.write("register", OPEN, base=other.wrote[0].event_id)
    code = answers(center.push(other))[1][2] if by_push else center.give_back([again]).codes[0]
    stored = restored and not by_push
    assert code == ("" if stored else "not-a-party")
    assert center.book.viewers([("case", CASE)]) == SEEN
    center.rule()
    assert center.book.viewers([("case", CASE)]) == SEEN
    # What it has written itself comes back to it, and the ruling on that.
    rows = [center.store.tables.feed[OTHER, n] for n in range(before + 1, center.book.feed_head(OTHER) + 1)]
    about = [center.store.tables.events[row.event_id].header for row in rows if row.event_id]
    assert [(header.org, header.type) for header in about if header.type != "ruling"] == (
        [(OTHER, "register")] if stored else []
    )


def test_who_names_an_event_of_another_case_has_not_seen_this_one() -> None:
    center, _, other = _center(restored=True)
    other.write("note", NOTE, base=other.wrote[0].event_id)
    assert answers(center.push(other))[1] == (2, "refused", "not-a-party")


def test_at_a_restored_center_what_goes_on_with_something_lost_is_kept() -> None:
    center, _, other = _center(restored=True)
    other.write("note", NOTE, base="f" * 64)
    assert answers(center.push(other))[1] == (2, "stored", "")


def test_a_batch_is_shown_to_whom_its_first_event_names_and_to_no_other() -> None:
    village, other = Device(VILLAGE), Device(OTHER)
    offered = {"number": "1", "to": TOWNSHIP, "offered_on": "", "offered_by": "", "lines": []}
    village.write("batch_offer", Effects(batch=offered), subject=(SubjectKind.BATCH, BATCH))
    center = center_with(village, other)
    center.push(village)
    village.write("batch_offer", Effects(batch={**offered, "to": OTHER}), subject=(SubjectKind.BATCH, BATCH))
    center.push(village)
    assert center.book.viewers([("batch", BATCH)]) == {("batch", BATCH): (VILLAGE, TOWNSHIP)}
    assert center.book.feed_head(OTHER) == 0


def test_an_opening_that_comes_after_what_goes_on_with_it_still_shows_the_case() -> None:
    village, town = Device(VILLAGE), Device(TOWNSHIP)
    opened = village.write("register", OPEN)
    noted = town.write("note", NOTE, base=opened.event_id)
    center = center_with(village, town)
    with center.store.write() as book:
        book.save_setting("center", {**book.setting("center"), "forked_from": "0" * 16})
    assert center.give_back([noted]).codes == ("",)
    assert center.book.viewers([("case", CASE)]) == {("case", CASE): ()}
    assert center.give_back([opened]).codes == ("",)
    assert center.book.viewers([("case", CASE)]) == {("case", CASE): (VILLAGE,)}


def test_who_only_writes_on_a_case_that_a_center_has_lost_does_not_come_to_see_it() -> None:
    """A stranger's note came back first: all that came after it went to that office too (seed 35, by a check anew)."""
    village, stranger = Device(VILLAGE), Device(OTHER)
    village.write("register", OPEN)
    village.write("note", NOTE)
    center = center_with(village, stranger)
    with center.store.write() as book:
        book.save_setting("center", {**book.setting("center"), "forked_from": "0" * 16, "healing": True})
    stranger.write("note", NOTE)
    assert answers(center.push(stranger))[0][1] == "stored"
    assert center.give_back(village.wrote).codes == ("", "")
    # Its own note is all it has, as its id or whole.
    assert {row.event_id for (org, _), row in center.store.tables.feed.items() if org == OTHER} == {
        stranger.wrote[0].event_id
    }


def test_a_number_far_ahead_does_not_come_in_by_being_given_back_either() -> None:
    """Refused when it was pushed, a PC gave it back later; from then on no ruling and no PC could go on behind it."""
    for restored in (False, True):
        center, village, _ = _center(restored=restored)
        village.chain = replace(village.chain, lamport=2**53 - 2)
        assert center.give_back([village.write("note")]).codes == ("lamport-ahead",)


@pytest.mark.parametrize("by_push", [False, True])
def test_a_batch_event_that_says_nothing_readable_holds_up_no_other(by_push: bool) -> None:
    """What it says was looked at before it was judged: the whole request was refused, at every try."""
    village, town = Device(VILLAGE), Device(TOWNSHIP)
    offered = {"number": "1", "to": TOWNSHIP, "offered_on": "", "offered_by": "", "lines": []}
    village.write("batch_offer", Effects(batch=offered), subject=(SubjectKind.BATCH, BATCH))
    center = center_with(village, town)
    center.push(village)
    damaged = replace(town.write("batch_receive", NOTE, subject=(SubjectKind.BATCH, BATCH)), body=b"damaged")
    town.wrote[0] = damaged
    town.write("register", OPEN)
    codes = [code for _, _, code in answers(center.push(town))] if by_push else center.give_back(town.wrote).codes
    assert list(codes) == ["body-not-bound", ""]


def test_who_gives_back_a_case_page_by_page_is_not_told_to_forget_it_before_its_beginning_is_back() -> None:
    """The first page had not the opening: the PC obeyed, and gave that back without what it says."""
    village, town = Device(VILLAGE), Device(TOWNSHIP)
    opened = village.write("register", OPEN)
    noted = village.write("note", NOTE)
    own = town.write("note", NOTE, base=opened.event_id)
    center = center_with(village, town)
    with center.store.write() as book:
        book.save_setting("center", {**book.setting("center"), "forked_from": "0" * 16})
    for page in ([noted, own], [opened]):
        assert set(center.give_back(page).codes) == {""}
        with center.store.write() as book:
            note_returned(book, TOWNSHIP, page, by_center=False)
        kinds = [row.kind for (org, _), row in center.store.tables.feed.items() if org == TOWNSHIP]
        assert ("revoke" in kinds) is (page == [opened])
