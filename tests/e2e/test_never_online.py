"""A point that never sees a network lives on by stick for months: cases, directory, calendar, certificates."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap.center import now, open_center
from station_app.bootstrap.sample import shipped_calendar
from station_app.paths import resource
from station_app.usecases.run_center import CALENDAR, CERTIFIED_DAYS, publish
from station_app.usecases.times import local_day
from tests.e2e.joining_stick import NEW, WORKER, Stick
from tests.reliability.clocks import Clocks, clocks
from tests.reliability.place import COUNTY, TOWNSHIP, VILLAGES, Place
from tests.reliability.warm import Ran

__all__ = ["clocks"]

pytestmark = pytest.mark.slow

# Each meeting comes while the certificate of the one before still holds, and the last long after the first ran out.
MEETINGS = (0, 80, 160)
ITEM, RENAMED = "城乡居民基本养老保险参保登记", "城乡居民基本养老保险参保登记（新目录）"


class Point:
    """A village without a line, its township that has one, and the stick between them, on a day to come."""

    def __init__(self, place: Place, stick: Path, day: int) -> None:
        self.place, self.stick, self.day = place, stick, day

    def village(self, *words: str) -> Ran:
        return self.place.station(NEW, *words, worker=WORKER)

    def township(self, *words: str) -> dict[str, Any]:
        return dict(self.place.station("t", *words).found())

    def hand_over(self) -> str:
        """Take a case in, bring it up by stick, have it received and bring back what came of it; return its id."""
        case = str(self.village("case", "register", self.place.form()).found()["case_id"])
        batch = self.village("batch", "offer", "--to", TOWNSHIP, case).found()["batch_id"]
        up = self.village("package", "export", "--to", TOWNSHIP, str(self.stick / f"up{self.day}")).found()
        with self.place.serving():
            assert self.township("package", "import", up["file"])["codes"] == []
            assert self.township("sync")["complete"]
            self.township("batch", "accept", batch)
            assert self.township("sync")["complete"]
            down = self.township("package", "export", "--to", VILLAGES[0], str(self.stick / f"down{self.day}"))
        assert self.village("package", "import", down["file"]).found()["codes"] == []
        return case


def publish_directory(place: Place) -> str:
    """Publish another edition of the sample, by two persons; return its version."""
    for worker, role in (("编目", "editor"), ("审核", "releaser")):
        added = place.center("user", "add", "--org", COUNTY, "--name", worker, "--roles", role).found()
        place.center("activate", worker, added["activation_code"]).found()
    text = resource("data/items_sample.yaml").read_text("utf-8")
    file = place.folder / "items.yaml"
    changed = text.replace("version: sample-2026-11-22", "version: sample-2027").replace(
        f"name: {ITEM}\n", f"name: {RENAMED}\n"
    )
    file.write_text(changed, "utf-8")
    number = str(place.center("--as", "编目", "directory", "submit", str(file)).found()["draft"])
    for step in ("approve", "publish"):
        place.center("--as", "审核", "directory", step, number).found()
    return "sample-2027"


def publish_calendar(place: Place, first_off: int) -> None:
    """Publish a calendar in which five days from that one on are no working days."""
    opened, today = open_center(place.home("c")), local_day(now())
    closed = [today + timedelta(days=first_off + day) for day in range(5)]
    with opened.write() as store:
        publish(store, opened.clerk, CALENDAR, shipped_calendar().with_overlay(closed).to_json())


def test_a_point_that_never_sees_a_network_lives_on_for_months(template: Place, clocks: Clocks, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "t")
    stick = Stick(place, tmp_path / "stick")
    stick.join()
    stick.let_in()
    with place.serving():
        place.station("t", "sync").found()
    start = (local_day(now()) + timedelta(days=200)).isoformat()

    def due(point: Point) -> str:
        return str(point.village("deadline", "--from", start, "--days", "3").found()["due_on"])

    cases: list[str] = []
    before = due(Point(place, stick.folder, 0))
    for day in MEETINGS:
        point = Point(clocks.pc(place, f"+{day}d") if day else place, stick.folder, day)
        # It came to the last meeting in time, so it is never without a certificate, however long after the first.
        assert point.village("status").found()["certificate_expired_on"] == ""
        cases.append(point.hand_over())
        if day == MEETINGS[1]:
            version = publish_directory(place)
            publish_calendar(place, 201)
    assert MEETINGS[-1] > CERTIFIED_DAYS > MEETINGS[1]
    last = Point(clocks.pc(place, f"+{MEETINGS[-1]}d"), stick.folder, MEETINGS[-1])
    for case in cases:
        shown = last.village("case", "show", case).found()
        assert (shown["custodian"], shown["provisional"], shown["state"]) == (TOWNSHIP, False, "received")
    assert last.village("outbox").lines() == []
    [found] = last.village("items", "新目录").lines()
    assert (found["name"], found["version"]) == (RENAMED, version)
    assert due(last) > before
    assert last.village("check").found()["ok"]
