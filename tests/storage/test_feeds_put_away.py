"""What a center puts away in a feed, who does without it, and what calls it back: in memory and in databases alike."""

from __future__ import annotations

from typing import Any

import pytest

from station_app.exchange.id_sums import IdSum
from station_app.exchange.ports import Hop, Placement
from station_app.exchange.putting_away import bring_case
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import BACKFILL
from tests.exchange.makers import NOTE, OPEN, OTHER, TOWNSHIP, VILLAGE, Device
from tests.storage.test_center_book import Books, books, device_case, known, push

__all__ = ["books"]
FIRST, SECOND = device_case(1), device_case(2)


@pytest.fixture
def village(books: Books) -> Device:
    """A PC that has opened two cases and written a note on each; both are in the township's feed as well."""
    device = known(books, VILLAGE)
    for case in (FIRST, SECOND):
        device.write("register", OPEN, subject=case)
        device.write("note", NOTE, subject=case)
    push(books, device)
    with books.write() as book:
        book.save_viewers(dict.fromkeys((FIRST, SECOND), (VILLAGE, TOWNSHIP)))
        book.place([Placement(TOWNSHIP, "new", event.event_id) for event in device.wrote])
    return device


def about(device: Device, case: Any) -> list[Event]:
    return [event for event in device.wrote if event.header.subject_id == case[1]]


def sum_of(events: list[Event]) -> IdSum:
    return IdSum().plus(event.event_id for event in events)


def kinds(book: Any, org: str, floor: int = 0) -> list[tuple[int, str]]:
    return [(row.n, row.kind) for row in book.feed(org, 0, 100, floor)]


ALL = [(1, "new"), (2, "new"), (3, "new"), (4, "new")]


def test_what_is_put_away_stays_in_the_feed_and_whoever_starts_from_the_floor_does_without_it(
    books: Books, village: Device
) -> None:
    with books.write() as book:
        assert book.floor(TOWNSHIP) == 0
        book.put_away(TOWNSHIP, [FIRST])
        book.put_away(TOWNSHIP, [FIRST, device_case(9)])
    with books.read() as book:
        assert kinds(book, TOWNSHIP) == [*ALL, (5, "put_away")]
        assert book.feed(TOWNSHIP, 4, 1)[0].subject == ("case", FIRST[1])
        assert (book.floor(TOWNSHIP), book.floor(VILLAGE)) == (5, 0)
        assert kinds(book, TOWNSHIP, 5) == [*ALL[2:], (5, "put_away")]
        assert [row.n for row in book.feed(TOWNSHIP, 3, 1, 5)] == [4]
        assert kinds(book, VILLAGE, 5) == ALL


def test_the_two_sums_of_a_feed_differ_by_what_is_put_away(books: Books, village: Device) -> None:
    with books.write() as book:
        book.put_away(TOWNSHIP, [FIRST])
    with books.read() as book:
        kept = about(village, SECOND)
        assert (book.kept_sum(TOWNSHIP), book.feed_sum(TOWNSHIP)) == (sum_of(kept), sum_of(village.wrote))
        assert sorted(book.kept_ids(TOWNSHIP)) == sorted(event.event_id for event in kept)
        assert book.kept_sum(VILLAGE) == book.feed_sum(VILLAGE)


def test_a_new_event_calls_back_what_it_is_about_before_it_comes(books: Books, village: Device) -> None:
    with books.write() as book:
        book.put_away(TOWNSHIP, [FIRST, SECOND])
        book.put_away(VILLAGE, [FIRST])
        again = [Placement(TOWNSHIP, "new", event.event_id) for event in village.wrote]
        book.place(again)
        assert book.feed_head(TOWNSHIP) == 6
        note = village.write("note", NOTE, subject=FIRST)
        book.add_events([note])
        book.place([Placement(TOWNSHIP, "new", note.event_id)])
    with books.read() as book:
        rows = list(book.feed(TOWNSHIP, 6, 100))
        assert [(row.kind, row.event) for row in rows] == [
            *((BACKFILL, event) for event in about(village, FIRST)[:2]),
            ("new", note),
        ]
        # The floor is that of what is still put away; what was called back comes above it alone.
        assert kinds(book, TOWNSHIP, 6) == [(6, "put_away"), (7, BACKFILL), (8, BACKFILL), (9, "new")]
        assert book.kept_sum(TOWNSHIP) == sum_of(about(village, FIRST))
        # A feed to which nothing comes is left as it is.
        assert (book.feed_head(VILLAGE), book.kept_sum(VILLAGE)) == (5, sum_of(about(village, SECOND)))


def test_what_was_called_back_may_be_put_away_again_and_each_floor_leaves_out_what_was_away_by_then(
    books: Books, village: Device
) -> None:
    with books.write() as book:
        book.put_away(TOWNSHIP, [FIRST])
        book.call_back(TOWNSHIP, [FIRST, SECOND])
        book.call_back(TOWNSHIP, [FIRST])
        book.put_away(TOWNSHIP, [FIRST])
    with books.read() as book:
        assert book.floor(TOWNSHIP) == 8
        assert kinds(book, TOWNSHIP, 8) == [*ALL[2:], (8, "put_away")]
        # Whoever was told the first floor gets it again by the backfill, and is told that it is put away.
        assert kinds(book, TOWNSHIP, 5) == [*ALL[2:], (5, "put_away"), (6, BACKFILL), (7, BACKFILL), (8, "put_away")]
        assert book.kept_sum(TOWNSHIP) == sum_of(about(village, SECOND))


def test_an_office_that_is_to_forget_gets_all_of_it_again_first(books: Books, village: Device) -> None:
    with books.write() as book:
        book.put_away(TOWNSHIP, [FIRST])
        book.place_revocations([(TOWNSHIP, FIRST)])
    with books.read() as book:
        assert [row.kind for row in book.feed(TOWNSHIP, 5, 100)] == [BACKFILL, BACKFILL, "revoke"]
        assert book.kept_sum(TOWNSHIP) == book.feed_sum(TOWNSHIP)


def test_what_says_how_far_an_event_has_come_is_left_out_with_it(books: Books, village: Device) -> None:
    hop = Hop(about(village, FIRST)[0].event_id, "511100000000", "2026-03-02T00:00:00Z")
    with books.write() as book:
        book.place_hops([(VILLAGE, hop)])
        book.put_away(VILLAGE, [FIRST])
        book.place_hops([(VILLAGE, hop)])
    with books.read() as book:
        assert kinds(book, VILLAGE, book.floor(VILLAGE)) == [*ALL[2:], (6, "put_away"), (7, "receipt")]


def test_a_restored_center_has_nothing_put_away(books: Books, village: Device) -> None:
    with books.write() as book:
        book.save_setting("center", {**book.setting("center"), "incarnation": "i1"})
        book.put_away(TOWNSHIP, [FIRST, SECOND])
        book.start_center_epoch("f" * 16)
    with books.read() as book:
        assert (book.floor(TOWNSHIP), book.kept_sum(TOWNSHIP)) == (0, sum_of(village.wrote))
        assert kinds(book, TOWNSHIP, 6) == [*ALL, (5, "put_away"), (6, "put_away")]
        assert [row.subject for row in book.feed(TOWNSHIP, 4, 9)] == [None, None]
    with books.write() as book:
        book.put_away(TOWNSHIP, [FIRST])
        assert kinds(book, TOWNSHIP, 7) == [*ALL[2:], (5, "put_away"), (6, "put_away"), (7, "put_away")]


def test_what_has_been_silent_is_found_in_pieces_of_the_journal(books: Books, village: Device) -> None:
    with books.read() as book:
        assert book.last_arrival() == 4
        first, second = ("case", FIRST[1]), ("case", SECOND[1])
        assert book.silent_subjects(0, 4, 100) == ([first, second], 4)
        assert book.silent_subjects(0, 4, 3) == ([first, second], 3)
        # On the second something came behind the place up to which is looked.
        assert book.silent_subjects(0, 3, 100) == ([first], 3)
        assert book.silent_subjects(2, 3, 100) == ([], 3)
        assert book.silent_subjects(4, 4, 100) == ([], 4)


def test_an_office_that_asks_gets_its_case_back_and_nobody_else_does(books: Books, village: Device) -> None:
    with books.write() as book:
        book.add_case_numbers([("1", FIRST[1]), ("2", device_case(9)[1])])
        book.put_away(TOWNSHIP, [FIRST, SECOND])
        book.put_away(VILLAGE, [FIRST])
    with books.write() as book:
        assert not any(
            bring_case(book, org, number) for org, number in ((TOWNSHIP, "2"), (TOWNSHIP, "3"), (OTHER, "1"))
        )
        assert [book.feed_head(org) for org in (TOWNSHIP, VILLAGE, OTHER)] == [6, 5, 0]
        assert [bring_case(book, TOWNSHIP, "1") for _ in range(2)] == [True, True]
    with books.read() as book:
        assert [(row.kind, row.event) for row in book.feed(TOWNSHIP, 6, 100)] == [
            (BACKFILL, event) for event in about(village, FIRST)
        ]
        assert book.kept_sum(TOWNSHIP) == sum_of(about(village, FIRST))
        assert (book.feed_head(VILLAGE), book.kept_sum(VILLAGE)) == (5, sum_of(about(village, SECOND)))
