"""Keys and people with real processes: a forgotten PIN by telephone, a PC that was stolen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from station_app.domain.numbers import check_digit
from tests.reliability.place import ADMINISTRATORS, Place

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
