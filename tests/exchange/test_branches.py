"""Restored and cloned PCs: two events in one place, earlier epochs, and events that others gave back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.effects import Effects
from station_app.domain.lanes import SubjectKind
from station_app.exchange.ports import Epoch, Head
from tests.exchange.makers import (
    CASE,
    OPEN,
    TOWNSHIP,
    VILLAGE,
    Device,
    answers,
    center_with,
)
from tests.exchange.test_limits import limit, revoked, was_restored


def test_another_event_in_a_taken_place_is_kept_beside_it_and_tells_that_there_are_two() -> None:
    """A PC that was restored from a backup lost what it then wrote: the center refused it as a fork."""
    village, clone = Device(VILLAGE), Device(VILLAGE)
    village.write("register", OPEN)
    other = clone.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    center = center_with(village)
    assert not center.push(village).forked
    branch = center.push(village, [other], first_link=2)
    assert (answers(branch), branch.forked) == ([(2, "stored", "")], True)
    assert answers(center.push(village, [other], first_link=2)) == [(2, "exists", "")]
    assert center.store.tables.heads[village.device, village.epoch] == Head(1, village.wrote[0].event_id)
    village.write("note")
    after = center.push(village, village.wrote[1:], first_link=3)
    assert (answers(after), after.forked) == ([(3, "stored", "")], False)


def test_a_branch_that_grows_beyond_the_trunk_is_the_chain_from_then_on() -> None:
    village, clone = Device(VILLAGE), Device(VILLAGE)
    village.write("register", OPEN)
    clone.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    later = clone.write("note", subject=(SubjectKind.CASE, "d" * 32))
    center = center_with(village)
    center.push(village)
    plan = center.push(clone, first_link=2)
    assert ([word for _, word, _ in answers(plan)], plan.forked) == (["stored", "stored"], True)
    assert center.store.tables.heads[village.device, village.epoch] == Head(2, later.event_id)


def test_an_event_in_a_place_passed_long_ago_whose_predecessor_nobody_has_is_refused_as_a_fork() -> None:
    village, clone = Device(VILLAGE), Device(VILLAGE)
    village.write("register", OPEN)
    village.write("note")
    village.write("note")
    clone.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    stray = clone.write("note", subject=(SubjectKind.CASE, "d" * 32))
    center = center_with(village)
    center.push(village)
    plan = center.push(village, [stray], first_link=4)
    assert (answers(plan), plan.forked) == ([(4, "refused", "fork")], False)


def test_events_that_others_gave_back_are_no_gap_for_their_author() -> None:
    """A restored center got events back from other offices; the author's next push must go on behind them."""
    village, town = Device(VILLAGE), Device(TOWNSHIP)
    village.write("register", OPEN)
    village.write("note")
    center = center_with(village, town)
    given_back = center.give_back(village.wrote)
    assert given_back.codes == ("", "")
    assert (village.device, village.epoch) not in center.store.tables.heads
    village.write("note")
    plan = center.push(village)
    assert [word for _, word, _ in answers(plan)] == ["exists", "exists", "stored"]
    assert center.store.tables.heads[village.device, village.epoch] == Head(3, village.wrote[2].event_id)


def test_a_pc_that_writes_anew_in_a_place_that_others_gave_back_is_found_out() -> None:
    """Set back to what its center had of it, nothing told it; another office had the next event by a package."""
    village, copy = Device(VILLAGE), Device(VILLAGE)
    village.write("register", OPEN)
    copy.write("register", OPEN)
    lost = village.write("note")
    anew = copy.write("note", Effects(remark={"kind": "note", "text": "换上备份以后写的"}))
    center = center_with(village)
    center.push(village, village.wrote[:1])
    assert center.give_back([lost]).codes == ("",)
    plan = center.push(copy, [anew], first_link=2)
    assert (answers(plan), plan.forked) == ([(2, "stored", "")], True)
    later = copy.write("note")
    plan = center.push(copy, [later], first_link=3)
    assert (answers(plan), plan.forked) == ([(3, "stored", "")], False)


@pytest.mark.parametrize("is_limited", [False, True])
def test_what_goes_on_behind_events_that_others_gave_back_lies_beside_nothing(*, is_limited: bool) -> None:
    """It was taken for a branch: its PC had to begin a new epoch, and a revoked one had it held that counted."""
    village = Device(VILLAGE)
    village.write("register", OPEN)
    for _ in range(3):
        village.write("note")
    center = center_with(village)
    center.push(village, village.wrote[:1])
    was_restored(center)
    center.give_back(village.wrote[1:3])
    if is_limited:
        limit(center, **revoked(village, 4))
    plan = center.push(village, village.wrote[3:], first_link=2)
    assert (answers(plan), plan.forked) == ([(2, "stored", "")], False)
    assert center.store.tables.heads[village.device, village.epoch] == Head(4, village.wrote[3].event_id)


def test_an_event_behind_one_that_was_given_back_alone_waits_for_the_first() -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    village.write("note")
    center = center_with(village)
    center.give_back(village.wrote[:1])
    village.write("note")
    assert answers(center.push(village, village.wrote[2:])) == [(1, "waiting", "1")]


def test_what_waited_in_an_earlier_epoch_comes_in_its_own_chain_beside_the_new_one() -> None:
    before, after = Device(VILLAGE), Device(VILLAGE, epoch="f" * 16)
    old = before.write("register", OPEN)
    new = after.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    center = center_with(before, after)
    plan = center.push(after, [old, new])
    assert (answers(plan), plan.forked) == ([(1, "stored", ""), (2, "stored", "")], False)
    heads = center.store.tables.heads
    assert heads == {
        (before.device, before.epoch): Head(1, old.event_id),
        (after.device, after.epoch): Head(1, new.event_id),
    }


def test_the_first_event_of_a_later_epoch_needs_none_before_it() -> None:
    before, after = Device(VILLAGE), Device(VILLAGE, epoch="f" * 16)
    before.write("register", OPEN)
    center = center_with(before, after)
    center.push(before)
    after.write("note")
    assert (after.wrote[0].header.seq, after.wrote[0].header.prev) == (1, None)
    plan = center.push(after, first_link=1)
    assert (answers(plan), plan.forked) == ([(1, "stored", "")], False)


def test_what_follows_a_branch_is_taken_in() -> None:
    village, clone = Device(VILLAGE), Device(VILLAGE)
    village.write("register", OPEN)
    village.write("note")
    clone.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    clone.write("note", subject=(SubjectKind.CASE, CASE))
    clone.write("note", subject=(SubjectKind.CASE, CASE))
    center = center_with(village)
    center.push(village)
    plan = center.push(clone, first_link=3)
    assert ([word for _, word, _ in answers(plan)], plan.forked) == (["stored"] * 3, True)
    assert center.store.tables.heads[village.device, village.epoch] == Head(3, clone.wrote[2].event_id)


@pytest.mark.parametrize("under", ["f" * 16, "e" * 16])
def test_a_damaged_event_of_an_earlier_epoch_that_came_alone_holds_nothing_up(under: str) -> None:
    """Its bytes did not say whose it was, so it counted in the new chain; by the simulator (seeds 200 and 420)."""
    before, after = Device(VILLAGE), Device(VILLAGE, epoch="f" * 16)
    lost = before.write("register", OPEN)
    follows = before.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    new = after.write("register", OPEN, subject=(SubjectKind.CASE, "9" * 32))
    center = center_with(before, after)
    damaged = replace(lost, header_bytes=b"damaged")
    between = Device(VILLAGE, epoch=under)
    with center.store.write() as book:
        book.save_epoch(Epoch(before.device, under, 1, "n", "n", ""))
    assert answers(center.push(between, [damaged])) == [(1, "refused", "record-malformed")]
    with center.store.write() as book:
        book.save_epoch(Epoch(before.device, after.epoch, 1, "n", "n", "", link=1))
    plan = center.push(after, [follows, new], first_link=2)
    assert (answers(plan), plan.forked) == ([(2, "stored", ""), (3, "stored", "")], False)
    assert center.store.tables.heads[after.device, after.epoch] == Head(1, new.event_id)
