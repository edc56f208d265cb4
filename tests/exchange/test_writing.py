"""Writing events: a chain without gaps, two signatures, and nothing that no center would take in."""

from __future__ import annotations

import pytest

from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.exchange.authentic import DEVICE_CONTEXT, PERSON_CONTEXT
from tests.exchange.makers import NOTE, OPEN, VILLAGE, Device
from tests.fakes import fake_verify


def test_each_event_names_the_one_before_it_and_a_higher_lamport() -> None:
    village = Device(VILLAGE)
    headers = [village.write("register", OPEN).header, village.write("note").header, village.write("note").header]
    assert [header.seq for header in headers] == [1, 2, 3]
    assert [header.prev for header in headers] == [None, *(event.event_id for event in village.wrote[:2])]
    assert [header.lamport for header in headers] == [1, 2, 3]


def test_device_and_person_both_sign_the_header() -> None:
    village = Device(VILLAGE)
    event = village.write("note", NOTE)
    assert fake_verify(village.key.public, DEVICE_CONTEXT, event.header_bytes, event.signature)
    assert fake_verify(village.person_key.public, PERSON_CONTEXT, event.header_bytes, event.person_signature)
    assert event.body_matches()


def test_without_an_actor_nobody_signs_as_a_person() -> None:
    assert Device(VILLAGE).write("ruling", {"ruling": {}}, actor=None).person_signature == b""


def test_what_no_center_would_take_in_is_not_written() -> None:
    village = Device(VILLAGE)
    with pytest.raises(StationError, match="body-too-long"):
        village.write("note", Effects(remark={"kind": "note", "text": "长" * 90_000}))
    assert village.write("note").header.seq == 1
