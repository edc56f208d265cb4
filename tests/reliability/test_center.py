"""A center killed at any moment: nothing is lost, nothing doubled, and the same command run again succeeds."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from station_app.bootstrap import station
from tests.reliability.load import compare, kill_center_under_load, settle
from tests.reliability.place import ENV, PIN, TOWNSHIP, VILLAGES, Place, listening
from tests.reliability.warm import Started

SERVE = "tests.reliability.dying:serve"
WORKER = "李𬭎"
AFTER_COMMIT = ("exchange: committed", "exchange: reply made, not sent")


@contextmanager
def doomed(place: Place, death: str) -> Iterator[str]:
    """Run a center that dies at `death`; leaving asserts that it did."""
    started = place.warm.start(SERVE, str(place.home("c")), "0", death, env=ENV)
    yield place.moved_to(listening(started))
    ended(place, started)


def ended(place: Place, started: Started) -> None:
    ran = place.warm.wait(started)
    assert (ran.status, ran.err) == (-signal.SIGKILL, "")


def statuses(place: Place, name: str, worker: str) -> list[str]:
    """Return what the center answered to each event of a station, in order."""
    signed_in = station.sign_in(place.home(name), worker, PIN)
    with signed_in.desk.read_book() as book:
        events = [event.event_id for event in book.all_events()]
        found = book.statuses_of(events)
    signed_in.engine.dispose()
    return [found[event_id][0] for event_id in events if event_id in found]


@pytest.fixture(autouse=True)
def quick_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")


@pytest.mark.parametrize(
    ("death", "status"),
    [("exchange: written, not committed", "stored"), *((death, "exists") for death in AFTER_COMMIT)],
)
def test_a_push_whose_reply_never_came_is_pushed_again_and_stored_once(
    template: Place, tmp_path: Path, death: str, status: str
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    cases = [place.register("v1")["case_id"] for _ in range(3)]
    for _ in range(2):
        with doomed(place, death):
            assert place.station("v1", "sync").refusal()["code"] == "no-network"
        assert [entry["reason"] for entry in place.station("v1", "outbox").lines()] == ["no-network"] * 3
        held = place.center("check").found()
        # The ruler, a thread of its own, may or may not have ruled before the end.
        assert held["ok"]
        assert held["events"] in ((0,) if status == "stored" else range(3, 7))
    with place.serving():
        synced = place.station("v1", "sync").found()
        again = place.station("v1", "sync").found()
    assert (synced["pushed"], synced["outbox"], synced["complete"]) == (3, 0, True)
    assert (again["pushed"], again["pulled"]) == (0, 0)
    # `exists` is the center's word for: I have had this one before.
    assert statuses(place, "v1", WORKER) == [status] * 3
    held = place.center("check").found()
    assert (held["cases"], held["events"], held["unruled"], held["refused"], held["ok"]) == (3, 6, 0, 0, True)
    shown = [place.station("v1", "case", "show", case).found() for case in cases]
    assert [[event["ruling"] for event in case["events"]] for case in shown] == [["accepted"]] * 3


@pytest.mark.parametrize("death", AFTER_COMMIT)
def test_what_is_registered_between_a_lost_reply_and_the_next_exchange_is_sent_as_well(
    template: Place, tmp_path: Path, death: str
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    place.register("v1")
    with doomed(place, death):
        place.station("v1", "sync").refusal()
    place.register("v1")
    with place.serving():
        assert place.station("v1", "sync").found()["complete"] is True
    assert statuses(place, "v1", WORKER) == ["exists", "stored"]
    assert place.center("check").found()["events"] == 4


def test_a_pull_whose_reply_never_came_is_pulled_again_in_full(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "t")
    case = place.register("v1")["case_id"]
    place.station("v1", "batch", "offer", "--to", TOWNSHIP, case).found()
    with place.serving():
        place.station("v1", "sync").found()
    with doomed(place, "exchange: committed"):
        place.station("t", "sync").refusal()
    assert place.station("t", "case", "list").lines() == []
    with place.serving():
        assert place.station("t", "sync").found()["complete"] is True
    assert [found["case_id"] for found in place.station("t", "case", "list").lines()] == [case]
    assert place.station("t", "check").found()["ok"] is True


@pytest.mark.parametrize("death", ["enrol: written, not committed", "enrol: committed"])
def test_an_enrolment_whose_answer_never_came_succeeds_with_the_same_command(
    template: Place, tmp_path: Path, death: str
) -> None:
    place = template.copy(tmp_path / "place", "c")
    code = place.center("enrol-code", "--org", VILLAGES[0]).found()["code"]
    before = len(place.center("status").found()["stations"])
    with doomed(place, death) as url:
        assert place.station("new", "enrol", url, code).refusal()["code"] == "no-network"
    with place.serving() as url:
        joined = place.station("new", "enrol", url, code).found()
    stations = place.center("status").found()["stations"]
    assert [found["org"] for found in stations if found["device"] == joined["device_id"]] == [VILLAGES[0]]
    assert len(stations) == before + 1


@pytest.mark.parametrize("death", ["activate: written, not committed", "activate: committed"])
def test_an_activation_whose_answer_never_came_succeeds_with_the_same_command(
    template: Place, tmp_path: Path, death: str
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    added = place.center("user", "add", "--org", VILLAGES[0], "--name", "新人", "--roles", "agent").found()
    code = added["activation_code"]
    with doomed(place, death):
        assert place.station("v1", "activate", "新人", code, worker="").refusal()["code"] == "no-network"
    with place.serving():
        done = place.station("v1", "activate", "新人", code, worker="").found()
        assert done == {"name": "新人", "roles": ["agent"]}
        place.station("v1", "case", "register", place.form(), worker="新人").found()
        assert place.station("v1", "sync", worker="新人").found()["complete"] is True


@pytest.mark.parametrize("death", ["ruling: not begun", "ruling: written, not committed"])
def test_rulings_come_by_themselves_after_a_crash_between_intake_and_ruling(
    template: Place, tmp_path: Path, death: str
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    with place.serving():
        place.station("v1", "sync").found()
    case = place.register("v1")["case_id"]
    with doomed(place, death):
        place.station("v1", "sync")
    assert place.center("status").found()["unruled"] == 1
    with place.serving():
        wait_until(lambda: place.center("status").found()["unruled"] == 0)
        assert place.center("check").found()["events"] == 2
        place.station("v1", "sync").found()
    shown = place.station("v1", "case", "show", case).found()
    assert [event["ruling"] for event in shown["events"]] == ["accepted"]


def wait_until(true: Callable[[], bool], within_s: float = 60.0) -> None:
    until = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)


def test_nothing_is_lost_or_doubled_when_the_center_is_killed_thirty_times_under_load(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "v2", "t")
    load = kill_center_under_load(place, 30, random.Random(5))
    settle(place)
    found = compare(place, load)
    print(load.text(), found)
    assert load.kills == 30
    assert found["cases"] >= 30
    assert found["rulings"] > found["cases"], "nothing was handed over"
