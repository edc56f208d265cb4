"""A station is backed up while it works and put back from the file: it heals by itself, and what is lost is named."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap import station
from station_app.bootstrap.restored_mark import MARK_FILE, mark_in
from station_app.bootstrap.restoring import STAGING
from station_app.bootstrap.station_backup import back_up
from station_app.bootstrap.station_home import WRITTEN_FILE
from station_app.carriers.backup_file import CENTER, STATION, open_backup
from station_app.carriers.shelf import Shelf
from station_app.domain.numbers import check_digit
from station_app.storage.schema import VERSION
from tests.persons import somebody
from tests.reliability.place import ADMINISTRATORS, FORM, PIN, STATIONS, Place

AGENT = next(iter(STATIONS["v1"][1]))


def synced(place: Place, name: str, rounds: int = 4) -> dict[str, Any]:
    """Exchange until all is well, as the loop does, and return what the last exchange told."""
    for _ in range(rounds):
        found = place.station(name, "sync").found()
        if found["complete"]:
            return found
    raise AssertionError(found)


def cases(place: Place, name: str) -> dict[str, tuple[str, str]]:
    """Return what a station shows of each case."""
    listed = place.station(name, "case", "list").lines()
    return {case["case_id"]: (case["number"], case["state"]) for case in listed}


def epoch(place: Place, name: str) -> str:
    """Return the epoch in which a station writes, by the note beside its journal."""
    found: str = json.loads((place.home(name) / WRITTEN_FILE).read_text("utf-8"))["epoch"]
    return found


def files(folder: Path) -> dict[str, bytes]:
    """Return what lies in a data folder, but for locks, the log and the room kept for a full disk."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".lock", ".log", ".bin")
    }


def code_for(place: Place, file: Path, name: str = "new") -> str:
    """Ask the county for the code by which a backup is opened on another PC."""
    refusal = place.station(name, "restore", str(file), worker="").refusal()
    assert refusal["code"] == "backup-code-needed"
    [challenge] = refusal["params"]["challenges"]
    by = ("--by", ADMINISTRATORS[0], "--second", ADMINISTRATORS[1])
    told = place.center("pin-reset", challenge, *by).found()
    assert told["name"] == AGENT
    return str(told["code"])


def test_a_station_put_back_heals_and_names_what_nobody_else_had(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "t")
    file = tmp_path / "stick" / "one.backup"
    file.parent.mkdir()
    with place.serving():
        kept = place.register("v1")["case_id"]
        synced(place, "v1")
        made = place.station("v1", "backup", str(file)).found()
        assert (made["seq"], made["epoch"], made["elsewhere"]) == (1, epoch(place, "v1"), True)
        acked = place.register("v1")["case_id"]
        synced(place, "v1")
    lost = place.register("v1")
    before = epoch(place, "v1")
    done = place.station("v1", "restore", str(file), worker="").found()
    assert (done["seq"], done["org"]) == (1, STATIONS["v1"][0])
    aside = place.home("v1") / done["put_aside"]
    assert {"journal.db", "slots.json", "device.secret"} <= {path.name for path in aside.iterdir()}
    later = place.register("v1")
    assert later["number"][20:24] == "0004"
    assert epoch(place, "v1") != before
    assert not (place.home("v1") / MARK_FILE).exists()
    with place.serving():
        synced(place, "v1")
        synced(place, "t")
        assert {kept, acked, later["case_id"]} == set(cases(place, "v1"))
    checked = place.station("v1", "check").found()
    assert checked["lost_numbers"] == [lost["number"]]
    assert checked["lost"] == [{"epoch": before, "first": 3, "last": 3}]
    assert checked["ok"] is True
    assert place.center("check").found()["ok"] is True


def test_the_same_backup_put_back_twice_makes_two_epochs(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    file = tmp_path / "one.backup"
    with place.serving():
        place.register("v1")
        synced(place, "v1")
        place.station("v1", "backup", str(file)).found()
        epochs, saved = {epoch(place, "v1")}, set(cases(place, "v1"))
        for turn in (2, 3):
            place.station("v1", "restore", str(file), worker="").found()
            saved.add(place.register("v1")["case_id"])
            epochs.add(epoch(place, "v1"))
            assert len(epochs) == turn
            synced(place, "v1")
    assert set(cases(place, "v1")) == saved
    assert place.station("v1", "check").found()["lost"] == []
    assert len({number for number, _ in cases(place, "v1").values()}) == 3


def test_a_pc_put_back_keeps_its_attachments_and_gets_those_that_it_misses(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "v1")
    file, shelf = tmp_path / "one.backup", Shelf(place.home("v1"))
    scans = {hashlib.sha256(data).hexdigest(): data for data in (b"same", b"gone", b"damaged", b"after")}
    same, gone, damaged, after = scans
    for address in (same, gone, damaged):
        shelf.put(address, scans[address])
    place.station("v1", "backup", str(file)).found()
    shelf.put(after, scans[after])
    shelf.drop(gone)
    folder = place.home("v1") / "attachments"
    (folder / damaged[:2] / damaged).write_bytes(b"")
    untouched = (folder / same[:2] / same).stat().st_ino
    aside = place.home("v1") / place.station("v1", "restore", str(file), worker="").found()["put_aside"]
    assert {address: shelf.read(address) for address in scans} == scans
    assert (folder / same[:2] / same).stat().st_ino == untouched
    assert files(aside / "attachments") == {f"{damaged[:2]}/{damaged}": b""}
    assert not (place.home("v1") / STAGING).exists()


@pytest.mark.parametrize("name", ["v1", "c"])
def test_files_of_nobody_beside_the_attachments_break_no_backup(template: Place, tmp_path: Path, name: str) -> None:
    place = template.copy(tmp_path / "place", name)
    file, folder = tmp_path / "one.backup", place.home(name) / "attachments"
    whole, coming = "ab" * 32, "cd" * 32
    ours = {f"attachments/ab/{whole}", f"attachments/cd/{coming}.part"}
    others = {".DS_Store", "扫描件.pdf", "ab/扫描件.pdf", f"ab/{coming}", f"ab/{whole}.new"}
    for path in (*(place.home(name) / one for one in ours), *(folder / one for one in others)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"bytes")
    (place.station(name, "backup", str(file)) if name == "v1" else place.center("backup", str(file))).found()
    found = open_backup(file, STATION if name == "v1" else CENTER, VERSION).contents.parts
    assert {part.name for part in found if part.name.startswith("attachments/")} == ours


def test_an_attachment_that_comes_while_the_journal_is_copied_is_in_the_backup(
    template: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")
    place = template.copy(tmp_path / "place", "v1")
    data, file = b"a scan", tmp_path / "one.backup"
    address = hashlib.sha256(data).hexdigest()
    signed_in = station.sign_in(place.home("v1"), AGENT, PIN)

    def attach(_done: int, _total: int) -> None:
        Shelf(place.home("v1")).put(address, data)

    back_up(signed_in, file, attach)
    signed_in.close()
    assert open_backup(file, STATION, VERSION).part(f"attachments/{address[:2]}/{address}").size == len(data)


def test_put_back_twice_without_a_sign_in_no_printed_number_comes_again(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "v1")
    file, home = tmp_path / "one.backup", place.home("v1")
    place.register("v1")
    place.station("v1", "backup", str(file)).found()
    printed = place.register("v1")["number"]
    for path in home.glob("written*.json"):
        path.unlink()
    for _ in range(2):
        place.station("v1", "restore", str(file), worker="").found()
        mark = mark_in(home)
        assert mark is not None
        assert mark.note_is_older
    first = place.register("v1")["number"]
    assert first != printed
    assert int(first[20:24]) >= 1000


def test_another_pc_takes_the_place_of_a_dead_one_by_backup_and_a_code(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    file = tmp_path / "one.backup"
    with place.serving() as url:
        place.register("v1")
        synced(place, "v1")
        unsent = place.register("v1")["case_id"]
        place.station("v1", "backup", str(file)).found()
        # Printed, and in no backup: the new PC must not print it once more before it has other digits.
        printed = place.register("v1")["number"]
        shutil.rmtree(place.home("v1"))
        code = code_for(place, file)
        wrong = "0" * 20 + check_digit("0" * 20)
        refused = place.station("new", "restore", str(file), "--code", wrong, worker="").refusal()
        assert refused["code"] == "reset-code-wrong"
        assert not (place.home("new") / "journal.db").exists()
        place.station("new", "restore", str(file), "--code", code, worker="").found()
        place.moved_to(url)
        first = place.station("new", "case", "register", place.form(), worker=AGENT).found()["number"]
        assert first != printed
        assert int(first[20:24]) >= 1000
        assert place.station("new", "sync", worker=AGENT).found()["outbox"] == 0
        assert place.station("new", "sync", worker=AGENT).found()["complete"] is True
        second = place.station("new", "case", "register", place.form(), worker=AGENT).found()["number"]
        assert second[18:20] != first[18:20]
        shown = place.station("new", "case", "list", worker=AGENT).lines()
        assert unsent in {case["case_id"] for case in shown}
        assert len(shown) == 4
        checked = place.station("new", "check", worker=AGENT).found()
    assert (checked["lost"], checked["lost_numbers"], checked["ok"]) == ([], [], True)


def test_without_a_backup_a_new_pc_has_what_the_center_has_and_the_paper_tells_the_rest(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    with place.serving() as url:
        place.register("v1")
        kept = place.register("v1")["case_id"]
        synced(place, "v1")
        device = json.loads((place.home("v1") / "identity.json").read_text("utf-8"))["device"]
        lost = [place.register("v1")["number"] for _ in range(2)]
        shutil.rmtree(place.home("v1"))
        place.center("revoke", device).found()
        code = place.center("enrol-code", "--org", STATIONS["v1"][0]).found()["code"]
        place.station("new", "enrol", url, code, worker="").found()
        # The one account of the worker, with another code.
        again = place.center("user", "code", AGENT).found()["activation_code"]
        place.station("new", "activate", AGENT, again, worker="").found()
        for _ in range(2):
            place.station("new", "sync", worker=AGENT).found()
        shown = place.station("new", "case", "list", worker=AGENT).lines()
        assert kept in {case["case_id"] for case in shown}
        assert len(shown) == 2
        assert place.station("new", "missing", lost[-1], worker=AGENT).found()["missing"] == lost
        assert "缺 2 件" in place.plain("new", "missing", lost[-1], worker=AGENT).out
        assert place.center("audit").lines()[-1]["what"] == "activation-code"
        assert place.center("user", "code", "无此人").refusal()["code"] == "worker-unknown"


def test_a_backup_can_be_made_while_a_station_saves_without_pause(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    file = tmp_path / "one.backup"
    applicant = {**FORM["applicant"], "id_number": somebody(77)}
    order = (str(place.home("v1")), AGENT, {**FORM, "applicant": applicant})
    env = {"STATION_TEST_QUICK_PIN": "1"}
    started = place.warm.start("tests.reliability.work:save_with_rests", *order, env=env)
    _until(lambda: started.out.exists() and started.out.read_text("utf-8").count("\n") > 5)
    seqs = [place.station("v1", "backup", str(file)).found()["seq"] for _ in range(3)]
    # Not under the feet of who works here.
    assert place.station("v1", "restore", str(file), worker="").refusal()["code"] == "station-in-use"
    os.kill(started.pid, signal.SIGKILL)
    place.warm.wait(started)
    assert 5 < seqs[0] < seqs[1] < seqs[2]
    place.station("v1", "restore", str(file), worker="").found()
    assert len(cases(place, "v1")) == seqs[2]
    assert place.station("v1", "check").found()["ok"] is True


def test_nothing_in_a_backup_can_be_read(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "v1")
    place.register("v1")
    file = tmp_path / "one.backup"
    place.station("v1", "backup", str(file)).found()
    content = file.read_bytes()
    applicant = FORM["applicant"]
    words = (AGENT, applicant["name"], applicant["phone"], "示例", "待遇领取")
    assert [word for word in words if word.encode() in content or word.encode("utf-16-le") in content] == []
    assert (place.home("v1") / "device.secret").read_bytes() not in content


@pytest.mark.parametrize("fault", ["cut", "byte", "empty", "other", "newer", "away"])
def test_a_backup_that_is_none_is_refused_and_nothing_changes(template: Place, tmp_path: Path, fault: str) -> None:
    place = template.copy(tmp_path / "place", "v1", "v2")
    place.register("v1")
    file = tmp_path / "one.backup"
    place.station("v1", "backup", str(file)).found()
    content = bytearray(file.read_bytes())
    wanted = "backup-damaged"
    if fault == "cut":
        file.write_bytes(content[:-1000])
    elif fault == "byte":
        content[len(content) // 3] ^= 1
        file.write_bytes(content)
    elif fault == "empty":
        file.write_bytes(b"")
    elif fault == "other":
        place.station("v2", "backup", str(file)).found()
        wanted = "backup-of-other-pc"
    elif fault == "newer":
        file.write_bytes(content[:-1] + b"2")
        wanted = "backup-newer"
    else:
        file.unlink()
        wanted = "backup-unreadable"
    before = files(place.home("v1"))
    refusal = place.station("v1", "restore", str(file), worker="").refusal()
    assert refusal["code"] == wanted
    assert files(place.home("v1")) == before
    assert len(cases(place, "v1")) == 1


def _until(true: Any, within_s: float = 30.0) -> None:
    until = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)
