"""What a worker reads: lists, the timeline with its marks, the outbox, the reference documents."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from station_app.domain.errors import StationError
from station_app.protocol.wire import PushStatus
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.look_up import TimelineStep, list_cases, outbox, timeline
from station_app.usecases.ports import CaseFilter
from station_app.usecases.reference import Reference, office_of, reference_of
from station_app.usecases.run_action import act_on_case, register_case
from tests.domain.casework import TOWNSHIP, TOWNSHIP_ITEM, VILLAGE, registration
from tests.fakes import station_store
from tests.usecases.county import County, Office


def _steps(office: Office, case_id: str) -> list[TimelineStep]:
    with office.read_book() as book:
        return timeline(book, book.case(case_id))


def test_a_list_shows_the_clock_the_holder_and_the_road(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    with county.village.read_book() as book:
        [view] = list_cases(book, CaseFilter())
    assert [clock.kind for clock in view.clocks] == ["handover"]
    assert (view.custodian_name, view.on_the_road_to) == ("荷花村代办点", "")
    offer_batch(county.village.desk(), TOWNSHIP, [case.case_id])
    with county.village.read_book() as book:
        [view] = list_cases(book, CaseFilter(query="李"))
        assert list_cases(book, CaseFilter(query="张")) == []
        assert list_cases(book, CaseFilter(state="closed")) == []
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
