"""What other offline programs lost work by, tried on this one."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap import station
from station_app.cli.demo import errands
from station_app.domain.errors import StationError
from station_app.protocol.exchange_records import ExchangeReply, ExchangeRequest
from station_app.protocol.wire import pack_request
from station_app.sync.center_client import CenterClient
from station_app.usecases import run_action
from tests.reliability.dying import SMALL_BODY_BYTES
from tests.reliability.place import ENV, FORM, PIN, STATIONS, TOWNSHIP, Place, join, listening
from tests.reliability.warm import STATION

WORKER = next(iter(STATIONS["v1"][1]))


@pytest.fixture(autouse=True)
def quick_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")


def test_a_hundred_items_over_the_body_limit_still_drain(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    signed_in = station.sign_in(place.home("v1"), WORKER, PIN)
    for _ in range(100):
        run_action.register_case(signed_in.desk, FORM)
    with signed_in.desk.read_book() as book:
        events = tuple(event for _, event in book.outbox(1000))
        whole = ExchangeRequest(book.identity().epoch, "", 0, 1, events, 1000)
    signed_in.engine.dispose()
    assert len(pack_request(whole)) > 2 * SMALL_BODY_BYTES
    center = place.warm.start("tests.reliability.dying:serve_small_bodies", str(place.home("c")), env=ENV)
    place.moved_to(listening(center))
    synced = place.station("v1", "sync").found()
    os.kill(center.pid, signal.SIGTERM)
    place.warm.wait(center)
    assert (synced["pushed"], synced["outbox"], synced["complete"]) == (100, 0, True)
    held = place.center("check").found()
    assert (held["cases"], held["refused"], held["ok"]) == (100, 0, True)


def test_an_edit_made_during_the_upload_is_not_marked_sent_by_the_old_reply(
    template: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    exchange = CenterClient.exchange
    with place.serving():
        signed_in = station.sign_in(place.home("v1"), WORKER, PIN)
        desk = signed_in.desk
        case = run_action.register_case(desk, FORM)

        def slow(client: CenterClient, request: ExchangeRequest, nonce: str) -> ExchangeReply:
            if len(asked) == 1:
                raise StationError("no-network", address="", detail="")
            asked.append(request)
            found = exchange(client, request, nonce)
            run_action.act_on_case(desk, case.case_id, "note", {"text": "上传的时候写的"})
            return found

        asked: list[ExchangeRequest] = []
        monkeypatch.setattr(CenterClient, "exchange", slow)
        assert signed_in.loop(1.0).exchange_once().code == "no-network"
        with desk.read_book() as book:
            written = [event.event_id for event in book.subject_events(case.case_id)]
            statuses = book.statuses_of(written)
            assert [statuses[event_id][0] for event_id in written[:2]] == ["stored", ""]
            assert [event.event_id for _, event in book.outbox(10)] == [written[1]]
        monkeypatch.undo()
        signed_in.engine.dispose()
        assert place.station("v1", "sync").found()["outbox"] == 0
    assert place.center("check").found()["events"] == 3


def test_printed_offline_killed_and_reopened_status_and_number_are_unchanged(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "v1")
    case = place.register("v1")
    before = place.station("v1", "case", "show", case["case_id"]).found()
    rng = random.Random(2)
    for number in range(6):
        out = tmp_path / f"{number}.pdf"
        arguments = ("--home", str(place.home("v1")), "--as", WORKER, "--json", "print", "receipt", case["number"])
        started = place.warm.start(STATION, *arguments, "--out", str(out), env=ENV)
        time.sleep(rng.random() * 0.8)
        os.kill(started.pid, signal.SIGKILL)
        place.warm.wait(started)
        assert place.station("v1", "case", "show", case["case_id"]).found() == before
        assert not out.exists() or out.read_bytes().rstrip().endswith(b"%%EOF")
    printed = tmp_path / "last.pdf"
    place.station("v1", "print", "receipt", case["number"], "--out", str(printed)).found()
    assert printed.stat().st_size > 1000
    assert place.station("v1", "case", "show", case["case_id"]).found() == before
    following = place.register("v1")["number"]
    assert int(following[20:24]) == int(case["number"][20:24]) + 1


def test_a_closed_case_does_not_come_back_from_a_pc_switched_on_after_6_months(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "t")
    # A second PC of the township; it is not in STATIONS, so its worker is named each time.
    second, approver = "吉伍阿支", list(STATIONS["t"][1])[1]

    def act(name: str, action: str, form: dict[str, Any] | None = None, worker: str | None = None) -> None:
        path = place.folder / "act.json"
        path.write_text(json.dumps(form or {}, ensure_ascii=False), "utf-8")
        place.station(name, "case", "act", case, action, str(path), worker=worker).found()

    def sync(*names: str) -> None:
        for name in names:
            synced = place.station(name, "sync", worker=second if name == "second" else None).found()
            assert synced["outbox"] == 0

    with place.serving() as url:
        join(place, url, "second", TOWNSHIP, {second: "clerk"})
        case = place.register("v1", **errands.RELIEF.form())["case_id"]
        batch = place.station("v1", "batch", "offer", "--to", TOWNSHIP, case).found()["number"]
        sync("v1", "t", "second")
        # What it writes offline before it is put away: a note, and that it has taken the case over.
        act("second", "note", {"text": "等他来补一张照片"}, worker=second)
        place.station("second", "batch", "accept", batch, worker=second).found()

        place.station("t", "batch", "accept", batch).found()
        act("t", "accept_application")
        act("t", "grant", errands.GRANT_RELIEF, worker=approver)
        sync("t", "v1")
        act("v1", "deliver", errands.delivery(errands.RELIEF))
        act("v1", "close")
        sync("v1", "t")

        sync("second", "v1", "t")
        shown = [place.station(name, "case", "show", case).found() for name in ("v1", "t")]
        shown.append(place.station("second", "case", "show", case, worker=second).found())
    assert [(found["state"], found["on_the_road_to"], found["provisional"]) for found in shown] == [
        ("closed", None, False)
    ] * 3
    # Nothing that it wrote is gone: the note stands, its taking over is shown as late to all.
    for found in shown:
        assert [remark["text"] for remark in found["remarks"]] == ["等他来补一张照片"]
        taken = [event["ruling"] for event in found["events"] if event["type"] == "accept_handover"]
        assert sorted(taken) == ["accepted", "late"]
