"""What the ruling thread does when nobody wants anything of it: it puts away what is done with."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from station_app.center.ports import CenterParts
from station_app.center.ruler import Ruler
from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Level
from station_app.exchange.ports import Placement
from station_app.exchange.putting_away import SILENT_FOR
from tests.exchange.centers import NOW, Node, office
from tests.exchange.makers import BATCH, COUNTY, TOWNSHIP, VILLAGE, Device
from tests.exchange.test_putting_away import COUNTED, OFFERED

LATER = NOW + SILENT_FOR


@pytest.fixture
def county() -> Node:
    """A county with a batch that was counted through."""
    node = Node([office(COUNTY, Level.COUNTY), office(TOWNSHIP, Level.TOWNSHIP, COUNTY)])
    village, township = Device(VILLAGE), Device(TOWNSHIP)
    offered = village.write("batch_offer", {"batch": OFFERED}, subject=(SubjectKind.BATCH, BATCH))
    township.chain = replace(township.chain, lamport=offered.header.lamport)
    counted = township.write("batch_receive", {"batch": COUNTED}, subject=(SubjectKind.BATCH, BATCH))
    with node.store.write() as book:
        book.add_events([offered, counted])
        book.save_viewers({("batch", BATCH): (TOWNSHIP,)})
        book.place([Placement(TOWNSHIP, "new", event.event_id) for event in (offered, counted)])
    return node


def at(node: Node, now: datetime) -> CenterParts:
    return replace(node.parts, clerk=replace(node.parts.clerk, now=lambda: now))


def test_each_day_it_looks_once_and_in_time_puts_away_what_is_done_with(county: Node) -> None:
    assert not Ruler(at(county, NOW)).put_away_once()
    assert not Ruler(at(county, LATER - timedelta(days=1))).put_away_once()
    assert not county.store.tables.away
    Ruler(at(county, LATER)).put_away_once()
    assert list(county.store.tables.away) == [(TOWNSHIP, BATCH)]


def test_the_thread_does_it_by_itself(county: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_app.center.ruler.LOOK_EVERY_S", 0.01)
    Ruler(at(county, NOW)).put_away_once()
    ruler = Ruler(at(county, LATER))
    ruler.start()
    until = time.monotonic() + 10
    while not county.store.tables.away and time.monotonic() < until:
        time.sleep(0.01)
    ruler.stop()
    assert list(county.store.tables.away) == [(TOWNSHIP, BATCH)]
