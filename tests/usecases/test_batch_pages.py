"""The hand-over pages: batches with their cases and papers, and what a scanned number is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from station_app.domain.batches import Arrival
from station_app.domain.errors import StationError
from station_app.domain.numbers import batch_number, case_number
from station_app.ui.models.hand_over_rows import sent_words
from station_app.usecases.batch_pages import BatchLineView, PaperCount, batches_sent, batches_to_receive, find_for_scan
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.ports import SyncStatus
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.times import stamp
from tests.domain.casework import MONDAY, TOWNSHIP, VILLAGE, registration
from tests.usecases.county import County, Office


def offered(county: County, cases: int = 1) -> str:
    ids = [register_case(county.village.desk(), registration()).case_id for _ in range(cases)]
    number = offer_batch(county.village.desk(), TOWNSHIP, ids).batch.number
    county.settle()
    return number


def to_receive(office: Office) -> list[BatchLineView]:
    with office.read_book() as book:
        return batches_to_receive(book)


def sent(office: Office, limit: int = 10) -> list[BatchLineView]:
    with office.read_book() as book:
        return batches_sent(book, limit)


def test_a_batch_shows_who_sends_what_to_whom(county: County) -> None:
    number = offered(county, 2)
    [view] = to_receive(county.township)
    assert (view.batch.number, view.from_name, view.to_name) == (number, "荷花村代办点", "玉津镇便民服务中心")
    assert view.is_open
    [case, _] = view.cases
    assert (case.applicant, case.item_name, case.outcome) == ("李*", "城乡居民基本养老保险待遇申领", "")
    # The identity card went back to its holder at the counter; only its copy travels.
    assert PaperCount("申请人居民身份证", 0, 1) in case.papers
    assert sum(paper.originals + paper.copies for paper in case.papers) == case.paper_count
    assert {paper.name: paper.originals for paper in case.papers if paper.originals} == dict(case.held_originals)


def test_a_batch_waits_until_its_last_case_is_counted(county: County) -> None:
    number = offered(county, 2)
    [view] = to_receive(county.township)
    first, second = (case.case_id for case in view.cases)
    receive_batch(county.township.desk(), number, Count(only=(first,)))
    [view] = to_receive(county.township)
    assert [case.outcome for case in view.cases] == ["accepted", ""]
    receive_batch(county.township.desk(), number, Count(rejected={second: "缺申请表"}))
    assert to_receive(county.township) == []
    county.settle()
    [view] = sent(county.village)
    assert [case.outcome for case in view.cases] == ["accepted", "rejected"]
    assert not view.is_open


def test_what_was_sent_comes_with_the_last_first_and_no_more_than_asked(county: County) -> None:
    numbers = [offered(county) for _ in range(3)]
    assert [view.batch.number for view in sent(county.village)] == list(reversed(numbers))
    assert [view.batch.number for view in sent(county.village, 1)] == numbers[-1:]
    assert sent(county.township) == []
    assert to_receive(county.village) == []
    assert len(to_receive(county.township)) == 3


def test_a_case_that_has_not_come_yet_leaves_its_line_bare(county: County) -> None:
    number = offered(county)
    with county.village.read_book() as book:
        events = book.subject_events(book.batch_numbered(number).batch_id)
    with County("memory", Path()).township.open_book() as book:
        book.add_foreign(events)
        book.refold({event.header.subject: None for event in events})
        [[case]] = [view.cases for view in batches_to_receive(book)]
    assert (case.applicant, case.item_name, case.papers) == ("", "", ())
    assert case.arrival is Arrival.COMING
    assert (len(case.number), case.paper_count > 0) == (25, True)


def test_a_case_that_was_taken_back_waits_for_nobody_any_more(county: County) -> None:
    """A batch of which the rest was reclaimed stayed in the list of the office that was to take it for ever."""
    number = offered(county, 2)
    [view] = to_receive(county.township)
    first, second = (case.case_id for case in view.cases)
    county.now += timedelta(days=3)
    with county.county.open_book() as book:
        book.save_sync_status(SyncStatus("", {}, "", stamp(county.now)))
    form = {"to": "giver", "reason": "三天没有人接", "slip": "no"}
    act_on_case(county.county.desk(), first, "reclaim", form)
    county.settle()
    [view] = to_receive(county.township)
    assert [case.case_id for case in view.waiting] == [second]
    receive_batch(county.township.desk(), number, Count())
    assert to_receive(county.township) == []
    county.settle()
    [view] = sent(county.village)
    assert [case.arrival for case in view.cases] == [Arrival.GONE, Arrival.HERE]
    assert not view.is_open
    assert sent_words(view, MONDAY) == "接收 1 件，收回 1 件"


def test_a_scan_tells_case_from_batch_and_where_it_is(county: County) -> None:
    number = offered(county)
    with county.village.read_book() as book:
        batch = book.batch_numbered(number)
        case_no = batch.lines[0].number
        at_village = find_for_scan(book, case_no)
    assert (at_village.kind, at_village.here, at_village.offered_in, at_village.where) == (
        "case",
        False,
        "",
        "荷花村代办点",
    )
    with county.township.read_book() as book:
        found = find_for_scan(book, f" {case_no[:12]} {case_no[12:]} ")
        slip = find_for_scan(book, number)
    assert (found.subject_id, found.offered_in, found.here) == (batch.lines[0].case_id, batch.batch_id, False)
    assert (slip.kind, slip.subject_id, slip.here, slip.where) == ("batch", batch.batch_id, True, "玉津镇便民服务中心")
    receive_batch(county.township.desk(), number, Count())
    with county.township.read_book() as book:
        assert find_for_scan(book, case_no).here
        assert not find_for_scan(book, number).here


@pytest.mark.parametrize(
    ("digits", "code"),
    [
        (case_number(VILLAGE, MONDAY, 9, 9), "case-unknown"),
        (batch_number(VILLAGE, MONDAY, 9, 9), "batch-unknown"),
        ("123", "number-length"),
        (case_number(VILLAGE, MONDAY, 9, 9)[:-1] + "x", "number-character"),
    ],
)
def test_a_scan_of_something_else_says_what_it_is_not(county: County, digits: str, code: str) -> None:
    with county.village.read_book() as book, pytest.raises(StationError, match=code):
        find_for_scan(book, digits)
