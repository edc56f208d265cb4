"""What a worker reads: lists, the timeline with its marks, the outbox, the reference documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import CaseState
from station_app.domain.errors import StationError
from station_app.protocol.exchange_records import PushStatus
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.look_up import (
    CasePageView,
    DifferenceView,
    PaperView,
    WaitingSummary,
    case_page,
    differences_of,
    list_cases,
    outbox,
    papers_of,
    view_of,
    waiting_summary,
)
from station_app.usecases.ports import SyncStatus
from station_app.usecases.reference import Reference, office_of, reference_of
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.timeline import TimelineStep, timeline
from tests.domain.casework import ORGANISATIONS, TOWNSHIP, TOWNSHIP_ITEM, VILLAGE, calendar, registration
from tests.fakes import station_store
from tests.usecases.county import County, Office


def _steps(office: Office, case_id: str) -> list[TimelineStep]:
    with office.read_book() as book:
        return timeline(book, book.case(case_id))


def test_a_list_shows_the_clock_the_holder_and_the_road(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    with county.village.read_book() as book:
        [view] = list_cases(book, CaseQuery())
    assert [clock.kind for clock in view.clocks] == ["handover"]
    assert (view.custodian_name, view.on_the_road_to) == ("荷花村代办点", "")
    offer_batch(county.village.desk(), TOWNSHIP, [case.case_id])
    with county.village.read_book() as book:
        [view] = list_cases(book, CaseQuery("李"))
        assert list(list_cases(book, CaseQuery("张"))) == []
        assert list(list_cases(book, CaseQuery(state=CaseState.CLOSED))) == []
    assert view.on_the_road_to == "玉津镇便民服务中心"


def test_the_timeline_has_the_three_marks(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    offer_batch(county.village.desk(), TOWNSHIP, [case.case_id])
    first = _steps(county.village, case.case_id)
    assert [(s.type, s.at_center, s.ruling, s.taken_over) for s in first] == [
        ("register", False, "", False),
        ("offer", False, "", False),
    ]
    with county.village.open_book() as book:
        book.settle([PushStatus(1, "stored"), PushStatus(2, "exists")], "2026-11-23T04:00:00Z")
    county.settle()
    with county.township.read_book() as book:
        [batch] = book.batches()
    receive_batch(county.township.desk(), batch.number, Count())
    county.settle()
    assert [(s.type, s.at_center, s.ruling, s.taken_over) for s in _steps(county.village, case.case_id)] == [
        ("register", True, "accepted", False),
        ("offer", True, "accepted", True),
        ("accept_handover", True, "accepted", False),
    ]


def test_an_offer_that_was_rejected_is_not_taken_over(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id]).batch
    county.settle()
    receive_batch(county.township.desk(), batch.number, Count(rejected={case.number: "缺一份"}))
    county.settle()
    assert [(s.type, s.taken_over) for s in _steps(county.village, case.case_id)] == [
        ("register", False), ("offer", False), ("reject_handover", False),
    ]  # fmt: skip


def test_a_refused_event_shows_why(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    with county.village.open_book() as book:
        book.settle([PushStatus(1, "refused", "person-unknown")], "2026-11-23T04:00:00Z")
    [step] = _steps(county.village, case.case_id)
    assert (step.at_center, step.code, step.readable) == (False, "person-unknown", True)


def test_the_outbox_shows_each_case_and_batch_with_reason_and_next_attempt(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    act_on_case(county.village.desk(), case.case_id, "note", {"text": "下午再来"})
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id]).batch
    when = datetime(2026, 11, 23, 4, 5, 6, 789, tzinfo=UTC)
    with county.village.read_book() as book:
        waiting = {entry.label: entry for entry in outbox(book, "no-network", when)}
    assert {label: entry.events for label, entry in waiting.items()} == {case.number: 3, batch.number: 1}
    assert {(entry.reason, entry.next_attempt) for entry in waiting.values()} == {
        ("no-network", "2026-11-23T04:05:06Z")
    }


def test_a_refused_case_stays_in_the_outbox_without_a_next_attempt(county: County) -> None:
    register_case(county.village.desk(), registration())
    with county.village.open_book() as book:
        book.settle([PushStatus(1, "refused", "signature-wrong")], "2026-11-23T04:00:00Z")
    with county.village.read_book() as book:
        [entry] = outbox(book, "", datetime(2026, 11, 23, tzinfo=UTC))
    assert (entry.reason, entry.next_attempt) == ("signature-wrong", "")


def test_the_outbox_is_empty_once_all_is_settled(county: County) -> None:
    register_case(county.village.desk(), registration(TOWNSHIP_ITEM))
    with county.village.open_book() as book:
        book.settle([PushStatus(1, "stored")], "2026-11-23T04:00:00Z")
    with county.village.read_book() as book:
        assert outbox(book, "", None) == []


def test_the_reference_is_what_the_center_published(county: County) -> None:
    with county.village.read_book() as book:
        reference = reference_of(book)
        assert office_of(book).code == VILLAGE
    assert reference.directory.find(TOWNSHIP_ITEM).name == "临时救助"
    assert reference.directory_pin()["sample"] is True


def test_a_station_without_documents_says_what_is_missing() -> None:
    with station_store().read() as book, pytest.raises(StationError, match="documents-missing"):
        reference_of(book)


def test_a_county_without_a_directory_says_so(tmp_path: Path) -> None:
    with County("memory", tmp_path).village.read_book() as book:
        whole = reference_of(book)
    empty = Reference(whole.organisations, whole.calendar, None)
    with pytest.raises(StationError, match="directory-missing"):
        _ = empty.directory
    with pytest.raises(StationError, match="directory-missing"):
        empty.directory_pin()


def page(office: Office, case_id: str) -> CasePageView:
    with office.read_book() as book:
        return case_page(office.desk(), book, case_id)


def test_the_page_of_a_case_shows_all_that_is_known(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    found = page(county.village, case.number)
    assert found == page(county.village, case.case_id)
    assert (found.case.case_id, found.origin_name, found.holder_name) == (case.case_id, "荷花村代办点", "荷花村代办点")
    assert (found.on_the_road_to, found.batch_number, found.provisional) == ("", "", True)
    assert [clock.kind for clock in found.clocks] == ["handover"]
    assert [(s.label, s.org_name, s.actor) for s in found.timeline] == [("收件登记", "荷花村代办点", "")]
    assert [action.code for action in found.actions] == ["opinion", "note"]
    with pytest.raises(StationError, match="case-unknown"):
        page(county.township, case.number)


def _paper(found: CasePageView, name: str) -> PaperView:
    return next(paper for paper in found.papers if paper.name == name)


def test_the_page_says_where_each_paper_is(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    card, form = (_paper(page(county.village, case.case_id), name) for name in ("申请人居民身份证", "待遇领取申请表"))
    assert (card.name, card.where) == ("申请人居民身份证", "原件已当场退还申请人；复印件在荷花村代办点")
    assert (form.originals, form.where) == (1, "在荷花村代办点")
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id]).batch
    found = page(county.village, case.case_id)
    assert _paper(found, "待遇领取申请表").where == "在途（送往玉津镇便民服务中心）"
    assert (found.batch_number, found.on_the_road_to) == (batch.number, "玉津镇便民服务中心")
    assert "request_withdrawal" in [action.code for action in found.actions]


def test_the_page_has_differences_and_remarks_with_names(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id]).batch
    county.settle()
    [material] = [m for m in case.materials if m["name"] == "待遇领取申请表"]
    counted = {case.case_id: [{"material": material["name"], "originals": 0, "copies": 1}]}
    receive_batch(county.township.desk(), batch.number, Count(differences=counted))
    act_on_case(county.township.desk(), case.case_id, "note", {"text": "少一份原件"})
    found = page(county.township, case.case_id)
    expected = DifferenceView("玉津镇便民服务中心", material["name"], 1, material["copies"], 0, 1)
    assert found.differences == (expected,)
    assert [(r.org_name, r.kind, r.text) for r in found.remarks] == [("玉津镇便民服务中心", "note", "少一份原件")]


def test_the_page_says_what_does_not_stand_and_what_to_do(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    act_on_case(county.village.desk(), case.case_id, "note", {"text": "下午再来"})
    with county.village.open_book() as book:
        book.settle([PushStatus(1, "stored"), PushStatus(2, "refused", "signature-wrong")], "2026-11-23T04:00:00Z")
    [late] = page(county.village, case.case_id).late
    assert (late.label, late.text) == ("备注", "这条记录的签名不对。请联系县中心。")


@pytest.mark.parametrize(
    "facts",
    [
        {"materials": [{"name": 1, "originals": "两份"}], "differences:x": [1, {"expected": 3}]},
        {"materials": 3, "differences:x": 7},
    ],
)
def test_the_page_opens_on_facts_of_a_faulty_program(county: County, facts: dict[str, Any]) -> None:
    case = register_case(county.village.desk(), registration())
    reference = Reference(ORGANISATIONS, calendar(), None)
    odd = replace(case, fields={**case.fields, **facts})
    assert [paper.originals for paper in papers_of(view_of(odd, reference))] in ([0], [])
    assert all(difference.counted_originals == 0 for difference in differences_of(odd, ORGANISATIONS))


def test_the_status_bar_counts_what_waits_and_what_was_refused(county: County) -> None:
    empty = WaitingSummary(0, 0, 0, "", "", "")
    with county.village.read_book() as book:
        assert waiting_summary(book) == empty
    case = register_case(county.village.desk(), registration())
    act_on_case(county.village.desk(), case.case_id, "note", {"text": "下午再来"})
    register_case(county.village.desk(), registration())
    with county.village.open_book() as book:
        book.settle([PushStatus(1, "stored"), PushStatus(3, "refused", "signature-wrong")], "2026-11-23T04:00:00Z")
        book.save_sync_status(SyncStatus("no-network", {}, "2026-11-23T04:05:00Z", "2026-11-23T03:00:00Z"))
    with county.village.read_book() as book:
        assert waiting_summary(book) == WaitingSummary(
            1, 1, 1, "no-network", "2026-11-23T04:05:00Z", "2026-11-23T03:00:00Z"
        )
