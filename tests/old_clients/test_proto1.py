"""A program as old as proto 1 keeps all with a center of today, and is told what it was told then."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap.center import OpenCenter
from station_app.domain.actions import ALL
from station_app.protocol.wire import event_from_wire
from tests.old_clients.center import STATIONS, Clock, open_place, replay, serve, told
from tests.old_clients.proto1 import OldStation

FILE = Path(__file__).parent / "proto1.json"
# Proto 1 is frozen: this file may never change. Where a test here breaks, the program is wrong.
SHA256 = "c5ddcd921e07d90d4a71b90569b35339f147772ccc9084dc8908c8038e599487"
RECORDED: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
EVENTS = [event_from_wire(entry) for pc in RECORDED["stations"].values() for entry in pc["events"]]


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory) -> OpenCenter:
    return open_place(tmp_path_factory.mktemp("old") / "center")


@pytest.fixture(scope="module")
def replayed(center: OpenCenter) -> Iterator[dict[str, OldStation]]:
    clock = Clock(datetime.now(UTC))
    with serve(center, clock) as url:
        yield replay(RECORDED, url, clock)


def test_the_recording_is_never_edited() -> None:
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == SHA256


# A program of then keeps what these say, and shows it as it shows everything new.
SINCE_THEN = {"attach", "judge_duplicate", "receive_papers", "send_papers"}


def test_each_action_is_in_the_recording() -> None:
    known = {action.code for action in ALL} - SINCE_THEN
    assert {event.header.type for event in EVENTS} == known | {"batch_offer", "batch_receive"}


@pytest.mark.parametrize("name", STATIONS)
def test_an_old_program_is_told_what_it_was_told_then(replayed: dict[str, OldStation], name: str) -> None:
    now, then = told(replayed)[name], RECORDED["told"][name]
    assert {kind: now[kind] for kind in ("statuses", "verdicts", "others")} == {
        kind: then[kind] for kind in ("statuses", "verdicts", "others")
    }
    assert set(then["documents"]) <= set(now["documents"])


@pytest.mark.usefixtures("replayed")
def test_the_center_keeps_what_an_old_program_sends_byte_for_byte(center: OpenCenter) -> None:
    with center.read() as store:
        kept = {event.event_id: event for event in store.all_events()}
    assert [kept[event.event_id] for event in EVENTS] == EVENTS
