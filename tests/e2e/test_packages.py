"""A village without a line: its outbox goes to the county by a file on a stick, and the answers come back that way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability.place import TOWNSHIP, VILLAGES, Place

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
    assert (down["receipts"], down["parts"]) == (1, 1)
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
