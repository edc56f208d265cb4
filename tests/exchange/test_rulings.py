"""The center's verdicts: each with its reason, in an order that does not depend on who called first."""

from __future__ import annotations

from dataclasses import replace

from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.fold import Entry, Ruling, Verdict, apply_entry
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.exchange.authentic import entry_of, ruling_of
from station_app.exchange.id_sums import IdSum
from station_app.exchange.projection import case_of
from station_app.exchange.rulings import Bench, rule, ruler_of
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
    ORGANISATIONS,
    OTHER,
    REJECT,
    TAKE_ON,
    TOWNSHIP,
    VILLAGE,
    Center,
    Device,
    center_with,
)

LEFT_OPEN = Effects(custody=CustodyMove(CustodyOp.OFFER))
RECLAIM = Effects(fields={"reclaimed": {"countersigned": False}}, custody=CustodyMove(CustodyOp.RECLAIM, to=VILLAGE))
TAKE_OVER = Effects(custody=CustodyMove(CustodyOp.TAKE_OVER))
PAPER = replace(GRANT, outward=True)
CITY, FAR_COUNTY, FAR_VILLAGE = "511100000000", "511129000000", "511129101001"
WIDE = Organisations(
    [
        Organisation(CITY, "示例市", Level.CITY),
        *(replace(office, parent=CITY) if office.code == COUNTY else office for office in ORGANISATIONS),
        Organisation(FAR_COUNTY, "邻县", Level.COUNTY, CITY),
        Organisation(FAR_VILLAGE, "邻县一村", Level.VILLAGE, FAR_COUNTY),
    ]
)


class Story:
    """A case of the village, with devices that push and a center that rules after every push."""

    def __init__(self, decided_at: str = "乡镇") -> None:
        self.village, self.other = Device(VILLAGE), Device(OTHER)
        self.town, self.town2, self.county = Device(TOWNSHIP), Device(TOWNSHIP, 1), Device(COUNTY)
        self.center: Center = center_with(self.village, self.other, self.town, self.town2, self.county)
        self.now = "2026-03-02T00:00:00Z"
        self.reviews: dict[str, str] = {}
        fields = {"number": "1", "item": {"decide_level": decided_at}}
        self.opened = self.says(self.village, "register", replace(OPEN, fields=fields))

    def says(
        self, device: Device, code: str, effects: object, grant: Event | None = None, base: Event | None = None
    ) -> Event:
        """Write a step, push it and let the center rule at `now`."""
        names = {"grant": grant.event_id if grant else None, "base": base.event_id if base else None}
        event = device.write(code, effects, **names)  # type: ignore[arg-type]
        self.center.push(device, [event], first_link=len(device.wrote), review=self.reviews.get(device.device, ""))
        self.center.rule(self.now)
        return event

    def verdict(self, event: Event) -> tuple[str, str]:
        """Return the last word on an event."""
        found = [ruling_of(entry) for entry in self.center.store.tables.subjects[CASE]]
        return [(r.verdict.value, r.reason) for r in found if r is not None and r.event_id == event.event_id][-1]

    @property
    def viewers(self) -> tuple[str, ...]:
        """Return who sees the case by the center's book."""
        return self.center.book.viewers([("case", CASE)])["case", CASE]

    @property
    def case(self) -> Case:
        found = case_of(self.center.store.tables.subjects[CASE], "")
        assert found is not None
        return found

    def offered(self) -> Event:
        return self.says(self.village, "offer", OFFER, self.opened, self.opened)

    def accepted(self) -> Event:
        offer = self.offered()
        return self.says(self.town, "accept_handover", ACCEPT, self.opened, offer)


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


def _asked_back(story: Story) -> Event:
    """Return an offer that the village has asked back, so that the arbiter sees the case."""
    offer = story.offered()
    remark = {"kind": "withdraw_request", "text": "交错了", "offer": offer.event_id}
    story.says(story.village, "request_withdrawal", Effects(remark=remark))
    return offer


def test_an_arbiter_is_shown_what_is_asked_back_and_forgets_it_when_the_taker_answers() -> None:
    story = Story()
    offer = _asked_back(story)
    assert story.viewers == (VILLAGE, TOWNSHIP, COUNTY)
    assert {row.kind for row in story.center.book.feed(COUNTY, 0, 100)} == {"backfill"}
    story.says(story.town, "accept_handover", ACCEPT, story.opened, offer)
    *_, last = story.center.book.feed(COUNTY, 0, 100)
    assert (last.kind, last.subject) == ("revoke", ("case", CASE))
    assert story.viewers == (VILLAGE, TOWNSHIP)


def test_an_office_that_has_to_see_a_case_again_gets_all_of_it_again() -> None:
    """A county that had forgotten a case asked back once saw one empty line when the case was offered to it."""
    story = Story("县级")
    offer = _asked_back(story)
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
    offer = _asked_back(story)
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
    offer = _asked_back(story)
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


def _handed_out(story: Story) -> tuple[Event, Event]:
    """Return the custody and the acceptance on which a PC of the township decides without a network."""
    taken = story.accepted()
    return taken, story.says(story.town, "accept_application", TAKE_ON, taken, taken)


def test_a_paper_that_left_the_house_stands_before_what_another_pc_did_meanwhile() -> None:
    story = Story()
    taken, on = _handed_out(story)
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
    taken, on = _handed_out(story)
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
    taken, on = _handed_out(story)
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


def _entry(event: Event) -> Entry:
    return entry_of(event, "")


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
    assert ruler_of(None, _entry(story.opened), WIDE) == COUNTY
    assert ruler_of(case, _entry(offer), WIDE) == COUNTY
    on_the_road = apply_entry(case, _entry(offer))
    assert on_the_road is not None
    assert ruler_of(on_the_road, _entry(answer), WIDE) == CITY
    assert ruler_of(on_the_road, _entry(again), WIDE) == COUNTY
    moved = apply_entry(on_the_road, _entry(answer))
    assert moved is not None
    assert ruler_of(replace(moved, custody=replace(moved.custody, holder=CITY)), _entry(again), WIDE) == CITY


def test_a_duty_is_ruled_by_the_center_of_who_owes_it() -> None:
    story = Story()
    taken, on = _handed_out(story)
    granted = story.says(story.town, "grant", GRANT, taken, on)
    delivered = story.village.write("deliver", DELIVER, grant=granted.event_id, base=granted.event_id)
    case = story.case
    duty = replace(case.obligations[granted.event_id], holder=FAR_VILLAGE)
    far = replace(case, obligations={granted.event_id: duty})
    assert ruler_of(case, _entry(delivered), WIDE) == COUNTY
    assert ruler_of(far, _entry(delivered), WIDE) == FAR_COUNTY


def test_an_office_that_no_tree_knows_is_ruled_by_whoever_has_the_event() -> None:
    story = Story()
    opening = replace(_entry(story.opened), org="elsewhere")
    assert ruler_of(None, opening, WIDE) == ""
    [verdict] = rule([opening], [], Bench(FAR_COUNTY, WIDE))
    assert verdict.reason == "organisation-unknown"


def test_an_answer_waits_until_another_center_has_ruled_on_its_offer() -> None:
    """The county must not guess: whether the offer stands is for the giver's own center to say."""
    story = Story()
    move = CustodyMove(CustodyOp.OFFER, to=TOWNSHIP, arbiter=COUNTY)
    names = {"grant": story.opened.event_id, "base": story.opened.event_id}
    offer = replace(_entry(story.village.write("offer", Effects(custody=move), **names)), roles=frozenset({"agent"}))
    event = story.town.write("accept_handover", ACCEPT, grant=story.opened.event_id, base=offer.event_id)
    answer = replace(_entry(event), roles=frozenset({"clerk"}))
    opening = replace(_entry(story.opened), org=FAR_VILLAGE)
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
    assert story.verdict(story.says(story.town, "grant", GRANT, taken, on)) == ("needs_review", "four-eyes")


def test_an_office_that_does_not_decide_the_item_does_not_accept_it_in_law() -> None:
    story = Story()
    on = story.says(story.village, "accept_application", TAKE_ON, story.opened, story.opened)
    assert story.verdict(on) == ("needs_review", "role-missing")
