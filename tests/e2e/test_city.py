"""A case that the city decides, through real processes: two centers, four stations, the line between the centers."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from station_app.cli.demo import errands
from station_app.cli.demo.children import CENTER, STATION
from station_app.cli.demo.errands import LICENCE
from station_app.cli.demo.place import CITY, COUNTY, TOWNSHIP, VILLAGE_1, Place, Station
from station_app.domain.errors import StationError
from tests.e2e.quick_children import QuickChildren
from tests.persons import somebody

pytestmark = pytest.mark.slow

OFFICES = (CITY, COUNTY, TOWNSHIP, VILLAGE_1)
WITHIN_S = 90.0
OPINION = "经核，考试合格证明真实有效，建议准予。"
CLERK, APPROVER = (person.name for person in CITY.people)
_PERSONS = count(1)
T = TypeVar("T")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATION_TEST_QUICK_PIN", "1")
        made = Place(tmp_path_factory.mktemp("city"), children=QuickChildren)
    try:
        made.open_center()
        made.open_city()
        for office in OFFICES:
            made.join(office)
        yield made
    finally:
        made.close()


def at(place: Place, *offices: Any) -> list[Station]:
    return [place.stations[office.key] for office in offices]


def show(station: Station, number: str) -> dict[str, Any]:
    return station.ask("case", "show", number)


def until(what: str, probe: Callable[[], T | None]) -> T:
    """Ask again and again until something is there; centers exchange by themselves."""
    end = time.monotonic() + WITHIN_S
    while (found := probe()) is None:
        assert time.monotonic() < end, f"in vain: {what}"
        time.sleep(0.1)
    return found


def sees(station: Station, number: str, **wanted: Any) -> dict[str, Any]:
    """Exchange until an office sees the case so."""

    def look() -> dict[str, Any] | None:
        assert station.ask("sync")["complete"]
        if number not in station.cases():
            return None
        detail = show(station, number)
        return detail if all(detail[name] == value for name, value in wanted.items()) else None

    return until(f"{station.office.key} sees {number} as {wanted}", look)


def offer(sender: Station, taker: Station, *numbers: str) -> str:
    batch = str(sender.ask("batch", "offer", "--to", taker.office.code, *numbers)["number"])
    assert sender.ask("sync")["complete"]
    return batch


def take(taker: Station, batch: str, *count: str) -> list[str]:
    """Take a batch in as soon as it and its cases have come."""

    def accept() -> list[str] | None:
        assert taker.ask("sync")["complete"]
        if batch not in [found["number"] for found in taker.run("batch", "list")]:
            return None
        try:
            return [case["outcome"] for case in taker.ask("batch", "accept", batch, *count)["cases"]]
        except StationError as error:
            if error.code != "batch-still-coming":
                raise
            return None

    outcomes = until(f"the batch comes to {taker.office.key}", accept)
    assert taker.ask("sync")["complete"]
    return outcomes


def taken_to_the_county(township: Station, county: Station) -> str:
    applicant = {**LICENCE.form()["applicant"], "id_number": somebody(next(_PERSONS))}
    number = str(township.register({**LICENCE.form(), "applicant": applicant})["number"])
    assert take(county, offer(township, county, number)) == ["accepted"]
    return number


def told(place: Place, program: str, home: Path, *command: str) -> str:
    """Return what a command tells people, as the first person of the township where somebody has to be signed in."""
    children = place.children
    assert isinstance(children, QuickChildren)
    signed_in = ("--as", TOWNSHIP.people[0].name) if program == STATION else ()
    return children.text(program, ["--home", str(home), *signed_in], *command)


def link(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = place.county.run("status")["above"]
    return found


def nothing_waits(place: Place) -> dict[str, Any]:
    """Wait until the county's center has sent everything up."""

    def look() -> dict[str, Any] | None:
        found = link(place)
        return found if not (found["waiting"] or found["reason"]) else None

    return until("the link is empty", look)


def decide_at_the_city(city: Station, number: str) -> None:
    city.act(number, "opinion", {"text": OPINION}, by=CLERK)
    city.act(number, "accept_application", by=CLERK)
    assert city.act(number, "grant", errands.GRANT_LICENCE, by=APPROVER)["state"] == "granted"
    assert city.ask("sync")["complete"]


def deliver_and_close(township: Station, number: str) -> None:
    township.act(number, "deliver", errands.delivery(LICENCE))
    township.act(number, "close")
    assert township.ask("sync")["complete"]


def all_agree(place: Place, number: str, **wanted: Any) -> None:
    """Wait until the three offices that see the case see the same, with the same events, and all files are whole."""
    seen = [sees(station, number, **wanted, provisional=False) for station in at(place, TOWNSHIP, COUNTY, CITY)]
    for name in ("state", "custodian", "on_the_road_to", "applicant", "clocks", "obligations"):
        assert seen[0][name] == seen[1][name] == seen[2][name], name
    ids = [[event["event"] for event in case["events"]] for case in seen]
    assert sorted(ids[0]) == sorted(ids[1]) == sorted(ids[2])
    assert len(ids[0]) == len(set(ids[0]))
    checked = [place.county.run("check"), place.city.run("check")]
    checked += [station.ask("check") for station in at(place, *OFFICES)]
    assert [found["ok"] for found in checked] == [True] * 6


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(StationError) as error:
        yield
    assert error.value.code == code


def test_a_case_that_the_city_decides_comes_home_by_itself_and_all_see_the_same(place: Place) -> None:
    city, county, township, village = at(place, *OFFICES)
    number = str(township.register(LICENCE.form())["number"])
    assert marks(township, number, "register") == [True, False, False]
    batch = offer(township, county, number)
    assert marks(township, number, "register") == [True, True, False]
    take(county, batch)
    assert take(city, offer(county, city, number)) == ["accepted"]
    decide_at_the_city(city, number)

    home = sees(township, number, state="granted", provisional=False)
    assert (home["custodian"], home["due"]) == (CITY.code, "delivery")
    # What the township and the county wrote went on to the city, and each hop was told to its author.
    until("the receipt of the city", lambda: _true(township, number, "register"))
    offers = [receipt for receipt in home["receipts"] if receipt["type"] == "offer"]
    assert [receipt["other"] for receipt in offers] == [True, True]
    assert "收件登记  本机已存 / 县已收 / 市已收" in told(place, STATION, township.folder, "case", "show", number)
    deliver_and_close(township, number)
    all_agree(place, number, state="closed", custodian=CITY.code)
    granted = next(event for event in show(county, number)["events"] if event["type"] == "grant")
    assert (granted["org"], granted["actor"], granted["ruling"]) == (CITY.code, APPROVER, "accepted")
    assert village.ask("sync")["complete"]
    assert number not in village.cases()
    readable = [OPINION in json.dumps(show(s, number), ensure_ascii=False) for s in (city, county, township)]
    assert readable == [True, True, True]


def marks(station: Station, number: str, event_type: str) -> list[bool]:
    """Return how far the first step of this kind has come: saved, county, city."""
    found = next(receipt for receipt in show(station, number)["receipts"] if receipt["type"] == event_type)
    return [found["saved"], found["county"], found["city"]]


def _true(station: Station, number: str, event_type: str) -> bool | None:
    assert station.ask("sync")["complete"]
    return True if all(marks(station, number, event_type)) else None


def test_what_the_city_rejects_comes_back_with_its_reason_and_the_county_goes_on(place: Place) -> None:
    city, county, township, _ = at(place, *OFFICES)
    number = taken_to_the_county(township, county)
    batch = offer(county, city, number)
    assert take(city, batch, "--reject", f"{number}=考试合格证明已过期") == ["rejected"]
    back = sees(county, number, state="returned", provisional=False)
    assert (back["custodian"], back["fields"]["return_reason"]) == (COUNTY.code, "考试合格证明已过期")
    assert back["fields"]["returned_by"] == CITY.code
    # From here on it is the county that rules again.
    county.act(number, "supply", {"note": "已换新证明", "materials": [{"name": "考试合格证明", "originals": 1}]})
    supplied = sees(county, number, state="registered", provisional=False)
    assert [event["ruling"] for event in supplied["events"] if event["type"] == "supply"] == ["accepted"]
    assert take(city, offer(county, city, number)) == ["accepted"]
    decide_at_the_city(city, number)
    sees(township, number, state="granted", provisional=False)
    deliver_and_close(township, number)
    all_agree(place, number, state="closed")


def test_while_the_city_is_out_of_reach_the_county_goes_on_and_then_all_arrives_once(place: Place) -> None:
    city, county, township, village = at(place, *OFFICES)
    nothing_waits(place)
    before = place.city.run("check")
    with place.city.line.offline():
        numbers = [taken_to_the_county(township, county) for _ in range(2)]
        batch = offer(county, city, *numbers)
        relief = str(village.register(errands.RELIEF.form())["number"])
        assert take(township, offer(village, township, relief)) == ["accepted"]
        sees(village, relief, state="received", provisional=False)
        waits = until("the link says why", lambda: _failing(place))
        assert waits["reason"] == "no-network"
        # Register, two offers and an acceptance of each case with their rulings, and the batch for the city.
        assert waits["waiting"] == 2 * 8 + 1
        assert place.city.run("check")["events"] == before["events"]
        assert "待上传 17 条。连不上市中心" in told(place, CENTER, place.county.home, "status")
        shown = show(county, numbers[0])
        assert (shown["on_the_road_to"], shown["provisional"]) == (CITY.code, False)
    for number in numbers:
        # The batch may come before what it consists of.
        sees(city, number)
    assert take(city, batch) == ["accepted", "accepted"]
    found = nothing_waits(place)
    assert (found["waiting"], found["refused"]) == (0, 0)
    for number in numbers:
        all_agree(place, number, state="received", custodian=CITY.code)
    after = place.city.run("check")
    # What came, the two acceptances of the city with their rulings, and what the city's batch says of the count.
    assert after["refused"] == before["refused"] == 0
    assert relief not in city.cases()


def _listens(out: Path) -> bool | None:
    return True if out.exists() and out.read_text("utf-8").endswith("\n") else None


def _failing(place: Place) -> dict[str, Any] | None:
    found = link(place)
    return found if found["reason"] and found["waiting"] else None


def test_a_county_killed_before_it_notes_what_the_city_took_in_loses_and_doubles_nothing(place: Place) -> None:
    city, county, township, _ = at(place, *OFFICES)
    number = taken_to_the_county(township, county)
    nothing_waits(place)
    held = place.city.run("check")["events"]
    place.county.stop()
    children = place.children
    assert isinstance(children, QuickChildren)
    doomed = children.start_doomed(place.county.home, place.county.port, "uplink: taken in above, not noted")
    until("the doomed center listens", lambda: _listens(doomed.out))
    batch = str(county.ask("batch", "offer", "--to", CITY.code, number)["number"])
    with refused("no-network"):
        while county.ask("sync")["complete"]:
            time.sleep(0.1)
    ran = children.warm.wait(doomed)
    assert (ran.status, ran.err) == (-signal.SIGKILL, "")
    taken = place.city.run("check")["events"]
    assert taken > held
    assert link(place)["waiting"] > 0
    place.county.serve()
    assert take(city, batch) == ["accepted"]
    decide_at_the_city(city, number)
    sees(township, number, state="granted", provisional=False)
    deliver_and_close(township, number)
    all_agree(place, number, state="closed")
    assert nothing_waits(place)["refused"] == 0


def test_a_center_joins_one_city_and_follows_it_to_a_new_address(place: Place) -> None:
    code = place.city.run("enrol-code", "--org", COUNTY.code)["code"]
    with refused("center-level"):
        place.city.run("join", place.city.url, code)
    with refused("center-key-differs"):
        place.county.run("join", place.county.url, code)
    with refused("center-joined"):
        own = place.county.run("enrol-code", "--org", COUNTY.code)["code"]
        place.county.run("join", place.county.url, own)
    port = place.city.url.rpartition(":")[2]
    direct = place.city.url.replace(port, str(place.city.port))
    assert place.county.run("join", direct, code) == {"joined": CITY.name}
    # The old address is dead from now on; the running center goes by the new one.
    before = link(place)["last_exchange"]
    with place.city.line.offline():
        found = until("an exchange by the new address", lambda: _later(place, before))
    assert (found["url"], found["reason"]) == (direct, "")


def _later(place: Place, before: str) -> dict[str, Any] | None:
    found = link(place)
    return found if found["last_exchange"] > before and not found["reason"] else None
