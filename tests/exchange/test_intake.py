"""What the center answers to each pushed event, and what it keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.effects import Effects
from station_app.domain.lanes import Audience, SubjectKind
from station_app.exchange.authentic import DEVICE_CONTEXT, PERSON_CONTEXT
from station_app.exchange.ports import Epoch
from station_app.protocol.event import Event, hash_body
from tests.exchange.makers import (
    ACCEPT,
    BATCH,
    CASE,
    COUNTY,
    NOTE,
    OFFER,
    OPEN,
    OTHER,
    TAKE_ON,
    TOWNSHIP,
    VILLAGE,
    Device,
    answers,
    center_with,
)


def test_events_are_stored_once_and_exist_when_they_come_again() -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    village.write("note")
    center = center_with(village)
    assert answers(center.push(village)) == [(1, "stored", ""), (2, "stored", "")]
    before = center.store.tables
    again = center.push(village)
    assert answers(again) == [(1, "exists", ""), (2, "exists", "")]
    assert again.link_head == 2
    assert center.store.tables == before


def test_the_same_event_twice_in_one_request_is_stored_once() -> None:
    village = Device(VILLAGE)
    event = village.write("register", OPEN)
    center = center_with(village)
    assert [status for _, status, _ in answers(center.push(village, [event, event]))] == ["stored", "exists"]
    assert len(center.store.tables.feed) == 1


def test_an_event_ahead_of_the_next_link_waits_and_moves_nothing() -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    village.write("note")
    center = center_with(village)
    plan = center.push(village, village.wrote[1:], first_link=2)
    assert answers(plan) == [(2, "waiting", "1")]
    assert plan.link_head == 0
    assert not center.store.tables.events


def test_an_event_ahead_of_its_chain_waits_for_the_one_before() -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    village.write("note")
    center = center_with(village)
    assert answers(center.push(village, village.wrote[1:])) == [(1, "waiting", "1")]


def test_a_header_that_cannot_be_read_among_five_hundred_stops_nothing() -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    for _ in range(499):
        village.write("note")
    pushed = list(village.wrote)
    pushed[250] = replace(pushed[250], header_bytes=b"\x00 no header")
    center = center_with(village)
    plan = center.push(village, pushed)
    assert [entry for entry in answers(plan) if entry[1] != "stored"] == [(251, "refused", "record-malformed")]
    assert plan.link_head == 500
    assert len(center.store.tables.events) == 499
    village.write("note")
    assert answers(center.push(village, village.wrote[500:], first_link=501)) == [(501, "stored", "")]


def test_a_refused_event_is_refused_for_the_same_reason_when_it_comes_again() -> None:
    village = Device(VILLAGE)
    village.write("note")
    center = center_with(village)
    first = center.push(village)
    before = center.store.tables
    assert answers(first) == [(1, "refused", "subject-unknown")]
    assert answers(center.push(village)) == answers(first)
    assert center.store.tables == before


def test_an_event_of_another_device_is_refused_and_takes_no_place_in_the_chain() -> None:
    village, other = Device(VILLAGE), Device(OTHER)
    foreign = other.write("register", OPEN)
    own = village.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    center = center_with(village, other)
    assert answers(center.push(village, [foreign, own])) == [(1, "refused", "origin-foreign"), (2, "stored", "")]


def test_an_office_that_does_not_see_the_case_may_not_write_on_it() -> None:
    village, other = Device(VILLAGE), Device(OTHER)
    village.write("register", OPEN)
    other.write("note")
    center = center_with(village, other)
    center.push(village)
    assert answers(center.push(other)) == [(1, "refused", "not-a-party")]


def _unsigned_by_person(event: Event) -> Event:
    return replace(event, person_signature=b"")


def _body_swapped(event: Event) -> Event:
    return replace(event, body=b'{"effects":{},"salt":""}')


def _device_signature_wrong(event: Event) -> Event:
    return replace(event, signature=b"1" * 16)


def _person_signature_wrong(event: Event) -> Event:
    return replace(event, person_signature=b"1" * 16)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (_unsigned_by_person, "person-missing"),
        (_body_swapped, "body-not-bound"),
        (_device_signature_wrong, "signature-wrong"),
        (_person_signature_wrong, "signature-wrong"),
    ],
)
def test_what_is_not_authentic_is_refused_with_its_reason_and_kept(damage: object, code: str) -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    bad = damage(village.write("note"))  # type: ignore[operator]
    village.write("note")
    center = center_with(village)
    plan = center.push(village, [village.wrote[0], bad, village.wrote[2]])
    assert [entry[1:] for entry in answers(plan)] == [("stored", ""), ("refused", code), ("stored", "")]
    kept = [refusal for _, _, refusal in center.store.tables.refusals.values()]
    assert [refusal.event for refusal in kept] == [bad]


def test_an_unknown_device_and_an_unknown_person_are_refused() -> None:
    village, stranger = Device(VILLAGE), Device(VILLAGE, number=1)
    stranger.write("register", OPEN)
    center = center_with(village)
    assert answers(center.push(stranger)) == [(1, "refused", "device-unknown")]
    with center.store.write() as book:
        book.save_credential(stranger.credentials()[0])
        book.save_epoch(Epoch(stranger.device, stranger.epoch, 1, "n", "n", "", link=1))
    stranger.write("note")
    assert answers(center.push(stranger, stranger.wrote[1:], first_link=2)) == [(2, "refused", "person-unknown")]


def test_a_station_cannot_rule() -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    village.write("ruling", {"ruling": {}}, actor=None)
    assert answers(center_with(village).push(village))[1] == (2, "refused", "ruling-not-by-center")


@pytest.mark.parametrize("body", [b"[1]", b"{}", b'{"effects":[]}', b"\xff", b'{"effects":{},"effects":{}}'])
@pytest.mark.parametrize("kind", list(SubjectKind))
def test_a_signed_body_that_is_no_body_does_not_hold_the_others_up(body: bytes, kind: SubjectKind) -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    event = _with_body(village, kind, body)
    village.write("note")
    center = center_with(village)
    pushed = [village.wrote[0], event, village.wrote[2]]
    assert answers(center.push(village, pushed))[1:] == [(2, "refused", "body-malformed"), (3, "stored", "")]


def _with_body(device: Device, kind: SubjectKind, body: bytes) -> Event:
    header = device.write("note", subject=(kind, BATCH)).header
    data = replace(header, body_hash=hash_body(body)).to_bytes()
    return Event(data, device.key.sign(DEVICE_CONTEXT, data), device.person_key.sign(PERSON_CONTEXT, data), body)


def test_an_unreadable_header_has_its_own_code_for_another_protocol() -> None:
    village = Device(VILLAGE)
    event = village.write("register", OPEN)
    newer = replace(event, header_bytes=replace(event.header, proto=9).to_bytes())
    assert answers(center_with(village).push(village, [newer])) == [(1, "refused", "proto-unknown")]


def test_a_batch_is_seen_by_both_offices_and_a_case_by_its_own() -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    village.write("batch_offer", {"batch": {"to": TOWNSHIP}}, subject=(SubjectKind.BATCH, BATCH))
    center = center_with(village)
    center.push(village)
    assert center.book.viewers([("case", CASE), ("batch", BATCH)]) == {
        ("case", CASE): (VILLAGE,),
        ("batch", BATCH): (VILLAGE, TOWNSHIP),
    }


def test_only_custody_events_ask_for_a_ruling() -> None:
    village = Device(VILLAGE)
    opened = village.write("register", OPEN)
    center = center_with(village)
    assert center.push(village).unruled == [CASE]
    center.rule()
    village.write("note", NOTE, audience=Audience.HANDLING)
    assert center.push(village, village.wrote[1:], first_link=2).unruled == []
    village.write("offer", OFFER, grant=opened.event_id, base=opened.event_id)
    assert center.push(village, village.wrote[2:], first_link=3).unruled == [CASE]


def test_a_number_far_ahead_is_refused_and_the_chain_goes_on() -> None:
    """One event with the highest lamport there is kept a center from ruling and receivers from saving, for good."""
    village = Device(VILLAGE)
    village.write("register", OPEN)
    village.chain = replace(village.chain, lamport=2**53 - 2)
    village.write("note")
    village.chain = replace(village.chain, lamport=5)
    village.write("note")
    center = center_with(village)
    codes = [code for _, _, code in answers(center.push(village))]
    assert codes == ["", "lamport-ahead", ""]


def test_a_batch_goes_up_to_the_superior_and_down_to_those_below_and_to_nobody_else() -> None:
    village, town = Device(VILLAGE), Device(TOWNSHIP)
    for batch_id, to in (("1" * 32, OTHER), ("2" * 32, "nowhere"), ("3" * 32, TOWNSHIP)):
        facts = Effects(batch={"number": "1", "to": to, "offered_on": "", "offered_by": "", "lines": []})
        village.write("batch_offer", facts, subject=(SubjectKind.BATCH, batch_id))
    for batch_id, to in (("4" * 32, COUNTY), ("5" * 32, VILLAGE), ("6" * 32, TOWNSHIP[:-1] + "9")):
        facts = Effects(batch={"kind": "papers", "to": to})
        town.write("batch_offer", facts, subject=(SubjectKind.BATCH, batch_id))
    center = center_with(village, town)
    assert [code for _, _, code in answers(center.push(village))] == ["not-a-party", "not-a-party", ""]
    assert [code for _, _, code in answers(center.push(town))] == ["", "", "not-a-party"]
    assert (center.book.feed_head(OTHER), center.book.feed_head(VILLAGE)) == (0, 2)


def test_the_id_of_a_case_is_no_id_for_a_batch() -> None:
    """A stranger's batch event under a case's id came to the ruler and to the screens as an event of the case."""
    village, other = Device(VILLAGE), Device(OTHER)
    village.write("register", OPEN)
    other.write("batch_offer", NOTE, subject=(SubjectKind.BATCH, CASE))
    center = center_with(village, other)
    center.push(village)
    assert [code for _, _, code in answers(center.push(other))] == ["subject-unknown"]


def test_the_late_answer_of_an_office_that_sees_the_case_no_more_is_kept_and_comes_back_to_it() -> None:
    """Offered, taken back by the arbiter, and accepted offline meanwhile: what the taker did must not be lost."""
    village, town = Device(VILLAGE), Device(TOWNSHIP)
    opened = village.write("register", OPEN)
    offer = village.write("offer", OFFER, grant=opened.event_id, base=opened.event_id)
    center = center_with(village, town)
    center.push(village)
    center.rule()
    with center.store.write() as book:
        book.save_viewers({("case", CASE): (VILLAGE,)})
    answer = town.write("accept_handover", ACCEPT, grant=opened.event_id, base=offer.event_id)
    assert answers(center.push(town)) == [(1, "stored", "")]
    # Both sides count it among what they share.
    assert answer.event_id in center.book.feed_ids(TOWNSHIP)


@pytest.mark.parametrize("org", [COUNTY, TOWNSHIP])
def test_a_note_of_whom_an_offer_had_shown_the_case_is_kept_and_shows_it_nothing_more(org: str) -> None:
    """The arbiter wrote it offline; meanwhile the offer was answered, and the note was refused for good."""
    village, guest, other = Device(VILLAGE), Device(org), Device(OTHER)
    opened = village.write("register", OPEN)
    village.write("offer", OFFER, grant=opened.event_id, base=opened.event_id)
    center = center_with(village, guest, other)
    center.push(village)
    center.rule()
    with center.store.write() as book:
        book.save_viewers({("case", CASE): (VILLAGE,)})
    before = set(center.book.feed_ids(org))
    note = guest.write("note")
    guest.write("accept_application", TAKE_ON, grant=opened.event_id, base="9" * 64)
    guest.write("register", OPEN)
    other.write("note")
    assert [code for _, _, code in answers(center.push(guest))] == ["", "not-a-party", "not-a-party"]
    assert [code for _, _, code in answers(center.push(other))] == ["not-a-party"]
    center.rule()
    assert center.book.viewers([("case", CASE)]) == {("case", CASE): (VILLAGE,)}
    # Both sides count what it has written itself among what they share, and nothing else.
    assert set(center.book.feed_ids(org)) - before == {note.event_id}
    village.write("note")
    center.push(village, village.wrote[2:], first_link=3)
    assert set(center.book.feed_ids(org)) - before == {note.event_id}
    assert note.event_id in center.book.feed_ids(VILLAGE)


def test_what_a_cloned_pc_says_of_a_case_is_kept_for_a_person_and_its_notes_are_as_ever() -> None:
    village = Device(VILLAGE)
    opened = village.write("register", OPEN)
    village.write("note")
    center = center_with(village)
    plan = center.push(village, review="cloned-pc")
    assert [word for _, word, _ in answers(plan)] == ["stored", "stored"]
    assert center.store.tables.reviews == {opened.event_id: "cloned-pc"}
