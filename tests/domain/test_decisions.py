"""Decisions: who decides, four eyes, dates, and the duty to deliver."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.cases import CaseState
from station_app.domain.errors import StationError
from tests.domain.casework import (
    AT_COUNTY,
    AT_TOWNSHIP,
    AT_VILLAGE,
    COUNTY_ITEM,
    FORMS,
    INSTANT_ITEM,
    SECOND_PERSON,
    TOWNSHIP,
    TOWNSHIP_ITEM,
    VILLAGE,
    Casework,
    Seat,
    accepted,
    at_county,
    at_township,
    decided,
    registered,
)


def _refusal(work: Casework, code: str, seat: Seat, **form: object) -> StationError:
    with pytest.raises(StationError) as refused:
        work.entry(code, seat, {**FORMS[code], **form})
    return refused.value


def test_a_grant_keeps_who_when_where_and_under_which_number() -> None:
    work = accepted().days_later(2)
    work.act("grant", SECOND_PERSON, {"document_number": "玉津准〔2026〕1号", "decided_on": "2026-11-24"})
    fields = work.case.fields
    assert work.case.state is CaseState.GRANTED
    assert (fields["decided_on"], fields["deciding_org"], fields["result"]) == ("2026-11-24", TOWNSHIP, "准予")
    assert (fields["decision_document"], fields["decided_by_name"]) == ("玉津准〔2026〕1号", "王代办")


def test_a_refusal_keeps_its_reason_and_the_remedy() -> None:
    fields = decided("refuse").case.fields
    assert (fields["result"], fields["refusal_reason"]) == ("不予", "不符合条件")
    assert fields["remedy"] == FORMS["refuse"]["remedy"]
    assert "decision_document" not in fields


@pytest.mark.parametrize("missing", ["reason", "remedy"])
def test_a_refusal_without_reason_or_remedy_is_no_refusal(missing: str) -> None:
    assert _refusal(accepted(), "refuse", SECOND_PERSON, **{missing: ""}).code == "form-field-missing"


@pytest.mark.parametrize("code", ["grant", "refuse"])
def test_who_accepted_does_not_decide(code: str) -> None:
    assert _refusal(accepted(), code, AT_TOWNSHIP).code == "four-eyes"


def test_an_instant_item_may_be_accepted_and_decided_by_one_person() -> None:
    work = accepted(INSTANT_ITEM)
    work.act("grant", AT_TOWNSHIP)
    assert work.case.state is CaseState.GRANTED


def test_an_office_that_does_not_decide_neither_accepts_nor_decides() -> None:
    error = _refusal(at_township(COUNTY_ITEM), "accept_application", AT_TOWNSHIP)
    assert (error.code, error.params) == (
        "not-the-deciding-office", {"decided_by": "县级", "office": "玉津镇便民服务中心"},
    )  # fmt: skip
    assert _refusal(registered(), "accept_application", AT_VILLAGE).code == "not-the-deciding-office"


def test_the_office_that_decides_does_not_hand_it_up() -> None:
    error = _refusal(at_township(TOWNSHIP_ITEM), "offer", AT_TOWNSHIP, to="511123000000")
    assert (error.code, error.params["item"]) == ("decide-here", "临时救助")


@pytest.mark.parametrize("to", ["511123101000", "511123000000", VILLAGE, "unknown"])
def test_a_village_hands_over_to_its_own_township_only(to: str) -> None:
    error = _refusal(registered(), "offer", AT_VILLAGE, to=to)
    assert (error.code, error.params) == ("offer-not-upward", {"to": to, "expected": TOWNSHIP})


def test_an_acceptance_is_not_dated_before_the_papers_came_nor_a_decision_before_the_acceptance() -> None:
    work = at_township().days_later(3)
    assert _refusal(work, "accept_application", AT_TOWNSHIP, accepted_on="2026-11-22").code == "date-before-step"
    assert _refusal(work, "accept_application", AT_TOWNSHIP, accepted_on="2026-11-27").code == "date-in-future"
    work.act("accept_application", AT_TOWNSHIP, {"accepted_on": "2026-11-25"})
    assert _refusal(work, "grant", SECOND_PERSON, decided_on="2026-11-24").code == "date-before-step"


def test_a_delivery_is_signed_and_not_dated_before_the_decision() -> None:
    work = decided()
    assert _refusal(work, "deliver", AT_VILLAGE, delivered_on="2026-11-22").code == "date-before-step"
    assert _refusal(work, "deliver", AT_VILLAGE, signed_by="12").code == "name-character"
    assert _refusal(work, "deliver", AT_VILLAGE, method="by_drone").code == "form-field-choice"
    work.act("deliver", AT_VILLAGE, {"signed_by": "李𬭎", "method": "by_family"})
    assert work.case.fields["signed_by"] == "李𬭎"


def test_the_result_comes_home_whoever_decides() -> None:
    work = at_county()
    work.act("accept_application", AT_COUNTY)
    work.act("grant", replace(AT_COUNTY, person="b"))
    assert work.case.open_obligation("deliver", VILLAGE) is not None
    assert _refusal(work, "deliver", AT_COUNTY).code == "no-obligation"
    work.act("deliver", replace(AT_VILLAGE, device="pc-2"))
    work.act("close", AT_VILLAGE, {})
    assert work.case.state is CaseState.CLOSED
