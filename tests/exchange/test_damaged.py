"""Damaged bytes, and wrongly signed events: each leaves a tombstone, and the chain goes on behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.lanes import SubjectKind
from station_app.protocol.event import Event
from tests.exchange.makers import (
    NOTE,
    OPEN,
    VILLAGE,
    Device,
    answers,
    center_with,
)


def _flip(event: Event, place: int) -> Event:
    data = bytearray(event.header_bytes)
    data[place] ^= 1
    return replace(event, header_bytes=bytes(data))


@pytest.mark.parametrize("place", range(0, 600, 7))
def test_a_flipped_byte_anywhere_in_a_header_leaves_a_tombstone_and_the_chain_goes_on(place: int) -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    village.write("note")
    village.write("note")
    pushed = [village.wrote[0], _flip(village.wrote[1], place % len(village.wrote[1].header_bytes)), village.wrote[2]]
    plan = center_with(village).push(village, pushed)
    assert [status for _, status, _ in answers(plan)] == ["stored", "refused", "stored"]
    assert plan.link_head == 3


def test_the_chain_goes_on_behind_a_tombstone_in_the_next_request_as_well() -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    village.write("note")
    village.write("note")
    center = center_with(village)
    center.push(village, [village.wrote[0], _flip(village.wrote[1], 30)])
    assert answers(center.push(village, village.wrote[2:], first_link=3)) == [(3, "stored", "")]


def test_a_wrongly_signed_event_of_a_chain_that_was_forgotten_counts_in_that_one_and_not_in_the_present() -> None:
    # Seed 619: the center was restored and had forgotten the chain in which the PC had written. Counted in the epoch
    # under which it came, the tombstone made the PC, which had nothing there yet, look like a copy of itself.
    village = Device(VILLAGE)
    village.write("register", OPEN)
    village.write("note")
    former = village.epoch
    wrote = [replace(village.wrote[0], signature=b"\1" * 64), village.wrote[1]]
    village.epoch = "b" * 16
    center = center_with(village)
    assert [code for _, _, code in answers(center.push(village, wrote))] == ["signature-wrong", "subject-unknown"]
    heads = center.store.tables.heads
    assert heads[village.device, former].seq == 2
    assert (village.device, village.epoch) not in heads


def test_a_wrongly_signed_event_alone_counts_in_the_former_chain_that_it_names() -> None:
    # Seed 13: the PC was put back, and had written one event before it went on under its new epoch.
    village = Device(VILLAGE)
    village.write("register", OPEN)
    former = village.epoch
    center = center_with(village)
    village.epoch = "b" * 16
    assert answers(center.push(village, [replace(village.wrote[0], signature=b"\1" * 64)]))[0][2] == "signature-wrong"
    heads = center.store.tables.heads
    assert heads[village.device, former].seq == 1
    assert (village.device, village.epoch) not in heads


@pytest.mark.parametrize("of_twin", [1, 3])
def test_behind_damaged_bytes_whose_place_a_copy_of_the_pc_has_taken_the_rest_comes_in(of_twin: int) -> None:
    # Seed 1946: the event behind them waited for ever, for one that its author had only in damaged bytes.
    village, twin = Device(VILLAGE), Device(VILLAGE)
    for one in (village, twin):
        one.write("register", OPEN)
    for _ in range(of_twin):
        twin.write("note", claimed_at="2026-03-02T08:00:00Z")
    for _ in range(3):
        village.write("note")
    center = center_with(village)
    center.push(twin)
    assert answers(center.push(village, [_flip(village.wrote[1], 30)], first_link=2))[0][1] == "refused"
    plan = center.push(village, village.wrote[2:], first_link=3)
    assert [status for _, status, _ in answers(plan)] == ["stored", "stored"]
    assert center.store.tables.heads[village.device, village.epoch].seq == 4


@pytest.mark.parametrize("with_former", [True, False])
def test_damaged_bytes_before_the_first_event_of_a_chain_have_no_place_in_that(with_former: bool) -> None:
    # Seed 3435: they were an epoch of their own, and the PC was taken for a copy of itself for their place.
    village = Device(VILLAGE)
    village.write("register", OPEN)
    damaged = Event(b"\x00 no header", b"s")
    village.chain, village.epoch = replace(village.chain, epoch="b" * 16, seq=0, prev=None), "b" * 16
    village.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    pushed = [village.wrote[0], damaged, village.wrote[1]] if with_former else [damaged, village.wrote[1]]
    plan = center_with(village).push(village, pushed)
    assert [status for _, status, _ in answers(plan)] == [*["stored"] * with_former, "refused", "stored"]
    assert not plan.forked
    assert plan.heads[village.device, village.epoch].event_id == village.wrote[1].event_id


def test_damaged_bytes_behind_all_else_belong_to_the_chain_before_them() -> None:
    # Seed 2010: counted in the new epoch, in which the PC had nothing yet, they made it look like a copy of itself.
    village = Device(VILLAGE)
    village.write("register", OPEN)
    former, village.epoch = village.epoch, "b" * 16
    plan = center_with(village).push(village, [village.wrote[0], Event(b"\x00 no header", b"s")])
    assert [status for _, status, _ in answers(plan)] == ["stored", "refused"]
    assert (plan.heads[village.device, former].seq, (village.device, "b" * 16) in plan.heads) == (2, False)


@pytest.mark.parametrize(("healing", "status"), [(True, "stored"), (False, "waiting")])
def test_a_healing_center_does_not_wait_for_what_it_may_have_forgotten(healing: bool, status: str) -> None:
    # Seed 3266: of two copies the one had brought as much as the other, whose events the center had lost.
    village = Device(VILLAGE)
    for _ in range(3):
        village.write("register" if not village.wrote else "note", NOTE if village.wrote else OPEN)
    center = center_with(village)
    with center.store.write() as book:
        book.save_setting("center", {**book.setting("center"), "healing": healing, "forked_from": "a" * 16})
    assert answers(center.push(village, village.wrote[2:])) == [(1, status, "" if healing else "1")]


def test_damaged_bytes_of_an_event_already_taken_in_take_no_place_in_the_chain() -> None:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    village.write("note")
    center = center_with(village)
    center.push(village)
    village.write("note")
    pushed = [village.wrote[0], _flip(village.wrote[1], 30), village.wrote[2]]
    assert [status for _, status, _ in answers(center.push(village, pushed))] == ["exists", "refused", "stored"]
