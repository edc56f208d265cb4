"""A village without a line: its outbox goes to the county by a file on a stick, and the answers come back that way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from station_app.cli.demo import errands
from tests.reliability.place import STATIONS, TOWNSHIP, VILLAGES, Place

pytestmark = pytest.mark.slow


def test_what_a_village_wrote_reaches_the_county_by_stick_and_its_answers_come_back(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "t")
    stick = tmp_path / "stick"
    stick.mkdir()
    case = place.register("v1")["case_id"]
    place.station("v1", "batch", "offer", "--to", TOWNSHIP, case).found()
    up = place.station("v1", "package", "export", "--to", TOWNSHIP, str(stick / "up")).found()
    assert up["events"] > 1
    with place.serving():
        taken = place.station("t", "package", "import", up["file"]).found()
        assert (taken["kept"], taken["again"], taken["missing"]) == (1, False, [])
        assert place.station("t", "sync").found()["complete"]
        assert [line["case_id"] for line in place.station("t", "case", "list").lines()] == [case]
        down = place.station("t", "package", "export", "--to", VILLAGES[0], str(stick / "down")).found()
    # The center's replies, and what the township itself knows of the case.
    assert (down["receipts"], down["parts"]) == (1, 2)
    assert place.station("v1", "outbox").lines()
    back = place.station("v1", "package", "import", down["file"]).found()
    assert back["codes"] == []
    assert back["receipts"] == up["events"]
    assert not place.station("v1", "outbox").lines()
    shown = place.station("v1", "case", "show", case).found()
    assert not shown["provisional"]
    assert place.station("v1", "check").found()["ok"]
    again = place.station("v1", "package", "import", down["file"]).found()
    assert (again["again"], again["events"], again["receipts"]) == (True, 0, 0)


def test_two_offices_without_a_line_hand_over_by_stick_and_the_county_hears_of_all_of_it_at_last(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "t")

    def v1(*words: str) -> dict[str, Any]:
        return dict(place.station("v1", *words).found())

    def t(*words: str) -> dict[str, Any]:
        return dict(place.station("t", *words).found())

    with place.serving():
        for station in (t, v1):
            assert station("sync")["complete"]
    case = place.register("v1")["case_id"]
    batch = v1("batch", "offer", "--to", TOWNSHIP, case)["batch_id"]
    up = v1("package", "export", "--to", TOWNSHIP, str(tmp_path / "up"))
    assert up["parts"] == 2
    brought = t("package", "import", up["file"])
    assert (brought["kept"], brought["codes"]) == (1, [])
    assert brought["events"] == up["events"]
    seen = t("case", "show", case)
    assert seen["provisional"]
    t("batch", "accept", batch)
    down = t("package", "export", "--to", VILLAGES[0], str(tmp_path / "down"))
    v1("package", "import", down["file"])
    there = v1("case", "show", case)
    assert (there["custodian"], there["provisional"]) == (TOWNSHIP, True)
    assert v1("check")["ok"]
    assert t("check")["ok"]
    with place.serving():
        assert t("sync")["complete"]
        assert not t("case", "show", case)["provisional"]
        back = t("package", "export", "--to", VILLAGES[0], str(tmp_path / "back"))
    last = v1("package", "import", back["file"])
    assert (last["codes"], last["receipts"]) == ([], up["events"])
    there = v1("case", "show", case)
    assert (there["custodian"], there["provisional"]) == (TOWNSHIP, False)
    with place.serving():
        for station in (v1, t):
            assert station("sync")["complete"]
            assert station("check")["ok"]


def test_what_was_decided_and_given_back_comes_home_by_stick_though_the_county_has_long_heard_of_it(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "t")

    def t(*words: str, worker: str | None = None) -> dict[str, Any]:
        return dict(place.station("t", *words, worker=worker).found())

    brought = {name: errands.RELIEF.form()[name] for name in ("item", "materials")}
    relief, wrong = (place.register("v1", **brought)["case_id"] for _ in range(2))
    batch = place.station("v1", "batch", "offer", "--to", TOWNSHIP, relief, wrong).found()["batch_id"]
    up = place.station("v1", "package", "export", "--to", TOWNSHIP, str(tmp_path / "up")).found()
    with place.serving():
        t("package", "import", up["file"])
        assert t("sync")["complete"]
        t("batch", "accept", batch, "--reject", f"{wrong}={errands.RETURN_REASON}")
        t("case", "act", relief, "accept_application")
        t("case", "act", relief, "grant", place.act(errands.GRANT_RELIEF), worker=list(STATIONS["t"][1])[1])
        assert t("sync")["complete"]
        down = t("package", "export", "--to", VILLAGES[0], str(tmp_path / "down"))
    assert place.station("v1", "package", "import", down["file"]).found()["codes"] == []
    shown = [place.station("v1", "case", "show", case).found() for case in (relief, wrong)]
    assert [case["state"] for case in shown] == ["granted", "returned"]
    assert shown[1]["fields"]["return_reason"] == errands.RETURN_REASON
