"""What a station may forget of a case that its office sees no more, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from station_app.domain.effects import Effects
from station_app.exchange.projection import case_of
from station_app.exchange.revocation import may_forget, remnant
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import PushStatus
from tests.exchange.makers import ACCEPT, CASE, NOTE, OFFER, OPEN, TOWNSHIP, VILLAGE, Center, Device, center_with
from tests.exchange.receiving import REPLY, Station, revoke


class Seen:
    """A case that the village offered to the township."""

    def __init__(self) -> None:
        self.village, self.town = Device(VILLAGE), Device(TOWNSHIP)
        self.center: Center = center_with(self.village, self.town)
        self.opened = self.village.write("register", OPEN)
        self.offer = self.village.write("offer", OFFER, grant=self.opened.event_id, base=self.opened.event_id)
        self.center.push(self.village)
        self.center.rule()

    def town_writes(self, code: str, effects: Effects, **more: Any) -> Event:
        event = self.town.write(code, effects, **more)
        self.center.push(self.town, [event], first_link=len(self.town.wrote))
        self.center.rule()
        return event

    @property
    def events(self) -> tuple[Event, ...]:
        found: tuple[Event, ...] = self.center.store.tables.subjects[CASE]
        return found


def test_who_only_looked_may_forget() -> None:
    assert may_forget(Seen().events, TOWNSHIP, ())


def test_a_note_that_the_center_has_is_nothing_to_wait_for_and_one_that_is_not_sent_is() -> None:
    seen = Seen()
    note = seen.town_writes("note", NOTE)
    assert may_forget(seen.events, TOWNSHIP, ())
    assert not may_forget(seen.events, TOWNSHIP, {note.event_id})


@pytest.mark.parametrize(("base_is_offer", "forgets"), [(True, True), (False, False)])
def test_a_step_of_ours_has_to_stand_before_the_case_may_go(base_is_offer: bool, forgets: bool) -> None:
    seen = Seen()
    base = seen.offer if base_is_offer else seen.opened
    answer = seen.town_writes("accept_handover", ACCEPT, grant=seen.opened.event_id, base=base.event_id)
    assert may_forget(seen.events, TOWNSHIP, ()) is forgets
    unruled = [event for event in seen.events if event.header.type != "ruling"]
    assert answer in unruled
    assert not may_forget(unruled, TOWNSHIP, ())


def test_the_steps_of_others_are_not_waited_for() -> None:
    seen = Seen()
    assert may_forget([seen.opened, seen.offer], TOWNSHIP, {seen.offer.event_id})


def test_what_stays_is_the_number_and_the_item() -> None:
    seen = Seen()
    seen.town_writes("note", NOTE)
    case = case_of(seen.events, "")
    assert case is not None
    left = remnant(case)
    assert left.fields == {"number": "1", "item": {"decide_level": "乡镇"}}
    assert (left.remarks, left.not_standing, left.forgotten) == ((), {}, True)
    assert (left.case_id, left.state, left.number) == (case.case_id, case.state, "1")


def test_a_case_is_not_forgotten_in_the_reply_that_asks_for_its_events_once_more() -> None:
    """What the center had forgotten goes up again; the order of the day before was obeyed first (seed 1405)."""
    station = Station()
    station.apply(station.reply(station.offered()))
    note = station.me.write("note")
    with station.store.write() as book:
        book.append([note])
    healing = replace(REPLY, rows=(revoke(6),), head=6, healing=True)
    station.apply(replace(healing, statuses=(PushStatus(1, "stored"),), link_head=1))
    reset = replace(REPLY, incarnation="i2", head=5, reset=True)
    station.apply(reset)
    assert station.tables.revoked == {("case", CASE): False}
    station.apply(replace(reset, reset=False, head=0, link_head=1, statuses=(PushStatus(1, "stored"),)))
    assert station.tables.revoked == {("case", CASE): True}
