"""What a center puts away, when, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Level, Organisation
from station_app.exchange.ports import Placement
from station_app.exchange.putting_away import SILENT_FOR, has_to_look, is_done_with, put_away_next
from station_app.usecases.run_center import ORGANISATIONS
from tests.exchange.makers import (
    ACCEPT,
    BATCH,
    CASE,
    CLOSE,
    COUNTY,
    DELIVER,
    GRANT,
    NOTE,
    OFFER,
    OPEN,
    TAKE_ON,
    TOWNSHIP,
    VILLAGE,
    Center,
    Device,
    center_with,
)
from tests.exchange.makers import (
    ORGANISATIONS as OFFICES,
)

CITY = "511100000000"
DAY = date(2026, 3, 2)
LINE = {"case": CASE, "number": "1", "papers": 1, "originals": []}
OFFERED = {"number": "2", "offered_on": "2026-03-02", "offered_by": "p", "to": TOWNSHIP, "lines": [LINE]}
COUNTED = {"outcomes": {CASE: "accepted"}, "received_on": "2026-03-03", "received_by": "p"}


class Trip:
    """A case that goes from the village through the township and back, each step ruled."""

    def __init__(self) -> None:
        self.village, self.township = Device(VILLAGE), Device(TOWNSHIP)
        self.center: Center = center_with(self.village, self.township)
        with self.center.store.write() as book:
            book.save_setting("center", {**book.setting("center"), "org": COUNTY})
        opened = self._step(self.village, "register", OPEN)
        offered = self._step(self.village, "offer", OFFER, grant=opened, base=opened)
        accepted = self._step(self.township, "accept_handover", ACCEPT, grant=opened, base=offered)
        taken = self._step(self.township, "accept_application", TAKE_ON, grant=accepted, base=accepted)
        self.granted = self._step(self.township, "grant", GRANT, grant=accepted, base=taken)

    def _step(self, device: Device, code: str, effects: Any, **more: Any) -> str:
        event = device.write(code, effects, **more)
        self.center.push(device, [event], first_link=len(device.wrote))
        self.center.rule()
        return event.event_id

    def deliver(self) -> str:
        return self._step(self.village, "deliver", DELIVER, grant=self.granted, base=self.granted)

    def close(self) -> None:
        self._step(self.village, "close", CLOSE, grant=self.granted, base=self.deliver())

    def look(self, today: date) -> list[bool]:
        """Let the center look as often as there is more."""
        with self.center.store.write() as book:
            found = [put_away_next(book, today)]
            while found[-1]:
                found.append(put_away_next(book, today))
        return found

    def away(self) -> set[str]:
        return {org for org, _ in self.center.store.tables.away}


def test_a_case_is_done_with_when_it_is_closed_and_every_step_is_ruled() -> None:
    trip = Trip()
    stream = trip.center.store.tables.subjects
    assert not is_done_with("case", stream[CASE])
    delivered = trip.deliver()
    assert not is_done_with("case", stream[CASE])
    closing = trip.village.write("close", CLOSE, grant=trip.granted, base=delivered)
    trip.center.push(trip.village, [closing], first_link=len(trip.village.wrote))
    assert not is_done_with("case", stream[CASE])
    trip.center.rule()
    assert is_done_with("case", stream[CASE])
    assert not is_done_with("point_log", stream[CASE])


def test_a_case_with_a_step_that_a_person_has_to_look_at_is_not_done_with() -> None:
    trip = Trip()
    trip.close()
    stray = trip.village.write("supply", {"fields": {}}, grant="f" * 64, base="f" * 64)
    trip.center.push(trip.village, [stray], first_link=len(trip.village.wrote), review="cloned-pc")
    stream = trip.center.store.tables.subjects
    assert not is_done_with("case", stream[CASE])
    trip.center.rule()
    assert not is_done_with("case", stream[CASE])


def test_a_batch_is_done_with_when_every_line_is_counted() -> None:
    village, township = Device(VILLAGE), Device(TOWNSHIP)
    batch = (SubjectKind.BATCH, BATCH)
    offered = village.write("batch_offer", {"batch": OFFERED}, subject=batch)
    township.chain = replace(township.chain, lamport=offered.header.lamport)
    received = township.write("batch_receive", {"batch": COUNTED}, subject=batch)
    assert not is_done_with("batch", [offered])
    assert is_done_with("batch", [offered, received])


def test_a_closed_case_is_put_away_when_nothing_came_for_two_years_and_not_before() -> None:
    trip = Trip()
    trip.close()
    assert trip.look(DAY) == [False]
    assert trip.look(DAY + SILENT_FOR - timedelta(days=1)) == [False]
    assert trip.away() == set()
    trip.look(DAY + SILENT_FOR)
    assert trip.away() == {VILLAGE, TOWNSHIP}
    with trip.center.store.read() as book:
        assert not has_to_look(book, DAY + SILENT_FOR)
        assert has_to_look(book, DAY + SILENT_FOR + timedelta(days=1))


def test_what_came_since_puts_it_off_and_an_open_case_stays() -> None:
    trip = Trip()
    trip.look(DAY)
    trip.look(DAY + SILENT_FOR)
    assert trip.away() == set()
    trip.close()
    trip.look(DAY + SILENT_FOR + timedelta(days=1))
    assert trip.away() == set()
    trip.look(DAY + 2 * SILENT_FOR + timedelta(days=1))
    assert trip.away() == {VILLAGE, TOWNSHIP}


def test_the_journal_is_looked_through_in_pieces_and_the_notes_do_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_app.exchange.putting_away.EVENTS_AT_ONCE", 4)
    trip = Trip()
    trip.close()
    assert trip.look(DAY) == [False]
    assert trip.look(DAY + SILENT_FOR) == [True, True, True, False]
    assert trip.away() == {VILLAGE, TOWNSHIP}
    for number in range(5):
        trip.look(DAY + (number + 2) * SILENT_FOR)
    assert len(trip.center.store.tables.settings["arrivals"]) == 2


def test_a_center_that_heals_puts_nothing_away() -> None:
    trip = Trip()
    trip.close()
    trip.look(DAY)
    with trip.center.store.write() as book:
        book.save_setting("center", {**book.setting("center"), "healing": True})
    assert trip.look(DAY + SILENT_FOR) == [False]
    assert trip.away() == set()


def test_at_the_city_it_is_put_away_for_its_own_office_and_not_for_a_county_s_center() -> None:
    trip = Trip()
    trip.close()
    city = Organisation(CITY, "示例市", Level.CITY)
    below = [replace(office, parent=office.parent or CITY) for office in OFFICES]
    with trip.center.store.write() as book:
        book.save_setting("center", {**book.setting("center"), "org": CITY})
        book.save_setting(ORGANISATIONS, [office.to_json() for office in (city, *below)])
        book.save_viewers({("case", CASE): (VILLAGE, TOWNSHIP, COUNTY, CITY, "999999999999")})
        events = book.case_events([CASE])[CASE]
        book.place([Placement(org, "new", event.event_id) for event in events for org in (CITY, COUNTY)])
        assert book.feed_sum(COUNTY) == book.feed_sum(CITY)
    trip.look(DAY)
    trip.look(DAY + SILENT_FOR)
    assert trip.away() == {CITY}


def test_a_note_calls_the_case_back_for_everybody_who_sees_it() -> None:
    trip = Trip()
    trip.close()
    trip.look(DAY)
    trip.look(DAY + SILENT_FOR)
    note = trip.township.write("note", NOTE)
    trip.center.push(trip.township, [note], first_link=len(trip.township.wrote))
    assert trip.away() == set()
    with trip.center.store.read() as book:
        for org in (VILLAGE, TOWNSHIP):
            assert book.kept_sum(org) == book.feed_sum(org)
            assert book.feed(org, book.feed_head(org) - 1, 9)[0].event == note
