"""What waits for a decision, the first to end first, and settling a 即办件 step by step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from station_app.domain.cases import CaseState
from station_app.domain.people import Role
from station_app.usecases import deciding
from station_app.usecases.deciding import (
    Queue,
    Settlement,
    instant_cases,
    obstacle,
    settle,
    steps_to_settle,
    to_accept,
    to_decide,
)
from station_app.usecases.ports import Book
from station_app.usecases.run_action import act_on_case, register_case
from tests.domain.casework import COUNTY_ITEM, INSTANT_ITEM, TOWNSHIP, TOWNSHIP_ITEM, registration
from tests.usecases.county import NOON, County

ALL_STEPS = ("accept_application", "grant", "deliver", "close")


def register(county: County, item: str) -> str:
    return register_case(county.township.desk(), registration(item)).case_id


def queue(county: County, which: Callable[[Book], Queue]) -> list[str]:
    with county.township.read_book() as book:
        return [line.case_id for line in which(book).lines]


def test_only_what_this_office_decides_waits_to_be_accepted(county: County) -> None:
    mine, instant = register(county, TOWNSHIP_ITEM), register(county, INSTANT_ITEM)
    register(county, COUNTY_ITEM)
    assert queue(county, to_accept) == [mine, instant]
    act_on_case(county.township.desk(), mine, "accept_application", {})
    assert queue(county, to_accept) == [instant] and queue(county, to_decide) == [mine]


def test_the_first_to_end_stands_first(county: County) -> None:
    county.now = NOON + timedelta(days=2)
    late = register(county, TOWNSHIP_ITEM)
    county.now = NOON
    early = register(county, TOWNSHIP_ITEM)
    assert queue(county, to_accept) == [early, late]


def test_a_long_queue_is_looked_through_whole_and_shown_from_its_head(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "_AT_ONCE", 2)
    monkeypatch.setattr(deciding, "MOST_SHOWN", 3)
    cases = [register(county, TOWNSHIP_ITEM) for _ in range(5)]
    with county.township.read_book() as book:
        found = to_accept(book)
    assert ([line.case_id for line in found.lines], found.total) == (cases[:3], 5)


def test_instant_cases_wait_until_they_are_decided(county: County) -> None:
    register(county, TOWNSHIP_ITEM)
    case_id = register(county, INSTANT_ITEM)
    assert queue(county, instant_cases) == [case_id]
    act_on_case(county.township.desk(), case_id, "accept_application", {})
    assert queue(county, instant_cases) == [case_id]
    act_on_case(county.township.desk(), case_id, "grant", {})
    assert queue(county, instant_cases) == []


def test_a_case_is_settled_in_one_go(county: County) -> None:
    case = register_case(county.township.desk(), registration(INSTANT_ITEM))
    steps = steps_to_settle(case, TOWNSHIP, deliver=True)
    assert steps == ALL_STEPS
    settled = settle(county.township.desk(), case.case_id, steps, Settlement("参保信息", "李𬭎"))
    assert settled.done == ("受理", "准予", "送达签收", "办结") and settled.error is None
    assert settled.case is not None and settled.case.state is CaseState.CLOSED
    assert settled.case.fields["result"] == "参保信息"


def test_a_case_of_another_office_is_delivered_there(county: County) -> None:
    case = register_case(county.village.desk(), registration(INSTANT_ITEM))
    assert steps_to_settle(case, TOWNSHIP, deliver=True) == ("accept_application", "grant")
    own = register_case(county.township.desk(), registration(INSTANT_ITEM))
    assert steps_to_settle(own, TOWNSHIP, deliver=False) == ("accept_application", "grant")
    accepted = act_on_case(county.township.desk(), own.case_id, "accept_application", {})
    assert steps_to_settle(accepted, TOWNSHIP, deliver=True) == ALL_STEPS[1:]


def test_what_was_done_before_a_refusal_stands(county: County) -> None:
    case_id = register(county, INSTANT_ITEM)
    settled = settle(county.township.desk(), case_id, ALL_STEPS, Settlement())
    assert settled.done == ("受理", "准予") and settled.failed == "送达签收"
    assert settled.error is not None and settled.error.code == "form-field-missing"
    with county.township.read_book() as book:
        case = book.case(case_id)
    assert case is not None and case.state is CaseState.GRANTED


def test_an_obstacle_is_known_before_the_form_is_filled_in(county: County) -> None:
    case = register_case(county.township.desk(), registration(TOWNSHIP_ITEM))
    clerk = county.township.desk(roles=frozenset({Role.CLERK}))
    with county.township.read_book() as book:
        assert obstacle(clerk, book, case, "accept_application") is None
        error = obstacle(clerk, book, case, "grant")
    assert error is not None and error.code == "role-missing"
    accepted = act_on_case(county.township.desk(), case.case_id, "accept_application", {})
    with county.township.read_book() as book:
        error = obstacle(county.township.desk(), book, accepted, "grant")
    assert error is not None and error.code == "four-eyes"
