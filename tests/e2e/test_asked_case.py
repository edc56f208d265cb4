"""A new PC asks for the one case that it does without, with real processes and over the wire."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from station_app.bootstrap.center import open_center
from station_app.domain.numbers import case_number, grouped
from tests.reliability.place import VILLAGES, Place, join
from tests.reliability.warm import Ran

pytestmark = pytest.mark.slow
NEW, WORKER = "new", "沙马拉博"


def put_away(place: Place, case_id: str) -> None:
    """Put a case away in the village's feed, as years do."""
    opened = open_center(place.home("c"))
    with opened.write() as store:
        store.put_away(VILLAGES[0], [("case", case_id)])
    opened.engine.dispose()


def test_a_new_pc_finds_a_case_of_years_ago_at_the_center(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    with place.serving() as url:
        old, recent = (place.register("v1")["case_id"] for _ in range(2))
        number = place.station("v1", "case", "show", old).found()["number"]
        assert place.station("v1", "sync").found()["complete"]
        put_away(place, old)
        join(place, url, NEW, VILLAGES[0], {WORKER: "agent"})

        def new(*arguments: str) -> Ran:
            return place.station(NEW, *arguments, worker=WORKER)

        assert new("sync").found()["complete"]
        assert [line["case_id"] for line in new("case", "list").lines()] == [recent]
        assert new("case", "show", number).refusal()["code"] == "case-unknown"
        assert new("case", "ask", grouped(number)).found() == {"number": number, "here": False, "last_answer": ""}
        assert new("sync").found()["pulled"] > 0
        assert new("case", "show", number).found()["case_id"] == old
        assert new("case", "ask", number).found()["here"]
        nobodys = case_number(VILLAGES[0], date(2020, 1, 2), 3, 4)
        for last in ("", "none"):
            assert new("case", "ask", nobodys).found()["last_answer"] == last
            assert new("sync").found()["complete"]
        assert new("case", "ask", nobodys[1:]).refusal()["code"] == "number-length"
        assert new("check").found()["ok"]
