"""The demonstration's processes and words: refusals come through, nothing outlives it, each step is told whole."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.cli.demo import errands
from station_app.cli.demo.children import STATION, Children, together
from station_app.cli.demo.place import VILLAGE_1
from station_app.cli.demo.telling import AT_COUNTY, SAVED, TAKEN_OVER, Teller, mark_of
from station_app.cli.output import Output
from station_app.domain.errors import StationError
from station_app.domain.id_numbers import check_id_number
from station_app.domain.names import check_name
from station_app.usecases.times import read_stamp

TODAY = read_stamp("2026-11-22T00:00:00Z").date()


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    made = Children(tmp_path, "248163")
    yield made
    made.end_all()


def test_a_refused_command_raises_its_own_error(children: Children, tmp_path: Path) -> None:
    with pytest.raises(StationError) as refused:
        children.run(STATION, ["--home", str(tmp_path / "new"), "--as", "李𬭎"], "outbox")
    assert refused.value.code == "not-enrolled"


def test_a_command_that_breaks_is_told_with_its_last_words(children: Children) -> None:
    with pytest.raises(StationError) as broken:
        children.run("station_app.cli.no_such_program", [], "outbox")
    assert broken.value.code == "demo-command-broken"
    assert broken.value.params["command"] == "outbox"
    assert "no_such_program" in str(broken.value.params["detail"])


def test_every_command_is_counted_by_its_words(children: Children, tmp_path: Path) -> None:
    options = ["--home", str(tmp_path)]
    children.run(STATION, options, "deadline", "--from", "2026-11-20", "--days", "5")
    with pytest.raises(StationError, match="worker-not-named"):
        children.run(STATION, options, "case", "list")
    assert children.counts() == {"deadline": 1, "case list": 1}


def test_a_program_that_stays_up_is_ended_and_its_death_is_noticed(children: Children, tmp_path: Path) -> None:
    # `serve` in an empty folder ends by itself with a refusal.
    center = children.start("center", "station_app.cli.center", ["--home", str(tmp_path / "none")], "serve")
    began = time.monotonic()
    # It ends its output first and itself a moment later: who waited slept on for all of the 30 s.
    assert not center.wait_for_more(0, 30)
    assert time.monotonic() - began < 25
    center.process.wait(30)
    with pytest.raises(StationError) as ended:
        center.require_up()
    assert ended.value.code == "demo-program-ended"
    assert ended.value.params == {"program": "center", "status": 1}
    children.end_all()
    assert "center-not-initialised" in center.error_tail()


def test_nothing_new_is_started_once_the_end_has_begun(children: Children) -> None:
    children.end_all()
    with pytest.raises(StationError, match="demo-command-broken"):
        children.run(STATION, [], "items")
    with pytest.raises(StationError, match="demo-command-broken"):
        children.start("late", STATION, [], "run", "--headless")
    assert children.commands == []


def test_tasks_side_by_side_answer_in_order_and_the_first_error_is_raised() -> None:
    assert together(*(lambda n=n: n * n for n in range(6))) == [0, 1, 4, 9, 16, 25]

    def fail() -> int:
        raise StationError("demo-unexpected", what="", found="")

    with pytest.raises(StationError):
        together(lambda: 1, fail)


@pytest.mark.parametrize("errand", [errands.RELIEF, errands.PENSION, errands.CARD, errands.BEES])
def test_the_applicants_are_well_formed_and_nobody(errand: errands.Errand) -> None:
    assert check_name(errand.applicant) == errand.applicant
    assert check_id_number(errand.id_number, TODAY).value.startswith("990000")


def test_a_step_is_one_object_with_the_keys_that_others_rely_on(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller(Output(as_json=True))
    case = {"number": "1", "state": "registered", "custodian": "v", "due_on": "2026-11-25", "applicant": "李𬭎"}
    teller.tell("register", VILLAGE_1, "收件登记", case, mark=SAVED)
    teller.tell("network-cut", None, "网络断了")
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {
        "step": "register",
        "org": VILLAGE_1.code,
        "case": "1",
        "state": "registered",
        "custodian": "v",
        "due_on": "2026-11-25",
        "mark": "本机已存",
    }
    assert second == {"step": "network-cut", "org": None, "case": None, "state": None, "custodian": None}


def test_people_read_a_step_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller(Output(as_json=False))
    case = {"number": "1", "state": "registered", "custodian": "v", "due_on": "2026-11-25"}
    teller.tell("register", VILLAGE_1, "收件登记", case, mark=SAVED)
    assert capsys.readouterr().out == "示例一村 收件登记 （1，已收件，本机已存，期限 2026-11-25）\n"


def test_nothing_is_told_after_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller(Output(as_json=False))
    teller.last({"result": "failed"}, "没有走完")
    teller.tell("register", VILLAGE_1, "收件登记")
    assert capsys.readouterr().out == "没有走完\n"


@pytest.mark.parametrize(
    ("receipts", "mark"),
    [
        ([("register", True, False), ("offer", False, False)], SAVED),
        ([("register", True, False), ("offer", True, False)], AT_COUNTY),
        ([("register", True, False), ("offer", True, True)], TAKEN_OVER),
        ([("offer", True, True), ("supply", True, False), ("offer", False, False)], SAVED),
    ],
)
def test_the_mark_says_how_far_the_last_hand_over_came(receipts: list[tuple[str, bool, bool]], mark: str) -> None:
    rows = [{"type": kind, "county": county, "other": other} for kind, county, other in receipts]
    assert mark_of({"receipts": rows}) == mark
