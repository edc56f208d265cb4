"""A county's center, a station, or both are put back to yesterday while the city has gone on: real processes."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from station_app.cli.demo import errands
from station_app.cli.demo.centers import DemoCenter
from station_app.cli.demo.place import CITY, TOWNSHIP, Place, Station
from station_app.domain.errors import StationError
from tests.e2e.test_city import (
    OFFICES,
    all_agree,
    at,
    decide_at_the_city,
    deliver_and_close,
    link,
    nothing_waits,
    offer,
    place,
    sees,
    show,
    take,
    taken_to_the_county,
    until,
)

__all__ = ["place"]

pytestmark = pytest.mark.slow
RECORDS = ("center.db*", "journal.db*")


def held_by(center: DemoCenter) -> set[str]:
    """Return the ids of all events that a center's file has at this moment."""
    with closing(sqlite3.connect(f"file:{center.home / 'center.db'}?mode=ro", uri=True)) as file:
        return {event_id for (event_id,) in file.execute("SELECT event_id FROM events")}


def copied(source: Path, target: Path) -> None:
    """Put the files of a database from one folder into another, and none of later ones beside them."""
    target.mkdir(exist_ok=True)
    for pattern in RECORDS:
        for old in target.glob(pattern):
            old.unlink()
        for file in source.glob(pattern):
            shutil.copy2(file, target / file.name)


@dataclass
class Yesterday:
    """Copies of what a county's center and its township had, and how everybody goes on from them.

    Args:
        looks: how often a station has said that it was complete, and was looked at.
    """

    place: Place
    kept: Path
    looks: int = field(default=0)

    def keep(self) -> None:
        """Back both up, as a job in the night does: nobody is at it."""
        self.place.county.stop()
        copied(self.place.county.home, self.kept / "county")
        self.place.county.serve()
        copied(self.place.stations[TOWNSHIP.key].folder, self.kept / "township")

    def put_back_county(self) -> None:
        """Restore the county's center by the documented command; stations reach it at the same address."""
        self.place.county.stop()
        copied(self.kept / "county", self.place.county.home)
        assert self.place.county.run("restored")["healing"] is True
        self.place.county.serve()

    def put_back_township(self) -> None:
        copied(self.kept / "township", self.place.stations[TOWNSHIP.key].folder)

    def sync(self, station: Station) -> bool:
        """Exchange, and see that a station that says to be complete is so; tell whether it said it."""
        try:
            found = station.ask("sync")
        except StationError as error:
            assert error.code in ("center-healing", "healing-goes-on", "no-network"), error.code
            return False
        if not found["complete"]:
            return False
        self.looks += 1
        center = self.place.center_of(station.office)
        there, above = held_by(center), held_by(self.place.city)
        for number in station.cases():
            case = show(station, number)
            own = {event["event"] for event in case["events"] if event["org"] == station.office.code}
            assert own <= there, (station.office.key, number)
            for mark, has in (("county", there), ("city", above)):
                said = [receipt for receipt in case["receipts"] if receipt[mark] and receipt["event"] not in has]
                assert not said, (station.office.key, number, mark, said, case["events"], found)
        return True

    def heal(self) -> None:
        """Let all go on by themselves until the county's center has back what it lost."""

        def look() -> bool | None:
            said = [self.sync(station) for station in at(self.place, *OFFICES)]
            healed = not self.place.county.run("heal")["healing"]
            return True if healed and all(said) and not (link(self.place)["waiting"]) else None

        until("everybody is whole", look)


@pytest.fixture
def yesterday(place: Place, tmp_path: Path) -> Iterator[Yesterday]:
    found = Yesterday(place, tmp_path)
    yield found
    assert found.looks >= len(OFFICES)


@pytest.mark.parametrize("who", [("county",), ("township",), ("county", "township")], ids=" and ".join)
def test_what_is_put_back_to_yesterday_while_the_city_goes_on_gets_everything_back(
    place: Place, yesterday: Yesterday, who: tuple[str, ...]
) -> None:
    city, county, township, village = at(place, *OFFICES)
    first = taken_to_the_county(township, county)
    nothing_waits(place)
    yesterday.keep()
    # Of all this the copies know nothing: a decision of the city, a whole case, one that never leaves the county.
    assert take(city, offer(county, city, first)) == ["accepted"]
    decide_at_the_city(city, first)
    sees(township, first, state="granted", provisional=False)
    second = taken_to_the_county(township, county)
    batch = offer(county, city, second)
    sees(city, second)
    relief = str(village.register(errands.RELIEF.form())["number"])
    assert take(township, offer(village, township, relief)) == ["accepted"]
    sees(village, relief, state="received", provisional=False)
    nothing_waits(place)
    before = held_by(place.county)

    if "county" in who:
        yesterday.put_back_county()
        assert first in township.cases()
        # What the city does meanwhile does not wait for the county.
        assert take(city, batch) == ["accepted"]
        decide_at_the_city(city, second)
    if "township" in who:
        yesterday.put_back_township()
    fresh = str(township.register(errands.LICENCE.form())["number"])
    assert fresh not in (first, second, relief)
    yesterday.heal()
    if "county" not in who:
        assert take(city, batch) == ["accepted"]
        decide_at_the_city(city, second)

    assert before <= held_by(place.county)
    for number in (first, second):
        all_agree(place, number, state="granted", custodian=CITY.code)
        granted = [event for event in show(township, number)["events"] if event["type"] == "grant"]
        assert [(event["org"], event["ruling"]) for event in granted] == [(CITY.code, "accepted")]
    for station in (village, township):
        assert sees(station, relief, state="received", provisional=False)["custodian"] == TOWNSHIP.code
    assert take(county, offer(township, county, fresh)) == ["accepted"]
    for number in (first, second):
        deliver_and_close(township, number)
        all_agree(place, number, state="closed", custodian=CITY.code)
