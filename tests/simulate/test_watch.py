"""What the simulator's watch counts and lets pass, in stories in which one thing happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from station_app.exchange import intake, rulings
from station_app.protocol.event import Event
from station_app.usecases.hand_over import Count, receive_batch
from station_app.usecases.lost_numbers import lost_numbers
from station_app.usecases.run_action import act_on_case
from station_app.usecases.serials import NOTED_DAYS
from tests.simulate import at_rest
from tests.simulate.at_rest import check_at_rest
from tests.simulate.broken import BROKEN
from tests.simulate.happenings import restores, revocations, work
from tests.simulate.invariants import ViolationError
from tests.simulate.lapses import limit_at, limited_in
from tests.simulate.machines import Pc
from tests.simulate.story import Story
from tests.simulate.tree import VILLAGE

Patch = Callable[[pytest.MonkeyPatch], None]


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


def _healed() -> Story:
    """Tell of a county that was set back, and has got back all that it lost."""
    story = Story()
    kept = story.backup(story.county)
    story.offer(story.register())
    story.sync(story.village, story.township)
    story.restore(story.county, kept)
    story.rest()
    assert story.county.restored
    assert not story.county.healing
    return story


def _note(story: Story) -> None:
    case = story.register()
    story.note(story.village, case)
    story.sync(story.village)


def _offer(story: Story) -> None:
    story.offer(story.register())
    story.sync(story.village, story.township)


def _revoke(story: Story) -> None:
    story.draw()
    with story.county.store.write() as book:
        heads = revocations.revoke(book, story.county.clerk, story.village.device, "被盗", "管理员")
    known = {(story.village.device, entry["epoch"]): entry["seq"] for entry in heads}
    story.world.watch.limits[story.village.device] = limit_at(story.county.store.tables, known)


def _go_on_after_the_theft(story: Story) -> None:
    _revoke(story)
    story.sync(story.village)
    story.register()
    story.sync(story.village)


def _go_on_after_the_limit_came_back(story: Story) -> None:
    """The center had forgotten it once, and knows it again."""
    story.world.watch.lapse(story.county).limits.add(story.village.device)
    _go_on_after_the_theft(story)


def _acks_without_storing(patch: pytest.MonkeyPatch) -> None:
    keep = intake.keep

    def forgetful(view: Any, plan: Any, event: Any) -> None:
        keep(view, plan, event)
        if event.header.type == "note":
            kept = plan.stored.pop()
            plan.placements = [placed for placed in plan.placements if placed.event_id != kept.event_id]

    patch.setattr(intake, "keep", forgetful)


@pytest.mark.parametrize(
    ("breaks", "found_by", "act"),
    [
        (_acks_without_storing, "I1", _note),
        (BROKEN["the cursor is saved before the rows"].patch, "I5", _offer),
        (BROKEN["the limit of a revoked PC is not looked at"].patch, "I3", _go_on_after_the_theft),
        (BROKEN["the limit of a revoked PC is not looked at"].patch, "I3", _go_on_after_the_limit_came_back),
    ],
)
def test_a_restore_long_ago_hides_no_broken_program(
    breaks: Callable[[pytest.MonkeyPatch], None],
    found_by: str,
    act: Callable[[Story], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    act(_healed())
    story = _healed()
    breaks(monkeypatch)
    with pytest.raises(ViolationError, match=found_by):
        act(story)


def test_a_pc_of_a_center_that_was_restored_is_not_taken_for_a_copy() -> None:
    story = _healed()
    story.draw()
    with pytest.raises(ViolationError, match="I10"), story.village.store.write() as book:
        book.start_epoch("ab" * 8)


def test_a_pc_that_was_set_back_is_not_taken_for_a_copy_for_ever() -> None:
    story = Story()
    kept = story.backup(story.village)
    story.register()
    restores._put(story.world, story.village, kept)
    story.draw()
    story.world.restart(story.village)
    assert story.village.identity().forked_from in story.village.set_back_in
    story.rest()
    with pytest.raises(ViolationError, match="I10"), story.village.store.write() as book:
        book.start_epoch("cd" * 8)


def test_another_event_in_a_place_that_was_taken_when_the_limit_was_set_does_not_count() -> None:
    story = Story()
    twin = story.backup(story.village)
    story.register()
    story.sync(story.village)
    first = [event for event in story.county.store.tables.events.values() if _is_of(story.village, event)]
    limit = limit_at(story.county.store.tables, {(first[-1].header.origin, first[-1].header.epoch): len(first)})
    story.village.store.put_copy(twin.copy)
    story.register(item="C-1")
    other = [event for event in story.village.store.tables.events.values() if _is_of(story.village, event)]
    assert [limit.has(event) for event in (*first, *other)] == [True, False]


def _write_anew(*, given_back: bool) -> str:
    """Tell of a stolen PC that is set back with its center to before all that it wrote, and writes something else.

    Args:
        given_back: the township gives back first to the center what the PC had written.

    Returns:
        The event that comes in the place of another, within the limit by its number, where the center took it in.
    """
    story = Story()
    village, county = story.village, story.county
    story.sync(village, story.township)
    kept, copy = story.backup(county), story.backup(village)
    case = story.register()
    if given_back:
        story.offer(case)
    story.sync(village)
    _revoke(story)
    story.sync(story.township)
    story.restore(county, kept)
    restores._put(story.world, village, copy)
    village.sidecar, village.may_repeat = copy.sidecar, True
    story.draw()
    story.world.restart(village)
    story.sync(story.township)
    assert village.device in limited_in(county.store.tables)
    assert (case.case_id in county.store.tables.subjects) is given_back
    other = story.register(item="C-1")
    story.sync(village)
    [event_id] = [i for i, event in village.store.tables.events.items() if event.header.subject_id == other.case_id]
    assert not story.world.watch.limits[village.device].has(village.store.tables.events[event_id])
    return event_id if event_id in county.store.tables.events else ""


def test_a_restored_center_knows_by_its_limits_only_the_number_until_the_event_is_back() -> None:
    """The watch wanted it held, where the center had got back the limit and not what stood in that place (seed 410)."""
    assert _write_anew(given_back=False)
    assert not _write_anew(given_back=True)


def test_what_a_restored_center_takes_in_beside_the_chain_that_is_back_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "place_of", lambda _event: None)
    with pytest.raises(ViolationError, match=r"I3.*beyond the limit"):
        _write_anew(given_back=True)


def _is_of(pc: Pc, event: Event) -> bool:
    return event.header.origin == pc.device


def test_an_office_is_told_of_no_visit_that_its_restored_center_never_had() -> None:
    story = _healed()
    with story.township.store.write() as book:
        book.save_seen_below({VILLAGE: "2030-01-01T00:00:00Z"})
    with pytest.raises(ViolationError, match="I9"):
        check_at_rest(story.world)


def test_a_center_that_was_restored_rules_on_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    story = _healed()
    case = story.register()
    story.sync(story.village)
    monkeypatch.setattr(rulings, "left_out", lambda entries, _: [e for e in entries if e.in_custody_lane])
    story.offer(case)
    with pytest.raises(ViolationError, match="I2"):
        story.sync(story.village)


def _set_back_twice(days: int) -> tuple[Story, str, str]:
    """Tell of a PC that is set back to one copy twice, and of what it printed, unsent, before each of the two."""
    story = Story()
    pc = story.village
    story.sync(pc)
    kept = story.backup(pc)
    printed = []
    for passed in (0, days):
        story.world.passed += timedelta(days=passed)
        printed.append(story.register().number)
        restores._put(story.world, pc, kept)
        story.world.restart(pc)
    return story, printed[0], printed[1]


@pytest.mark.parametrize("days", [NOTED_DAYS, NOTED_DAYS + 1])
def test_a_pc_set_back_twice_tells_the_numbers_that_it_had_noted_before_the_second(days: int) -> None:
    """Of what was lost longer before only the events are known any more; the watch wanted the number (seed 401)."""
    story, first, second = _set_back_twice(days)
    told = {first, second} if days == NOTED_DAYS else {second}
    story.rest()
    with story.village.store.read() as book:
        assert set(lost_numbers(book)) == told
    assert story.world.stats["lost numbers told"] == len(told)


@pytest.mark.parametrize("days", [NOTED_DAYS, NOTED_DAYS + 1])
def test_a_number_of_which_a_pc_set_back_twice_tells_nobody_is_found(
    days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, _, second = _set_back_twice(days)
    story.rest()
    monkeypatch.setattr(at_rest, "lost_numbers", lambda book: [n for n in lost_numbers(book) if n != second])
    with pytest.raises(ViolationError, match=f"I1.*{second}"):
        check_at_rest(story.world)
