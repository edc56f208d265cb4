"""Keys and people with real processes: a forgotten PIN by telephone, a PC that was stolen."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from station_app.domain.numbers import check_digit
from tests.reliability.place import ADMINISTRATORS, TOWNSHIP, VILLAGES, Place

pytestmark = pytest.mark.slow

NEW_PIN, THIRD_PIN, WORKER = "905172", "730418", "李𬭎"
TWO_PERSONS = ("--by", ADMINISTRATORS[0], "--second", ADMINISTRATORS[1])


@pytest.fixture
def place(template: Place, tmp_path: Path) -> Place:
    return template.copy(tmp_path / "place", "c", "v1", "v2", "t")


def reset(place: Place, pin: str) -> dict[str, Any]:
    """Walk the whole way of a forgotten PIN and return what the county was told."""
    challenge = place.station("v1", "pin-reset", WORKER, worker="").found()["challenge"]
    read_out = place.center("pin-reset", challenge, *TWO_PERSONS).found()
    command = ("pin-reset", WORKER, "--code", read_out["code"])
    place.station("v1", *command, worker="", env={"STATION_PIN": pin}).found()
    return read_out


def test_a_forgotten_pin_is_replaced_by_telephone_without_a_network(place: Place) -> None:
    number = place.register("v1")["number"]
    read_out = reset(place, NEW_PIN)
    assert (read_out["name"], read_out["org"]) == (WORKER, "511132100201")
    assert place.station("v1", "case", "list").refusal()["code"] == "pin-wrong"
    mine = {"env": {"STATION_PIN": NEW_PIN}}
    assert place.station("v1", "case", "show", number, **mine).found()["number"] == number
    # Used, and no exchange since: there is nothing to read out.
    again = place.station("v1", "pin-reset", WORKER, worker="")
    assert again.refusal()["code"] == "phone-slot-missing"
    with place.serving():
        assert place.station("v1", "sync", **mine).found()["complete"]
    reset(place, THIRD_PIN)
    assert place.station("v1", "check", env={"STATION_PIN": THIRD_PIN}).found()["ok"]
    [first, second] = [line for line in place.center("audit").lines() if line["what"] == "pin-reset"]
    assert (first["by"], first["second"]) == ADMINISTRATORS
    assert (first["about"]["round"], second["about"]["round"]) == (1, 2)
    for path in (place.folder / "c").iterdir():
        if path.is_file():
            assert read_out["code"].replace(" ", "").encode() not in path.read_bytes()
            assert read_out["code"].encode() not in path.read_bytes()


def test_no_code_is_given_for_a_wrong_challenge_or_by_one_person(place: Place) -> None:
    challenge = place.station("v1", "pin-reset", WORKER, worker="").found()["challenge"]
    wrong = challenge[:-1] + str((int(challenge[-1]) + 1) % 10)
    assert place.center("pin-reset", wrong, *TWO_PERSONS).refusal()["code"] == "challenge-malformed"
    alone = ("--by", ADMINISTRATORS[0], "--second", ADMINISTRATORS[0])
    assert place.center("pin-reset", challenge, *alone).refusal()["code"] == "two-administrators-needed"
    stranger = ("--by", ADMINISTRATORS[0], "--second", "张三")
    assert place.center("pin-reset", challenge, *stranger).refusal()["code"] == "worker-unknown"
    guessed = ("pin-reset", WORKER, "--code", "0" * 20 + check_digit("0" * 20))
    assert place.station("v1", *guessed, worker="").refusal()["code"] == "reset-code-wrong"
    assert place.center("audit").lines() == []


def test_a_stolen_pc_is_stopped_and_what_it_had_sent_before_goes_on(place: Place) -> None:
    with place.serving():
        before = place.register("v1")["number"]
        assert place.station("v1", "sync").found()["complete"]
        device = place.station("v1", "status", worker="").found()["device"]
        assert place.center("revoke", device, "--reason", "被盗").found()["valid_up_to"][0]["seq"] == 1
        after = place.register("v1")["number"]
        batch = place.station("v1", "batch", "offer", "--to", TOWNSHIP, before, after).found()["number"]

        stopped = place.station("v1", "sync").refusal()
        assert stopped["code"] == "device-revoked"
        assert "请不要再用它收件，马上联系县中心" in stopped["message"]
        waiting = place.station("v1", "outbox").lines()
        assert {line["reason"] for line in waiting} == {"device-revoked"}
        assert "县中心已停用这台电脑" in place.plain("v1", "status").out
        # The township has heard nothing of it, and the list says who is revoked.
        assert place.station("t", "sync").found()["complete"]
        assert place.station("t", "case", "list").lines() == []
        revoked = {s["org"]: s["revoked"] for s in place.center("status").found()["stations"]}
        assert [org for org, is_revoked in revoked.items() if is_revoked] == [VILLAGES[0]]

        held = place.center("held", "list").lines()
        assert [line["type"] for line in held] == ["register", "offer", "offer", "batch_offer"]
        assert place.center("held", "show", str(held[0]["number"])).refusal()["code"] == "worker-not-named"
        shown = place.center("--as", ADMINISTRATORS[0], "held", "show", str(held[0]["number"])).found()
        assert shown["effects"]["fields"]["number"] == after
        for line in held:
            place.center("held", "admit", str(line["number"]), *TWO_PERSONS).found()
        assert place.center("held", "list").lines() == []

        def arrived() -> bool:
            place.station("t", "sync").found()
            return len(place.station("t", "case", "list").lines()) == 2

        wait_for(arrived)
        taken = place.station("t", "batch", "accept", batch).found()
        assert [case["outcome"] for case in taken["cases"]] == ["accepted", "accepted"]
        assert place.station("t", "sync").found()["complete"]
        assert place.center("check").found()["ok"]
        assert place.station("t", "check").found()["ok"]


def wait_for(probe: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not probe():
        assert time.monotonic() < until


def test_a_pc_on_which_nobody_is_signed_in_says_so_and_keeps_its_work(place: Place) -> None:
    number = place.register("v1")["number"]
    found = place.station("v1", "status", worker="").found()
    assert (found["signed_in"], found["workers"], found["org"]) == ("", 1, VILLAGES[0])
    assert found["journal_bytes"] > 0
    assert "没有人登录。已写下的都在本机" in place.plain("v1", "status", worker="").out
    signed_in = place.station("v1", "status").found()
    assert (signed_in["signed_in"], signed_in["events"], signed_in["certificate_expired_on"]) == (WORKER, 1, "")
    assert number in place.plain("v1", "case", "list").out
    (place.home("v1") / "journal.db").unlink()
    assert place.station("v1", "status", worker="").refusal()["code"] == "database-damaged"
    assert place.station("nowhere", "status", worker="").refusal()["code"] == "not-enrolled"
