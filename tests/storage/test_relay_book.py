"""What a county's center keeps of its link to the city's: the same in memory and on disk."""

from __future__ import annotations

from typing import Any

import pytest

from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Level, Organisation
from station_app.exchange.ports import Hop, Placement
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import PushStatus
from station_app.usecases.run_center import ELSEWHERE, ORGANISATIONS, UPLINK
from tests.exchange.makers import COUNTY, NOTE, OPEN, TOWNSHIP, VILLAGE, Device
from tests.storage.test_center_book import Books, books

__all__ = ["books"]
CITY, OTHER_COUNTY = "511100000000", "511199000000"
AT = "2026-03-02T00:00:00Z"


@pytest.fixture
def joined(books: Books) -> Books:
    """A county below a city that has another county as well."""
    own = [
        Organisation(COUNTY, "示例县", Level.COUNTY, CITY),
        Organisation(TOWNSHIP, "示例镇", Level.TOWNSHIP, COUNTY),
        Organisation(VILLAGE, "示例一村", Level.VILLAGE, TOWNSHIP),
    ]
    others = [Organisation(CITY, "示例市", Level.CITY), Organisation(OTHER_COUNTY, "邻县", Level.COUNTY, CITY)]
    with books.write() as book:
        book.save_setting(ORGANISATIONS, [office.to_json() for office in own])
        book.save_setting(ELSEWHERE, {CITY: [office.to_json() for office in others]})
    return books


def wrote(books: Books, count: int) -> list[Event]:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    for _ in range(count - 1):
        village.write("note", NOTE)
    with books.write() as book:
        book.add_events(village.wrote)
    return village.wrote


def place(book: Any, org: str, *events: Event) -> None:
    book.place([Placement(org, "new", event.event_id) for event in events])


def waits(book: Any) -> list[tuple[int, str]]:
    return [(link, event.event_id) for link, event in book.outbox(100)]


def test_what_is_here_alone_is_told_from_what_went_up_and_from_what_came_from_there(joined: Books) -> None:
    sent, brought, alone = wrote(joined, 3)
    with joined.write() as book:
        place(book, CITY, sent)
        book.note_from_above([brought.event_id])
        ids = [event.event_id for event in (sent, brought, alone)]
        assert list(book.not_shared_above([*ids, "0" * 64])) == [alone.event_id]
        assert list(book.not_shared_above([])) == []


def test_what_goes_to_the_city_waits_once_in_the_outbox_whoever_it_is_for(joined: Books) -> None:
    first, second = wrote(joined, 2)
    with joined.write() as book:
        place(book, TOWNSHIP, first)
        place(book, CITY, first, second)
        place(book, OTHER_COUNTY, second)
        assert waits(book) == [(1, first.event_id), (2, second.event_id)]
        assert [book.feed_head(org) for org in (TOWNSHIP, CITY, OTHER_COUNTY)] == [1, 0, 0]
        assert (book.last_link(), book.outbox_counts()) == (2, (2, 0))


def test_what_came_from_the_city_never_goes_back_there(joined: Books) -> None:
    first, second = wrote(joined, 2)
    with joined.write() as book:
        book.note_from_above([first.event_id])
        book.note_from_above([first.event_id])
        place(book, CITY, first, second)
        assert waits(book) == [(1, second.event_id)]
        assert list(book.ids_shared_above()) == [first.event_id]


def test_all_of_what_the_city_has_brought_something_of_goes_up_whoever_sees_it(joined: Books) -> None:
    first, second, third = wrote(joined, 3)
    other = Device(TOWNSHIP)
    own = other.write("register", OPEN, subject=(SubjectKind.CASE, "f" * 32))
    with joined.write() as book:
        book.save_setting(UPLINK, {"org": CITY})
        book.add_events([own])
        place(book, VILLAGE, first, second, own)
        assert waits(book) == []
        book.note_from_above([first.event_id])
        place(book, VILLAGE, third)
        place(book, TOWNSHIP, first, own)
        assert waits(book) == [(1, third.event_id)]
        place(book, TOWNSHIP, second)
        place(book, VILLAGE, second)
        assert waits(book) == [(1, third.event_id), (2, second.event_id)]


def test_the_outbox_is_settled_once_and_opened_again_for_a_city_that_lost_it(joined: Books) -> None:
    events = wrote(joined, 3)
    with joined.write() as book:
        place(book, CITY, *events)
        told = [PushStatus(1, "stored"), PushStatus(2, "refused", "not-a-party"), PushStatus(3, "exists")]
        assert list(book.settle_outbox(told, AT)) == [events[0].event_id, events[2].event_id]
        assert list(book.settle_outbox(told, AT)) == []
        assert waits(book) == []
        assert book.outbox_counts() == (0, 1)
        assert sorted(book.ids_shared_above()) == sorted([events[0].event_id, events[2].event_id])
        book.reopen_outbox(1)
        assert [link for link, _ in waits(book)] == [2, 3]
        assert book.outbox_counts() == (2, 0)


def test_a_hop_is_a_row_for_an_office_that_is_served_here_and_for_no_other(joined: Books) -> None:
    [event] = wrote(joined, 1)
    with joined.write() as book:
        hop = Hop(event.event_id, CITY, AT)
        book.place_hops([(VILLAGE, hop), (CITY, hop)])
        [row] = book.feed(VILLAGE, 0, 10)
        assert (row.kind, row.event_id, row.hop, row.event) == ("receipt", event.event_id, (CITY, AT), None)
        assert book.feed_head(CITY) == 0
        # A hop is no event: the sums that both sides compare do not count it.
        assert book.feed_sum(VILLAGE).count == 0


def test_a_body_that_was_not_for_this_center_first_is_filled_in_later_and_never_replaced(joined: Books) -> None:
    village = Device(VILLAGE)
    whole = village.write("register", OPEN)
    empty = Event(whole.header_bytes, whole.signature, whole.person_signature, None)
    with joined.write() as book:
        book.add_events([empty])
        assert [event.body for event in book.events_named([whole.event_id])] == [None]
        book.fill_bodies([whole])
        book.fill_bodies([empty])
        assert [event.body for event in book.events_named([whole.event_id])] == [whole.body]


def test_what_came_into_view_elsewhere_is_shown_whole_and_what_left_it_there_is_taken(joined: Books) -> None:
    event, *_ = wrote(joined, 1)
    subject = event.header.subject
    with joined.write() as book:
        book.save_viewers({subject: (VILLAGE, TOWNSHIP)})
        place(book, VILLAGE, event)
        place(book, TOWNSHIP, event)
        book.save_viewers({subject: (VILLAGE,)})
        book.show_again(TOWNSHIP)
        book.save_viewers({subject: (VILLAGE, TOWNSHIP)})
        book.show_again(TOWNSHIP)
        book.show_again(VILLAGE)
        rows = {org: [(row.kind, row.subject) for row in book.feed(org, 0, 10)] for org in (VILLAGE, TOWNSHIP)}
    assert rows == {VILLAGE: [("new", None)], TOWNSHIP: [("new", None), ("revoke", subject), ("backfill", None)]}


def test_what_an_office_sees_is_shown_again_by_its_new_way_and_not_twice_by_one(joined: Books) -> None:
    events = wrote(joined, 2)
    with joined.write() as book:
        book.save_viewers({events[0].header.subject: (VILLAGE,)})
        place(book, VILLAGE, *events)
        book.show_again(VILLAGE)
        assert book.feed_head(VILLAGE) == 2
        elsewhere = Organisation(VILLAGE, "示例一村", Level.VILLAGE, OTHER_COUNTY, former_parents=(TOWNSHIP,))
        told = book.setting(ELSEWHERE)[CITY]
        book.save_setting(ELSEWHERE, {CITY: [*told, elsewhere.to_json()]})
        assert book.ways([VILLAGE]) == {VILLAGE: ""}
        book.show_again(VILLAGE)
        assert [event_id for _, event_id in waits(book)] == [event.event_id for event in events]
