"""A journal's projections stand up to a fresh fold, and what lists read is compared as well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from station_app.domain.numbers import batch_number, case_number
from station_app.exchange.losses import LostRange
from station_app.protocol.exchange_records import PushStatus
from station_app.usecases.audit import OK, audit
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.serials import Written, resume, serial_name
from tests.domain.casework import TOWNSHIP, TOWNSHIP_ITEM, registration
from tests.usecases.county import County, Office


def _believed(jobs: Sequence[Any]) -> list[bool]:
    return [True] * len(jobs)


def _projections(office: Office) -> str:
    with office.read_book() as book:
        return audit(book, _believed).projections


def test_every_office_of_a_trip_stands_up_to_a_fresh_fold(county: County) -> None:
    desk = county.village.desk()
    cases = [register_case(desk, registration(TOWNSHIP_ITEM)).case_id for _ in range(3)]
    number = offer_batch(desk, TOWNSHIP, cases[:2]).batch.number
    county.settle()
    receive_batch(county.township.desk(), number, Count(rejected={cases[1]: "重复"}))
    act_on_case(county.township.desk(), cases[0], "accept_application", {})
    assert [_projections(office) for office in county.offices.values()] == [OK] * 3
    county.settle()
    assert [_projections(office) for office in county.offices.values()] == [OK] * 3


def test_a_row_that_no_longer_says_what_the_events_say_is_found(county: County) -> None:
    case = register_case(county.village.desk(), registration(TOWNSHIP_ITEM))
    with county.village.open_book() as book:
        if hasattr(book, "tables"):
            book.tables.cards.clear()
        else:
            book._connection.exec_driver_sql("UPDATE cases SET applicant = '别人'")
    assert _projections(county.village) == f"row {case.case_id}"


def test_what_a_pc_wrote_before_it_was_set_back_and_what_has_not_come_back_is_told(county: County) -> None:
    register_case(county.village.desk(), registration(TOWNSHIP_ITEM))
    with county.village.open_book() as book:
        epoch = book.own_epoch().epoch
        book.save_written_before({epoch: 3, "e" * 16: 1})
    with county.village.read_book() as book:
        found = audit(book, _believed)
    assert found.lost == (LostRange(epoch, 2, 3), LostRange("e" * 16, 1, 1))


def test_what_a_pc_had_printed_before_it_was_set_back_is_told_by_its_numbers_until_it_comes_back(
    county: County,
) -> None:
    """Somebody has the paper in his hand; that two events are lost helps nobody to find him."""
    here = register_case(county.village.desk(), registration(TOWNSHIP_ITEM)).number
    day, tag = date(2000 + int(here[12:14]), int(here[14:16]), int(here[16:18])), int(here[18:20])
    with county.village.open_book() as book:
        own = book.own_epoch()
        assert audit(book, _believed).lost_numbers == ()
        serials = {serial_name("case", tag, day): 3, serial_name("batch", tag, day): 1}
        resume(book, Written(own.epoch, own.seq + 4, serials), "e" * 16)
    lost = [case_number(here[:12], day, tag, serial) for serial in (2, 3)] + [batch_number(here[:12], day, tag, 1)]
    with county.village.read_book() as book:
        assert audit(book, _believed).lost_numbers == tuple(sorted(lost))


@pytest.mark.parametrize("step", ["batch_offer", "batch_receive"])
def test_a_step_of_a_batch_that_the_center_did_not_take_in_is_no_fault_of_the_journal(
    county: County, step: str
) -> None:
    """The check told to build the lists anew, and again after that, for good; a refused offer vanished by it."""
    desk = county.village.desk()
    case = register_case(desk, registration(TOWNSHIP_ITEM)).case_id
    batch = offer_batch(desk, TOWNSHIP, [case]).batch
    office = county.village
    if step == "batch_receive":
        county.settle()
        office = county.township
        receive_batch(office.desk(), batch.number, Count())
    with office.open_book() as book:
        [link] = [link for link, event in book.outbox(100) if event.header.type == step]
        book.settle([PushStatus(link, "refused", "not-a-party")], "2026-11-23T04:00:00Z")
        shown = book.batch(batch.batch_id)
    assert shown is not None and not shown.outcomes
    assert _projections(office) == OK
