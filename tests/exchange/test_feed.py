"""What a center shows to whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.lanes import Audience
from station_app.exchange.ports import Placement
from station_app.exchange.serving import Asker, may_read, serve_feed, signers
from station_app.protocol.exchange_records import FeedRow
from tests.exchange.makers import (
    CENTER,
    COUNTY,
    NOTE,
    OPEN,
    TOWNSHIP,
    VILLAGE,
    Center,
    Device,
    center_with,
)

CITY = "511100000000"
LEVELS = {VILLAGE: "village", TOWNSHIP: "township", COUNTY: "county", CITY: "city"}


def _asker(org: str, device: str = "0" * 32, epoch: str = "0" * 16) -> Asker:
    return Asker(device, epoch, org, LEVELS[org])


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        (Audience.PARTIES, {VILLAGE, TOWNSHIP, COUNTY, CITY}),
        (Audience.HANDLING, {TOWNSHIP, COUNTY, CITY}),
        (Audience.SUPERVISION, {COUNTY, CITY}),
        (Audience.OFFICE, set()),
        ("a word of a newer program", set()),
    ],
)
def test_a_body_goes_to_its_audience_and_to_its_own_office(audience: str, readers: set[str]) -> None:
    assert {org for org in LEVELS if may_read(audience, "another office", _asker(org))} == readers
    assert all(may_read(audience, org, _asker(org)) for org in LEVELS)


def _served(device: Device, org: str, asker: Asker | None = None) -> tuple[Center, tuple[FeedRow, ...]]:
    center = center_with(device)
    center.push(device)
    with center.store.read() as book:
        return center, serve_feed(book, asker or _asker(org), 0, 100)


def test_a_village_gets_the_header_of_an_opinion_but_not_its_words() -> None:
    town = Device(TOWNSHIP)
    town.write("register", OPEN)
    opinion = town.write("opinion", NOTE, audience=Audience.HANDLING)
    center, own = _served(town, TOWNSHIP)
    with center.store.write() as book:
        book.place([_placed(VILLAGE, event.event_id) for event in town.wrote])
        rows = serve_feed(book, _asker(VILLAGE), 0, 100)
    assert [row.event.body is not None for row in rows if row.event] == [True, False]
    assert rows[1].event is not None
    assert (rows[1].event.event_id, rows[1].event.signature) == (opinion.event_id, opinion.signature)
    assert all(row.event and row.event.body for row in own)


def _placed(org: str, event_id: str) -> Placement:
    return Placement(org, "backfill", event_id)


def test_who_wrote_an_event_gets_its_id_alone_and_the_second_pc_all_of_it() -> None:
    village = Device(VILLAGE)
    event = village.write("register", OPEN)
    _, rows = _served(village, VILLAGE, _asker(VILLAGE, village.device, village.epoch))
    assert rows == (FeedRow(1, "own", event_id=event.event_id),)
    _, others = _served(village, VILLAGE)
    assert [row.event for row in others] == [event]


def test_who_wrote_an_event_that_the_center_has_without_contents_sees_that() -> None:
    """By its id alone the author could not tell that the center lacked the words, which it alone had (seed 1851)."""
    village = Device(VILLAGE)
    event = village.write("register", OPEN)
    center, _ = _served(village, VILLAGE)
    with center.store.write() as book:
        book.erase_bodies([event.event_id])
        rows = serve_feed(book, _asker(VILLAGE, village.device, village.epoch), 0, 100)
    assert [row.event for row in rows] == [replace(event, body=None)]


def test_after_a_restore_the_new_epoch_gets_its_old_events_back_whole() -> None:
    village = Device(VILLAGE)
    event = village.write("register", OPEN)
    _, rows = _served(village, VILLAGE, _asker(VILLAGE, village.device, "f" * 16))
    assert [row.event for row in rows] == [event]


def test_pages_follow_each_other_without_a_gap() -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    for _ in range(6):
        village.write("note")
    center, _ = _served(village, VILLAGE)
    with center.store.read() as book:
        pages = [serve_feed(book, _asker(VILLAGE), after, 3) for after in (0, 3, 6, 9)]
    assert [[row.n for row in page] for page in pages] == [[1, 2, 3], [4, 5, 6], [7], []]


def test_the_credentials_of_all_signers_travel_with_a_page() -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    center, _ = _served(village, VILLAGE)
    center.rule()
    with center.store.read() as book:
        rows = serve_feed(book, _asker(VILLAGE), 0, 100)
    assert signers(rows) == ({village.device, CENTER}, {(village.person, village.device)})


def test_a_page_ends_when_it_is_full_of_bytes_but_never_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred and sixty new accounts made a page that no station takes, and the same page came back for ever."""
    village = Device(VILLAGE)
    village.write("register", OPEN)
    for _ in range(4):
        village.write("note")
    center, _ = _served(village, VILLAGE)
    monkeypatch.setattr("station_app.exchange.serving.PAGE_BYTES", 1)
    with center.store.read() as book:
        assert [row.n for row in serve_feed(book, _asker(VILLAGE), 2, 100)] == [3]
