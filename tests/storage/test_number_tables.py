"""A center's 文号 and 代办登记号 in memory and in databases keep the same contract."""

from __future__ import annotations

from station_app.domain.document_numbers import Block, DocumentNumber
from station_app.domain.lanes import SubjectKind
from station_app.exchange.number_book import Lease, UsedNumber
from tests.exchange.makers import EPOCH, OPEN, TOWNSHIP, VILLAGE, Device
from tests.storage.test_center_book import Books, books

__all__ = ["books"]

SERIES, PC = "海便受字", "d" * 32


def lease(first: int, device: str = PC, year: int = 2026) -> Lease:
    return Lease(Block(SERIES, year, first, first + 19), TOWNSHIP, device, EPOCH, "2026-03-01T00:00:00Z")


def used(number: int, case_id: str = "c" * 32, year: int = 2026) -> UsedNumber:
    return UsedNumber(f"{year}{number:060d}", DocumentNumber(SERIES, year, number), TOWNSHIP, case_id)


def test_leases_are_found_by_epoch_by_series_and_by_office(books: Books) -> None:
    leases = [lease(21), lease(1, device="f" * 32), lease(1, year=2027)]
    with books.write() as book:
        for each in leases:
            book.add_lease(each)
    with books.read() as book:
        assert book.leases_of(PC, EPOCH) == [leases[0], leases[2]]
        assert book.leases_in(SERIES, 2026) == [leases[1], leases[0]]
        assert book.leases_at(TOWNSHIP, 2027) == [leases[2]]
        assert (book.leases_of(PC, "9" * 16), book.leases_in("沙便受字", 2026), book.leases_at(VILLAGE, 2026)) == (
            [],
            [],
            [],
        )


def test_a_number_is_noted_once_and_found_again(books: Books) -> None:
    with books.write() as book:
        book.add_used_numbers([used(7), used(3), used(3, year=2027)])
        book.add_used_numbers([used(7)])
    with books.read() as book:
        assert book.used_numbers({used(7).number, used(8).number}) == [used(7)]
        assert book.used_numbers_of(TOWNSHIP, 2026) == [used(3), used(7)]
        assert book.used_numbers(()) == book.used_numbers_of(VILLAGE, 2026) == []


def test_the_highest_number_is_that_of_what_was_leased_or_is_used(books: Books) -> None:
    with books.write() as book:
        assert book.highest_number(SERIES, 2026, 100) == 0
        book.add_used_numbers([used(7), used(90, year=2027)])
        assert book.highest_number(SERIES, 2026, 100) == 7
        book.add_lease(lease(8))
        assert book.highest_number(SERIES, 2026, 100) == 27


def test_numbers_above_those_that_are_asked_for_do_not_count(books: Books) -> None:
    with books.write() as book:
        book.add_used_numbers([used(7), used(81)])
        book.add_lease(lease(101))
        assert book.highest_number(SERIES, 2026, 100) == 7
        assert book.highest_number(SERIES, 2026, 101) == 120


def test_events_come_in_the_order_in_which_they_arrived(books: Books) -> None:
    device = Device(VILLAGE)
    events = [device.write("register", OPEN, subject=(SubjectKind.CASE, case * 32)) for case in "123"]
    with books.write() as book:
        book.add_events(events)
    with books.read() as book:
        first = book.events_behind(0, 2)
        assert [event for _, event in first] == events[:2]
        assert [event for _, event in book.events_behind(first[-1][0], 2)] == events[2:]


def test_a_case_is_found_by_its_number_and_two_that_have_one_are_both_found(books: Books) -> None:
    with books.write() as book:
        book.add_case_numbers([("5", "c" * 32), ("5", "a" * 32), ("6", "d" * 32)])
        book.add_case_numbers([("5", "c" * 32)])
        book.add_case_numbers([])
    with books.read() as book:
        assert [book.cases_numbered(number) for number in "567"] == [["a" * 32, "c" * 32], ["d" * 32], []]
