"""The station's book in memory and the one on disk keep the same contract."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import CaseState
from station_app.exchange.asked_cases import NOT_FOUND, ask, next_asked, take_answer
from station_app.exchange.ports import Link, OwnEpoch
from station_app.protocol.exchange_records import CaseAnswer, PushStatus
from station_app.protocol.signed import Signed, document_payload, read_document
from station_app.usecases.ports import Book, OutboxEntry, SyncStatus
from tests.exchange.makers import EPOCH, OTHER, TOWNSHIP, VILLAGE, Device
from tests.storage.station_books import AT, Books, listed, opened, receipt, subject


def test_a_new_book_is_empty(books: Books) -> None:
    with books.read() as book:
        assert book.chain().seq == 0
        assert book.chain().prev is None
        assert (list(book.all_events()), book.outbox(10), book.last_link()) == ([], [], 0)
        assert listed(book, CaseQuery()) == []
        assert book.link() == Link()
        assert book.sync_status() == SyncStatus()
        assert (book.case("1"), book.case_numbered("1"), book.batch("1"), book.batch_numbered("1")) == (None,) * 4


def test_what_is_appended_is_read_back_byte_for_byte_and_in_order(books: Books) -> None:
    events = [opened(books.me, number) for number in (1, 2)] + [books.me.write("note", subject=subject(1))]
    books.append(*events)
    with books.read() as book:
        assert list(book.all_events()) == events
        assert list(book.subject_events(subject(1)[1])) == [events[0], events[2]]
        assert book.chain() == books.me.chain
        assert book.known_ids([events[1].event_id, "0" * 64]) == {events[1].event_id}
        assert [link for link, _ in book.outbox(10)] == [1, 2, 3]
        assert [event for _, event in book.outbox(2)] == events[:2]
        assert book.last_link() == 3


def test_the_same_event_twice_is_an_error_and_changes_nothing(books: Books) -> None:
    first = opened(books.me, 1)
    books.append(first)
    with pytest.raises((AssertionError, IntegrityError)):
        books.append(first)
    with books.read() as book:
        assert list(book.all_events()) == [first]
        assert book.last_link() == 1


def test_what_this_pc_wrote_before_it_was_restored_comes_back_beside_what_it_wrote_since(books: Books) -> None:
    """Both have the same place in the same chain; the second was an error of the database."""
    first, lost = opened(books.me, 1), opened(Device(VILLAGE), 2)
    books.append(first)
    with books.write() as book:
        book.add_foreign([lost])
        book.refold([lost.header.subject])
    with books.read() as book:
        assert list(book.all_events()) == [first, lost]
        assert book.case(subject(2)[1]) is not None


def test_a_new_epoch_begins_at_its_first_place_and_leaves_the_outbox_as_it_is(books: Books) -> None:
    waiting = opened(books.me, 1)
    books.append(waiting)
    with books.write() as book:
        assert book.own_epoch() == OwnEpoch(EPOCH, 1, "", 3)
        book.start_epoch("f" * 16)
        book.save_tag(9)
    with books.read() as book:
        assert book.own_epoch() == OwnEpoch("f" * 16, 0, EPOCH, 9)
        assert (book.chain().seq, book.chain().prev, book.chain().lamport) == (0, None, 1)
        assert [event for _, event in book.outbox(10)] == [waiting]
        assert book.identity().tag == 9


def test_an_error_rolls_back_events_outbox_cases_and_counters(books: Books) -> None:
    with pytest.raises(RuntimeError), books.write() as book:
        book.append([opened(books.me, 1)])
        assert book.case(subject(1)[1]) is not None
        assert book.next_serial("case") == 1
        book.save_link(Link(cursor=5))
        raise RuntimeError
    with books.write() as book:
        assert (list(book.all_events()), book.outbox(10), listed(book, CaseQuery())) == ([], [], [])
        assert book.next_serial("case") == 1
        assert book.link() == Link()


def test_cases_are_found_by_state_name_item_and_number_newest_first(books: Books) -> None:
    name = {"applicant": {"name": "阿苏吉木"}, "item": {"name": "养老保险", "code": "SB"}}
    events = [opened(books.me, 1, **name), opened(books.me, 2), opened(books.me, 3)]
    books.append(*events)
    ids = [subject(number)[1] for number in (3, 2, 1)]
    with books.read() as book:
        found = {
            wanted: listed(book, CaseQuery(wanted))
            for wanted in ("", "阿苏", "养老", "苏吉木", "asjm", "0003", "ylbx", "sb", "%", "阿吉", "3")
        }
        assert listed(book, CaseQuery(state=CaseState.REGISTERED)) == ids
        assert listed(book, CaseQuery(state=CaseState.CLOSED)) == []
        assert book.case_numbered(f"{2:025d}").case_id == ids[1]
        assert book.case(ids[0]).state is CaseState.REGISTERED
    assert found == {
        "": ids,
        "阿苏": [ids[2]],
        "养老": [ids[2]],
        "苏吉木": [ids[2]],
        "asjm": [ids[2]],
        "0003": [ids[0]],
        "ylbx": [ids[2]],
        "sb": [ids[2]],
        "%": ids,
        "阿吉": [],
        "3": [],
    }


def test_settling_marks_once_leaves_waiting_ones_and_keeps_the_first_word(books: Books) -> None:
    events = [opened(books.me, number) for number in (1, 2, 3, 4)]
    books.append(*events)
    with books.write() as book:
        book.settle(
            [PushStatus(1, "stored"), PushStatus(2, "refused", "not-a-party"), PushStatus(3, "waiting", "2")], AT
        )
        book.settle([PushStatus(1, "refused", "late"), PushStatus(9, "stored")], "2027-01-01T00:00:00Z")
    with books.read() as book:
        assert [link for link, _ in book.outbox(10)] == [3, 4]
        states = book.statuses_of([event.event_id for event in events] + ["0" * 64])
        assert [states[event.event_id] for event in events] == [
            ("stored", "", AT),
            ("refused", "not-a-party", AT),
            ("", "", ""),
            ("", "", ""),
        ]
        assert "0" * 64 not in states
        entries = sorted(book.outbox_entries(), key=lambda entry: entry.subject_id)
        assert entries == [
            OutboxEntry(subject(2)[1], 1, "not-a-party"),
            OutboxEntry(subject(3)[1], 1, ""),
            OutboxEntry(subject(4)[1], 1, ""),
        ]
        assert book.last_link() == 4


def test_what_the_center_refused_no_longer_counts_in_the_case(books: Books) -> None:
    first = opened(books.me, 1)
    remark = books.me.write("note", subject=subject(1))
    books.append(first, remark)
    case_id = subject(1)[1]
    with books.read() as book:
        assert len(book.case(case_id).remarks) == 1
    with books.write() as book:
        book.settle([PushStatus(1, "stored"), PushStatus(2, "refused", "not-a-party")], AT)
    with books.read() as book:
        assert book.case(case_id).remarks == ()


def test_events_of_others_take_no_outbox_number_and_raise_the_lamport(books: Books) -> None:
    other = Device(OTHER)
    other.chain = replace(other.chain, lamport=41)
    foreign = opened(other, 7)
    with books.write() as book:
        book.add_foreign([foreign])
        book.refold([foreign.header.subject])
    with books.read() as book:
        assert (book.last_link(), book.outbox(5)) == (0, [])
        assert (book.chain().seq, book.chain().lamport) == (0, 42)
        assert list(book.subject_events(subject(7)[1])) == [foreign]


def test_held_events_are_kept_apart_and_may_come_twice(books: Books) -> None:
    strange = opened(Device(OTHER), 7)
    for _ in range(2):
        with books.write() as book:
            book.hold(strange, "signature-wrong")
    with books.read() as book:
        assert list(book.all_events()) == []
        assert book.known_ids([strange.event_id]) == set()


def test_the_latest_document_of_a_kind_is_in_force_and_a_number_is_never_replaced(books: Books) -> None:
    first, third, second = (
        read_document(Signed(document_payload("directory", number, {"n": number}), b"s")) for number in (1, 3, 2)
    )
    other = read_document(Signed(document_payload("directory", 3, {"n": 99}), b"s"))
    with books.write() as book:
        assert book.document("directory") is None
        for document in (first, third, second, other):
            book.save_document(document)
    with books.read() as book:
        assert book.document("directory") == third
        assert book.document("calendar") is None


def test_credentials_are_known_by_device_and_person_and_older_keys_stay(books: Books) -> None:
    village, township = Device(VILLAGE), Device(TOWNSHIP, 1)
    again = Device(VILLAGE, 2)
    again.device, again.person = village.device, village.person
    with books.write() as book:
        book.save_credentials([*village.credentials(), *township.credentials(), *village.credentials()])
        book.save_credentials(again.credentials()[1:])
    with books.read() as book:
        known = book.credentials()
    assert set(known.devices) == {village.device, township.device}
    keys = [credential.public_key for credential in known.people[village.person, village.device]]
    assert sorted(keys) == sorted([village.person_key.public, again.person_key.public])


def test_serials_count_by_name(books: Books) -> None:
    with books.write() as book:
        assert [book.next_serial("a"), book.next_serial("a"), book.next_serial("b")] == [1, 2, 1]
    with books.write() as book:
        assert book.next_serial("a") == 3


def test_link_receipts_status_and_print_log_are_kept(books: Books) -> None:
    link = Link("i1", 7, "nonce", 3, AT, AT)
    with books.write() as book:
        book.save_link(link)
        book.save_receipt(receipt(3, "a"))
        book.save_receipt(receipt(3, "b"))
        book.save_sync_status(SyncStatus("no-network", {"address": "x"}, AT))
        book.log_print("receipt", "c" * 32, "p" * 32, AT)
        book.log_print("receipt", "c" * 32, "p" * 32, AT)
    with books.read() as book:
        assert book.link() == link
        assert book.sync_status() == SyncStatus("no-network", {"address": "x"}, AT)


def test_a_thousand_events_at_once_are_more_than_a_statement_has_variables(books: Books) -> None:
    events = [opened(books.me, number) for number in range(1, 1101)]
    books.append(*events)
    with books.write() as book:
        assert book.known_ids([event.event_id for event in events]) == {event.event_id for event in events}
        assert len(list(book.all_events())) == 1100
        book.settle([PushStatus(link, "refused", "fork") for link in range(1, 1101)], AT)
        assert len(book.statuses_of([event.event_id for event in events])) == 1100
        assert book.outbox(2000) == []


def test_both_are_what_the_use_cases_ask_for(books: Books) -> None:
    with books.read() as book:
        missing = [name for name in dir(Book) if not name.startswith("_") and not hasattr(book, name)]
    assert missing == []


def test_what_was_asked_for_is_kept_in_its_order_with_what_was_answered(books: Books) -> None:
    with books.write() as book:
        assert book.asked_cases() == {}
        book.save_asked_cases({"9": "", "1": "found", "5": ""})
    with books.read() as book:
        assert list(book.asked_cases().items()) == [("9", ""), ("1", "found"), ("5", "")]
        assert next_asked(book) == "9"
    with books.write() as book:
        assert not take_answer(book, CaseAnswer("1", found=False))
        assert not take_answer(book, CaseAnswer("7", found=False))
        assert take_answer(book, CaseAnswer("9", found=False))
        assert (book.asked_cases()["9"], next_asked(book)) == (NOT_FOUND, "5")
        ask(book, "9")
        assert list(book.asked_cases().items()) == [("5", ""), ("9", "")]
