"""The fold: rulings order the custody lane, own events count before them, the open lane has no order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.cases import CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects, ObligationMove, ObligationOp
from station_app.domain.fold import Entry, Ruling, Verdict, apply_entry, fold, why_not
from tests.domain.casework import (
    AT_COUNTY,
    AT_TOWNSHIP,
    AT_VILLAGE,
    COUNTY,
    COUNTY_ITEM,
    SECOND_PERSON,
    TOWNSHIP,
    VILLAGE,
    Casework,
    accepted,
    at_county,
    at_township,
    closed,
    decided,
    delivered,
    offered,
    registered,
    returned,
)


def _verdict_on(work: Casework, entry: Entry) -> tuple[Verdict, str] | None:
    return why_not(work.case, entry)


def test_a_case_is_not_there_before_its_opening() -> None:
    work = offered()
    assert fold(work.entries[1:], work.rulings) is None


def test_another_pc_sees_a_case_only_once_it_is_ruled() -> None:
    work = Casework()
    work.act("register", AT_VILLAGE, ruled=False)
    assert work.seen_by(AT_TOWNSHIP) is None
    own = work.seen_by(AT_VILLAGE)
    assert own is not None
    assert own.provisional


def test_a_case_is_provisional_until_the_center_has_ruled_on_all_of_it() -> None:
    work = registered()
    assert not work.case.provisional
    work.act("offer", AT_VILLAGE, ruled=False)
    own, other = work.seen_by(AT_VILLAGE), work.seen_by(AT_TOWNSHIP)
    assert own is not None
    assert other is not None
    assert (own.provisional, own.custody.offer is not None) == (True, True)
    assert (other.provisional, other.custody.offer) == (False, None)


def test_the_opening_sets_holder_device_grant_and_viewer() -> None:
    case = registered().case
    custody = case.custody
    assert (custody.holder, custody.device) == (VILLAGE, AT_VILLAGE.origin)
    assert custody.grant == custody.head == "event-1"
    assert case.viewers == (VILLAGE,)
    assert case.last_ruling == (1, "ruling-1")


def test_a_hand_over_moves_custody_and_makes_the_taker_a_viewer() -> None:
    work = offered()
    frozen = work.case.custody
    assert (frozen.holder, frozen.grant, frozen.head) == (VILLAGE, "event-1", "event-2")
    assert frozen.offer is not None
    assert (frozen.offer.to, frozen.offer.arbiter, frozen.offer.batch) == (TOWNSHIP, COUNTY, "batch-1")
    # Who is only offered the case sees it as long as the offer is open.
    assert (work.case.viewers, work.case.seen_by) == ((VILLAGE,), (VILLAGE, TOWNSHIP))
    work.act("accept_handover", AT_TOWNSHIP)
    assert work.case.viewers == work.case.seen_by == (VILLAGE, TOWNSHIP)
    moved = work.case.custody
    assert (moved.holder, moved.device, moved.grant, moved.offer) == (TOWNSHIP, AT_TOWNSHIP.origin, "event-3", None)


def test_a_rejected_case_is_back_with_a_new_grant() -> None:
    custody = returned().case.custody
    assert (custody.holder, custody.device, custody.grant, custody.offer) == (
        VILLAGE, AT_VILLAGE.origin, "event-3", None,
    )  # fmt: skip


def test_an_event_under_the_grant_before_the_rejection_is_late() -> None:
    work = returned()
    stale = work.written("supply", AT_VILLAGE, Effects(), grant="event-1", base="event-3")
    assert _verdict_on(work, stale) == (Verdict.LATE, "custody-passed")


def test_of_two_events_on_one_base_the_second_is_late() -> None:
    work = accepted()
    twin = work.entry("refuse", SECOND_PERSON)
    work.act("grant", SECOND_PERSON)
    assert _verdict_on(work, replace(twin, event_id="twin")) == (Verdict.LATE, "base-passed")


def test_what_a_ruling_set_aside_changes_nothing_and_keeps_its_reason() -> None:
    work = registered()
    before = work.case
    late = work.entry("offer", AT_VILLAGE)
    work.add(late, Verdict.LATE, "base-passed")
    assert work.case.not_standing == {late.event_id: "base-passed"}
    assert replace(work.case, not_standing={}, last_ruling=before.last_ruling) == before


def test_an_own_event_that_was_set_aside_does_not_count_as_unruled() -> None:
    work = registered()
    work.add(work.entry("offer", AT_VILLAGE), Verdict.NEEDS_REVIEW, "role-missing")
    own = work.seen_by(AT_VILLAGE)
    assert own is not None
    assert own.custody.offer is None
    assert not own.provisional


def test_own_unruled_events_come_after_the_ruled_ones_and_only_where_they_fit() -> None:
    work = registered()
    misfit = work.entry("offer", AT_VILLAGE)
    work.act("offer", AT_VILLAGE)
    work.add(replace(misfit, event_id="misfit", seq=9), verdict=None)
    own = work.seen_by(AT_VILLAGE)
    assert own is not None
    assert own.custody.head == "event-2"
    assert not own.provisional


def test_an_own_event_that_the_center_refused_counts_no_more_but_an_opening_stays_on_the_screen() -> None:
    work = Casework()
    work.act("register", AT_VILLAGE, ruled=False)
    work.act("offer", AT_VILLAGE, ruled=False)
    note = work.act("note", AT_VILLAGE)
    own = [replace(entry, own=True) for entry in work.entries]
    case = fold(own, [], {"event-1": "person-unknown", "event-2": "person-unknown", note.event_id: "person-unknown"})
    assert case is not None
    assert (case.custody.offer, case.remarks) == (None, ())
    assert set(case.not_standing) == {"event-1", "event-2", "event-3"}


@given(st.permutations(range(8)))
def test_rulings_alone_order_the_custody_lane(order: list[int]) -> None:
    work = closed()
    assert len(work.entries) == len(work.rulings) == 7
    entries = [work.entries[place] for place in order if place < 7]
    rulings = [work.rulings[place] for place in reversed(order) if place < 7]
    assert fold(entries, rulings) == work.case


@given(st.permutations(range(6)))
def test_the_open_lane_is_the_same_in_every_order_of_arrival(order: list[int]) -> None:
    work = registered()
    notes = [work.act("note", AT_VILLAGE, {"text": f"第 {n} 条"}) for n in range(6)]
    # Two offices write at the same time: equal lamports are told apart by the ids; the ids alone order nothing.
    twins = [replace(note, lamport=9 - note.lamport // 2) for note in notes]
    expected = fold([work.entries[0], *twins], work.rulings)
    assert expected is not None
    assert fold([*(twins[place] for place in order), work.entries[0]], work.rulings) == expected
    shown = [(entry.lamport, entry.event_id) for entry in sorted(twins, key=lambda e: (e.lamport, e.event_id))]
    assert [remark.event_id for remark in expected.remarks] == [event_id for _, event_id in shown]
    assert shown[0][1] != "event-2"


def test_an_event_without_a_readable_body_is_no_part_of_the_open_lane() -> None:
    work = registered()
    work.add(work.written("opinion", AT_TOWNSHIP, None))
    assert work.case.remarks == ()


@pytest.mark.parametrize("verdict", [Verdict.LATE, Verdict.SUPERSEDED, Verdict.NEEDS_REVIEW])
def test_a_case_whose_opening_is_set_aside_is_none(verdict: Verdict) -> None:
    work = Casework()
    work.add(work.entry("register", AT_VILLAGE), verdict, "role-missing")
    assert fold(work.entries, work.rulings) is None


def test_an_own_opening_that_is_set_aside_stays_on_the_screen_and_says_so_with_what_followed() -> None:
    """Whoever took the errand in was told nothing: neither of the opening nor of the offer behind it (seed 50)."""
    work = Casework()
    work.add(work.entry("register", AT_VILLAGE), Verdict.NEEDS_REVIEW, "worker-disabled")
    work.add(work.written("offer", AT_VILLAGE, None, grant="event-1", base="event-1"), Verdict.NEEDS_REVIEW, "not-open")
    case = fold([replace(entry, own=True) for entry in work.entries], work.rulings)
    assert case is not None
    assert case.provisional
    assert case.not_standing == {"event-1": "worker-disabled", "event-2": "not-open"}


def test_a_second_opening_is_superseded() -> None:
    work = registered()
    again = replace(work.entries[0], event_id="again")
    assert _verdict_on(work, again) == (Verdict.SUPERSEDED, "already-open")


def test_an_event_of_a_case_not_open_yet_needs_review() -> None:
    work = registered()
    offer = work.entry("offer", AT_VILLAGE)
    assert why_not(None, offer) == (Verdict.NEEDS_REVIEW, "not-open")
    assert apply_entry(None, offer) is None


def test_an_event_that_is_not_understood_needs_review_and_is_not_applied() -> None:
    work = registered()
    unknown = work.written("later_version", AT_VILLAGE, None, grant="event-1", base="event-1")
    assert _verdict_on(work, unknown) == (Verdict.NEEDS_REVIEW, "effects-unknown")
    assert apply_entry(work.case, unknown) is None


def test_nobody_but_the_holder_writes_on_the_custody_lane() -> None:
    work = registered()
    foreign = work.written("supply", AT_TOWNSHIP, Effects(), grant="event-1", base="event-1")
    assert _verdict_on(work, foreign) == (Verdict.NEEDS_REVIEW, "not-the-holder")


def test_nobody_but_the_taker_answers_an_offer() -> None:
    work = offered()
    accept = Effects(custody=CustodyMove(CustodyOp.ACCEPT))
    for seat in (AT_VILLAGE, AT_COUNTY):
        entry = work.written("accept_handover", seat, accept, grant="event-1", base="event-2")
        assert _verdict_on(work, entry) == (Verdict.NEEDS_REVIEW, "not-offered")
    entry = work.written("accept_handover", AT_TOWNSHIP, accept, grant="event-1", base="event-2")
    assert _verdict_on(work, entry) is None


def test_the_sender_of_an_open_offer_is_frozen() -> None:
    work = offered()
    entry = work.written("supply", AT_VILLAGE, Effects(), grant="event-1", base="event-2")
    assert _verdict_on(work, entry) == (Verdict.LATE, "offered")


def test_an_offer_needs_a_taker_and_an_arbiter() -> None:
    work = registered()
    for move in (CustodyMove(CustodyOp.OFFER, to=TOWNSHIP), CustodyMove(CustodyOp.OFFER, arbiter=COUNTY)):
        entry = work.written("offer", AT_VILLAGE, Effects(custody=move), grant="event-1", base="event-1")
        assert _verdict_on(work, entry) == (Verdict.NEEDS_REVIEW, "offer-incomplete")


def test_only_the_arbiter_reclaims_and_only_an_open_offer() -> None:
    effects = Effects(custody=CustodyMove(CustodyOp.RECLAIM, to=VILLAGE))
    work = registered()
    early = work.written("reclaim", AT_COUNTY, effects, grant="event-1", base="event-1")
    assert _verdict_on(work, early) == (Verdict.NEEDS_REVIEW, "not-offered")
    work = offered()
    for seat, expected in ((AT_COUNTY, None), (AT_VILLAGE, "not-offered"), (AT_TOWNSHIP, "not-offered")):
        entry = work.written("reclaim", seat, effects, grant="event-1", base="event-2")
        assert _verdict_on(work, entry) == (expected and (Verdict.NEEDS_REVIEW, expected))


def test_a_decision_ends_custody_and_obliges_the_office_that_took_the_case_in() -> None:
    case = decided().case
    assert case.custody.ended
    [duty] = case.obligations.values()
    assert (duty.kind, duty.holder, duty.done, duty.token, duty.head) == (
        "deliver",
        VILLAGE,
        False,
        "event-5",
        "event-5",
    )
    assert case.open_obligation("deliver", VILLAGE) == duty
    assert case.open_obligation("deliver", TOWNSHIP) is None
    assert case.open_obligation("archive", VILLAGE) is None


def test_the_chain_of_an_obligation_moves_beside_custody_until_it_is_done() -> None:
    work = delivered()
    [duty] = work.case.obligations.values()
    assert (duty.token, duty.head, duty.done) == ("event-5", "event-6", False)
    assert work.case.custody.head == "event-5"
    work.act("close", AT_VILLAGE)
    assert work.case.state is CaseState.CLOSED
    assert work.case.open_obligation("deliver", VILLAGE) is None


def test_under_an_obligation_only_its_holder_moves_it_forward() -> None:
    work = decided()
    advance = Effects(obligation=ObligationMove(ObligationOp.ADVANCE))
    foreign = work.written("deliver", AT_TOWNSHIP, advance, grant="event-5", base="event-5")
    assert _verdict_on(work, foreign) == (Verdict.NEEDS_REVIEW, "not-the-holder")
    for effects in (
        Effects(),
        Effects(obligation=ObligationMove(ObligationOp.CREATE, "deliver", VILLAGE)),
        replace(advance, custody=CustodyMove(CustodyOp.END)),
    ):
        entry = work.written("deliver", AT_VILLAGE, effects, grant="event-5", base="event-5")
        assert _verdict_on(work, entry) == (Verdict.NEEDS_REVIEW, "not-under-obligation")


def test_an_obligation_that_is_done_or_has_moved_on_takes_no_more() -> None:
    advance = Effects(obligation=ObligationMove(ObligationOp.ADVANCE))
    for work, base in ((delivered(), "event-5"), (closed(), "event-7")):
        entry = work.written("deliver", AT_VILLAGE, advance, grant="event-5", base=base)
        assert _verdict_on(work, entry) == (Verdict.LATE, "base-passed")


def test_after_the_decision_custody_takes_no_more() -> None:
    work = decided()
    entry = work.written("supply", AT_TOWNSHIP, Effects(), grant=work.case.custody.grant, base="event-5")
    assert _verdict_on(work, entry) == (Verdict.LATE, "base-passed")


def test_a_ruling_on_an_event_that_is_not_here_only_moves_the_count() -> None:
    work = registered()
    ruling = Ruling(2, "elsewhere", Verdict.ACCEPTED, "", "ruling-1", "ruling-2")
    case = fold(work.entries, [*work.rulings, ruling])
    assert case is not None
    assert replace(case, last_ruling=work.case.last_ruling) == work.case
    assert case.last_ruling == (2, "ruling-2")


def test_the_holders_follow_each_other_without_overlap() -> None:
    work = at_county()
    holders = []
    for count in range(1, len(work.rulings) + 1):
        case = fold(work.entries, work.rulings[:count])
        assert case is not None
        holders.append(case.custody.holder)
    assert holders == [VILLAGE, VILLAGE, TOWNSHIP, TOWNSHIP, COUNTY]


def test_facts_of_one_office_stay_when_the_next_has_the_case() -> None:
    fields = at_township(COUNTY_ITEM).case.fields
    assert fields["number"].startswith(VILLAGE)
    assert fields[f"handed_on:{VILLAGE}"] == fields[f"arrived_on:{TOWNSHIP}"] == "2026-11-23"


def test_a_state_stays_where_an_event_sets_none() -> None:
    assert offered().case.state is CaseState.REGISTERED
