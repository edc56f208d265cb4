"""The center's verdicts: each with its reason, in an order that does not depend on who called first."""

from __future__ import annotations

from dataclasses import replace

from station_app.domain.cases import CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.lanes import Audience
from station_app.exchange.authentic import DEVICE_CONTEXT, ruling_of
from station_app.protocol.event import Event
from tests.exchange.makers import (
    ACCEPT,
    CASE,
    CLOSE,
    COUNTY,
    DELIVER,
    GRANT,
    OFFER,
    OPEN,
    OTHER,
    REJECT,
    TAKE_ON,
    TOWNSHIP,
    VILLAGE,
)
from tests.exchange.story import LEFT_OPEN, RECLAIM, Story


def test_a_case_goes_all_the_way_from_taking_in_to_closing() -> None:
    story = Story()
    taken = story.accepted()
    on = story.says(story.town, "accept_application", TAKE_ON, taken, taken)
    granted = story.says(story.town, "grant", GRANT, taken, on)
    delivered = story.says(story.village, "deliver", DELIVER, granted, granted)
    closed = story.says(story.village, "close", CLOSE, granted, delivered)
    assert all(story.verdict(e) == ("accepted", "") for e in (story.opened, taken, on, granted, delivered, closed))
    assert story.case.state is CaseState.CLOSED
    assert story.case.custody.ended
    assert story.case.last_ruling[0] == 7


def test_of_two_children_of_one_base_the_first_ruled_stands() -> None:
    story = Story()
    offer = story.offered()
    first = story.says(story.town2, "accept_handover", ACCEPT, story.opened, offer)
    second = story.says(story.town, "accept_handover", ACCEPT, story.opened, offer)
    assert story.verdict(first) == ("accepted", "")
    assert story.verdict(second) == ("late", "custody-passed")
    assert story.case.custody.device == story.town2.device
    assert story.case.not_standing == {second.event_id: "custody-passed"}


def test_what_builds_on_a_late_event_is_late_as_well() -> None:
    story = Story()
    offer = story.offered()
    story.says(story.town2, "accept_handover", ACCEPT, story.opened, offer)
    late = story.says(story.town, "accept_handover", ACCEPT, story.opened, offer)
    on = story.says(story.town, "accept_application", TAKE_ON, late, late)
    assert story.verdict(on) == ("late", "custody-passed")


def test_a_second_step_under_the_same_custody_from_an_old_base_is_late() -> None:
    story = Story()
    taken = story.accepted()
    story.says(story.town, "accept_application", TAKE_ON, taken, taken)
    assert story.verdict(story.says(story.town, "grant", GRANT, taken, taken)) == ("late", "base-passed")


def test_a_case_on_the_road_is_frozen_for_its_holder() -> None:
    story = Story()
    offer = story.offered()
    again = story.says(story.village, "offer", OFFER, story.opened, offer)
    assert story.verdict(again) == ("late", "offered")


def test_only_who_was_offered_a_case_may_take_it_or_send_it_back() -> None:
    story = Story()
    offer = story.offered()
    taken = story.says(story.village, "accept_handover", ACCEPT, story.opened, offer)
    assert story.verdict(taken) == ("needs_review", "not-offered")
    assert story.case.custody.holder == VILLAGE


def test_a_rejected_case_is_back_under_a_new_grant() -> None:
    story = Story()
    offer = story.offered()
    back = story.says(story.town, "reject_handover", REJECT, story.opened, offer)
    assert story.case.custody.grant == back.event_id
    assert story.verdict(story.says(story.village, "supply", TAKE_ON, story.opened, offer)) == (
        "late",
        "custody-passed",
    )


def test_an_office_that_does_not_hold_the_case_cannot_move_it() -> None:
    story = Story()
    taken = story.accepted()
    moved = story.says(story.village, "accept_application", TAKE_ON, taken, taken)
    assert story.verdict(moved) == ("needs_review", "not-the-holder")


def test_nothing_moves_after_the_end_but_the_duty() -> None:
    story = Story()
    taken = story.accepted()
    on = story.says(story.town, "accept_application", TAKE_ON, taken, taken)
    granted = story.says(story.town, "grant", GRANT, taken, on)
    after = story.says(story.town, "accept_application", TAKE_ON, taken, granted)
    assert story.verdict(after) == ("late", "base-passed")
    foreign = story.says(story.town, "deliver", DELIVER, granted, granted)
    assert story.verdict(foreign) == ("needs_review", "not-the-holder")
    first = story.says(story.village, "deliver", DELIVER, granted, granted)
    twice = story.says(story.village, "deliver", DELIVER, granted, granted)
    assert (story.verdict(first)[0], story.verdict(twice)) == ("accepted", ("late", "base-passed"))
    moved = story.says(story.village, "offer", OFFER, granted, first)
    assert story.verdict(moved) == ("needs_review", "not-under-obligation")


def test_an_opening_is_there_once() -> None:
    story = Story()
    again = story.says(story.village, "register", OPEN)
    assert story.verdict(again) == ("superseded", "already-open")


def test_an_offer_without_its_arbiter_and_a_reclaim_by_the_holder_go_to_a_person() -> None:
    story = Story()
    offer = story.says(story.village, "offer", LEFT_OPEN, story.opened, story.opened)
    assert story.verdict(offer) == ("needs_review", "offer-incomplete")
    reclaim = story.says(story.village, "offer", RECLAIM, story.opened, story.opened)
    assert story.verdict(reclaim) == ("needs_review", "not-offered")


def test_who_lacks_the_role_or_comes_from_a_wrong_state_goes_to_a_person() -> None:
    story = Story()
    on = story.says(story.village, "accept_application", TAKE_ON, story.opened, story.opened)
    assert story.verdict(on) == ("needs_review", "role-missing")
    supplied = story.says(story.village, "supply", TAKE_ON, story.opened, story.opened)
    assert story.verdict(supplied) == ("needs_review", "state-wrong")


def test_an_action_or_effects_of_a_newer_program_go_to_a_person() -> None:
    story = Story()
    action = story.says(story.village, "teleport", TAKE_ON, story.opened, story.opened)
    assert story.verdict(action) == ("needs_review", "action-unknown")
    effects = story.says(story.village, "supply", {"magic": 1}, story.opened, story.opened)
    assert story.verdict(effects) == ("needs_review", "effects-unknown")


def test_an_event_that_came_before_the_one_it_follows_is_ruled_after_it() -> None:
    story = Story()
    offer = story.village.write("offer", OFFER, grant=story.opened.event_id, base=story.opened.event_id)
    with story.center.store.write() as book:
        book.save_viewers({("case", CASE): (VILLAGE, TOWNSHIP)})
    taken = story.says(story.town, "accept_handover", ACCEPT, story.opened, offer)
    assert len(story.case.not_standing) == 0
    assert story.case.custody.holder == VILLAGE
    story.center.push(story.village, [offer], first_link=2)
    story.center.rule()
    assert story.verdict(taken) == ("accepted", "")
    assert story.case.custody.holder == TOWNSHIP


def test_what_follows_a_refused_event_goes_to_a_person_and_does_not_wait_for_ever() -> None:
    story = Story()
    story.village.key, key = story.other.key, story.village.key
    offer = story.says(story.village, "offer", OFFER, story.opened, story.opened)
    story.village.key = key
    after = story.says(story.village, "offer", OFFER, story.opened, offer)
    assert offer.event_id in story.center.store.tables.refused
    assert story.verdict(after) == ("needs_review", "base-refused")


def _behind_a_refused_offer(story: Story) -> tuple[Event, Event]:
    """Return an offer whose signature was taken for wrong, and a step behind it that was set aside for that."""
    story.village.key, key = story.other.key, story.village.key
    forged = story.says(story.village, "offer", OFFER, story.opened, story.opened)
    story.village.key = key
    offer = replace(forged, signature=key.sign(DEVICE_CONTEXT, forged.header_bytes))
    after = story.says(story.town, "accept_handover", ACCEPT, story.opened, offer)
    assert offer.event_id in story.center.store.tables.refused
    return offer, after


def test_what_was_set_aside_for_its_base_is_judged_anew_when_the_base_comes_in_after_all() -> None:
    """The retry brought the step before in, and the one behind it stayed set aside for good."""
    story = Story()
    with story.center.store.write() as book:
        book.save_viewers({("case", CASE): (VILLAGE, TOWNSHIP)})
    offer, after = _behind_a_refused_offer(story)
    assert story.verdict(after) == ("needs_review", "base-refused")
    assert story.center.give_back([offer]).codes == ("",)
    story.center.rule()
    assert (story.verdict(offer), story.verdict(after)) == (("accepted", ""), ("accepted", ""))
    assert story.case.custody.holder == TOWNSHIP
    # Once: the new word is as good as any.
    before = len(story.center.store.tables.events)
    with story.center.store.write() as book:
        book.mark_unruled([CASE])
    story.center.rule()
    assert len(story.center.store.tables.events) == before


def test_what_is_judged_anew_behind_its_base_does_not_stand_where_the_case_has_gone_on() -> None:
    story = Story()
    with story.center.store.write() as book:
        book.save_viewers({("case", CASE): (VILLAGE, TOWNSHIP)})
    offer, after = _behind_a_refused_offer(story)
    story.says(story.village, "offer", OFFER, story.opened, story.opened)
    story.center.give_back([offer])
    story.center.rule()
    assert story.verdict(offer)[0] == story.verdict(after)[0] == "late"


def test_rulings_are_numbered_and_chained_in_the_case() -> None:
    story = Story()
    story.accepted()
    found = [ruling_of(event) for event in story.center.store.tables.subjects[CASE]]
    rulings = [ruling for ruling in found if ruling is not None]
    assert [ruling.number for ruling in rulings] == [1, 2, 3]
    assert [ruling.previous for ruling in rulings] == [None, *(ruling.ruling_id for ruling in rulings[:-1])]


def test_an_office_that_comes_to_see_a_case_gets_all_of_it_in_order() -> None:
    story = Story()
    story.says(story.village, "note", {"remark": {"kind": "note", "text": "早"}})
    story.offered()
    rows = story.center.book.feed(TOWNSHIP, 0, 100)
    assert [(row.kind, row.event.header.type) for row in rows if row.event] == [
        ("backfill", "register"),
        ("backfill", "ruling"),
        ("backfill", "note"),
        ("backfill", "offer"),
        ("backfill", "ruling"),
    ]
    assert story.center.book.feed(OTHER, 0, 100) == []


def test_ruling_again_changes_nothing() -> None:
    story = Story()
    story.accepted()
    before = len(story.center.store.tables.events)
    with story.center.store.write() as book:
        book.mark_unruled([CASE])
    assert story.center.rule() == 1
    assert story.center.rule() == 0
    assert len(story.center.store.tables.events) == before


def test_a_note_that_grants_the_case_does_not_stand() -> None:
    """An agent's own program was changed: an event that is called a note decided the village's own case."""
    story = Story()
    granting = story.says(story.village, "note", GRANT, story.opened, story.opened)
    assert story.verdict(granting) == ("needs_review", "effects-not-of-action")
    accepting = story.says(story.village, "offer", replace(OFFER, state=CaseState.ACCEPTED), story.opened, story.opened)
    assert story.verdict(accepting) == ("needs_review", "effects-not-of-action")
    assert story.case.state is CaseState.REGISTERED


def test_a_case_is_offered_to_nobody_but_the_superior() -> None:
    """Offered to an office that does not exist it would be frozen for good: nobody could reject it."""
    story = Story()
    nowhere = Effects(custody=CustodyMove(CustodyOp.OFFER, to="nowhere", arbiter=COUNTY))
    assert story.verdict(story.says(story.village, "offer", nowhere, story.opened, story.opened)) == (
        "needs_review",
        "offer-not-upward",
    )
    assert story.case.custody.offer is None


def test_who_accepted_does_not_decide_whatever_the_own_program_says() -> None:
    story = Story()
    taken = story.accepted()
    accepted_by = replace(TAKE_ON, fields={"accepted_by": story.town.person})
    on = story.says(story.town, "accept_application", accepted_by, taken, taken)
    granted = story.says(story.town, "grant", GRANT, taken, on, actor=story.town.person)
    assert story.verdict(granted) == ("needs_review", "four-eyes")


def test_who_signed_the_acceptance_does_not_decide_whatever_name_it_gives_as_acceptor() -> None:
    story = Story()
    taken = story.accepted()
    claimed = replace(TAKE_ON, fields={"accepted_by": "f" * 32})
    on = story.says(story.town, "accept_application", claimed, taken, taken)
    granted = story.says(story.town, "grant", GRANT, taken, on, actor=story.town.person)
    assert story.verdict(granted) == ("needs_review", "four-eyes")


def test_two_names_with_one_key_are_one_pair_of_eyes() -> None:
    story = Story(one_key=True)
    taken = story.accepted()
    on = story.says(story.town, "accept_application", TAKE_ON, taken, taken)
    assert story.verdict(story.says(story.town, "grant", GRANT, taken, on)) == ("needs_review", "four-eyes")


def test_an_item_done_on_the_spot_needs_one_person_only() -> None:
    story = Story(kind="即办件", one_key=True)
    taken = story.accepted()
    on = story.says(story.town, "accept_application", TAKE_ON, taken, taken)
    assert story.verdict(story.says(story.town, "grant", GRANT, taken, on)) == ("accepted", "")


def test_an_acceptance_that_did_not_stand_keeps_nobody_from_deciding() -> None:
    story = Story()
    taken = story.accepted()
    on = story.says(story.town, "accept_application", TAKE_ON, taken, taken)
    late = story.says(story.town, "accept_application", TAKE_ON, taken, taken, actor=story.town.decider)
    assert story.verdict(late) == ("late", "base-passed")
    assert story.verdict(story.says(story.town, "grant", GRANT, taken, on)) == ("accepted", "")


def test_an_office_that_does_not_decide_the_item_does_not_accept_it_in_law() -> None:
    story = Story()
    on = story.says(story.village, "accept_application", TAKE_ON, story.opened, story.opened)
    assert story.verdict(on) == ("needs_review", "role-missing")


def test_nobody_makes_a_case_one_that_a_single_person_may_decide() -> None:
    """One clerk alone wrote another item into the case at its acceptance, and decided it then."""
    story = Story()
    taken = story.accepted()
    item = {"decide_level": "乡镇", "kind": "即办件"}
    on = story.says(story.town, "accept_application", replace(TAKE_ON, fields={"item": item}), taken, taken)
    assert story.verdict(on) == ("needs_review", "effects-not-of-action")
    assert story.case.item != item


def test_a_step_that_not_all_parties_may_read_does_not_stand() -> None:
    """Where it could not be read the case stood still for good, while the center went on with it."""
    story = Story()
    taken = story.accepted()
    hidden = story.says(story.town, "accept_application", TAKE_ON, taken, taken, audience=Audience.OFFICE)
    assert story.verdict(hidden) == ("needs_review", "effects-not-of-action")
