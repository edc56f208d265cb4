"""What the ruling thread does when nobody wants anything of it: it puts away what is done with."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from station_app.center.ports import CenterParts
from station_app.center.ruler import Ruler
from station_app.domain.errors import StationError
from station_app.domain.fold import Entry
from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Level
from station_app.exchange import center
from station_app.exchange.inbox import CREDENTIAL_CONTEXT
from station_app.exchange.ports import Placement
from station_app.exchange.putting_away import SILENT_FOR
from station_app.protocol.signed import Signed
from tests.exchange.centers import NOW, Node, office
from tests.exchange.makers import BATCH, CASE, COUNTY, OFFER, OPEN, TOWNSHIP, VILLAGE, Device
from tests.exchange.test_putting_away import COUNTED, OFFERED

BELOW = ((TOWNSHIP, Level.TOWNSHIP, COUNTY), (VILLAGE, Level.VILLAGE, TOWNSHIP))
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


def test_the_thread_shows_an_arbiter_what_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_app.center.ruler.LOOK_EVERY_S", 0.01)
    node = Node([office(COUNTY, Level.COUNTY), *(office(*place) for place in BELOW)])
    village = Device(VILLAGE)
    opened = village.write("register", OPEN)
    village.write("offer", OFFER, grant=opened.event_id, base=opened.event_id)
    with node.store.write() as book:
        for credential in village.credentials():
            book.save_credential(Signed(credential.payload, node.key.sign(CREDENTIAL_CONTEXT, credential.payload)))
        book.add_events(village.wrote)
        book.save_viewers({("case", CASE): (VILLAGE,)})
        book.mark_unruled([CASE])
    first = Ruler(at(node, NOW))
    assert first.rule_once() == 1 and not first.look_at_the_road_once()
    early = Ruler(at(node, NOW + timedelta(hours=71)))
    assert not early.look_at_the_road_once() and early.rule_once() == 0
    ruler = Ruler(at(node, NOW + timedelta(hours=72)))
    ruler.start()
    until = time.monotonic() + 10
    while COUNTY not in node.store.tables.viewers[("case", CASE)] and time.monotonic() < until:
        time.sleep(0.01)
    ruler.stop()
    assert node.store.tables.viewers[("case", CASE)] == (VILLAGE, TOWNSHIP, COUNTY)


def test_a_center_that_is_never_left_alone_looks_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_app.center.ruler.LOOK_EVERY_S", 0.2)
    ruler, looks = Ruler(Node([office(COUNTY, Level.COUNTY)]).parts), list[float]()
    monkeypatch.setattr(ruler, "look_at_the_road_once", lambda: looks.append(time.monotonic()))
    ruler.start()
    until = time.monotonic() + 10
    while len(looks) < 3 and time.monotonic() < until:
        ruler.wake()
        time.sleep(0.001)
    ruler.stop()
    assert len(looks) == 3


def test_a_look_goes_on_while_there_is_more_until_somebody_wants_a_ruling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_app.center.ruler.LOOK_EVERY_S", 2.0)
    monkeypatch.setattr("station_app.center.ruler.BREATH_S", 0.001)
    ruler, looked = Ruler(Node([office(COUNTY, Level.COUNTY)]).parts), threading.Event()
    looks: list[int] = []

    def look() -> bool:
        looks.append(len(looks))
        if len(looks) == 20:
            ruler.wake()
            looked.set()
        return True

    monkeypatch.setattr(ruler, "look_at_the_road_once", look)
    ruler.start()
    assert looked.wait(1.5)
    time.sleep(0.1)
    assert len(looks) == 20
    ruler.stop()


def test_a_ruling_that_fails_keeps_no_look_from_being_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    logged, looked = list[BaseException](), threading.Event()
    parts = replace(Node([office(COUNTY, Level.COUNTY)]).parts, log_error=lambda _where, error: logged.append(error))
    ruler = Ruler(parts)

    def fail() -> int:
        raise StationError("body-too-long")

    monkeypatch.setattr(ruler, "rule_once", fail)
    monkeypatch.setattr(ruler, "look_at_the_road_once", looked.set)
    ruler.start()
    assert looked.wait(10)
    ruler.stop()
    assert [str(error) for error in logged[:1]] == ["body-too-long"]


# -- a case that can't be ruled on -------------------------------------------------------------------------------------


@pytest.fixture
def three_wait(monkeypatch: pytest.MonkeyPatch) -> tuple[Ruler, Node, list[Exception]]:
    """A ruler, its center with three cases that wait, of which "2" can't be ruled on, and what it logs."""
    node = Node([office(COUNTY, Level.COUNTY), office(VILLAGE, Level.VILLAGE, COUNTY)])
    village, logged = Device(VILLAGE), []
    opened = [village.write("register", OPEN, subject=(SubjectKind.CASE, n * 32)) for n in "123"]
    with node.store.write() as book:
        for signed in village.credentials():
            book.save_credential(signed)
        book.add_events(opened)
        book.mark_unruled([event.header.subject_id for event in opened])

    def rule(entries: Sequence[Entry], *others: Any, **named: Any) -> Any:
        if entries[0].case_id in broken:
            raise StationError("body-too-long")
        return real(entries, *others, **named)

    broken, real = {"2" * 32}, center.rule
    monkeypatch.setattr(center, "rule", rule)
    parts = replace(node.parts, log_error=lambda _where, error: logged.append(error))
    return Ruler(parts), node, logged


def test_a_case_that_cannot_be_ruled_on_holds_up_no_other_and_is_tried_again_later(
    three_wait: tuple[Ruler, Node, list[Exception]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One event out of bounds kept all two hundred cases of the round from being ruled on, at every try."""
    ruler, node, logged = three_wait
    assert ruler.rule_once() == 2
    assert list(node.store.tables.unruled) == ["2" * 32]
    assert len(logged) == 2
    assert (ruler.rule_once(), len(logged)) == (0, 2)
    monkeypatch.setattr("station_app.center.ruler.LEAVE_FOR_S", 0.0)
    with pytest.raises(StationError, match="body-too-long"):
        ruler.rule_once()


def test_where_no_case_can_be_ruled_on_it_is_not_the_cases_and_none_is_left_out(
    three_wait: tuple[Ruler, Node, list[Exception]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ruler, node, _ = three_wait

    def full(*_: object) -> None:
        raise StationError("disk-full")

    monkeypatch.setattr(type(node.store.book(node.store.tables)), "mark_ruled", full)
    with pytest.raises(StationError, match="disk-full"):
        ruler.rule_once()
    monkeypatch.undo()
    assert ruler.rule_once() == 3
