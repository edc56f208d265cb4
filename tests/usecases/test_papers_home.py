"""Decisions go home in batches: an outcome for each, one slip, and every office knows where the papers are."""

from __future__ import annotations

import pytest

from station_app.bootstrap.papers import _slip_row
from station_app.domain.batches import BatchKind
from station_app.domain.cases import CaseState
from station_app.domain.errors import StationError
from station_app.usecases.batch_pages import batches_to_receive, find_for_scan
from station_app.usecases.deliveries import deliveries
from station_app.usecases.hand_over import Count, HandOver, offer_batch, receive_batch, send_papers
from station_app.usecases.home import township_board, village_home
from station_app.usecases.results import Result, results_home
from station_app.usecases.run_action import act_on_case, register_case
from tests.domain.casework import COUNTY, MONDAY, TOWNSHIP, TOWNSHIP_ITEM, VILLAGE, registration
from tests.usecases.county import County, Office

PAPER = "准予决定书"


def decided(county: County, count: int = 1) -> list[str]:
    """Return cases that the village took in and the township has granted."""
    ids = [register_case(county.village.desk(), registration(TOWNSHIP_ITEM)).case_id for _ in range(count)]
    number = offer_batch(county.village.desk(), TOWNSHIP, ids).batch.number
    county.settle()
    receive_batch(county.township.desk(), number, Count())
    for case_id in ids:
        act_on_case(county.township.desk(), case_id, "accept_application", {})
        act_on_case(county.township.desk(person="b"), case_id, "grant", {})
    return ids


def sent(county: County, count: int = 1) -> tuple[list[str], HandOver]:
    ids = decided(county, count)
    done = send_papers(county.township.desk(), VILLAGE, ids)
    county.settle()
    return ids, done


def results(office: Office) -> list[Result]:
    with office.read_book() as book:
        return list(results_home(book, MONDAY).found)


def test_decisions_go_down_with_one_slip_and_are_signed_for(county: County) -> None:
    ids, done = sent(county, 2)
    assert done.batch.kind is BatchKind.PAPERS and [o.outcome for o in done.outcomes] == ["offered"] * 2
    assert [(line.papers, line.originals) for line in done.batch.lines] == [(1, ((PAPER, 1),))] * 2
    with county.village.read_book() as book:
        [view] = batches_to_receive(book)
        assert village_home(book, "a", county.now).papers_to_come == 2
        assert [delivery.papers_with for delivery in deliveries(book).entries] == ["玉津镇便民服务中心"] * 2
    assert [[(p.name, p.originals, p.copies) for p in case.papers] for case in view.cases] == [[(PAPER, 1, 0)]] * 2
    assert view.cases[0].kind is BatchKind.PAPERS
    taken = receive_batch(county.village.desk(), done.batch.number, Count())
    assert [o.outcome for o in taken.outcomes] == ["accepted"] * 2
    county.settle()
    assert [(r.papers_with, r.papers_to, r.send_to) for r in results(county.township)] == [("荷花村代办点", "", "")] * 2
    with county.village.read_book() as book:
        assert batches_to_receive(book) == [] and village_home(book, "a", county.now).papers_to_come == 0
        assert {book.case(case_id).state for case_id in ids} == {CaseState.GRANTED}
    with pytest.raises(StationError, match="batch-done"):
        receive_batch(county.village.desk(), done.batch.number, Count())


def test_what_can_be_sent_is_told_and_what_went_is_on_the_road(county: County) -> None:
    [case_id] = decided(county)
    [result] = results(county.township)
    assert (result.send_to, result.send_to_name) == (VILLAGE, "荷花村代办点")
    assert (result.papers_with, result.papers_to) == ("玉津镇便民服务中心", "")
    send_papers(county.township.desk(), VILLAGE, [case_id])
    [result] = results(county.township)
    assert (result.papers_to, result.send_to) == ("荷花村代办点", VILLAGE)


def test_one_that_cannot_go_never_holds_the_others(county: County) -> None:
    first, second = decided(county, 2)
    number = send_papers(county.township.desk(), VILLAGE, [first]).batch.number
    county.settle()
    receive_batch(county.village.desk(), number, Count())
    county.settle()
    own = register_case(county.township.desk(), registration(TOWNSHIP_ITEM)).case_id
    done = send_papers(county.township.desk(), VILLAGE, [first, second, own])
    assert [o.error.code if o.error else o.outcome for o in done.outcomes] == [
        "papers-not-here",
        "offered",
        "state-wrong",
    ]
    assert [line.case_id for line in done.batch.lines] == [second]
    before = county.township.journal()
    with pytest.raises(StationError, match="batch-empty"):
        send_papers(county.township.desk(), VILLAGE, [first])
    with pytest.raises(StationError, match="batch-empty"):
        send_papers(county.township.desk(), COUNTY, [second])
    assert county.township.journal() == before


def test_what_came_to_the_wrong_office_goes_back_and_down_again(county: County) -> None:
    [case_id], done = sent(county)
    receive_batch(county.village.desk(), done.batch.number, Count(rejected={case_id: "不是本村的"}))
    county.settle()
    [result] = results(county.township)
    assert result.send_to == VILLAGE and result.papers is not None and result.papers.returned == "不是本村的"
    again = send_papers(county.township.desk(), VILLAGE, [case_id])
    county.settle()
    taken = receive_batch(county.village.desk(), again.batch.number, Count())
    assert [o.outcome for o in taken.outcomes] == ["accepted"]


def test_what_is_not_in_the_envelope_is_not_signed_for(county: County) -> None:
    """Counted with nothing, it was shown as received on both sides, and nobody could send it again."""
    [case_id], done = sent(county)
    short = {case_id: [{"material": PAPER, "originals": 0, "copies": 0}]}
    taken = receive_batch(county.village.desk(), done.batch.number, Count(differences=short))
    assert [o.outcome for o in taken.outcomes] == ["rejected"]
    county.settle()
    [result] = results(county.township)
    assert result.papers is not None and result.papers.returned == "没有收到准予决定书" and result.send_to == VILLAGE


def test_what_nobody_signs_for_goes_once_more_and_the_old_slip_waits_for_nothing(county: County) -> None:
    [case_id], first = sent(county)
    again = send_papers(county.township.desk(), VILLAGE, [case_id])
    county.settle()
    with county.village.read_book() as book:
        assert [view.batch.number for view in batches_to_receive(book)] == [again.batch.number]
    assert receive_batch(county.village.desk(), again.batch.number, Count()).outcomes[0].outcome == "accepted"
    with pytest.raises(StationError, match="batch-empty"):
        receive_batch(county.village.desk(), first.batch.number, Count())


def test_the_slip_tells_decisions_apart_and_says_where_they_go_on(county: County) -> None:
    case_id = decided_at_county(county, {"document_number": "犍社核〔2026〕9号"})
    done = send_papers(county.county.desk(), TOWNSHIP, [case_id])
    with county.county.read_book() as book:
        row, _ = _slip_row(book, done.batch, 0)
    assert row.remark == "犍社核〔2026〕9号\n送到荷花村代办点" and row.originals == ((PAPER, 1),)


def test_a_scanned_receipt_leads_to_the_batch_in_which_its_decision_comes(county: County) -> None:
    [case_id], done = sent(county)
    with county.village.read_book() as book:
        scanned = find_for_scan(book, book.case(case_id).number)
    assert scanned.offered_in == done.batch.batch_id


def test_a_slip_that_came_before_its_cases_waits_for_them(county: County) -> None:
    [case_id] = decided(county)
    county.settle()
    done = send_papers(county.township.desk(), VILLAGE, [case_id])
    county.settle(without=case_id)
    with pytest.raises(StationError, match="batch-still-coming"):
        receive_batch(county.village.desk(), done.batch.number, Count())
    county.settle()
    assert [o.outcome for o in receive_batch(county.village.desk(), done.batch.number, Count()).outcomes] == [
        "accepted"
    ]


def decided_at_county(county: County, form: dict[str, str]) -> str:
    """Return a case that the village took in and the county has granted."""
    case_id = register_case(county.village.desk(), registration()).case_id
    up = offer_batch(county.village.desk(), TOWNSHIP, [case_id])
    county.settle()
    receive_batch(county.township.desk(), up.batch.number, Count())
    up = offer_batch(county.township.desk(), COUNTY, [case_id])
    county.settle()
    receive_batch(county.county.desk(), up.batch.number, Count())
    act_on_case(county.county.desk(), case_id, "accept_application", {})
    act_on_case(county.county.desk(person="b"), case_id, "grant", form)
    return case_id


def test_decisions_from_the_county_are_counted_at_the_township_like_batches(county: County) -> None:
    case_id = decided_at_county(county, {"result": "待遇核定表 9 号"})
    done = send_papers(county.county.desk(), TOWNSHIP, [case_id])
    county.settle()
    with county.township.read_book() as book:
        board = township_board(book, county.now)
    assert (board.batches_to_come, board.cases_to_come) == (1, 1)
    receive_batch(county.township.desk(), done.batch.number, Count())
    down = send_papers(county.township.desk(), VILLAGE, [case_id])
    county.settle()
    receive_batch(county.village.desk(), down.batch.number, Count())
    act_on_case(county.village.desk(), case_id, "deliver", {"signed_by": "李𬭎", "method": "in_person"})
    county.settle()
    assert results(county.county) == []
