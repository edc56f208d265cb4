"""What a township did by a printed slip comes to the center before the village's own events: it waits, and counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.effects import Effects
from station_app.domain.fold import Verdict
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import ruling_of
from tests.exchange.makers import (
    ACCEPT,
    BATCH,
    CASE,
    COUNTY,
    NOTE,
    OFFER,
    OPEN,
    OTHER,
    REJECT,
    TAKE_ON,
    TOWNSHIP,
    VILLAGE,
    Center,
    Device,
    answers,
    center_with,
)


def _by_slip(answer: Effects = ACCEPT) -> tuple[Center, Device, Device]:
    """Return a center that has nothing yet, the village that offered, and the township that has answered by slip."""
    village, town = Device(VILLAGE), Device(TOWNSHIP)
    opened = village.write("register", OPEN)
    offer = village.write("offer", OFFER, grant=opened.event_id, base=opened.event_id)
    town.chain = replace(town.chain, lamport=offer.header.lamport)
    code = "accept_handover" if answer is ACCEPT else "reject_handover"
    town.write(code, answer, grant=opened.event_id, base=offer.event_id)
    return center_with(village, town, Device(OTHER)), village, town


def _verdicts(center: Center) -> dict[str, tuple[Verdict, str]]:
    rulings = [ruling_of(event) for event in center.book.case_events([CASE])[CASE]]
    return {ruling.event_id: (ruling.verdict, ruling.reason) for ruling in rulings if ruling is not None}


@pytest.mark.parametrize("answer", [ACCEPT, REJECT])
def test_an_answer_waits_for_its_offer_and_is_ruled_once_that_has_come(answer: Effects) -> None:
    center, village, town = _by_slip(answer)
    assert answers(center.push(town)) == [(1, "stored", "")]
    center.rule()
    assert _verdicts(center) == {}
    assert center.book.feed_head(VILLAGE) == 0
    assert [code for _, _, code in answers(center.push(village))] == ["", ""]
    center.rule()
    assert set(_verdicts(center).values()) == {(Verdict.ACCEPTED, "")}
    assert len(_verdicts(center)) == 3
    ids = {event.event_id for event in (*village.wrote, *town.wrote)}
    assert ids <= set(center.book.feed_ids(VILLAGE)) & set(center.book.feed_ids(TOWNSHIP))


def test_it_waits_also_between_the_opening_and_the_offer() -> None:
    center, village, town = _by_slip()
    center.push(village, village.wrote[:1])
    center.rule()
    assert answers(center.push(town)) == [(1, "stored", "")]
    center.rule()
    assert center.book.viewers([("case", CASE)]) == {("case", CASE): (VILLAGE,)}
    center.push(village)
    center.rule()
    assert _verdicts(center)[town.wrote[0].event_id] == (Verdict.ACCEPTED, "")


def test_what_follows_the_answer_waits_with_it_and_shows_its_author_nothing_more() -> None:
    center, village, town = _by_slip()
    accept = town.wrote[0]
    town.write("accept_application", TAKE_ON, grant=accept.event_id, base=accept.event_id)
    town.write("note", NOTE)
    assert [code for _, _, code in answers(center.push(town))] == ["", "", ""]
    center.push(village, village.wrote[:1])
    center.rule()
    assert set(center.book.feed_ids(TOWNSHIP)) == {event.event_id for event in town.wrote}
    center.push(village)
    center.rule()
    assert len(_verdicts(center)) == 4


def test_nothing_else_begins_a_case_without_its_opening() -> None:
    center, _, town = _by_slip()
    other = Device(OTHER)
    other.write("note", NOTE)
    other.write("accept_application", TAKE_ON, grant="1" * 64, base="2" * 64)
    other.write("accept_handover", ACCEPT)
    assert {code for _, _, code in answers(center.push(other))} == {"subject-unknown"}
    center.push(town)
    other.write("note", NOTE)
    assert answers(center.push(other))[-1] == (4, "refused", "not-a-party")


def test_a_second_opening_behind_the_true_one_brings_the_case_to_nobody() -> None:
    center, village, town = _by_slip()
    center.push(town)
    center.push(village)
    center.rule()
    other = Device(OTHER)
    other.write("register", OPEN)
    assert answers(center.push(other)) == [(1, "refused", "not-a-party")]


def test_where_the_offer_is_refused_the_answer_goes_before_a_person_and_is_judged_anew() -> None:
    center, village, town = _by_slip()
    center.push(town)
    center.rule()
    offer = village.wrote[1]
    center.push(village, [village.wrote[0]])
    center.rule()
    damaged = replace(offer, person_signature=b"")
    assert answers(center.push(village, [damaged], first_link=2)) == [(2, "refused", "person-missing")]
    center.rule()
    assert _verdicts(center)[town.wrote[0].event_id] == (Verdict.NEEDS_REVIEW, "base-refused")
    center.give_back([offer], by=village)
    center.rule()
    assert _verdicts(center)[town.wrote[0].event_id] == (Verdict.ACCEPTED, "")


def test_a_batch_is_counted_before_its_beginning_has_come() -> None:
    village, town = Device(VILLAGE), Device(TOWNSHIP)
    facts = Effects(batch={"number": "1", "to": TOWNSHIP, "offered_on": "", "offered_by": "", "lines": []})
    begun = village.write("batch_offer", facts, subject=(SubjectKind.BATCH, BATCH))
    strange = village.write("batch_offer", Effects(batch={"to": OTHER}), subject=(SubjectKind.BATCH, "9" * 32))
    counted = town.write("batch_receive", Effects(batch={"outcomes": {}}), subject=(SubjectKind.BATCH, BATCH))
    town.write("batch_receive", Effects(batch={"outcomes": {}}), subject=(SubjectKind.BATCH, "9" * 32))
    center = center_with(village, town)
    assert [code for _, _, code in answers(center.push(town))] == ["", ""]
    assert [code for _, _, code in answers(center.push(village))] == ["", "not-a-party"]
    for org in (VILLAGE, TOWNSHIP):
        assert {begun.event_id, counted.event_id} <= set(center.book.feed_ids(org))
        assert strange.event_id not in center.book.feed_ids(org)
    assert COUNTY not in center.book.viewers([("batch", BATCH)])[("batch", BATCH)]
