"""Whether an exchange has left anything to be done."""

from __future__ import annotations

from dataclasses import replace

from station_app.exchange.ports import Link
from station_app.protocol.exchange_records import PushStatus
from station_app.usecases.ports import Identity
from station_app.usecases.standing import left_to_do
from tests.exchange.makers import VILLAGE, Device
from tests.fake_station import MemoryBook, station_store

AT, LATER = "2026-11-23T04:00:00Z", "2026-11-23T04:01:00Z"
EQUAL = Link(last_success_at=LATER, equal_at=LATER)


def book_with(link: Link) -> MemoryBook:
    store = station_store()
    book: MemoryBook = store.book(store.tables)
    book.save_setting("identity", Identity("d" * 32, "e" * 16, 0, "1", "https://127.0.0.1:1", "c" * 32, "", ""))
    book.save_link(link)
    return book


def told(book: MemoryBook) -> list[str]:
    return [error.code for error in left_to_do(book)]


def test_all_is_there_when_all_is_sent_and_both_have_the_same() -> None:
    assert told(book_with(EQUAL)) == []


def test_what_waits_or_differs_or_is_lost_at_the_center_is_told_each_by_its_own_word() -> None:
    assert told(book_with(replace(EQUAL, equal_at=AT))) == ["data-differ"]
    assert told(book_with(replace(EQUAL, healing=True, equal_at=AT))) == ["healing-goes-on"]
    book, me = book_with(EQUAL), Device(VILLAGE)
    book.append([me.write("note")])
    assert told(book) == ["outbox-waiting"]
    [(link, _)] = book.outbox(2)
    book.settle([PushStatus(link, "stored")], LATER)
    assert told(book) == []


def test_what_the_center_refused_keeps_it_from_being_green() -> None:
    book, me = book_with(EQUAL), Device(VILLAGE)
    book.append([me.write("note")])
    [(link, _)] = book.outbox(2)
    book.settle([PushStatus(link, "refused", "not-a-party")], LATER)
    assert told(book) == ["outbox-refused"]
    assert left_to_do(book)[0].params == {"events": 1}
