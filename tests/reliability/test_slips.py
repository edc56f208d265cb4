"""A village without a line hands cases over on paper: the township's answer reaches the center first, and all agree."""

from __future__ import annotations

from pathlib import Path

from tests.documents.papers import barcodes
from tests.reliability.place import TOWNSHIP, Place
from tests.reliability.shared import template

__all__ = ["template"]


def _shown(place: Place, home: str, case_id: str) -> dict[str, object]:
    shown = place.station(home, "case", "show", case_id).found()
    return {
        name: shown[name] for name in ("state", "custodian", "number", "item", "applicant", "by_slip", "provisional")
    }


def test_cases_handed_over_on_paper_are_taken_over_before_the_center_hears_of_them(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "t")
    with place.serving():
        for home in ("v1", "t"):
            place.station(home, "sync").found()
        cases = [place.register("v1")["case_id"] for _ in range(4)]
        batch = place.station("v1", "batch", "offer", "--to", TOWNSHIP, *cases).found()["batch_id"]
        paper = tmp_path / "slip.pdf"
        assert place.station("v1", "slip", "print", batch, "--out", str(paper)).found()["pages"] == 1
        first, second = (code for code in barcodes(paper.read_bytes(), 0) if len(code) > 26)
        assert place.station("t", "slip", "read", second).found()["missing"] == [1]
        assert place.station("t", "slip", "read", first[:-1] + "x").refusal()["code"] == "slip-misread"
        assert place.station("v1", "slip", "read", first).refusal()["code"] == "slip-not-for-us"
        found = place.station("t", "slip", "read", first).found()
        assert (found["batch_id"], found["missing"], found["cases"]) == (batch, [], 4)
        accepted = place.station("t", "batch", "accept", batch, "--reject", f"{cases[3]}=少一页").found()
        assert [entry["outcome"] for entry in accepted["cases"]].count("accepted") == 3
        assert _shown(place, "t", cases[0])["by_slip"] is True
        for home in ("t", "v1", "t", "v1"):
            place.station(home, "sync").found()
        for home in ("t", "v1"):
            assert place.station(home, "outbox").lines() == []
            assert place.station(home, "check").found()["ok"]
        for number, case_id in enumerate(cases):
            at_township, at_village = _shown(place, "t", case_id), _shown(place, "v1", case_id)
            assert at_township == at_village
            assert at_township["state"] == ("returned" if number == 3 else "received")
            assert not (at_township["by_slip"] or at_township["provisional"])
