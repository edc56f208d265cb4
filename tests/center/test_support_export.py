"""What support gets of a refused step, from the station and from the center: enough to find it, nobody's data."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from station_app import __version__
from station_app.bootstrap.support_file import save_support_file
from station_app.cli import center, station
from station_app.domain.errors import StationError
from station_app.exchange.uplink import LINK
from station_app.protocol.event import Event
from station_app.storage.journal import PLAIN, insert_refusals, refusal_values
from station_app.storage.rows import OutboxRow
from station_app.storage.station_rows import PrintRow
from station_app.usecases import run_action
from station_app.usecases.run_center import UPLINK
from tests.center.served import WORKER, Served
from tests.center.test_retried import forget_worker, outbox, synced
from tests.reliability.place import ADMINISTRATORS, FORM, PIN, VILLAGES

NOTE = "家里有两位老人"


@pytest.fixture(autouse=True)
def pin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The PIN that commands ask for."""
    monkeypatch.setenv("STATION_PIN", PIN)


@pytest.fixture
def refused(served: Served) -> str:
    """A case of which the center refused the opening and a note; one more note waits."""
    forget_worker(served)
    case = served.register()
    run_action.act_on_case(served.desk.desk, case, "note", {"text": NOTE})
    synced(served)
    run_action.act_on_case(served.desk.desk, case, "note", {"text": NOTE})
    return case


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def is_nobodys(text: str) -> bool:
    """Tell whether nothing stands there of the applicant, of what was written, or of who wrote it."""
    theirs = [FORM["applicant"][key] for key in ("name", "id_number", "phone")]
    return not any(word in text for word in (*theirs, NOTE, WORKER, "effects", "salt"))


def test_the_station_exports_headers_and_reasons_and_logs_it(
    served: Served, refused: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, file = str(served.desk.home.folder), tmp_path / "support.json"
    assert station.main(["--home", home, "--json", "--as", WORKER, "outbox", "export", str(file)]) == 0
    assert told(capsys) == [{"file": str(file), "events": 3}]
    text = file.read_text("utf-8")
    assert is_nobodys(text)
    found = json.loads(text)
    assert (found["program"], found["org"], found["waiting_in_all"]) == (__version__, VILLAGES[0], 1)
    assert found["device"] == served.desk.home.identity().device
    first, second = found["refused"]
    assert (first["code"], second["code"]) == ("person-unknown", "person-unknown")
    assert (first["remedy"], first["retried_at"], bool(first["refused_at"])) == ("again", "", True)
    assert first["reason"].startswith("县中心没有登记这位工作人员")
    for entry in (first, second, *found["waiting"]):
        event = Event(entry["header"].encode(), b"", b"", None)
        assert (event.event_id, event.header.subject_id) == (entry["event"], refused)
    with served.desk.engine.connect() as connection:
        assert [row.document for row in connection.execute(select(PrintRow.document))] == ["support_export"]


def test_nobody_who_is_not_signed_in_exports_anything(served: Served, refused: str, tmp_path: Path) -> None:
    home, file = str(served.desk.home.folder), tmp_path / "support.json"
    assert station.main(["--home", home, "outbox", "export", str(file)]) == 1
    assert not file.exists()


def test_by_command_what_was_refused_is_tried_again(
    served: Served, refused: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ["--home", str(served.desk.home.folder), "--json", "--as", WORKER, "outbox"]
    assert station.main(ask) == 0
    assert [(line["case_id"], line["reason"]) for line in told(capsys)] == [(refused, "person-unknown")]
    assert station.main([*ask, "retry", refused]) == 0
    assert told(capsys) == [{"events": 2}]
    synced(served)
    assert outbox(served) == []
    assert station.main([*ask, "retry"]) == 0
    assert told(capsys) == [{"events": 0}]


def test_the_center_lists_what_it_refused_and_exports_it_with_a_row_in_its_audit(
    served: Served, refused: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask, file = ["--home", str(served.opened.home.folder), "--json"], tmp_path / "support.json"
    # What a program with a bug sends may say anything in its header.
    damaged = Event(f"李𬭎 {FORM['applicant']['name']}".encode(), bytes(64), bytes(64), NOTE.encode())
    with served.opened.write() as store:
        insert_refusals(store.connection, [refusal_values(damaged, "record-malformed", ("d" * 32, "e" * 16, 7), PLAIN)])
    assert center.main([*ask, "refused", "list"]) == 0
    lines = told(capsys)
    assert [line["code"] for line in lines] == ["person-unknown", "person-unknown", "record-malformed"]
    assert (lines[0]["subject"], lines[0]["device"]) == (refused, served.desk.home.identity().device)
    assert (lines[2]["event"], lines[2]["link"], "header" in lines[2]) == (damaged.event_id, 7, False)
    assert center.main([*ask, "--as", ADMINISTRATORS[0], "refused", "export", str(file)]) == 0
    assert told(capsys) == [{"file": str(file), "events": 3}]
    text = file.read_text("utf-8")
    assert is_nobodys(text)
    found = json.loads(text)
    assert (found["program"], found["level"], found["refused"]) == (__version__, "county", lines)
    with served.opened.read() as store:
        [audit] = store.audits()
    assert (audit.what, audit.by, audit.about) == ("refused-export", ADMINISTRATORS[0], {"events": 3})


def test_what_was_taken_in_after_all_is_refused_no_more(
    served: Served, refused: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ["--home", str(served.opened.home.folder)]
    assert center.main([*ask, "refused", "list"]) == 0
    assert "县中心没有登记这位工作人员" in capsys.readouterr().out
    station.main(["--home", str(served.desk.home.folder), "--as", WORKER, "outbox", "retry"])
    synced(served)
    capsys.readouterr()
    assert center.main([*ask, "refused", "list"]) == 0
    assert capsys.readouterr().out == ""


def test_a_county_lets_what_its_city_refused_go_up_once_more(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ["--home", str(served.opened.home.folder), "--json"]
    assert center.main([*ask, "refused", "retry"]) == 1
    assert json.loads(capsys.readouterr().err)["code"] == "center-not-joined"
    case = served.register()
    synced(served)
    with served.opened.write() as store:
        [event, *_] = store.case_events([case])[case]
        store.save_setting(UPLINK, {"org": "511100000000", "name": "示例市", "url": "", "key": "00" * 32})
        row = {"link": 1, "event_id": event.event_id, "case_id": case, "status": "refused", "code": "person-unknown"}
        store.connection.execute(insert(OutboxRow).values(row))
    assert center.main([*ask, "refused", "retry"]) == 0
    assert told(capsys) == [{"events": 1}]
    with served.opened.read() as store:
        assert store.setting(LINK)["owes"] == [event.event_id]
    assert center.main([*ask[:2], "status"]) == 0
    assert "1 条没有被收下（其中 1 条可以用 refused retry 再传一次）" in capsys.readouterr().out


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "export-disk-full"), (errno.EIO, "export-not-saved")])
def test_a_file_that_does_not_get_onto_the_stick_leaves_the_old_one_and_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    file = tmp_path / "support.json"
    assert save_support_file(tmp_path / "support", b"old") == file

    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StationError, match=code):
        save_support_file(file, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["support.json"]
    assert file.read_bytes() == b"old"
