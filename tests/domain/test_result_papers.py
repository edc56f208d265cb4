"""The papers of a decision go home office by office, each signing for them (domain S5), whatever order they come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.domain.fold import Ruling, Verdict
from station_app.domain.organisations import Organisations
from station_app.domain.result_papers import PapersPlace, decision_of, decision_papers, papers_place, way_home
from tests.domain.casework import (
    AT_COUNTY,
    AT_TOWNSHIP,
    AT_VILLAGE,
    COUNTY,
    FORMS,
    ORGANISATIONS,
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
    assert papers_place(work.case) == PapersPlace(TOWNSHIP, "", "batch-1", DAY, "不是本村的")
    work.act("send_papers", AT_TOWNSHIP)
    assert (papers_place(work.case) or PapersPlace("")).to == VILLAGE


def test_after_the_delivery_nothing_goes_down_any_more() -> None:
    assert refusal(delivered(), "send_papers", AT_TOWNSHIP) == "state-wrong"
    work = papers_sent()
    work.act("deliver", AT_VILLAGE, FORMS["deliver"])
    work.act("receive_papers", AT_VILLAGE)
    assert (papers_place(work.case) or PapersPlace("")).org == VILLAGE


def sent_in(work: Casework, batch: str, seat: Seat = SECOND_PERSON, to: str = VILLAGE) -> None:
    """Send the papers off in a batch of this name."""
    entry = work.entry("send_papers", seat, {"to": to})
    assert entry.effects is not None and entry.effects.remark is not None
    effects = replace(entry.effects, remark={**entry.effects.remark, "batch": batch})
    work.add(replace(entry, event_id=f"event-{batch}", effects=effects))


def test_what_nobody_signs_for_goes_once_more_and_whoever_signs_for_it_has_it() -> None:
    work = decided_at_county()
    sent_in(work, "one", AT_COUNTY, TOWNSHIP)
    sent_in(work, "two", AT_COUNTY, VILLAGE)
    assert papers_place(work.case) == PapersPlace(COUNTY, VILLAGE, "two", DAY)
    said = {"kind": "papers_received", "decision": decision_of(work.case), "batch": "one", "on": DAY}
    work.add(work.written("receive_papers", AT_TOWNSHIP, Effects(remark=said)))
    assert papers_place(work.case) == PapersPlace(TOWNSHIP, "", "one", DAY)


def test_papers_of_a_decision_that_did_not_stand_are_not_those_of_the_next() -> None:
    """Sent before the ruling, which set the decision aside: the next one's were on the road before it was made."""
    work = accepted()
    first = work.act("grant", SECOND_PERSON, ruled=False)
    offline = Casework(work.today, [*work.entries[:-1], replace(first, own=True)], work.rulings)
    sent_in(offline, "one")
    assert (papers_place(offline.case) or PapersPlace("")).to == VILLAGE
    work.entries.append(offline.entries[-1])
    work.rulings.append(Ruling(9, first.event_id, Verdict.NEEDS_REVIEW, "four-eyes", None, "z", at=work.now))
    work.act("grant", replace(AT_TOWNSHIP, person="c"))
    assert papers_place(work.case) == PapersPlace(TOWNSHIP, on=DAY)


def test_on_the_way_lie_only_offices_that_have_had_the_case() -> None:
    """A village that had moved meanwhile: its new township never heard of the case, and waited for it for ever."""
    work = decided_at_county()
    assert way_home(work.case, COUNTY, ORGANISATIONS) == (TOWNSHIP, VILLAGE)
    away = replace(ORGANISATIONS.get(VILLAGE), parent=OTHER_TOWNSHIP, former_parents=(TOWNSHIP,))
    moved = [away if office.code == VILLAGE else office for office in ORGANISATIONS]
    assert way_home(work.case, COUNTY, Organisations(moved)) == (VILLAGE,)
    assert way_home(decided().case, TOWNSHIP, Organisations(moved)) == (VILLAGE,)
    assert way_home(work.case, VILLAGE, ORGANISATIONS) == ()


@pytest.mark.parametrize("said", [{"kind": "papers_received"}, {"kind": ["papers_received"]}, {"batch": 7}])
def test_what_an_office_says_that_was_not_sent_them_moves_nothing(said: dict[str, Any]) -> None:
    work = papers_sent()
    work.add(work.written("receive_papers", Seat(OTHER_TOWNSHIP), Effects(remark=said)))
    assert papers_place(work.case) == PapersPlace(TOWNSHIP, VILLAGE, "batch-1", DAY)
