"""Attachments written with a case or into it: in one transaction, noted for sending, and never in anybody's way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from station_app.domain.attachments import MOST_AT_ONCE, MOST_IN_CASE, attachments_of
from station_app.domain.errors import StationError
from station_app.exchange.ports import Link
from station_app.protocol.exchange_records import PushStatus
from station_app.usecases.attachment_book import FilesLeft, FileToSend
from station_app.usecases.case_pages import CaseQuery, cases_after
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.run_action import attach_files, register_case
from tests.domain.casework import SCAN, TOWNSHIP, registration
from tests.usecases.county import County, Office

SECOND = {**SCAN, "file": "d4" * 32, "size": 1000}


def _taken_in(office: Office, incarnation: str = "i1") -> None:
    """Let the center take in all that waits."""
    with office.open_book() as book:
        book.settle([PushStatus(link, "stored") for link, _ in book.outbox(1000)], "2026-11-23T04:00:00Z")
        book.save_link(Link(incarnation=incarnation))


def test_a_case_and_its_attachments_are_saved_together_or_not_at_all(county: County) -> None:
    desk = county.village.desk()
    with pytest.raises(StationError) as refused:
        register_case(desk, registration(attachments=[{"file": SCAN}, {"file": {**SCAN, "size": -1}}]))
    assert refused.value.code == "attachment-unread"
    with county.village.read_book() as book:
        assert (book.outbox(10), book.files_left()) == ([], FilesLeft())
    case = register_case(desk, registration(attachments=[{"file": SCAN, "material": "户口簿"}, {"file": SECOND}]))
    with county.village.read_book() as book:
        assert [event.header.type for _, event in book.outbox(10)] == ["register", "attach", "attach"]
        shown = attachments_of(book.case(case.case_id))
        states = book.file_states(case.case_id)
        left = book.files_left()
    assert [(scan.sealed.file, scan.material, scan.grade) for scan in shown] == [
        (SCAN["file"], "户口簿", "B-村核"),
        (SECOND["file"], "", "B-村核"),
    ]
    assert {(state.own, state.here, state.there, state.sent) for state in states.values()} == {(True, True, False, 0)}
    assert left == FilesLeft(2, SCAN["size"] + 1000, 0)


def test_a_file_waits_for_its_event_and_is_there_in_the_incarnation_that_said_so(county: County) -> None:
    case = register_case(county.village.desk(), registration(attachments=[{"file": SCAN}, {"file": SECOND}]))
    with county.village.read_book() as book:
        assert book.next_to_send() is None
    _taken_in(county.village)
    with county.village.open_book() as book:
        assert book.next_to_send() == FileToSend(SCAN["file"], case.case_id, SCAN["size"], 0)
        book.note_sent(SCAN["file"], 40_000, whole=False)
        assert book.next_to_send() == FileToSend(SCAN["file"], case.case_id, SCAN["size"], 40_000)
        assert book.files_left() == FilesLeft(2, SCAN["size"] - 40_000 + 1000)
        book.note_sent(SCAN["file"], SCAN["size"], whole=True)
        book.note_lost(SECOND["file"], "file-missing")
        assert (book.next_to_send(), book.files_left()) == (None, FilesLeft(lost=1))
        assert book.file_states(case.case_id)[SCAN["file"]].there


def test_a_file_whose_event_was_refused_is_not_waited_for(county: County) -> None:
    register_case(county.village.desk(), registration(attachments=[{"file": SCAN}]))
    with county.village.open_book() as book:
        refused = [PushStatus(link, "refused", "lamport-ahead") for link, _ in book.outbox(10)]
        book.settle(refused, "2026-11-23T04:00:00Z")
        assert book.next_to_send() is None
        if hasattr(book, "connection"):
            assert book.files_left() == FilesLeft()


def test_others_see_the_scan_and_have_no_file_until_they_fetch_it(county: County) -> None:
    case = register_case(county.village.desk(), registration(attachments=[{"file": SCAN}]))
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id]).batch
    county.settle()
    receive_batch(county.township.desk(), batch.batch_id, Count())
    with county.township.open_book() as book:
        book.save_link(Link(incarnation="i1"))
        [state] = book.file_states(case.case_id).values()
        assert (state.own, state.here, book.files_left(), book.next_to_send()) == (False, False, FilesLeft(), None)
        book.keep_file(SCAN["file"])
        assert book.file_states(case.case_id)[SCAN["file"]] == replace(state, here=True, there=True)
    better = attach_files(county.township.desk(), case.case_id, [{"file": SCAN, "grade": "B"}])
    assert [scan.grade for scan in attachments_of(better)] == ["B"]


def test_a_restored_center_is_offered_every_file_again(county: County) -> None:
    register_case(county.village.desk(), registration(attachments=[{"file": SCAN}]))
    _taken_in(county.village)
    with county.village.open_book() as book:
        if not hasattr(book, "connection"):
            pytest.skip("the book in memory has one incarnation")
        book.note_sent(SCAN["file"], SCAN["size"], whole=True)
        assert book.next_to_send() is None
        book.save_link(Link(incarnation="i2"))
        found = book.next_to_send()
        assert found is not None
        assert (found.file, found.sent, book.files_left().files) == (SCAN["file"], SCAN["size"], 1)


def test_a_grade_raised_before_the_file_came_asks_this_pc_for_no_file(county: County) -> None:
    case = register_case(county.village.desk(), registration(attachments=[{"file": SCAN}]))
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id]).batch
    county.settle()
    receive_batch(county.township.desk(), batch.batch_id, Count())
    attach_files(county.township.desk(), case.case_id, [{"file": SCAN, "grade": "B"}])
    _taken_in(county.township)
    with county.township.open_book() as book:
        [state] = book.file_states(case.case_id).values()
        assert (state.own, state.here, state.code) == (False, False, "")
        assert (book.next_to_send(), book.files_left()) == (None, FilesLeft())
    county.settle()
    _taken_in(county.village)
    with county.village.open_book() as book:
        assert book.next_to_send() == FileToSend(SCAN["file"], case.case_id, SCAN["size"], 0)
        assert book.files_left() == FilesLeft(1, SCAN["size"])


def test_two_entries_on_one_file_are_one_file_on_its_way(county: County) -> None:
    case = register_case(county.village.desk(), registration(attachments=[{"file": SCAN, "grade": "C"}]))
    _taken_in(county.village)
    with county.village.open_book() as book:
        book.note_sent(SCAN["file"], 40_000, whole=False)
    attach_files(county.village.desk(), case.case_id, [{"file": SCAN}])
    _taken_in(county.village)
    with county.village.open_book() as book:
        assert book.files_left() == FilesLeft(1, SCAN["size"] - 40_000)
        assert book.next_to_send() == FileToSend(SCAN["file"], case.case_id, SCAN["size"], 40_000)
        book.note_sent(SCAN["file"], SCAN["size"], whole=True)
    attach_files(county.village.desk(), case.case_id, [{"file": SCAN, "purpose": "办理低保"}])
    with county.village.open_book() as book:
        assert (book.next_to_send(), book.files_left()) == (None, FilesLeft())
        assert book.file_states(case.case_id)[SCAN["file"]].there


def _forget(book: Any, case_id: str, *files: str) -> None:
    ids = [remark.event_id for remark in book.case(case_id).remarks if remark.content["file"] in files]
    book._erase(ids)
    book.refold([("case", case_id)])


def test_a_village_forgets_the_file_with_the_body_that_named_it(county: County) -> None:
    case = register_case(county.village.desk(), registration(attachments=[{"file": SCAN}, {"file": SECOND}]))
    _taken_in(county.village)
    with county.village.open_book() as book:
        if not hasattr(book, "connection"):
            pytest.skip("the book in memory has no disk beside it")
        book.note_sent(SCAN["file"], SCAN["size"], whole=True)
        _forget(book, case.case_id, SCAN["file"])
        assert list(book.file_states(case.case_id)) == [SECOND["file"]]
        assert book.unnamed_files(10) == [SCAN["file"]]
        book.forget_files([SCAN["file"], SECOND["file"]])
        assert (book.unnamed_files(10), book.files_left().files) == ([], 1)


@pytest.mark.parametrize("wanted", [True, False])
def test_the_only_copy_of_a_file_stays_until_the_center_has_it_or_does_not_want_it(
    county: County, wanted: bool
) -> None:
    case = register_case(county.village.desk(), registration(attachments=[{"file": SCAN}]))
    _taken_in(county.village)
    with county.village.open_book() as book:
        if not hasattr(book, "connection"):
            pytest.skip("the book in memory has no disk beside it")
        _forget(book, case.case_id, SCAN["file"])
        assert (book.unnamed_files(10), book.files_left()) == ([], FilesLeft(1, SCAN["size"]))
        assert book.next_to_send() == FileToSend(SCAN["file"], case.case_id, SCAN["size"], 0, gone=True)
        if wanted:
            book.note_sent(SCAN["file"], SCAN["size"], whole=True)
        else:
            book.note_lost(SCAN["file"], "file-unknown")
        assert (book.next_to_send(), book.unnamed_files(10), book.files_left()) == (None, [SCAN["file"]], FilesLeft())


def test_a_file_whose_event_was_refused_goes_with_the_body(county: County) -> None:
    register_case(county.village.desk(), registration(attachments=[{"file": SCAN}]))
    with county.village.open_book() as book:
        if not hasattr(book, "connection"):
            pytest.skip("the book in memory has no disk beside it")
        waiting = book.outbox(10)
        book.settle([PushStatus(link, "refused", "lamport-ahead") for link, _ in waiting], "2026-11-23T04:00:00Z")
        book._erase([event.event_id for _, event in waiting])
        assert book.unnamed_files(10) == [SCAN["file"]]


def _scan(number: int) -> dict[str, Any]:
    return {"file": {**SCAN, "file": f"{number:064x}"}}


def test_a_case_has_so_many_files_and_no_more(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    for first in range(0, MOST_IN_CASE, MOST_AT_ONCE):
        attach_files(county.village.desk(), case.case_id, [_scan(first + at) for at in range(MOST_AT_ONCE)])
    before = county.village.journal()
    with pytest.raises(StationError) as refused:
        attach_files(county.village.desk(), case.case_id, [_scan(MOST_IN_CASE)])
    assert (refused.value.code, refused.value.params) == ("attachments-too-many", {"count": 200, "most": 200})
    assert county.village.journal() == before
    # A better word on one that is there is none more.
    attach_files(county.village.desk(), case.case_id, [{**_scan(0), "grade": "C"}])


def test_a_whole_folder_taken_by_mistake_is_refused_whole(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    with pytest.raises(StationError) as refused:
        attach_files(county.village.desk(), case.case_id, [_scan(at) for at in range(MOST_AT_ONCE + 1)])
    assert (refused.value.code, refused.value.params) == ("attachments-at-once", {"count": 51, "most": 50})
    with county.village.read_book() as book:
        assert book.files_left() == FilesLeft()


def test_a_list_says_how_far_the_scans_of_a_case_are_while_some_are_on_their_way(county: County) -> None:
    forms = [{"file": SCAN}, {"file": SECOND}]
    case = register_case(county.village.desk(), registration(attachments=forms))
    register_case(county.village.desk(), registration())
    _taken_in(county.village)
    with county.village.open_book() as book:

        def words() -> list[str]:
            return [line.uploaded for line in cases_after(book, CaseQuery(), None, 10).lines]

        assert sorted(words()) == ["", "材料 0/2 已上传"]
        book.note_sent(SCAN["file"], SCAN["size"], whole=True)
        assert sorted(words()) == ["", "材料 1/2 已上传"]
        assert book.uploaded_of([case.case_id]) == {case.case_id: (1, 2)}
        book.note_sent(SECOND["file"], 1000, whole=True)
        assert words() == ["", ""]
