"""A city above the small place, with work on its desk: its center, its station, the county's center joined."""

from __future__ import annotations

import time
from collections.abc import Callable

from station_app.domain.batches import Batch
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.ports import Book
from station_app.usecases.run_action import act_on_case, register_case
from tests.reliability.place import COUNTY, Place
from tests.ui import seeded

CITY = "511100000000"
CITY_CLERK, CITY_APPROVER = "市窗口", "市局长"
ITEM = "SAMPLE-SC-099"
APPLICANTS = ("吉克木果", seeded.LONG_NAME, "阿约里坡", "海来木呷", "俄比解放")
WITHIN_S = 60.0


def fill_city(place: Place) -> None:
    """Make the city's center and its station "s", join the county's center to it, and put work on the city's desk.

    Of five cases two wait to be taken in, one to be accepted, one to be decided, and one is granted.
    """
    _make_center(place)
    with place.serving("city") as url, place.serving("c"):
        _join(place, url)
        _seed(place)


def _make_center(place: Place) -> None:
    offices = place.folder / "city.csv"
    rows = ["code,name,level,parent", f"{CITY},乐山市,city,", f"{COUNTY},峨边彝族自治县,county,{CITY}", ""]
    offices.write_text("\n".join(rows), "utf-8")
    command = ("init", "--level", "city", "--org", CITY, "--name", "乐山市", "--sample")
    place.center(*command, name="city").found()
    place.center("org", "import", str(offices), name="city").found()


def _join(place: Place, url: str) -> None:
    joining = place.center("enrol-code", "--org", COUNTY, name="city").found()["code"]
    place.center("join", url, joining).found()
    code = place.center("enrol-code", "--org", CITY, name="city").found()["code"]
    place.station("s", "enrol", url, code).found()
    for worker, roles in ((CITY_CLERK, "clerk"), (CITY_APPROVER, "approver")):
        add = ("user", "add", "--org", CITY, "--name", worker, "--roles", roles)
        activation = place.center(*add, name="city").found()["activation_code"]
        place.station("s", "activate", worker, activation).found()


def _seed(place: Place) -> None:
    seeding = seeded.Seeding(place)
    town, county = seeding.at("t", seeded.CLERK).desk, seeding.at("k", seeded.COUNTY_CLERK).desk
    city, head = seeding.at("s", CITY_CLERK).desk, seeding.at("s", CITY_APPROVER).desk
    seeding.sync("t", "k")
    ids = [register_case(town, seeded.form(name, _part(n), ITEM)).case_id for n, name in enumerate(APPLICANTS)]
    batch = offer_batch(town, COUNTY, ids).batch.number
    seeding.sync("t", "k")
    receive_batch(county, batch, Count())
    first = offer_batch(county, CITY, ids[:3]).batch
    second = offer_batch(county, CITY, ids[3:]).batch
    seeding.sync("k")
    for wanted in (first, second):
        _await(lambda book, wanted=wanted: _is_whole(book, wanted), seeding)
    receive_batch(city, first.number, Count())
    for case in ids[:2]:
        act_on_case(city, case, "accept_application", {})
    act_on_case(head, ids[0], "grant", {"result": "准予，颁发特种设备安全管理和作业人员证"})
    seeding.sync("s")
    seeding.close()


def _await(arrived: Callable[[Book], bool], seeding: seeded.Seeding) -> None:
    desk = seeding.at("s", CITY_CLERK).desk
    until = time.monotonic() + WITHIN_S
    while True:
        seeding.sync("s")
        with desk.read_book() as book:
            if arrived(book):
                return
        assert time.monotonic() < until, "the batch never comes to the city"
        time.sleep(0.1)


def _is_whole(book: Book, wanted: Batch) -> bool:
    """Tell whether a batch and each of its cases is here: between two centers they may come one after another."""
    here = book.batch(wanted.batch_id) is not None
    return here and all(book.case(line.case_id) is not None for line in wanted.lines)


def _part(number: int) -> str:
    return f"197903{number + 10}231"
