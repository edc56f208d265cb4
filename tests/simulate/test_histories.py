"""What went wrong in the field for others, played through in the simulated city and checked at rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from station_app.domain.cases import Case, CaseState
from station_app.exchange.station import Wake
from station_app.usecases.hand_over import Count, receive_batch
from station_app.usecases.run_action import act_on_case
from station_app.usecases.run_center import publish_organisations
from tests.fakes import PowerCutError
from tests.simulate.building import add_workers, home_of
from tests.simulate.happenings import moves, restores
from tests.simulate.machines import Center, Machine
from tests.simulate.story import Story
from tests.simulate.tree import COUNTY, FAR_TOWNSHIP, NEXT_TOWNSHIP, OTHER_COUNTY, TOWNSHIP, VILLAGE, workers_of


def _tried(step: Callable[[], object], machine: Machine, cut: str) -> None:
    """Do a step whose first commit is cut short, and do it again as people and programs do."""
    machine.store.cut = cut
    try:
        step()
    except PowerCutError:
        if cut == "before":
            step()
    finally:
        machine.store.cut = ""


@pytest.mark.parametrize("cut", ["", "before", "after"])
@pytest.mark.parametrize("order", list(permutations(("ask back", "accept", "rule"))))
def test_asking_back_races_accepting_in_every_order_with_an_exception_in_each_step(
    order: tuple[str, ...], cut: str
) -> None:
    story = Story()
    case = story.register()
    number = story.offer(case)
    story.sync(story.village, story.township)
    steps: dict[str, tuple[Callable[[], object], Machine]] = {
        "ask back": (lambda: _ask_back(story, case), story.village),
        "accept": (lambda: receive_batch(story.township.desks[0], number, Count()), story.township),
        "rule": (lambda: story.world.rule(story.county), story.county),
    }
    for name in order:
        step, machine = steps[name]
        _tried(step, machine, cut)
        if machine is not story.county:
            story.draw()
            story.world.restart(machine)
            story.world.exchange_now(machine)
    story.rest()
    for pc in (story.village, story.township):
        shown = story.shown(pc, case)
        assert (shown.custody.holder, shown.custody.offer, shown.state) == (TOWNSHIP, None, CaseState.RECEIVED)
        assert not shown.not_standing


def _ask_back(story: Story, case: Case) -> None:
    if not story.shown(story.village, case).custody.offer:
        return
    if not any(remark.content.get("kind") == "withdraw_request" for remark in story.shown(story.village, case).remarks):
        act_on_case(story.village.desks[0], case.case_id, "request_withdrawal", {"reason": "交错了"})


@pytest.mark.parametrize("told", [True, False], ids=["by the operator", "unnoticed"])
@pytest.mark.parametrize("who", [("center",), ("station",), ("center", "station")], ids=" and ".join)
def test_what_is_restored_to_yesterday_gets_back_all_that_any_other_machine_still_has(
    who: tuple[str, ...], *, told: bool
) -> None:
    story = Story()
    first = story.register()
    story.sync(story.village, story.township)
    world, kept = story.world, {}
    for machine in (story.village, story.county):
        kept[machine.name] = story.backup(machine)
    world.passed += timedelta(days=1)
    second = story.register()
    number = story.offer(first, second)
    story.sync(story.village, story.township)
    receive_batch(story.township.desks[0], number, Count())
    story.sync(story.township, story.village)
    if "center" in who:
        restores._put(world, story.county, kept[story.county.name])
        story.county.restored += 1
        world.restart(story.county)
        if told:
            with story.county.store.write() as book:
                book.start_center_epoch("a" * 16)
    if "station" in who:
        restores._put(world, story.village, kept[story.village.name])
        story.draw()
        world.restart(story.village)
    third = story.register()
    assert third.number not in (first.number, second.number)
    story.rest()
    everything = set(world.watch.confirmed)
    assert everything <= set(story.county.store.tables.events)
    assert story.shown(story.village, second).custody.holder == TOWNSHIP
    assert story.shown(story.township, first).state is CaseState.RECEIVED


def test_what_a_pc_had_sent_before_it_was_set_back_with_its_sidecar_comes_back_by_comparing() -> None:
    """It goes on in the same epoch, and is told that it has the event: its row comes as an id alone (seed 809)."""
    story = Story()
    world, pc = story.world, story.village
    case = story.register()
    story.sync(pc)
    kept = story.backup(pc)
    act_on_case(pc.desks[0], case.case_id, "note", {"text": "先写的"})
    story.draw()
    world.happen(pc, Wake())
    world.deliver(world.parcels[0])
    world.lose(world.parcels[0])
    restores._put(world, pc, kept)
    pc.sidecar, pc.may_repeat = kept.sidecar, True
    world.restart(pc)
    act_on_case(pc.desks[0], case.case_id, "note", {"text": "后写的"})
    story.draw()
    world.exchange_now(pc)
    story.rest()
    notes = [event.header for event in pc.store.tables.events.values() if event.header.type == "note"]
    assert [(note.seq, note.epoch) for note in notes] == [(2, notes[0].epoch)] * 2
    assert {remark.content["text"] for remark in story.shown(pc, case).remarks} == {"先写的", "后写的"}


def test_an_event_whose_predecessor_never_arrives_is_kept_and_its_author_told_why() -> None:
    story = Story()
    case = story.register()
    story.sync(story.village, story.township)
    story.village.smudge = True
    story.offer(case)
    act_on_case(story.village.desks[0], case.case_id, "note", {"text": "先交后记"})
    story.rest()
    shown = story.shown(story.village, case)
    offered = next(event for event in story.village.store.tables.events.values() if event.header.type == "offer")
    assert shown.not_standing[offered.event_id] == "signature-wrong"
    assert shown.custody.offer is None
    assert [remark.content["text"] for remark in shown.remarks] == ["先交后记"]


def test_an_event_that_arrives_before_its_predecessor_waits_for_it() -> None:
    story = Story()
    case = story.register()
    story.note(story.village, case)
    with story.village.store.read() as book:
        (_, _), (link, later) = book.outbox(2)
    story.draw()
    tables = story.village.store.tables
    held_back = dict(tables.outbox)
    tables.outbox.pop(1)
    story.world.exchange_now(story.village)
    assert later.event_id not in story.county.store.tables.events
    assert not tables.outbox[link].status
    tables.outbox.update({1: held_back[1]})
    # Back in its place, in front.
    tables.outbox.update({link: tables.outbox.pop(link)})
    story.rest()
    assert later.event_id in story.county.store.tables.events


@pytest.mark.parametrize("to", [NEXT_TOWNSHIP, FAR_TOWNSHIP], ids=["in its county", "to another county"])
def test_a_village_moves_with_twenty_unsent_events(to: str) -> None:
    story = Story()
    world, pc = story.world, story.village
    story.rest()
    cases = [story.register() for _ in range(10)]
    for case in cases:
        story.note(pc, case)
    moves.move(world, story.county.boss if to == FAR_TOWNSHIP else story.county, VILLAGE, to)
    story.rest()
    home = home_of(world.site, VILLAGE)
    assert set(world.watch.confirmed) <= set(home.store.tables.events)
    now = story.pc(VILLAGE)
    assert now.boss is home
    assert {case.case_id for case in cases} <= set(now.store.tables.cases)
    offered = story.offer(story.shown(now, cases[0]), pc=now) if now is pc else ""
    assert offered or to == FAR_TOWNSHIP


@pytest.mark.parametrize("wrong", [datetime(2009, 1, 1, tzinfo=UTC), None], ids=["2009", "three days ahead"])
def test_with_a_wrong_clock_entry_works_and_the_order_is_right(wrong: datetime | None) -> None:
    story = Story()
    pc = story.village
    pc.slow = timedelta(days=3) if wrong is None else wrong - story.world.now()
    case = story.register()
    number = story.offer(case)
    story.sync(pc, story.township)
    receive_batch(story.township.desks[0], number, Count())
    story.rest()
    shown = story.shown(pc, case)
    assert shown.custody.holder == TOWNSHIP
    assert shown.last_ruling[0] == 3
    assert not shown.not_standing


def test_a_city_set_back_to_before_two_moves_takes_in_at_once_what_the_county_in_between_shows() -> None:
    """It asked whose the village's PC was before it had read in the same request of the moves, and refused all."""
    story = Story()
    world, city = story.world, story.county.boss
    story.rest()
    before = story.backup(city)
    moves.move(world, city, VILLAGE, FAR_TOWNSHIP)
    far = world.centers[OTHER_COUNTY]
    with far.store.write() as book:
        add_workers(book, workers_of(VILLAGE))
    story.rest()
    story.register(story.pc(VILLAGE))
    story.rest()
    moves.move(world, city, VILLAGE, TOWNSHIP)
    story.rest()
    story.restore(city, before)
    story.draw()
    world.happen(far, Wake())
    while world.parcels:
        world.deliver(world.parcels[0])
        assert not city.store.tables.refused
    story.rest()
    assert set(world.watch.confirmed) <= set(story.county.store.tables.events)


def test_what_a_restored_center_learns_of_a_pc_is_renewed_in_the_same_request_where_it_is_due() -> None:
    """It looked for what was due before it had learned of it: the same request once more renewed it (seed 99)."""
    story = Story()
    world = story.world
    before = story.backup(story.county)
    world.passed += timedelta(days=1)
    story.draw()
    world.enrol_anew(story.village)
    fresh = story.pc(VILLAGE)
    story.sync(fresh)
    world.passed += timedelta(days=40)
    story.restore(story.county, before)
    story.draw()
    world.happen(fresh, Wake())
    while world.parcels:
        parcel = world.parcels[0]
        world.deliver(parcel)
        if parcel.is_request and not world.parcels[-1].code:
            world._check_push_again(parcel)
    story.rest()


@pytest.mark.parametrize("by", [VILLAGE, COUNTY], ids=["by a village", "by the county"])
@pytest.mark.parametrize("renumbered", [False, True], ids=["", "and before its numbering"])
def test_a_center_set_back_unnoticed_to_before_documents_alone_is_found_out(by: str, *, renumbered: bool) -> None:
    """Nobody had pushed anything behind them: the one who asked took itself for the restored one (seed 366)."""
    story = Story()
    below: Machine = story.pc(VILLAGE) if by == VILLAGE else story.county
    above = below.boss
    story.rest()
    before = story.backup(above)
    if renumbered:
        story.restore(above, before)
        story.rest()
    with above.store.write() as book:
        publish_organisations(book, above.clerk)
        given = book.last_document("organisations")
    story.rest()
    epoch = _epoch(below)
    story.restore(above, before, told=False)
    story.sync(below)
    assert above.setting("center")["healing"] or above.setting("center")["incarnations"]
    story.rest()
    with above.store.write() as book:
        assert book.last_document("organisations") >= given
    assert _epoch(below) == epoch


def _epoch(machine: Machine) -> str:
    if isinstance(machine, Center):
        return str(machine.setting("center")["epoch"])
    with machine.store.read() as book:
        return str(book.own_epoch().epoch)


def test_a_numbering_that_a_center_has_forgotten_proves_no_further_loss_once_it_has_healed() -> None:
    """The request that ended the healing began another when it came a second time (seed 4921)."""
    story = Story()
    world, county = story.world, story.county
    story.rest()
    # All the others had not been heard of for so long, when the backup was made, that nobody waits for them.
    world.passed += timedelta(days=40)
    story.sync(story.village)
    before = story.backup(county)
    story.restore(county, before)
    story.rest()
    case = story.register()
    story.sync(story.village)
    story.note(story.village, case)
    story.sync(story.village)
    story.restore(county, before)
    # So narrow that what was lost does not come back with one request.
    world.way_limit = 1
    story.draw()
    ended = 0
    for _ in range(2):
        world.happen(story.village, Wake())
        while world.parcels:
            parcel = world.parcels[0]
            world.deliver(parcel)
            if parcel.is_request and not county.setting("center").get("healing") and not world.parcels[-1].code:
                world._check_push_again(parcel)
                ended += 1
    assert ended
    # Nor does one of who was not waited for, and was there in the numbering that is lost.
    story.sync(story.township)
    assert not county.setting("center").get("healing")
    story.rest()


def test_a_pc_that_is_switched_on_after_six_months_learns_that_the_case_was_closed() -> None:
    """Its people's certificates have ended, and the case has been through all hands (SORMAS#1375)."""
    story = Story()
    village, town = story.village, story.township
    asleep = next(pc for pc in story.world.pcs if pc.org == VILLAGE and pc is not village)
    case = story.register()
    story.sync(village, asleep)
    number = story.offer(case)
    story.sync(village, town)
    story.close(case, number)
    story.sync(village)
    assert story.shown(asleep, case).state is CaseState.REGISTERED
    story.world.passed += timedelta(days=183)
    story.sync(asleep)
    assert story.shown(asleep, case).state is CaseState.CLOSED
    # It goes on with its work, under certificates that are renewed.
    story.sync(asleep)
    assert story.register(asleep).state is CaseState.REGISTERED
    story.rest()
    assert story.shown(asleep, case).state is CaseState.CLOSED


def test_a_pc_that_was_set_back_takes_one_new_epoch_though_what_it_wrote_in_the_old_one_forks() -> None:
    story = Story()
    pc, case = story.village, story.register()
    story.sync(pc)
    kept = story.backup(pc)
    for _ in range(2):
        story.note(pc, case)
        story.sync(pc)
    restores._put(story.world, pc, kept)
    pc.sidecar, pc.may_repeat = kept.sidecar, True
    before = pc.identity().epoch
    story.note(pc, case)
    story.sync(pc, pc)
    assert pc.identity().forked_from == before
    assert pc.identity().tag == 2
    story.rest()
