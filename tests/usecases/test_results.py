"""Decisions not delivered yet: who owes them, what they are, and whether the center has them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from station_app.domain.cases import CaseState
from station_app.protocol.exchange_records import PushStatus
from station_app.usecases import results as module
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.results import Results, _day, results_home
from station_app.usecases.run_action import act_on_case, register_case
from tests.domain.casework import MONDAY, TOWNSHIP, TOWNSHIP_ITEM, VILLAGE, registration
from tests.usecases.county import County

REFUSAL = {"reason": "不符合条件", "remedy": "六十日内可以申请行政复议", "document_number": "沙府救〔2026〕12号"}


def decide(county: County, code: str, form: dict[str, str]) -> str:
    desk = county.township.desk()
    case_id = register_case(desk, registration(TOWNSHIP_ITEM)).case_id
    act_on_case(desk, case_id, "accept_application", {})
    act_on_case(county.township.desk(person="b"), case_id, code, form)
    return case_id


def results(county: County, today: date = MONDAY, org: str = "") -> Results:
    with county.township.read_book() as book:
        return results_home(book, today, org)


def test_what_is_decided_is_listed_until_it_is_delivered(county: County) -> None:
    granted, refused = decide(county, "grant", {}), decide(county, "refuse", REFUSAL)
    found = results(county)
    assert [result.case_id for result in found.found] == [granted, refused] and found.total == 2
    last = found.found[1]
    assert (last.state, last.document_number) == (CaseState.REFUSED, "沙府救〔2026〕12号")
    assert last.owed_by_name == "玉津镇便民服务中心"
    assert last.decided_on == date(2026, 11, 23) and last.clock is not None and last.clock.kind == "delivery"
    act_on_case(county.township.desk(), granted, "deliver", {"signed_by": "李𬭎", "method": "in_person"})
    assert [result.case_id for result in results(county).found] == [refused]


def test_a_decision_the_center_does_not_have_yet_is_told(county: County) -> None:
    decide(county, "grant", {})
    assert not results(county).found[0].at_center
    with county.township.open_book() as book:
        book.settle([PushStatus(link, "stored") for link, _ in book.outbox(100)], "2026-11-23T05:00:00Z")
    assert results(county).found[0].at_center


def test_each_office_is_told_what_it_owes(county: County) -> None:
    own = decide(county, "grant", {})
    from_village = register_case(county.village.desk(), registration(TOWNSHIP_ITEM)).case_id
    number = offer_batch(county.village.desk(), TOWNSHIP, [from_village]).batch.number
    county.settle()
    receive_batch(county.township.desk(), number, Count())
    act_on_case(county.township.desk(), from_village, "accept_application", {})
    act_on_case(county.township.desk(person="b"), from_village, "grant", {})
    found = results(county, MONDAY + timedelta(days=30))
    assert [(owing.org, owing.count, owing.overdue) for owing in found.offices] == [(TOWNSHIP, 1, 1), (VILLAGE, 1, 1)]
    assert [result.case_id for result in results(county, org=VILLAGE).found] == [from_village]
    assert [result.case_id for result in results(county, org=TOWNSHIP).found] == [own]
    assert results(county, org="511123999999").found == ()


def test_all_are_looked_at_and_the_first_to_be_delivered_shown(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    monkeypatch.setattr(module, "MOST_SHOWN", 3)
    cases = [decide(county, "grant", {}) for _ in range(5)]
    found = results(county)
    assert ([result.case_id for result in found.found], found.total) == (cases[:3], 5)


def test_a_day_that_a_faulty_program_wrote_is_none() -> None:
    assert _day("2026-11-23") == date(2026, 11, 23)
    assert _day("yesterday") is None and _day(None) is None
