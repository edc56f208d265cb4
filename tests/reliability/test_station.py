"""A station killed at any moment: what it said was saved is there, once, and nothing half done is."""

from __future__ import annotations

import random
import shutil
import signal
from pathlib import Path

import pytest

from station_app.domain.numbers import grouped
from tests.reliability.dying import BEGUN, COMMITTING, STATION_STEPS, Marks
from tests.reliability.kills import Toll, compare, kill_once, kill_while_saving, read_told
from tests.reliability.place import ENV, PIN, STATIONS, VILLAGES, Place
from tests.reliability.warm import Ran

KILLS = 100
WORKER = "李𬭎"


def test_nothing_that_was_told_to_be_saved_is_lost_or_doubled_over_a_hundred_kills(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "v1")
    rng = random.Random(1)
    toll = Toll(tmp_path / "told.txt")
    marks = Marks(place.folder / "marks")
    for number in range(1, KILLS + 1):
        kill_once(place, marks, toll, rng)
        if number % 25 == 0:
            compare(place, toll)
    print(toll.text())
    assert toll.kills == KILLS
    assert toll.inside >= KILLS // 4
    # The moments that matter most: nothing written yet, and the commit itself under way.
    assert min(toll.phases[BEGUN], toll.phases[COMMITTING]) > 0, toll.text()
    assert read_told(toll) == toll.told


def test_the_comparison_sees_a_lost_and_a_doubled_save(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "v1")
    toll, marks, rng = Toll(tmp_path / "told.txt"), Marks(place.folder / "marks"), random.Random(3)
    while len(toll.told) < 2:
        kill_once(place, marks, toll, rng)
    compare(place, toll)
    toll.hear([{"case_id": "0" * 32, "number": "1" * 25}])
    with pytest.raises(AssertionError):
        compare(place, toll)
    toll.told.pop()
    toll.told.append(toll.told[0])
    with pytest.raises(AssertionError):
        compare(place, toll)


def test_after_all_the_kills_the_station_works_on_and_everything_reaches_the_center(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    toll = kill_while_saving(place, 10, random.Random(4))
    place.register("v1")
    with place.serving():
        synced = place.station("v1", "sync").found()
    assert (synced["outbox"], synced["complete"]) == (0, True)
    assert synced["pushed"] >= len(toll.told) + 1
    assert place.center("check").found()["cases"] == synced["pushed"]


def test_a_journal_put_back_from_a_backup_tells_what_it_lost_until_it_comes_back_from_the_center(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    backup = tmp_path / "journal.db"
    shutil.copy(place.home("v1") / "journal.db", backup)
    sent = place.register("v1")["case_id"]
    with place.serving():
        place.station("v1", "sync").found()
        gone = place.register("v1")["number"]
        for beside in place.home("v1").glob("journal.db*"):
            beside.unlink()
        shutil.copy(backup, place.home("v1") / "journal.db")
        [lost] = place.station("v1", "check").found()["lost"]
        assert (lost["first"], lost["last"]) == (1, 2)
        assert "2 条没有找回来" in place.plain("v1", "check").out
        place.station("v1", "sync").found()
    found = place.station("v1", "check").found()
    assert [(lost["first"], lost["last"]) for lost in found["lost"]] == [(2, 2)]
    assert found["lost_numbers"] == [gone]
    assert f"有 1 个，请照号找凭证补录：{grouped(gone)}。" in place.plain("v1", "check").out
    assert [case["case_id"] for case in place.station("v1", "case", "list").lines()] == [sent]


def joining(place: Place, command: str, step: int, **options: str) -> Ran:
    """Run enrol or activate in a station that dies right after one of its steps."""
    given = {"home": str(place.home("v1")), "json": True, "name": "", **options}
    run = "tests.reliability.dying:run_station_step"
    ran = place.warm.run(run, given, command, step, env=ENV)
    assert ran.status == -signal.SIGKILL, (ran.status, ran.out, ran.err)
    return ran


@pytest.mark.parametrize("step", range(len(STATION_STEPS["enrol"])), ids=[s[1] for s in STATION_STEPS["enrol"]])
def test_an_enrolment_cut_short_anywhere_can_be_run_again_with_the_same_code(
    template: Place, tmp_path: Path, step: int
) -> None:
    place = template.copy(tmp_path / "place", "c")
    with place.serving() as url:
        code = place.center("enrol-code", "--org", VILLAGES[0]).found()["code"]
        joining(place, "enrol", step, center_url=url, code=code)
        again = place.station("v1", "enrol", url, code)
        if STATION_STEPS["enrol"][step][1] == "save_identity":
            assert again.refusal()["code"] == "already-enrolled"
        else:
            assert again.found()["org"] == VILLAGES[0]
        _works(place)
        devices = [station["device"] for station in place.center("status").found()["stations"]]
    # One of the template's, and one new PC: the repeated request made no second one.
    assert len(devices) == len(STATIONS) + 1


@pytest.mark.parametrize("step", range(len(STATION_STEPS["activate"])), ids=[s[1] for s in STATION_STEPS["activate"]])
def test_an_activation_cut_short_anywhere_can_be_run_again_with_the_same_code(
    template: Place, tmp_path: Path, step: int
) -> None:
    place = template.copy(tmp_path / "place", "c")
    with place.serving() as url:
        enrolment = place.center("enrol-code", "--org", VILLAGES[0]).found()["code"]
        place.station("v1", "enrol", url, enrolment).found()
        added = place.center("user", "add", "--org", VILLAGES[0], "--name", "新人", "--roles", "agent").found()
        code = added["activation_code"]
        joining(place, "activate", step, worker="新人", code=code)
        if STATION_STEPS["activate"][step][1] != "forget_activation_key":
            assert place.station("v1", "activate", "新人", code, worker="").found()["name"] == "新人"
        registered = place.station("v1", "case", "register", place.form(), worker="新人").found()
        synced = place.station("v1", "sync", worker="新人").found()
        assert (synced["outbox"], synced["complete"]) == (0, True)
        shown = place.station("v1", "case", "show", registered["case_id"], worker="新人").found()
        assert [event["ruling"] for event in shown["events"]] == ["accepted"]
    assert not list(place.home("v1").glob("activation-*"))


def test_a_second_worker_whose_activation_was_cut_short_gets_in_without_the_first(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    with place.serving():
        added = place.center("user", "add", "--org", VILLAGES[0], "--name", "新人", "--roles", "agent").found()
        code = added["activation_code"]
        joining(place, "activate", 3, worker="新人", code=code)
        assert place.station("v1", "activate", "新人", code, worker="").found()["name"] == "新人"
        place.station("v1", "case", "register", place.form(), worker="新人").found()
        place.register("v1")
        synced = place.station("v1", "sync", worker="新人").found()
    assert (synced["pushed"], synced["complete"]) == (2, True)


@pytest.mark.parametrize("number", range(1, 6))
def test_a_key_file_killed_in_the_writing_is_the_old_or_the_new_one(
    template: Place, tmp_path: Path, number: int
) -> None:
    path = tmp_path / "slots.json"
    path.write_bytes(b"old")
    ran = template.warm.run("tests.reliability.dying:nth_write", str(path), number)
    assert ran.status in (0, -signal.SIGKILL)
    assert path.read_bytes() in (b"old", b"new" * 1000)
    again = template.warm.run("tests.reliability.dying:nth_write", str(path), 99)
    assert again.status == 0, again.err
    assert path.read_bytes() == b"new" * 1000
    assert [file.name for file in tmp_path.iterdir()] == ["slots.json"]


def _works(place: Place) -> None:
    added = place.center("user", "add", "--org", VILLAGES[0], "--name", "新人", "--roles", "agent").found()
    place.station("v1", "activate", "新人", added["activation_code"], worker="").found()
    place.station("v1", "case", "register", place.form(), worker="新人", env={"STATION_PIN": PIN}).found()
    assert place.station("v1", "sync", worker="新人").found()["complete"] is True
    assert place.station("v1", "check", worker="新人").found()["ok"] is True
