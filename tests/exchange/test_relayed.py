"""Events that another than their author brings: good ones are kept once, whatever the order; nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import ruling_of
from station_app.exchange.ports import Refusal
from tests.exchange.makers import (
    ACCEPT,
    BATCH,
    CASE,
    OFFER,
    OPEN,
    OTHER,
    TOWNSHIP,
    VILLAGE,
    Center,
    Device,
    center_with,
)
from tests.exchange.test_limits import limit, revoked


def _story() -> tuple[Center, Device, Device]:
    """Return a center that lost all but who is enrolled, and two devices that had got far before."""
    village, town = Device(VILLAGE), Device(TOWNSHIP)
    opened = village.write("register", OPEN)
    village.write("note")
    offer = village.write("offer", OFFER, grant=opened.event_id, base=opened.event_id)
    town.chain = replace(town.chain, lamport=9)
    town.write("accept_handover", ACCEPT, grant=opened.event_id, base=offer.event_id)
    return center_with(village, town), village, town


@pytest.mark.parametrize("backwards", [False, True])
def test_what_was_lost_comes_back_in_any_order_and_is_ruled_anew(backwards: bool) -> None:
    center, village, town = _story()
    events = [*village.wrote, *town.wrote]
    given = events[::-1] if backwards else events
    found = center.give_back(given)
    assert found.codes == ("",) * 4
    assert set(center.store.tables.events) == {event.event_id for event in events}
    assert not center.store.tables.heads
    center.rule()
    rulings = [ruling_of(event) for event in center.store.tables.subjects[CASE]]
    assert [ruling.verdict.value for ruling in rulings if ruling] == ["accepted"] * 3


def test_what_is_held_already_is_not_taken_twice() -> None:
    center, village, _ = _story()
    center.push(village)
    before = center.store.tables
    assert center.give_back(village.wrote).codes == ("",) * 3
    assert center.store.tables == before
    assert center.give_back([village.wrote[0], village.wrote[0]]).plan.stored == []


def test_the_same_event_twice_in_one_request_is_kept_once() -> None:
    center, village, _ = _story()
    found = center.give_back([village.wrote[0], village.wrote[0]])
    assert (found.codes, len(found.plan.stored)) == (("", ""), 1)


def test_what_was_refused_for_want_of_knowledge_is_judged_anew() -> None:
    """A center restored unnoticed had forgotten a village's move and its PC, for good; found by the simulator (418)."""
    center, village, _ = _story()
    with center.store.write() as book:
        book.add_refusals(village.device, village.epoch, [Refusal(1, village.wrote[0], "device-unknown")])
    assert center.give_back(village.wrote[:1]).codes == ("",)
    assert list(center.store.tables.events) == [village.wrote[0].event_id]
    assert not center.book.refused_ids([village.wrote[0].event_id])


def test_what_is_held_for_two_persons_comes_in_by_no_other_way_before_they_have_admitted_it() -> None:
    """A center set back to before they had did not take it from who had it; found by the simulator (seed 498)."""
    center, village, _ = _story()
    event = village.wrote[0]
    limit(center, **revoked(village, 0))
    center.push(village)
    assert center.give_back([event]).codes == ("device-revoked",)
    limit(center, **revoked(village, 0), admitted=[event.event_id])
    assert center.give_back([event]).codes == ("",)
    assert not center.book.refused_ids([event.event_id])


def test_what_is_not_authentic_is_not_kept_and_the_others_are() -> None:
    center, village, _ = _story()
    forged = replace(village.wrote[1], signature=b"0" * 16)
    unreadable = replace(village.wrote[1], header_bytes=b"no header")
    stranger = Device(VILLAGE, 7)
    foreign = stranger.write("note")
    found = center.give_back([unreadable, forged, foreign, village.wrote[0]])
    assert found.codes == ("record-malformed", "signature-wrong", "device-unknown", "")
    assert not center.store.tables.refusals


def test_an_event_of_a_case_that_nobody_opened_here_is_not_kept() -> None:
    center, village, _ = _story()
    assert center.give_back(village.wrote[1:]).codes == ("subject-unknown", "subject-unknown")
    assert center.give_back(village.wrote[1:2]).plan.stored == []


def test_a_batch_begins_with_any_of_its_events_and_is_shown_to_both() -> None:
    village = Device(VILLAGE)
    village.write("batch_offer", {"batch": {"to": TOWNSHIP}}, subject=(SubjectKind.BATCH, BATCH))
    center = center_with(village)
    assert center.give_back(village.wrote).codes == ("",)
    assert center.book.viewers([("batch", BATCH)]) == {("batch", BATCH): (VILLAGE, TOWNSHIP)}


def test_who_gave_it_back_does_not_come_to_see_it() -> None:
    center, village, _ = _story()
    center.give_back(village.wrote)
    assert center.book.feed_head(OTHER) == 0
    assert len(list(center.book.feed_ids(VILLAGE))) == 3


def test_rulings_come_back_as_well_and_are_not_given_again() -> None:
    center, village, town = _story()
    center.push(village)
    center.push(town)
    center.rule()
    stream = list(center.store.tables.subjects[CASE])
    restored = center_with(village, town)
    assert set(restored.give_back(stream).codes) == {""}
    restored.rule()
    assert len(restored.store.tables.subjects[CASE]) == len(stream)
