"""The end of retention with real processes: ordered at the county, obeyed by the stations when they exchange."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap.center import now, open_center
from station_app.cli.demo import errands
from station_app.domain.people import Role, Worker
from station_app.domain.removals import Reach
from station_app.usecases.body_removal import order_removal, remove_next
from station_app.usecases.times import local_day
from tests.reliability.place import ADMINISTRATORS, COUNTY, STATIONS, TOWNSHIP, Place

pytestmark = pytest.mark.slow

BASIS = "《档案管理规定》第十二条"
TWO_PERSONS = ("--by", ADMINISTRATORS[0], "--second", ADMINISTRATORS[1])


@pytest.fixture
def place(template: Place, tmp_path: Path) -> Place:
    return template.copy(tmp_path / "place", "c", "v1", "t")


def close_a_case(place: Place) -> str:
    """Let a case go all its way by command, and return its id."""
    approver = list(STATIONS["t"][1])[1]

    def act(name: str, action: str, form: dict[str, Any] | None = None, worker: str | None = None) -> None:
        place.station(name, "case", "act", case, action, place.act(form or {}), worker=worker).found()

    case: str = place.register("v1", **errands.RELIEF.form())["case_id"]
    batch = place.station("v1", "batch", "offer", "--to", TOWNSHIP, case).found()["number"]
    sync(place, "v1", "t")
    place.station("t", "batch", "accept", batch).found()
    act("t", "accept_application")
    act("t", "grant", errands.GRANT_RELIEF, worker=approver)
    sync(place, "t", "v1")
    act("v1", "deliver", errands.delivery(errands.RELIEF))
    act("v1", "close")
    sync(place, "v1", "t")
    return case


def sync(place: Place, *names: str) -> None:
    for name in names:
        assert place.station(name, "sync").found()["complete"]


def command(where: str, *by: str) -> tuple[str, ...]:
    day = local_day(now()).isoformat()
    return ("remove-bodies", "--closed-before", day, "--where", where, "--basis", BASIS, *(by or TWO_PERSONS))


def remove_in_three_days(place: Place, where: Reach) -> int:
    """Do what the command does, on a day on which the case has been closed for two days."""
    opened = open_center(place.home("c"))
    clerk = replace(opened.clerk, now=lambda: now() + timedelta(days=3))
    persons = [Worker(str(at) * 32, name, COUNTY, frozenset({Role.ADMIN})) for at, name in enumerate(ADMINISTRATORS)]
    with opened.write() as store:
        order = order_removal(store, clerk, local_day(clerk.now()), where, BASIS, (persons[0], persons[1]))
    with opened.write() as store:
        done = remove_next(store, clerk, opened.parts().desk, order)
    opened.engine.dispose()
    return done.removed


def test_contents_go_at_the_villages_first_and_then_everywhere_and_all_still_verifies(place: Place) -> None:
    with place.serving():
        case = close_a_case(place)
        before = place.station("v1", "case", "show", case).found()
        [asked] = place.center(*command("all")).lines()[-1:]
        # It was closed today.
        assert (asked["done"], asked["removed"], asked["left"]) == (True, 0, {"later": 1})
        assert remove_in_three_days(place, Reach.VILLAGE) == 1
        sync(place, "v1", "t")
        shown = {name: place.station(name, "case", "show", case).found() for name in ("v1", "t")}
        assert shown["t"]["applicant"] == before["applicant"]
        assert remove_in_three_days(place, Reach.ALL) == 1
        sync(place, "v1", "t")
    for name in ("v1", "t"):
        left = place.station(name, "case", "show", case).found()
        assert (left["number"], left["state"], left["item"]) == (before["number"], "closed", before["item"])
        assert (left["applicant"], left["removed"]["basis"]) == ("", BASIS)
        assert set(left["fields"]) <= {"number", "item", "received_on", "accepted_on", "decided_on", "delivered_on"}
        assert f"内容已按规定删除（依据：{BASIS}" in place.plain(name, "case", "list").out
        assert place.station(name, "check").found()["ok"]
        refused = place.station(name, "print", "receipt", case, "--out", str(place.folder / "x.pdf"))
        assert refused.refusal()["code"] == "paper-content-removed"
    assert place.center("check").found()["ok"]
    ordered = [line for line in place.center("audit").lines() if line["what"] == "remove-bodies"]
    assert [line["about"]["where"] for line in ordered] == ["all", "village", "all"]


def test_it_takes_two_administrators_a_day_and_a_basis(place: Place) -> None:
    alone = ("--by", ADMINISTRATORS[0], "--second", ADMINISTRATORS[0])
    assert place.center(*command("all", *alone)).refusal()["code"] == "two-administrators-needed"
    wrong = ("remove-bodies", "--closed-before", "昨天", "--where", "all", "--basis", BASIS, *TWO_PERSONS)
    assert place.center(*wrong).refusal()["code"] == "option-malformed"
    assert place.center("audit").lines() == []
    told = place.plain_center(*command("village")).out
    assert "做完了：删除内容 0 件。没有动的：无。" in told
