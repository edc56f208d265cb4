"""An office with two PCs on two networks that never meet: the one exchanges with the center through the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.joining_stick import NEW, WORKER, Stick
from tests.reliability.place import TOWNSHIP, VILLAGES, Place

pytestmark = pytest.mark.slow
ORG = VILLAGES[0]


def test_the_pc_that_never_meets_the_center_exchanges_through_the_other_one(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "t")
    stick = Stick(place, tmp_path / "stick")
    stick.join()
    stick.let_in()

    def inner(*words: str) -> dict[str, Any]:
        return dict(place.station(NEW, *words, worker=WORKER).found())

    def outer(*words: str) -> dict[str, Any]:
        return dict(place.station("v1", *words).found())

    with place.serving():
        assert outer("sync")["complete"]
        assert place.station("t", "sync").found()["complete"]
    mine = inner("case", "register", place.form())["case_id"]
    batch = inner("batch", "offer", "--to", TOWNSHIP, mine)["batch_id"]
    across = inner("package", "export", "--to", ORG, stick.file("across"))
    taken = outer("package", "import", across["file"])
    # The colleague sees the case at once, and takes the request on to the center.
    assert (taken["codes"], taken["kept"], taken["events"]) == ([], 1, across["events"])
    seen = outer("case", "show", mine)
    assert (seen["provisional"], seen["custodian"]) == (True, ORG)
    theirs = place.register("v1")["case_id"]
    with place.serving():
        assert outer("sync")["complete"]
        assert place.station("t", "sync").found()["complete"]
        place.station("t", "batch", "accept", batch).found()
        assert place.station("t", "sync").found()["complete"]
        assert outer("sync")["complete"]
    back = outer("package", "export", "--to", ORG, stick.file("back"))
    returned = inner("package", "import", back["file"])
    assert (returned["codes"], returned["receipts"]) == ([], across["events"])
    assert place.station(NEW, "outbox", worker=WORKER).lines() == []
    assert not inner("case", "show", mine)["provisional"]
    # What was written at the other PC, and above, comes across as well.
    assert inner("case", "show", theirs)["custodian"] == ORG
    assert inner("case", "show", mine)["custodian"] == TOWNSHIP
    again = inner("package", "export", "--to", ORG, stick.file("again"))
    assert again["receipts"] == 1
    assert outer("package", "import", again["file"])["codes"] == []
    with place.serving():
        assert outer("sync")["complete"]
    last = outer("package", "export", "--to", ORG, stick.file("last"))
    assert inner("package", "import", last["file"])["codes"] == []
    for station, worker in ((NEW, WORKER), ("v1", None)):
        assert place.station(station, "check", worker=worker).found()["ok"]
        states = {
            line["case_id"]: (line["state"], line["custodian"])
            for line in place.station(station, "case", "list", worker=worker).lines()
        }
        assert states == {mine: ("received", TOWNSHIP), theirs: ("registered", ORG)}
        shown = [place.station(station, "case", "show", case, worker=worker).found() for case in (mine, theirs)]
        assert [case["provisional"] for case in shown] == [False, False]
