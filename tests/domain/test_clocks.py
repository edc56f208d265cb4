"""The clocks of a case: which run, from which day, to which day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from station_app.domain.cases import Case, CaseState
from station_app.domain.clocks import Clock, running
from tests.domain.casework import (
    AT_COUNTY,
    AT_TOWNSHIP,
    AT_VILLAGE,
    COUNTY,
    COUNTY_ITEM,
    INSTANT_ITEM,
    ORGANISATIONS,
    TOWNSHIP_ITEM,
    Casework,
    accepted,
    at_county,
    at_township,
    calendar,
    closed,
    decided,
    delivered,
    offered,
    registered,
    returned,
)


def _running(case: Case) -> tuple[Clock, ...]:
    return running(case, ORGANISATIONS, calendar())


def _kinds(case: Case) -> list[tuple[str, date, date]]:
    return [(clock.kind, clock.starts_on, clock.due_on) for clock in _running(case)]


def test_a_registered_case_is_handed_over_within_three_working_days() -> None:
    assert _kinds(registered().case) == [("handover", date(2026, 11, 23), date(2026, 11, 26))]


def test_the_weekend_does_not_count() -> None:
    work = Casework(today=date(2026, 11, 27))
    work.act("register", AT_VILLAGE)
    assert _kinds(work.case) == [("handover", date(2026, 11, 27), date(2026, 12, 2))]


def test_a_returned_case_counts_from_the_day_it_came_back_and_a_supplied_one_from_its_supplement() -> None:
    work = offered().days_later(1)
    work.act("reject_handover", AT_TOWNSHIP)
    assert _kinds(work.case) == [("handover", date(2026, 11, 24), date(2026, 11, 27))]
    work.days_later(1).act("supply", AT_VILLAGE)
    assert _kinds(work.case) == [("handover", date(2026, 11, 25), date(2026, 11, 30))]


def test_a_second_return_counts_anew() -> None:
    work = returned()
    work.act("supply", AT_VILLAGE)
    work.act("offer", AT_VILLAGE)
    work.days_later(3).act("reject_handover", AT_TOWNSHIP)
    assert _kinds(work.case) == [("handover", date(2026, 11, 26), date(2026, 12, 1))]


def test_a_township_sends_up_within_the_days_of_the_item() -> None:
    assert _kinds(at_township(COUNTY_ITEM).case) == [("forward", date(2026, 11, 23), date(2026, 11, 25))]


@pytest.mark.parametrize(("given", "due"), [(None, "2026-11-25"), (0, "2026-11-23"), (15, "2026-12-14")])
def test_sending_up_takes_two_days_where_the_item_says_nothing(given: int | None, due: str) -> None:
    case = at_township(COUNTY_ITEM).case
    item = {**case.item, "forward_workdays": given}
    [clock] = _running(replace(case, fields={**case.fields, "item": item}))
    assert (clock.kind, clock.due_on.isoformat()) == ("forward", due)


def test_the_deciding_office_accepts_or_notifies_within_five_working_days() -> None:
    assert _kinds(at_township().case) == [("notice", date(2026, 11, 23), date(2026, 11, 30))]
    work = at_county()
    assert work.case.custody.holder == COUNTY
    assert [kind for kind, _, _ in _kinds(work.case)] == ["notice"]


def test_a_case_taken_in_at_the_deciding_window_has_five_days_and_no_hand_over() -> None:
    assert _kinds(registered(TOWNSHIP_ITEM, AT_TOWNSHIP).case) == [("notice", date(2026, 11, 23), date(2026, 11, 30))]


def test_a_case_taken_in_at_a_township_that_does_not_decide_is_sent_up() -> None:
    assert [kind for kind, _, _ in _kinds(registered(COUNTY_ITEM, AT_TOWNSHIP).case)] == ["forward"]


def test_a_case_that_goes_on_to_the_city_has_no_clock_at_the_county() -> None:
    case = at_county().case
    item = {**case.item, "decide_level": "市级"}
    assert _running(replace(case, fields={**case.fields, "item": item})) == ()


def test_acceptance_starts_the_promised_limit_and_the_legal_one_where_there_is_one() -> None:
    work = at_county()
    work.act("accept_application", AT_COUNTY)
    assert _kinds(work.case) == [
        ("promised", date(2026, 11, 23), date(2026, 12, 7)),
        ("statutory", date(2026, 11, 23), date(2026, 12, 21)),
    ]
    assert [clock.kind for clock in _running(accepted().case)] == ["promised"]


def test_limits_run_from_the_date_on_the_paper() -> None:
    work = at_township().days_later(3)
    work.act("accept_application", AT_TOWNSHIP, {"accepted_on": "2026-11-24"})
    assert [clock.starts_on for clock in _running(work.case)] == [date(2026, 11, 24)]


def test_an_instant_item_is_due_on_the_day_itself() -> None:
    work = at_township(INSTANT_ITEM)
    work.act("accept_application", AT_TOWNSHIP)
    promised, statutory = _running(work.case)
    assert (promised.kind, promised.due_on) == ("promised", date(2026, 11, 23))
    assert (statutory.kind, statutory.due_on) == ("statutory", date(2026, 12, 7))


@pytest.mark.parametrize("decision", ["grant", "refuse"])
def test_a_decision_is_delivered_within_ten_working_days(decision: str) -> None:
    assert _kinds(decided(decision).case) == [("delivery", date(2026, 11, 23), date(2026, 12, 7))]


@pytest.mark.parametrize("work", [delivered, closed])
def test_nothing_runs_once_the_result_is_delivered(work: Callable[[], Casework]) -> None:
    assert _running(work().case) == ()


def test_a_limit_beyond_the_known_calendar_is_provisional() -> None:
    near, far = at_county(), at_county()
    near.act("accept_application", AT_COUNTY)
    far.days_later(30).act("accept_application", AT_COUNTY)
    assert [clock.provisional for clock in _running(near.case)] == [False, False]
    assert [(clock.due_on.year, clock.provisional) for clock in _running(far.case)] == [(2027, True), (2027, True)]


def test_a_case_without_the_fact_has_no_such_clock() -> None:
    case = at_township().case
    fields = {key: value for key, value in case.fields.items() if not key.startswith("arrived_on")}
    assert _running(replace(case, fields=fields)) == ()
    assert case.state is CaseState.RECEIVED


def test_every_clock_says_in_chinese_what_it_is_and_where_it_comes_from() -> None:
    for work in (registered(), at_township(), at_township(COUNTY_ITEM), accepted(), decided()):
        for clock in _running(work.case):
            assert clock.label.isalpha()
            assert not clock.label.isascii()
            assert clock.basis
