"""Taking a case back from the road: not before three days, by two persons where both sides have signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.errors import StationError
from station_app.domain.reclaims import is_unlocked, locked_until, reclaim_fault
from tests.domain.casework import (
    AT_COUNTY,
    AT_TOWNSHIP,
    AT_VILLAGE,
    COUNTY,
    TOWNSHIP,
    VILLAGE,
    Casework,
    asked_back,
    at_township,
    offered,
)

COLLEAGUE = replace(AT_COUNTY, person="b")
SIGNED = {"to": "giver", "reason": "材料还在村里", "slip": "yes", "call": "上午十时电话，镇上说没有收到"}


def _refusal(work: Casework, form: dict[str, Any] | None = None, seat: Any = AT_COUNTY) -> tuple[str, dict[str, Any]]:
    with pytest.raises(StationError) as refused:
        work.entry("reclaim", seat, form)
    return refused.value.code, dict(refused.value.params)


def _reclaim(to: str = VILLAGE, *, countersigned: bool = False) -> Effects:
    return Effects(
        fields={"reclaimed": {"countersigned": countersigned}}, custody=CustodyMove(CustodyOp.RECLAIM, to=to)
    )


@pytest.mark.parametrize("days", range(3))
def test_an_offer_is_locked_for_three_days_after_the_center_let_it_stand(days: int) -> None:
    work = offered().days_later(days)
    assert locked_until(work.case) == datetime(2026, 11, 26, 4, tzinfo=UTC)
    code, params = _refusal(work)
    assert (code, params["opens"]) == ("reclaim-too-early", "2026-11-26")


def test_the_day_on_which_the_lock_ends_is_told_as_the_calendar_on_the_wall_has_it() -> None:
    """Three hours past midnight in China is still the day before in UTC."""
    work = offered()
    work.rulings[-1] = replace(work.rulings[-1], at="2026-11-23T19:00:00Z")
    assert _refusal(work)[1]["opens"] == "2026-11-27"


def test_an_arbiter_that_was_not_asked_may_ask_a_colleague_for_the_reclaim_and_write_a_note() -> None:
    work = offered().days_later(3)
    assert COUNTY not in work.case.seen_by
    assert work.case.waits_for(COUNTY) and not work.case.waits_for(TOWNSHIP)
    work.act("request_reclaim", AT_COUNTY, {"reason": "双方签了字，镇上说没有收到"})
    work.act("note", AT_COUNTY, {"text": "已打电话"})
    assert [remark.org for remark in work.case.remarks] == [COUNTY, COUNTY]
    with pytest.raises(StationError, match="not-a-party"):
        at_township().act("note", AT_COUNTY, {"text": "已打电话"})


def test_on_the_third_day_the_arbiter_may() -> None:
    work = offered().days_later(3)
    assert reclaim_fault(work.case, _reclaim(), "p", "2026-11-26T03:59:59Z") == "reclaim-too-early"
    assert reclaim_fault(work.case, _reclaim(), "p", "2026-11-26T04:00:00Z") == ""
    assert work.act("reclaim", AT_COUNTY).effects is not None


def test_an_offer_that_no_center_has_let_stand_is_not_reclaimed_however_old() -> None:
    work = offered()
    work.rulings.pop()
    own = work.seen_by(AT_VILLAGE)
    assert own is not None
    assert own.custody.offer is not None
    assert locked_until(own) is None
    assert reclaim_fault(own, _reclaim(), "p", "2036-01-01T00:00:00Z") == "reclaim-too-early"


def test_without_an_offer_there_is_no_lock() -> None:
    work = offered()
    work.act("accept_handover", AT_TOWNSHIP)
    assert locked_until(work.case) is None
    assert reclaim_fault(work.case, _reclaim(), "p", "2026-11-23T04:00:00Z") == ""


def test_any_other_step_is_no_reclaim() -> None:
    work = offered()
    assert reclaim_fault(work.case, Effects(), "p", work.now) == ""
    assert reclaim_fault(work.case, Effects(custody=CustodyMove(CustodyOp.ACCEPT)), "p", work.now) == ""


def test_a_case_is_given_to_one_of_the_two_offices_and_to_nobody_else() -> None:
    work = offered().days_later(3)
    faults = {to: reclaim_fault(work.case, _reclaim(to), "p", work.now) for to in (VILLAGE, TOWNSHIP, COUNTY, "")}
    assert faults == {VILLAGE: "", TOWNSHIP: "", COUNTY: "reclaim-elsewhere", "": "reclaim-elsewhere"}


def test_where_both_have_signed_another_person_of_the_arbiter_must_have_asked() -> None:
    work = asked_back().days_later(3)
    assert _refusal(work, SIGNED)[0] == "second-person-needed"
    work.act("request_reclaim", AT_COUNTY)
    # Who asked does not do it as well.
    assert _refusal(work, SIGNED)[0] == "second-person-needed"
    reclaim = work.act("reclaim", COLLEAGUE, SIGNED)
    assert reclaim.effects is not None
    record = work.case.fields["reclaimed"]
    assert (record["countersigned"], record["call"], record["on"]) == (True, SIGNED["call"], "2026-11-26")


def test_a_request_for_an_earlier_offer_or_of_another_office_is_not_the_second_person() -> None:
    work = asked_back().days_later(3)
    offer = work.case.custody.offer
    assert offer is not None
    for seat, of in ((AT_COUNTY, "an earlier offer"), (AT_VILLAGE, offer.event_id)):
        remark = {"kind": "reclaim_request", "text": "请收回", "offer": of}
        work.add(work.written("request_reclaim", seat, Effects(remark=remark)))
    assert _refusal(work, SIGNED, COLLEAGUE)[0] == "second-person-needed"


def test_a_signed_slip_asks_for_the_call_to_the_taker() -> None:
    work = asked_back().days_later(3)
    work.act("request_reclaim", AT_COUNTY)
    code, params = _refusal(work, {**SIGNED, "call": ""}, COLLEAGUE)
    assert (code, params["field"]) == ("form-field-missing", "call")


def test_who_is_not_the_arbiter_asks_for_no_reclaim() -> None:
    work = asked_back()
    with pytest.raises(StationError, match="nothing-to-reclaim"):
        work.entry("request_reclaim", AT_VILLAGE)
    taken = asked_back()
    taken.act("accept_handover", AT_TOWNSHIP)
    with pytest.raises(StationError, match="nothing-to-reclaim"):
        taken.entry("request_reclaim", AT_VILLAGE)
    with pytest.raises(StationError, match="nothing-to-reclaim"):
        taken.entry("reclaim", AT_COUNTY)


@pytest.mark.parametrize(
    ("ruled_at", "opens"), [("2026-03-02T00:00:00", True), ("2026-03-04", False), ("yesterday", False), ("", False)]
)
def test_an_instant_that_a_faulty_center_wrote_stops_nothing(ruled_at: str, opens: bool) -> None:
    case = offered().case
    assert case.custody.offer is not None
    case = replace(case, custody=replace(case.custody, offer=replace(case.custody.offer, ruled_at=ruled_at)))
    assert is_unlocked(case, "2026-03-05T00:00:00Z") is opens
