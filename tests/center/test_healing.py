"""How long a center that was restored waits for its stations, however old the copy is that it was restored from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from station_app.center.healing import WAIT_FOR, heal, waited_for
from station_app.domain.organisations import Level
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.usecases.center_ports import Station
from station_app.usecases.times import stamp
from tests.exchange.centers import NOW, Node, office
from tests.exchange.makers import COUNTY, VILLAGE

FIRST, SECOND, LONG_SILENT = "1" * 32, "2" * 32, "3" * 32


@pytest.fixture(params=[1, 31, 400])
def restored(request: pytest.FixtureRequest) -> Node:
    """A center that was put back to a copy of so many days ago; two PCs came then, one had been silent for long."""
    node = Node([office(COUNTY, Level.COUNTY), office(VILLAGE, Level.VILLAGE, COUNTY)])
    copied = NOW - timedelta(days=request.param)
    came = {FIRST: copied, SECOND: copied - timedelta(days=5), LONG_SILENT: copied - timedelta(days=40)}
    with node.store.write() as book:
        for device, at in came.items():
            book.save_station(Station(device, VILLAGE, b"k" * 32, "2024-01-01T00:00:00Z", last_seen_at=stamp(at)))
        book.start_center_epoch("f" * 16)
    return node


@contextmanager
def at(node: Node, now: datetime) -> Iterator[Any]:
    node.parts = replace(node.parts, clerk=replace(node.parts.clerk, now=lambda: now))
    with node.store.write() as book:
        yield book


def comes(node: Node, device: str, now: datetime, *, at_home: bool) -> None:
    """Let a PC come: for the first time since, or with all that is here; then it is noted that it came."""
    with at(node, now) as book:
        incarnation = book.setting("center")["incarnation"] if at_home else "i"
        even = (0, "0" * 64)
        heal(book, node.parts, book.station(device), ExchangeRequest("e" * 16, incarnation, 0, 1, (), 9, sum=even))
        book.save_station(replace(book.station(device), last_seen_at=stamp(now)))


def waits_for(node: Node, now: datetime = NOW) -> list[str]:
    with at(node, now) as book:
        return [station.device for station in waited_for(book, now)] if book.setting("center").get("healing") else []


def test_whoever_came_lately_when_the_copy_was_made_is_waited_for(restored: Node) -> None:
    """Behind a copy of more than thirty days ago nobody was: the first request of any PC ended the healing."""
    assert waits_for(restored) == [FIRST, SECOND]
    comes(restored, FIRST, NOW, at_home=False)
    assert waits_for(restored) == [FIRST, SECOND]
    comes(restored, FIRST, NOW, at_home=True)
    assert waits_for(restored) == [SECOND]
    comes(restored, SECOND, NOW, at_home=True)
    assert not waits_for(restored)
    with at(restored, NOW) as book:
        assert not book.setting("center")["healing"]


def test_a_copy_that_was_made_while_it_healed_says_nothing_of_the_healing_now(restored: Node) -> None:
    comes(restored, FIRST, NOW, at_home=False)
    later = NOW + timedelta(days=200)
    with at(restored, later) as book:
        book.start_center_epoch("d" * 16)
    assert FIRST in waits_for(restored, later)


def test_who_had_given_back_before_a_further_restore_is_waited_for_again(restored: Node) -> None:
    """What it had sent since the copy was lost once more; the copy said that it had nothing left to give."""
    comes(restored, FIRST, NOW, at_home=True)
    assert waits_for(restored) == [SECOND]
    with at(restored, NOW) as book:
        book.start_center_epoch("d" * 16)
    assert waits_for(restored) == [FIRST, SECOND]
    comes(restored, SECOND, NOW, at_home=True)
    assert waits_for(restored) == [FIRST]


def test_who_does_not_come_for_thirty_days_after_that_is_not(restored: Node) -> None:
    comes(restored, FIRST, NOW, at_home=True)
    almost = NOW + WAIT_FOR - timedelta(hours=1)
    assert waits_for(restored, almost) == [SECOND]
    assert waits_for(restored, NOW + WAIT_FOR + timedelta(hours=1)) == []
