"""The papers of a decision go home office by office, each signing for them (domain S5), whatever order they come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from station_app.domain.cases import Case
from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.domain.result_papers import PapersPlace, decision_papers, papers_place
from tests.domain.casework import (
    AT_COUNTY,
    AT_TOWNSHIP,
    AT_VILLAGE,
    COUNTY,
    FORMS,
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    SECOND_PERSON,
    TOWNSHIP,
    VILLAGE,
    Casework,
    Seat,
    accepted,
    at_county,
    decided,
    delivered,
    papers_sent,
)

DAY = "2026-11-23"


def decided_at_county() -> Casework:
    work = at_county()
    work.act("accept_application", AT_COUNTY)
    work.act("grant", replace(AT_COUNTY, person="b"), {"result": "高龄津贴证 12 号"})
    return work


def refusal(work: Casework, code: str, seat: Seat, form: Mapping[str, Any] | None = None) -> str:
    with pytest.raises(StationError) as refused:
        work.entry(code, seat, form)
    return refused.value.code


def test_nothing_goes_home_before_the_decision() -> None:
    case = accepted().case
    assert papers_place(case) is None and decision_papers(case) == ()
    assert refusal(accepted(), "send_papers", AT_TOWNSHIP) == "state-wrong"


def test_the_papers_are_what_the_decision_names() -> None:
    assert decision_papers(decided().case) == (("准予决定书", 1),)
    assert decision_papers(decided("refuse").case) == (("不予决定书", 1),)
    assert decision_papers(decided_at_county().case) == (("高龄津贴证 12 号", 1),)


def test_they_go_from_office_to_office_each_signing_for_them() -> None:
    work = decided_at_county()
    assert papers_place(work.case) == PapersPlace(COUNTY, on=DAY)
    work.act("send_papers", AT_COUNTY, {"to": TOWNSHIP})
    assert papers_place(work.case) == PapersPlace(COUNTY, TOWNSHIP, "batch-1", DAY)
    assert refusal(work, "send_papers", AT_COUNTY, {"to": TOWNSHIP}) == "papers-not-here"
    assert refusal(work, "send_papers", AT_TOWNSHIP) == "papers-not-here"
    assert refusal(work, "receive_papers", AT_VILLAGE) == "papers-not-for-us"
    work.act("receive_papers", AT_TOWNSHIP)
    assert papers_place(work.case) == PapersPlace(TOWNSHIP, "", "batch-1", DAY)
    work.act("send_papers", AT_TOWNSHIP, {"to": VILLAGE})
    work.act("receive_papers", AT_VILLAGE)
    assert papers_place(work.case) == PapersPlace(VILLAGE, "", "batch-1", DAY)
    assert refusal(work, "send_papers", AT_VILLAGE) == "papers-at-home"


def test_an_office_may_be_left_out_on_the_way_and_no_other_put_in() -> None:
    work = decided_at_county()
    for to in (OTHER_TOWNSHIP, OTHER_VILLAGE, COUNTY, "nowhere"):
        assert refusal(work, "send_papers", AT_COUNTY, {"to": to}) == "papers-other-way"
    work.act("send_papers", AT_COUNTY, {"to": VILLAGE})
    assert papers_place(work.case) == PapersPlace(COUNTY, VILLAGE, "batch-1", DAY)


def test_what_is_sent_back_lies_where_it_came_from_and_can_go_again() -> None:
    work = papers_sent()
    said = work.act("receive_papers", AT_VILLAGE, {"reason": "不是本村的"}).effects
    assert said is not None and (said.remark or {})["text"] == "退回：不是本村的"
    assert papers_place(work.case) == PapersPlace(TOWNSHIP, "", "batch-1", DAY)
    work.act("send_papers", AT_TOWNSHIP)
    assert (papers_place(work.case) or PapersPlace("")).to == VILLAGE


def test_a_count_that_differs_is_written_down_and_another_paper_refused() -> None:
    work = papers_sent()
    row = {"material": "准予决定书", "originals": 0, "copies": 0}
    said = work.act("receive_papers", AT_VILLAGE, {"differences": [row]}).effects
    assert said is not None and said.remark is not None
    assert said.remark["differences"] == [{"name": "准予决定书", "expected": 1, "counted": 0}]
    assert said.remark["text"] == "准予决定书应 1 份，实收 0 份"
    for wrong, code in (({"material": "房产证"}, "material-not-in-case"), ("准予决定书", "form-field-type")):
        assert refusal(papers_sent(), "receive_papers", AT_VILLAGE, {"differences": [wrong]}) == code


def test_after_the_delivery_nothing_goes_down_any_more() -> None:
    assert refusal(delivered(), "send_papers", AT_TOWNSHIP) == "state-wrong"
    work = papers_sent()
    work.act("deliver", AT_VILLAGE, FORMS["deliver"])
    work.act("receive_papers", AT_VILLAGE)
    assert (papers_place(work.case) or PapersPlace("")).org == VILLAGE


def test_two_pcs_that_send_the_same_paper_send_it_once() -> None:
    """Whichever batch the paper really lies in, it can be signed for; and both stores say the same of it."""
    work = decided()
    one = work.entry("send_papers", SECOND_PERSON, {"to": VILLAGE})
    other = replace(one, event_id="event-x", origin="pc-2", seq=1)
    first, second = _case_of(work, [one, other]), _case_of(work, [other, one])
    assert papers_place(first) == papers_place(second) == PapersPlace(TOWNSHIP, VILLAGE, "batch-1", DAY)


def _case_of(work: Casework, more: list[Any]) -> Case:
    return Casework(work.today, [*work.entries, *more], work.rulings).case


@pytest.mark.parametrize("said", [{"kind": "papers_received"}, {"kind": ["papers_received"]}, {"batch": 7}])
def test_what_an_office_says_that_was_not_sent_them_moves_nothing(said: dict[str, Any]) -> None:
    work = papers_sent()
    work.add(work.written("receive_papers", Seat(OTHER_TOWNSHIP), Effects(remark=said)))
    assert papers_place(work.case) == PapersPlace(TOWNSHIP, VILLAGE, "batch-1", DAY)
