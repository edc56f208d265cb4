"""Folding what stations wrote, also what a faulty or a newer program wrote."""

from __future__ import annotations

import pytest

from station_app.domain.cases import CaseState
from station_app.domain.effects import Effects
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import entry_of
from station_app.exchange.projection import batch_of, case_of
from tests.exchange.makers import ACCEPT, BATCH, NOTE, OFFER, OPEN, TOWNSHIP, VILLAGE, Device

LINE = {"case": "c" * 32, "number": "1", "papers": 2, "originals": [["申请表", 1]]}
FACTS = {"number": "7", "to": TOWNSHIP, "offered_on": "2026-03-02", "offered_by": "王五", "lines": [LINE]}
OUTCOME = {"outcomes": {"c" * 32: "accepted"}, "received_on": "2026-03-03", "received_by": "李四"}
ABOUT = (SubjectKind.BATCH, BATCH)


@pytest.mark.parametrize(
    "odd",
    [
        {"lines": 5},
        {"lines": [{}]},
        {"lines": [{**LINE, "papers": "many"}]},
        {"lines": [{**LINE, "originals": [1]}]},
        {"outcomes": 5},
        {"outcomes": ["accepted"]},
    ],
    ids=str,
)
def test_a_batch_event_of_a_shape_we_do_not_know_spoils_nothing(odd: dict[str, object]) -> None:
    village, town = Device(VILLAGE), Device(TOWNSHIP)
    strange = town.write("batch_receive", {"batch": odd}, subject=ABOUT)
    good = [
        village.write("batch_offer", {"batch": FACTS}, subject=ABOUT),
        town.write("batch_receive", {"batch": OUTCOME}, subject=ABOUT),
    ]
    expected = batch_of(good)
    assert expected is not None
    assert expected.outcomes == OUTCOME["outcomes"]
    assert batch_of([*good, strange]) == batch_of([strange, *good]) == expected
    assert batch_of([strange]) is None


def test_own_events_count_before_a_ruling_and_those_of_others_do_not() -> None:
    village = Device(VILLAGE)
    events = [village.write("register", OPEN), village.write("note", NOTE)]
    mine = case_of(events, village.device)
    assert mine is not None
    assert mine.provisional
    assert case_of(events, "0" * 32) is None


def test_what_was_refused_counts_no_longer_but_the_opening_stays() -> None:
    village = Device(VILLAGE)
    opened = village.write("register", OPEN)
    offer = village.write("offer", OFFER, grant=opened.event_id, base=opened.event_id)
    note = village.write("note", NOTE)
    refused = dict.fromkeys([opened.event_id, offer.event_id, note.event_id], "signature-wrong")
    case = case_of(village.wrote, village.device, refused)
    assert case is not None
    assert (case.state, case.custody.offer, case.remarks) == (CaseState.REGISTERED, None, ())
    assert case.not_standing == refused


def test_effects_of_a_newer_program_are_kept_but_not_understood() -> None:
    event = Device(VILLAGE).write("register", {"magic": 1})
    assert entry_of(event, "").effects is None
    assert case_of([event], event.header.origin) is None


def test_the_order_of_arrival_does_not_matter() -> None:
    village, town = Device(VILLAGE), Device(TOWNSHIP)
    opened = village.write("register", OPEN)
    village.write("offer", OFFER, grant=opened.event_id, base=opened.event_id)
    for text in "甲乙丙":
        village.write("note", Effects(remark={"kind": "note", "text": text}))
    town.write("accept_handover", ACCEPT, grant=opened.event_id, base=village.wrote[1].event_id)
    events = [*village.wrote, *town.wrote]
    seen = case_of(events, village.device)
    assert seen is not None
    assert [remark.content["text"] for remark in seen.remarks] == ["甲", "乙", "丙"]
    assert all(case_of(events[n:] + events[:n], village.device) == seen for n in range(len(events)))
