"""Two working weeks by stick alone leave every office with what the same two weeks by network leave it with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap.sample import shipped_calendar
from station_app.cli.demo.errands import PENSION, RELIEF, Errand
from station_app.usecases.hand_over import Count, HandOver, offer_batch, receive_batch, send_papers
from station_app.usecases.ports import Desk
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.run_center import CALENDAR
from tests.e2e.joining_stick import Stick
from tests.e2e.life import (
    OFFICE,
    PCS,
    SECOND_PC,
    ByNetwork,
    ByStick,
    Life,
    headers_at_center,
    shown_at,
)
from tests.persons import somebody
from tests.reliability.place import COUNTY, STATIONS, TOWNSHIP, VILLAGES, Place

pytestmark = pytest.mark.slow

HEAD = list(STATIONS["t"][1])[1]
COUNTY_HEAD = list(STATIONS["k"][1])[1]
# Who comes to the township in the first week.
ADDED = "接班"
CLOSED = date(2026, 12, 30)
ALL_THERE = Count()
REFUSAL = {"reason": "不符合领取条件", "remedy": "六十日内可以申请行政复议，六个月内可以提起行政诉讼"}


def errand(person: int, brought: Errand = RELIEF) -> dict[str, Any]:
    form = brought.form()
    return {**form, "applicant": {**form["applicant"], "id_number": somebody(person)}}


def live(life: Life, code: str) -> None:
    """Live the two weeks; `code` activates a worker whom the township is sent in the first one."""
    relief, wrong = (register_case(life.at("v1"), errand(person)).case_id for person in (1, 2))
    asked_back = register_case(life.at(SECOND_PC), errand(3)).case_id
    refused = register_case(life.at("v2"), errand(4)).case_id
    upwards = register_case(life.at("v2"), errand(5, PENSION)).case_id
    monday_to_wednesday(life, relief, wrong, asked_back, refused, upwards)
    late = register_case(life.at("v2"), errand(6)).case_id
    thursday_and_friday(life, code, wrong, late)
    life.pass_days(3)
    second_week(life, relief, wrong, refused, upwards)


def monday_to_wednesday(life: Life, relief: str, wrong: str, asked_back: str, refused: str, upwards: str) -> None:
    """Three PCs hand over, one asks its case back; the township counts, gives two back and decides on two."""
    batches = [
        offer_batch(life.at("v1"), TOWNSHIP, [relief, wrong]),
        offer_batch(life.at(SECOND_PC), TOWNSHIP, [asked_back]),
        offer_batch(life.at("v2"), TOWNSHIP, [refused, upwards]),
    ]
    act_on_case(life.at(SECOND_PC), asked_back, "request_withdrawal", {"reason": "申请表拿错了一份"})
    life.settle()
    life.pass_days(1)
    given_back = {wrong: "申请表没有本人签名", asked_back: "应村里请求退回"}
    missing = {upwards: [{"material": "待遇领取申请表", "originals": 0, "copies": 1}]}
    for handed in batches:
        mine = [outcome.case_id for outcome in handed.outcomes]
        count = Count(
            rejected={case: why for case, why in given_back.items() if case in mine},
            differences={case: rows for case, rows in missing.items() if case in mine},
        )
        taken(life.at("t"), handed, count)
    life.settle()
    life.pass_days(1)
    for case in (relief, refused):
        act_on_case(life.at("t"), case, "accept_application", {})
    act_on_case(life.at("t", HEAD), relief, "grant", {"result": "准予临时救助"})
    act_on_case(life.at("t", HEAD), refused, "refuse", REFUSAL)
    act_on_case(life.at("v1"), wrong, "supply", {"note": "申请表已由本人补签"})
    act_on_case(life.at(SECOND_PC), asked_back, "note", {"text": "申请人改日再来。"})
    # It is lost with all that the village wrote since the last one.
    life.lose_a_stick("v1", "t")
    life.settle()
    life.pass_days(1)


def thursday_and_friday(life: Life, code: str, wrong: str, late: str) -> None:
    """A new worker comes to the township, another calendar is in force, what was given back is handed over again."""
    life.activate("t", ADDED, code)
    life.publish(CALENDAR, shipped_calendar().with_overlay([CLOSED]).to_json())
    again = offer_batch(life.at("v1"), TOWNSHIP, [wrong])
    offer_batch(life.at("v2"), TOWNSHIP, [late])
    life.hold_back("v2", "t")
    life.settle()
    life.read_held_back()
    life.pass_days(1)
    taken(life.at("t", ADDED), again)
    act_on_case(life.at("t", ADDED), wrong, "accept_application", {})
    life.settle()
    life.read_once_more()


def second_week(life: Life, relief: str, wrong: str, refused: str, upwards: str) -> None:
    """What was decided goes home and is delivered, one case goes up to the county and its result all the way down."""
    act_on_case(life.at("t", HEAD), wrong, "grant", {"result": "准予"})
    up = offer_batch(life.at("t"), COUNTY, [upwards])
    down = [send_papers(life.at("t"), VILLAGES[0], [relief]), send_papers(life.at("t"), VILLAGES[1], [refused])]
    life.settle()
    life.pass_days(1)
    for pc, case, papers in (("v1", relief, down[0]), ("v2", refused, down[1])):
        taken(life.at(pc), papers)
        deliver(life, pc, case)
    taken(life.at("k"), up)
    act_on_case(life.at("k"), upwards, "accept_application", {})
    act_on_case(life.at("k", COUNTY_HEAD), upwards, "grant", {"result": "核定待遇"})
    for sender, to in (("k", "t"), ("t", "v2")):
        papers = send_papers(life.at(sender), OFFICE[to], [upwards])
        life.settle()
        life.pass_days(1)
        taken(life.at(to), papers)
    deliver(life, "v2", upwards)
    life.settle()


def taken(desk: Desk, handed: HandOver, count: Count = ALL_THERE) -> None:
    """Take a batch in, with nothing of it left out."""
    outcomes = receive_batch(desk, handed.batch.batch_id, count).outcomes
    assert not any(outcome.error for outcome in outcomes), outcomes


def deliver(life: Life, pc: str, case: str) -> None:
    act_on_case(life.at(pc), case, "deliver", {"signed_by": "阿苏吉木", "method": "in_person"})
    act_on_case(life.at(pc), case, "close", {})


@pytest.fixture
def place(template: Place, tmp_path: Path) -> Place:
    """The offices with a second PC in the first village, all of which have exchanged once."""
    place = template.copy(tmp_path / "place", "c", "v1", "v2", "t", "k")
    stick = Stick(place, tmp_path / "joining")
    stick.join()
    stick.let_in()
    with place.serving():
        for pc in ("v1", "v2", "t", "k"):
            assert place.station(pc, "sync").found()["complete"]
    return place


def test_two_weeks_by_stick_leave_what_two_weeks_by_network_leave(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")
    added = place.center("user", "add", "--org", TOWNSHIP, "--name", ADDED, "--roles", "clerk").found()
    monday = datetime.now(UTC).replace(microsecond=0)
    by_network = ByNetwork(place.copy(tmp_path / "network", "c", *PCS), monday)
    by_stick = ByStick(place.copy(tmp_path / "sticks", "c", *PCS), monday)
    try:
        for life in (by_network, by_stick):
            live(life, added["activation_code"])
        # Of the lost one it was told that it had not come.
        assert any(taken.missing for taken in by_stick.told)
        assert headers_at_center(by_stick) == headers_at_center(by_network)
        for pc in PCS:
            assert shown_at(by_stick, pc) == shown_at(by_network, pc), pc
    finally:
        for life in (by_network, by_stick):
            life.close()
