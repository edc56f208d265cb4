"""A step that does not stand: what it would have written beside what stands, and who has still to look at it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.protocol.exchange_records import PushStatus
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.look_up import LateStep, case_page
from station_app.usecases.ports import SyncStatus
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.set_aside import Disagreement, cases_to_look_at, disagreements, look_at
from station_app.usecases.times import stamp
from tests.domain.casework import TOWNSHIP, TOWNSHIP_ITEM, registration
from tests.usecases.county import County, Office


def _accepted(county: County, number: str) -> str:
    """Return a case that the township has accepted, under this number."""
    case = register_case(county.village.desk(), registration(TOWNSHIP_ITEM))
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id]).batch
    county.settle()
    receive_batch(county.township.desk(), batch.number, Count())
    county.settle()
    act_on_case(county.township.desk(), case.case_id, "accept_application", {"document_number": number})
    return case.case_id


def _found(office: Office, case_id: str) -> tuple[Disagreement, ...]:
    with office.read_book() as book:
        return disagreements(book, book.case(case_id))


def test_a_case_without_set_aside_steps_has_no_disagreements(county: County) -> None:
    assert _found(county.township, _accepted(county, "沙受〔2026〕1号")) == ()


def test_a_refused_step_shows_each_fact_beside_the_one_that_stands(county: County) -> None:
    case_id = _accepted(county, "沙受〔2026〕1号")
    with county.township.open_book() as book:
        link, event = book.outbox(1000)[-1]
        book.settle([PushStatus(link, "refused", "person-unknown")], "2026-11-23T04:00:00Z")
    found = {one.fact: (one.event_id, one.written, one.stands) for one in _found(county.township, case_id)}
    assert found["state"] == (event.event_id, "已受理", "已接收")
    assert found["acceptance_document"] == (event.event_id, "沙受〔2026〕1号", "")


def _late_at_township(county: County) -> str:
    """Return a case that the county took back while the township, which had not heard of it, took it in."""
    case = register_case(county.village.desk(), registration(TOWNSHIP_ITEM))
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id]).batch
    county.settle()
    county.now += timedelta(days=3)
    with county.county.open_book() as book:
        book.save_sync_status(SyncStatus("", {}, "", stamp(county.now)))
    act_on_case(county.county.desk(), case.case_id, "reclaim", {"to": "giver", "reason": "没有人接", "slip": "no"})
    county.settle(without=case.case_id)
    receive_batch(county.township.desk(), batch.number, Count())
    county.settle()
    return case.case_id


def _to_look_at(office: Office) -> list[str]:
    with office.read_book() as book:
        return [placed.card.case_id for placed in cases_to_look_at(book, 9)]


def _late(office: Office, case_id: str) -> LateStep:
    desk = office.desk()
    with office.read_book() as book:
        [late] = case_page(desk, book, case_id).late
    return late


def test_a_late_step_is_told_with_who_set_it_aside_and_when(county: County) -> None:
    late = _late(county.township, _late_at_township(county))
    assert (late.label, late.org_name) == ("接收", "玉津镇便民服务中心")
    assert (late.ruled_by, late.ruled_at) == (Level.COUNTY, "2026-11-26T04:00:00Z")
    assert late.text.startswith("晚了一步，没有生效：写的时候件已经转到别的单位。")


def test_whose_step_came_late_has_to_look_at_it_once_though_it_may_write_there_no_more(county: County) -> None:
    case_id = _late_at_township(county)
    assert [_to_look_at(office) for office in county.offices.values()] == [[], [case_id], []]
    with pytest.raises(StationError, match="not-a-party"):
        act_on_case(county.township.desk(), case_id, "note", {"text": "已核对"})
    look_at(county.township.desk(), case_id)
    assert _to_look_at(county.township) == []
    with county.township.read_book() as book:
        [(person, at)] = book.looked_at().values()
    assert (person, at) == (county.township.desk().worker.person_id, stamp(county.now))


def test_what_the_center_refused_is_to_be_looked_at_as_well(county: County) -> None:
    case_id = _accepted(county, "沙受〔2026〕1号")
    with county.township.open_book() as book:
        link, _ = book.outbox(1000)[-1]
        book.settle([PushStatus(link, "refused", "person-unknown")], stamp(county.now))
    assert _to_look_at(county.township) == [case_id]
    late = _late(county.township, case_id)
    assert (late.ruled_by, late.ruled_at) == (None, "2026-11-23T04:00:00Z")
    look_at(county.township.desk(), case_id)
    # Whatever is set aside after that is to be looked at again.
    act_on_case(county.township.desk(), case_id, "accept_application", {})
    with county.township.open_book() as book:
        link, _ = book.outbox(1000)[-1]
        book.settle([PushStatus(link, "refused", "person-unknown")], stamp(county.now))
    assert _to_look_at(county.township) == [case_id]
