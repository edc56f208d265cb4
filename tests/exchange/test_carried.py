"""What a PC asks, and is answered, by a file on a stick."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.exchange import carried
from station_app.exchange.carried import Asked, apply_carried, carried_requests
from station_app.exchange.inbox import Applied
from station_app.exchange.ports import NOTHING, Link
from station_app.protocol.exchange_records import ExchangeReply, PushStatus
from station_app.protocol.package_records import in_parts
from tests.exchange.receiving import AT, CHECKS, REPLY, Station, in_touch, registered

STATUSES = (PushStatus(1, "stored"), PushStatus(2, "stored"))


def answered(station: Station, reply: ExchangeReply, nonce: str) -> Applied | None:
    with station.store.write() as book:
        asked = Asked(book.own_epoch().epoch, "i1", nonce)
        return apply_carried(book, reply, asked, CHECKS, AT)


def waiting(station: Station) -> int:
    with station.store.read() as book:
        return len(book.outbox(100))


def link(station: Station) -> Link:
    found: Link = station.tables.settings["link"]
    return found


@pytest.mark.parametrize("most", [1, 10**9])
def test_a_request_has_no_more_bytes_than_a_center_takes_and_the_last_one_asks_for_rows(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    station = Station()
    registered(station)
    monkeypatch.setattr(carried, "MOST_BYTES", most)
    with station.store.read() as book:
        requests = list(carried_requests(book, NOTHING))
    sent = [event.event_id for request in requests for event in request.events]
    assert sent == [event.event_id for event in station.me.wrote]
    assert len(requests) == (2 if most == 1 else 1)
    assert [bool(request.pull_limit) for request in requests] == [False] * (len(requests) - 1) + [True]


def test_a_late_reply_says_nothing_of_the_clock_of_this_pc() -> None:
    station = Station()
    in_touch(station)
    before = link(station)
    late = replace(REPLY, nonce="newer", center_time="2026-01-05T00:00:00Z", link_head=2)
    assert answered(station, late, before.nonce) is not None
    assert (link(station).center_time, link(station).last_success_at) == (before.center_time, before.last_success_at)


def test_a_reply_of_a_center_that_was_put_back_since_settles_nothing() -> None:
    # What the lost one had taken in, the one that was put back may not have: settled here, nobody sent it again.
    station = Station()
    in_touch(station)
    registered_again = station.me.write("note")
    with station.store.write() as book:
        book.append([registered_again])
        book.save_link(replace(book.link(), incarnation="i2"))
    old = replace(REPLY, statuses=(PushStatus(3, "stored"),), link_head=3)
    assert answered(station, old, "nonce") is None
    assert waiting(station) == 1


def test_a_reply_overtaken_by_the_network_settles_what_it_tells_of() -> None:
    station = Station()
    registered(station)
    with station.store.write() as book:
        book.save_link(replace(book.link(), incarnation="i1"))
    assert answered(station, replace(REPLY, statuses=STATUSES, link_head=2, again=True), "older") is None
    assert waiting(station) == 0


def test_what_is_cut_into_parts_is_all_there_in_its_order() -> None:
    assert list(in_parts([], len, 3)) == []
    assert list(in_parts([b"aa", b"bb", b"cccc", b"d", b"e"], len, 3)) == [[b"aa"], [b"bb"], [b"cccc"], [b"d", b"e"]]
