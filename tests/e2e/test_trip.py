"""The trip of a case through real processes: what each office may do, sees, and is told when it may not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from station_app.cli.demo import errands
from station_app.cli.demo.children import together
from station_app.cli.demo.place import COUNTY, TOWNSHIP, VILLAGE_1, VILLAGE_2, Person, Station
from station_app.domain.errors import StationError
from station_app.usecases.times import read_stamp
from tests.e2e.conftest import Center

CLERK, APPROVER = (person.name for person in COUNTY.people)
SECOND_APPROVER = Person("罗晓琴", "approver")
OPINION = "材料齐全，建议准予；申请人身体不便，请尽快送达。"

pytestmark = pytest.mark.slow


@contextmanager
def refused(code: str) -> Iterator[dict[str, Any]]:
    params: dict[str, Any] = {}
    with pytest.raises(StationError) as error:
        yield params
    assert error.value.code == code
    params.update(error.value.params)


@pytest.fixture
def running_village(center: Center) -> Iterator[Station]:
    station = center.station(VILLAGE_1)
    station.start()
    yield station
    station.stop()


def show(station: Station, number: str) -> dict[str, Any]:
    return station.ask("case", "show", number)


def exchange(*stations: Station) -> None:
    for station in stations:
        assert station.ask("sync")["complete"]


def hand_over(sender: Station, taker: Station, *numbers: str) -> str:
    """Offer, exchange, and take in by the number on the slip; return that number."""
    batch = sender.ask("batch", "offer", "--to", taker.office.code, *numbers)["number"]
    exchange(sender, taker)
    taken = taker.ask("batch", "accept", batch)
    assert [case["outcome"] for case in taken["cases"]] == ["accepted"] * len(numbers)
    return str(batch)


def printed_barcodes(pdf: bytes) -> set[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.render(scale=4).to_pil() for page in document]
    finally:
        document.close()
    return {code.text for page in pages for code in zxingcpp.read_barcodes(page)}


def test_a_case_taken_in_offline_says_why_it_waits_and_goes_by_itself_later(
    center: Center, running_village: Station
) -> None:
    village = running_village
    with center.offline():
        number = village.register(errands.RELIEF.form())["number"]
        [waiting] = village.wait("a try that failed", lambda: _with_reason(village))
        detail = show(village, number)
        pdf = center.folder / "receipt.pdf"
        village.run("print", "receipt", number, "--out", str(pdf))
    assert (waiting["reason"], waiting["events"], waiting["case_id"]) == ("no-network", 1, detail["case_id"])
    assert abs(read_stamp(waiting["next_attempt"]) - datetime.now(UTC)) < timedelta(minutes=11)
    assert (detail["state"], detail["provisional"]) == ("registered", True)
    assert [(receipt["saved"], receipt["county"]) for receipt in detail["receipts"]] == [(True, False)]
    assert printed_barcodes(pdf.read_bytes()) == {number}

    patience_s = 60 + village.pause_s()
    village.wait("the outbox to empty by itself", lambda: None if village.run("outbox") else True, patience_s)
    ruled = village.wait("the county's ruling", lambda: _ruled(village, number))
    assert [receipt["county"] for receipt in ruled["receipts"]] == [True]
    assert (ruled["number"], ruled["state"]) == (number, "registered")


def _with_reason(village: Station) -> list[dict[str, Any]] | None:
    lines = village.run("outbox")
    return lines if lines and all(line["reason"] for line in lines) else None


def _ruled(village: Station, number: str) -> dict[str, Any] | None:
    detail = show(village, number)
    return None if detail["provisional"] else detail


def test_a_case_goes_to_the_county_and_home_with_its_clocks_and_its_secrets(center: Center) -> None:
    offices = (VILLAGE_1, TOWNSHIP, COUNTY)
    village, township, county = together(*(partial(center.station, office) for office in offices))
    number = village.register(errands.PENSION.form())["number"]
    due = [show(village, number)["due"]]

    batch = village.ask("batch", "offer", "--to", TOWNSHIP.code, number)["number"]
    with refused("batch-empty") as left_out:
        village.run("batch", "offer", "--to", TOWNSHIP.code, number)
    assert [reason["code"] for reason in left_out["reasons"]] == ["case-on-the-road"]
    village.act(number, "note", {"text": "村里补充：申请人腿脚不便"})  # The open lane is never blocked.
    exchange(village, township)
    assert show(township, number)["on_the_road_to"] == TOWNSHIP.code
    township.run("batch", "accept", batch)
    due.append(show(township, number)["due"])

    hand_over(township, county, number)
    due.append(show(county, number)["due"])
    with refused("role-missing"):
        county.act(number, "grant", by=CLERK)
    county.act(number, "opinion", {"text": OPINION}, by=CLERK)
    county.act(number, "accept_application", by=APPROVER)
    due.append(show(county, number)["due"])
    with refused("four-eyes"):
        county.act(number, "grant", by=APPROVER)
    center.sign_in_first(county, SECOND_APPROVER)
    assert county.act(number, "grant", by=SECOND_APPROVER.name)["state"] == "granted"
    exchange(county, township, village)
    due.append(show(village, number)["due"])

    village.act(number, "deliver", errands.delivery(errands.PENSION))
    due.append(show(village, number)["due"])
    village.act(number, "close")
    exchange(village, township, county)
    assert due == ["handover", "forward", "notice", "promised", "delivery", None]

    seen = [show(station, number) for station in (village, township, county)]
    assert {(case["state"], case["custodian"], case["provisional"]) for case in seen} == {
        ("closed", COUNTY.code, False)
    }
    assert [OPINION in json.dumps(case["remarks"], ensure_ascii=False) for case in seen] == [False, True, True]
    assert OPINION not in json.dumps(seen[0], ensure_ascii=False)
    assert [event["readable"] for event in seen[0]["events"] if event["type"] == "opinion"] in ([], [False])
    assert all("腿脚不便" in json.dumps(case["remarks"], ensure_ascii=False) for case in seen)


def test_a_returned_case_arrives_with_its_reason_and_keeps_its_number(center: Center) -> None:
    village, township = center.station(VILLAGE_1), center.station(TOWNSHIP)
    number = village.register(errands.CARD.form())["number"]
    batch = village.ask("batch", "offer", "--to", TOWNSHIP.code, number)["number"]
    exchange(village, township)
    with refused("batch-not-for-us"):
        village.run("batch", "accept", batch)
    township.run("batch", "accept", batch, "--reject", f"{number}={errands.RETURN_REASON}")
    with refused("not-the-holder"):
        township.act(number, "supply", errands.SUPPLY)
    exchange(township, village)
    returned = show(village, number)
    assert (returned["state"], returned["custodian"]) == ("returned", VILLAGE_1.code)
    assert returned["fields"]["return_reason"] == errands.RETURN_REASON
    assert village.act(number, "supply", errands.SUPPLY)["state"] == "registered"
    again = hand_over(village, township, number)
    assert again != batch
    assert (show(township, number)["number"], show(township, number)["due"]) == (number, "forward")


def test_a_second_worker_signs_in_first_on_a_pc_that_the_first_has_locked(center: Center) -> None:
    village = center.station(VILLAGE_2)
    number = village.register(errands.BEES.form())["number"]
    with refused("worker-unknown-here"):
        village.run("case", "list", by="吉伍阿支")
    assert center.sign_in_first(village, Person("吉伍阿支", "agent")) == {"name": "吉伍阿支", "roles": ["agent"]}
    assert number in {case["number"] for case in village.run("case", "list", by="吉伍阿支")}
    assert number in village.cases()


def test_a_disabled_worker_cannot_sign_in_once_the_pc_has_heard_of_it(center: Center) -> None:
    village = center.station(VILLAGE_2)
    leaving = Person("曲木阿牛", "agent")
    center.sign_in_first(village, leaving)
    number = village.register(errands.BEES.form(), by=leaving.name)["number"]
    exchange(village)
    assert center.center("user", "disable", leaving.name)["disabled"]
    late = village.register(errands.BEES.form(), by=leaving.name)["number"]
    assert {number, late} <= {case["number"] for case in village.run("case", "list", by=leaving.name)}
    assert not village.ask("sync")["complete"]
    # The key slot has gone from this PC: the PIN opens nothing there any more.
    with refused("worker-unknown-here"):
        village.run("case", "list", by=leaving.name)
    # What was taken in stays with the office, and the center took it.
    assert not village.cases()[number]["provisional"]
    # What was written after the account was closed is held for two persons, and says so.
    [held] = village.run("outbox")
    assert (held["events"], held["reason"]) == (1, "worker-disabled")
