"""An office with two PCs on two networks that never meet: the one exchanges with the center through the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.joining_stick import NEW, WORKER, Stick
from tests.reliability.place import TOWNSHIP, VILLAGES, Place

pytestmark = pytest.mark.slow
ORG = VILLAGES[0]


class TwoPcs:
    """The inner PC has joined by file and meets nobody, the outer one has a line; a township is above."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place, self.stick = place, Stick(place, folder)
        self.stick.join()
        self.stick.let_in()
        self.meet()

    def inner(self, *words: str) -> dict[str, Any]:
        return dict(self.place.station(NEW, *words, worker=WORKER).found())

    def outer(self, *words: str) -> dict[str, Any]:
        return dict(self.place.station("v1", *words).found())

    def township(self, *words: str) -> dict[str, Any]:
        return dict(self.place.station("t", *words).found())

    def meet(self, accepted: str = "") -> None:
        """Let those exchange that have a line, and the township take what was handed over."""
        with self.place.serving():
            assert self.outer("sync")["complete"]
            assert self.township("sync")["complete"]
            if accepted:
                self.township("batch", "accept", accepted)
                assert self.township("sync")["complete"]
                assert self.outer("sync")["complete"]

    def across(self, file: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Carry a package from the inner PC to the outer one; return what was made, and what came of it."""
        made = self.inner("package", "export", "--to", ORG, self.stick.file(file))
        return made, self.outer("package", "import", made["file"])

    def back(self, file: str) -> dict[str, Any]:
        made = self.outer("package", "export", "--to", ORG, self.stick.file(file))
        return self.inner("package", "import", made["file"])


def test_the_pc_that_never_meets_the_center_exchanges_through_the_other_one(template: Place, tmp_path: Path) -> None:
    pcs = TwoPcs(template.copy(tmp_path / "place", "c", "v1", "t"), tmp_path / "stick")
    mine = pcs.inner("case", "register", pcs.place.form())["case_id"]
    batch = pcs.inner("batch", "offer", "--to", TOWNSHIP, mine)["batch_id"]
    made, taken = pcs.across("across")
    # The colleague sees the case at once, and takes the request on to the center.
    assert (taken["codes"], taken["kept"], taken["events"]) == ([], 1, made["events"])
    seen = pcs.outer("case", "show", mine)
    assert (seen["provisional"], seen["custodian"]) == (True, ORG)
    theirs = pcs.place.register("v1")["case_id"]
    pcs.meet(accepted=batch)
    returned = pcs.back("back")
    assert (returned["codes"], returned["receipts"]) == ([], made["events"])
    assert pcs.place.station(NEW, "outbox", worker=WORKER).lines() == []
    # What was written at the other PC, and above, comes across as well.
    assert pcs.inner("case", "show", theirs)["custodian"] == ORG
    made, taken = pcs.across("again")
    assert (made["receipts"], taken["codes"]) == (1, [])
    pcs.meet()
    assert pcs.back("last")["codes"] == []
    for pc in (pcs.inner, pcs.outer):
        assert pc("check")["ok"]
        shown = [pc("case", "show", case) for case in (mine, theirs)]
        assert [(case["state"], case["custodian"], case["provisional"]) for case in shown] == [
            ("received", TOWNSHIP, False),
            ("registered", ORG, False),
        ]
