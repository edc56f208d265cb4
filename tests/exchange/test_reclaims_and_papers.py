"""Taking back from the road, papers that stand, and which center rules."""

from __future__ import annotations

from dataclasses import replace

from station_app.domain.cases import CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.fold import Ruling, Verdict, apply_entry
from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import ruling_of
from station_app.exchange.id_sums import IdSum
from station_app.exchange.rulings import Bench, rule, ruler_of
from tests.exchange.makers import (
    ACCEPT,
    CASE,
    COUNTY,
    DELIVER,
    GRANT,
    OFFER,
    ORGANISATIONS,
    TAKE_ON,
    TOWNSHIP,
    VILLAGE,
)
from tests.exchange.story import (
    CITY,
    FAR_COUNTY,
    FAR_VILLAGE,
    PAPER,
    RECLAIM,
    TAKE_OVER,
    WIDE,
    Story,
    asked_back,
    entry,
    handed_out,
)


def test_an_arbiter_is_shown_what_is_asked_back_and_forgets_it_when_the_taker_answers() -> None:
    story = Story()
    offer = asked_back(story)
    assert story.viewers == (VILLAGE, TOWNSHIP, COUNTY)
    assert {row.kind for row in story.center.book.feed(COUNTY, 0, 100)} == {"backfill"}
    story.says(story.town, "accept_handover", ACCEPT, story.opened, offer)
    *_, last = story.center.book.feed(COUNTY, 0, 100)
    assert (last.kind, last.subject) == ("revoke", ("case", CASE))
    assert story.viewers == (VILLAGE, TOWNSHIP)


def test_an_office_that_has_to_see_a_case_again_gets_all_of_it_again() -> None:
    """A county that had forgotten a case asked back once saw one empty line when the case was offered to it."""
    story = Story("县级")
    offer = asked_back(story)
    taken = story.says(story.town, "accept_handover", ACCEPT, story.opened, offer)
    counted = story.center.book.feed_sum(COUNTY)
    head = story.center.book.feed_head(COUNTY)
    to_county = Effects(custody=CustodyMove(CustodyOp.OFFER, to=COUNTY, arbiter=COUNTY))
    story.says(story.town, "offer", to_county, taken, taken)
    rows = story.center.book.feed(COUNTY, head, 100)
    stream = story.center.store.tables.subjects[CASE]
    assert [row.event for row in rows] == list(stream)
    assert {row.kind for row in rows} == {"backfill"}
    # Each event is in the sum once, however often it was sent.
    ids = set(story.center.book.feed_ids(COUNTY))
    assert ids == {event.event_id for event in stream}
    assert story.center.book.feed_sum(COUNTY) == IdSum().plus(ids) != counted


def test_a_reclaim_stands_three_days_after_the_offer_did_by_the_clock_of_the_center() -> None:
    story = Story()
    offer = asked_back(story)
    story.now = "2026-03-04T23:59:59Z"
    early = story.says(story.county, "reclaim", RECLAIM, story.opened, offer)
    assert story.verdict(early) == ("needs_review", "reclaim-too-early")
    story.now = "2026-03-05T00:00:00Z"
    reclaim = story.says(story.county, "reclaim", RECLAIM, story.opened, offer)
    assert story.verdict(reclaim) == ("accepted", "")
    assert (story.case.custody.holder, story.case.custody.offer) == (VILLAGE, None)
    assert story.case.custody.grant == reclaim.event_id


def test_an_answer_that_was_on_its_way_during_a_reclaim_is_told_to_its_author() -> None:
    story = Story()
    offer = asked_back(story)
    story.now = "2026-03-09T00:00:00Z"
    story.says(story.county, "reclaim", RECLAIM, story.opened, offer)
    assert story.viewers == (VILLAGE, COUNTY)
    answer = story.says(story.town, "accept_handover", ACCEPT, story.opened, offer)
    assert story.verdict(answer) == ("late", "custody-passed")
    own, ruling = story.center.book.feed(TOWNSHIP, 0, 100)[-2:]
    assert own.event == answer
    assert ruling.event is not None
    found = ruling_of(ruling.event)
    assert found is not None
    assert (found.event_id, found.reason) == (answer.event_id, "custody-passed")


def test_a_paper_that_left_the_house_stands_before_what_another_pc_did_meanwhile() -> None:
    story = Story()
    taken, on = handed_out(story)
    over = story.says(story.town2, "take_over", TAKE_OVER, taken, on)
    edit = story.says(story.town2, "accept_application", TAKE_ON, taken, over)
    assert story.verdict(over) == ("accepted", "")
    paper = story.says(story.town, "grant", PAPER, taken, on)
    assert story.verdict(paper) == ("accepted", "")
    case = story.case
    assert (case.state, case.custody.ended) == (CaseState.GRANTED, True)
    assert case.not_standing[over.event_id] == "paper-stands"
    assert edit.event_id in case.not_standing
    assert {story.verdict(step) for step in (over,)} == {("superseded", "paper-stands")}
    assert case.custody.device == story.town.device


def test_a_paper_never_calls_a_hand_over_back() -> None:
    story = Story("县级")
    taken = story.accepted()
    to_county = Effects(custody=CustodyMove(CustodyOp.OFFER, to=COUNTY, arbiter=COUNTY))
    offer = story.says(story.town2, "offer", to_county, taken, taken)
    assert story.verdict(offer) == ("accepted", "")
    paper = story.says(story.town, "grant", PAPER, taken, taken)
    assert story.verdict(paper) == ("late", "base-passed")
    assert story.case.custody.offer is not None


def test_of_two_papers_the_first_ruled_stands_and_a_plain_step_never_makes_room() -> None:
    story = Story()
    taken, on = handed_out(story)
    plain = story.says(story.town2, "take_over", TAKE_OVER, taken, on)
    assert story.verdict(story.says(story.town, "take_over", TAKE_OVER, taken, on)) == ("late", "base-passed")
    first = story.says(story.town2, "grant", PAPER, taken, plain)
    second = story.says(story.town, "grant", PAPER, taken, on)
    assert (story.verdict(first), story.verdict(second)) == (("accepted", ""), ("late", "base-passed"))


def test_a_paper_that_may_not_stand_itself_sets_nothing_aside() -> None:
    story = Story()
    taken = story.accepted()
    over = story.says(story.town2, "take_over", TAKE_OVER, taken, taken)
    # Not accepted in law yet: it could not have been granted from there.
    paper = story.says(story.town, "grant", PAPER, taken, taken)
    assert story.verdict(paper) == ("late", "base-passed")
    assert story.verdict(over) == ("accepted", "")
    assert story.case.custody.device == story.town2.device


def test_a_paper_from_a_base_that_the_chain_never_had_is_late() -> None:
    story = Story()
    taken, on = handed_out(story)
    twin = story.says(story.town2, "accept_application", TAKE_ON, taken, taken)
    assert story.verdict(twin) == ("late", "base-passed")
    paper = story.says(story.town2, "grant", PAPER, taken, twin)
    assert story.verdict(paper) == ("late", "base-passed")
    assert story.case.custody.head == on.event_id


def test_what_a_cloned_pc_decides_waits_for_a_person() -> None:
    story = Story()
    story.reviews[story.village.device] = "cloned-pc"
    offer = story.offered()
    assert story.verdict(offer) == ("needs_review", "cloned-pc")
    assert story.case.custody.offer is None


def test_the_center_of_the_holder_rules_and_on_an_answer_the_one_that_the_offer_names() -> None:
    story = Story()
    offer = story.village.write(
        "offer",
        Effects(custody=CustodyMove(CustodyOp.OFFER, to=TOWNSHIP, arbiter=CITY)),
        grant=story.opened.event_id,
        base=story.opened.event_id,
    )
    answer = story.town.write("accept_handover", ACCEPT, grant=story.opened.event_id, base=offer.event_id)
    again = story.village.write("offer", OFFER, grant=story.opened.event_id, base=offer.event_id)
    case = story.case
    assert ruler_of(None, entry(story.opened), WIDE) == COUNTY
    assert ruler_of(case, entry(offer), WIDE) == COUNTY
    on_the_road = apply_entry(case, entry(offer))
    assert on_the_road is not None
    assert ruler_of(on_the_road, entry(answer), WIDE) == CITY
    assert ruler_of(on_the_road, entry(again), WIDE) == COUNTY
    moved = apply_entry(on_the_road, entry(answer))
    assert moved is not None
    assert ruler_of(replace(moved, custody=replace(moved.custody, holder=CITY)), entry(again), WIDE) == CITY


def test_a_duty_is_ruled_by_the_center_of_who_owes_it() -> None:
    story = Story()
    taken, on = handed_out(story)
    granted = story.says(story.town, "grant", GRANT, taken, on)
    delivered = story.village.write("deliver", DELIVER, grant=granted.event_id, base=granted.event_id)
    case = story.case
    duty = replace(case.obligations[granted.event_id], holder=FAR_VILLAGE)
    far = replace(case, obligations={granted.event_id: duty})
    assert ruler_of(case, entry(delivered), WIDE) == COUNTY
    assert ruler_of(far, entry(delivered), WIDE) == FAR_COUNTY


def test_an_office_that_no_tree_knows_is_ruled_by_whoever_has_the_event() -> None:
    story = Story()
    opening = replace(entry(story.opened), org="elsewhere")
    assert ruler_of(None, opening, WIDE) == ""
    [verdict] = rule([opening], [], Bench(FAR_COUNTY, WIDE))
    assert verdict.reason == "organisation-unknown"


def test_an_answer_waits_until_another_center_has_ruled_on_its_offer() -> None:
    """The county must not guess: whether the offer stands is for the giver's own center to say."""
    story = Story()
    move = CustodyMove(CustodyOp.OFFER, to=TOWNSHIP, arbiter=COUNTY)
    names = {"grant": story.opened.event_id, "base": story.opened.event_id}
    offer = replace(entry(story.village.write("offer", Effects(custody=move), **names)), roles=frozenset({"agent"}))
    event = story.town.write("accept_handover", ACCEPT, grant=story.opened.event_id, base=offer.event_id)
    answer = replace(entry(event), roles=frozenset({"clerk"}))
    opening = replace(entry(story.opened), org=FAR_VILLAGE)
    offer = replace(offer, org=FAR_VILLAGE)
    stands = Ruling(1, opening.event_id, Verdict.ACCEPTED, "", None, "r1", FAR_COUNTY)
    entries = [opening, offer, answer]
    assert rule(entries, [stands], Bench(COUNTY, WIDE)) == []
    ruled = Ruling(2, offer.event_id, Verdict.ACCEPTED, "", "r1", "r2", FAR_COUNTY)
    [verdict] = rule(entries, [stands, ruled], Bench(COUNTY, WIDE))
    assert (verdict.number, verdict.event_id, verdict.verdict) == (3, answer.event_id, Verdict.ACCEPTED)
    assert rule(entries, [stands, ruled], Bench(FAR_COUNTY, WIDE)) == []


def test_a_hand_over_to_the_office_that_used_to_be_above_is_ruled_to_its_end() -> None:
    story = Story()
    offices = [replace(o, parent=COUNTY, former_parents=(TOWNSHIP,)) if o.code == VILLAGE else o for o in ORGANISATIONS]
    with story.center.store.write() as book:
        book.save_setting("organisations", Organisations(offices).to_json())
    assert story.verdict(story.offered()) == ("accepted", "")
