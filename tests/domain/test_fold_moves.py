"""The fold of take-overs, reclaims, rulings that contradict each other, and words of a newer program."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.cases import CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.errors import StationError
from station_app.domain.fold import Entry, Ruling, Verdict, fold, why_not
from tests.domain.casework import (
    AT_COUNTY,
    AT_TOWNSHIP,
    AT_VILLAGE,
    COUNTY,
    TOWNSHIP,
    TOWNSHIP_PC_2,
    VILLAGE,
    Casework,
    accepted,
    at_township,
    offered,
    registered,
    returned,
)


def _verdict_on(work: Casework, entry: Entry) -> tuple[Verdict, str] | None:
    return why_not(work.case, entry)


def test_an_office_that_rejected_a_case_sees_it_for_good_and_one_that_never_answered_no_more() -> None:
    assert returned().case.seen_by == (VILLAGE, TOWNSHIP)
    work = offered()
    work.days_later(3)
    work.act("reclaim", AT_COUNTY)
    assert TOWNSHIP not in work.case.seen_by


def test_an_arbiter_sees_a_case_from_the_day_on_which_it_is_asked_back() -> None:
    work = offered()
    assert COUNTY not in work.case.seen_by
    work.act("request_withdrawal", AT_VILLAGE)
    assert work.case.seen_by == (VILLAGE, TOWNSHIP, COUNTY)
    work.act("accept_handover", AT_TOWNSHIP)
    assert COUNTY not in work.case.seen_by


def test_only_the_office_that_made_an_offer_asks_for_it_back() -> None:
    work = offered()
    offer = work.case.custody.offer
    assert offer is not None
    for seat, of in ((AT_TOWNSHIP, offer.event_id), (AT_VILLAGE, "another offer")):
        remark = {"kind": "withdraw_request", "text": "拿错了", "offer": of}
        work.add(work.written("request_withdrawal", seat, Effects(remark=remark)))
    assert COUNTY not in work.case.seen_by


def test_a_case_that_another_pc_took_over_is_its_own_and_the_first_pc_comes_late() -> None:
    work = accepted()
    before = work.case.custody
    stale = replace(work.entry("opinion", AT_TOWNSHIP), grant=before.grant, base=before.head, event_id="stale")
    work.act("take_over", TOWNSHIP_PC_2)
    custody = work.case.custody
    assert (custody.holder, custody.device, custody.grant) == (TOWNSHIP, TOWNSHIP_PC_2.origin, before.grant)
    assert _verdict_on(work, stale) == (Verdict.LATE, "base-passed")
    work.act("grant", replace(TOWNSHIP_PC_2, person="b"))
    assert work.case.state is CaseState.GRANTED


def test_taking_over_is_for_another_pc_of_the_holder_alone() -> None:
    work = registered()
    take = Effects(custody=CustodyMove(CustodyOp.TAKE_OVER))
    entry = work.written("take_over", AT_TOWNSHIP, take, grant="event-1", base="event-1")
    assert _verdict_on(work, entry) == (Verdict.NEEDS_REVIEW, "not-the-holder")
    with pytest.raises(StationError, match="held-by-this-pc"):
        work.entry("take_over", AT_VILLAGE)
    work = offered()
    with pytest.raises(StationError, match="case-on-the-road"):
        work.entry("take_over", replace(AT_VILLAGE, device="pc-2"))


def test_reclaimed_for_the_giver_a_case_is_back_on_its_pc_under_a_new_grant() -> None:
    work = offered().days_later(3)
    reclaim = work.act("reclaim", AT_COUNTY, {"to": "giver", "reason": "材料还在村里", "slip": "no"})
    custody = work.case.custody
    assert (custody.holder, custody.device, custody.offer) == (VILLAGE, AT_VILLAGE.origin, None)
    assert custody.grant == custody.head == reclaim.event_id
    assert work.case.fields["reclaimed"]["from"] == TOWNSHIP
    work.act("offer", AT_VILLAGE)


def test_reclaimed_for_the_taker_a_case_is_whose_pc_takes_it_over_first() -> None:
    work = offered().days_later(3)
    reclaim = work.act("reclaim", AT_COUNTY, {"to": "taker", "reason": "件已在乡镇", "slip": "no"})
    custody = work.case.custody
    assert (custody.holder, custody.device, custody.grant) == (TOWNSHIP, "", reclaim.event_id)
    assert work.case.viewers == (VILLAGE, COUNTY, TOWNSHIP)
    with pytest.raises(StationError, match="held-by-other-pc"):
        work.entry("offer", AT_TOWNSHIP, {"to": COUNTY})
    work.act("take_over", AT_TOWNSHIP)
    work.act("offer", AT_TOWNSHIP, {"to": COUNTY})


def test_an_answer_that_came_after_the_reclaim_is_kept_and_seen_by_who_gave_it() -> None:
    work = offered()
    late = replace(work.entry("accept_handover", AT_TOWNSHIP), event_id="late", lamport=3)
    work.days_later(3).act("reclaim", AT_COUNTY)
    assert _verdict_on(work, late) == (Verdict.LATE, "custody-passed")
    work.add(late, Verdict.LATE, "custody-passed")
    author = work.seen_by(AT_TOWNSHIP)
    assert author is not None
    assert (author.not_standing, author.custody.holder) == ({"late": "custody-passed"}, VILLAGE)
    assert not author.provisional


def _again(work: Casework, on: Entry, verdict: Verdict, reason: str = "") -> None:
    number = len(work.rulings) + 1
    work.rulings.append(Ruling(number, on.event_id, verdict, reason, f"ruling-{number - 1}", f"ruling-{number}"))


def test_of_several_rulings_on_one_event_the_last_counts() -> None:
    work = registered()
    offer = work.act("offer", AT_VILLAGE)
    _again(work, offer, Verdict.NEEDS_REVIEW, "cloned-pc")
    assert (work.case.custody.offer, work.case.not_standing) == (None, {offer.event_id: "cloned-pc"})
    _again(work, offer, Verdict.ACCEPTED)
    assert work.case.custody.offer is not None
    assert (work.case.not_standing, work.case.last_ruling) == ({}, (4, "ruling-4"))


def test_a_ruling_that_is_overruled_changes_what_was_built_on_it() -> None:
    work = at_township()
    _again(work, work.entries[1], Verdict.SUPERSEDED, "paper-stands")
    # The acceptance still has its "accepted", but there is no offer left that it answers.
    assert work.case.custody.holder == VILLAGE
    assert work.case.custody.head == "event-1"


@given(st.permutations(range(3)), st.lists(st.sampled_from(Verdict), min_size=3, max_size=3), st.randoms())
def test_contradictory_rulings_never_make_two_custodies(
    order: list[int], verdicts: list[Verdict], shuffle: Random
) -> None:
    """A center that lost its memory ruled once more, and let the second of two answers stand beside the first."""
    work = offered()
    answers = [
        replace(work.entry("accept_handover", AT_TOWNSHIP), event_id="answer-0"),
        replace(work.entry("accept_handover", TOWNSHIP_PC_2), event_id="answer-1"),
        replace(work.entry("reject_handover", AT_TOWNSHIP), event_id="answer-2"),
    ]
    work.entries += answers
    for place in order:
        _again(work, answers[place], verdicts[place])
    standing = [answers[place] for place in order if verdicts[place] is Verdict.ACCEPTED]
    entries, rulings = list(work.entries), list(work.rulings)
    shuffle.shuffle(entries)
    shuffle.shuffle(rulings)
    case = fold(entries, rulings)
    assert case is not None
    assert case.custody.grant == (standing[0].event_id if standing else "event-1")
    taken = bool(standing) and standing[0].type == "accept_handover"
    assert (case.custody.holder, case.custody.device) == (
        (TOWNSHIP, standing[0].origin) if taken else (VILLAGE, AT_VILLAGE.origin)
    )


def test_a_case_in_which_words_of_a_newer_program_stand_waits_for_the_upgrade() -> None:
    work = registered()
    work.add(work.written("teleport", AT_VILLAGE, None, grant="event-1", base="event-1"))
    assert work.case.needs_upgrade
    assert work.case.custody.head == "event-1"
    with pytest.raises(StationError, match="needs-upgrade"):
        work.entry("offer", AT_VILLAGE)
    work.act("note", AT_VILLAGE)
    assert len(work.case.remarks) == 1


def test_words_of_a_newer_program_that_were_set_aside_hold_nobody_up() -> None:
    work = registered()
    work.add(work.written("teleport", AT_VILLAGE, None, grant="event-1", base="event-1"), Verdict.LATE, "base-passed")
    assert not work.case.needs_upgrade
    work.act("offer", AT_VILLAGE)
