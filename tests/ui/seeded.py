"""A small place with work on every desk: made once by real use cases and exchanges, copied for each test."""

from __future__ import annotations

import os
from typing import Any

from station_app.bootstrap import station
from station_app.bootstrap.sample import sample_directory
from station_app.usecases.hand_over import Count, offer_batch, receive_batch, send_papers
from station_app.usecases.run_action import act_on_case, register_case
from tests.persons import id_number
from tests.reliability.place import COUNTY, PIN, TOWNSHIP, VILLAGES, Place

AGENT, AGENT_2 = "李𬭎", "阿苏子"
CLERK, APPROVER = "张䶮", "镇长"
COUNTY_CLERK, COUNTY_APPROVER = "王县", "局长"
LONG_NAME = "阿尔依诺木嘎·吉克曲布史日"
LONG_ITEM = "SAMPLE-SB-004"

# name, birth and order (17 digits of the ID number after 990000), item
VILLAGE_1 = (
    ("李𬭎", "19620305881", "SAMPLE-MZ-003"),
    ("张䶮", "19641102771", "SAMPLE-SB-003"),
    (LONG_NAME, "19880712332", "SAMPLE-SB-007"),
    ("的日么阿果", "19750130442", "SAMPLE-NY-007"),
    ("曲木伍牛", "19690817331", "SAMPLE-TY-003"),
    ("马海𠅤", "19710223112", LONG_ITEM),
    ("吉克阿呷", "19830601772", "SAMPLE-SB-006"),
    ("沙马拉且", "19570919113", "SAMPLE-MZ-004"),
    ("阿尔古布", "19660405551", "SAMPLE-MZ-003"),
)
VILLAGE_2 = (
    ("俄木尔哈", "19700101113", "SAMPLE-MZ-003"),
    ("加巴伍各", "19911231441", "SAMPLE-YB-004"),
)


def form(name: str, part: str, item: str) -> dict[str, Any]:
    """Return the form of a registration, with every paper that the directory wants."""
    applicant = {"name": name, "id_type": "111", "id_number": id_number(part), "phone": "13800005678"}
    wanted = sample_directory().find(item).materials
    papers = [{"name": paper.name, "originals": paper.originals, "copies": paper.copies} for paper in wanted]
    return {"item": item, "applicant": applicant, "materials": papers}


class Seeding:
    """The place while it is being filled."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._open: dict[tuple[str, str], station.SignedIn] = {}

    def at(self, home: str, worker: str) -> station.SignedIn:
        key = (home, worker)
        if key not in self._open:
            self._open[key] = station.sign_in(self._place.home(home), worker, PIN)
        return self._open[key]

    def sync(self, *homes: str) -> None:
        for home in homes:
            signed_in = next(found for (name, _), found in self._open.items() if name == home)
            report = station.exchange_fully(signed_in.loop(1.0))
            assert not report.code, report

    def close(self) -> None:
        for signed_in in self._open.values():
            signed_in.engine.dispose()


def seed(place: Place) -> None:
    """Fill the place; its center must be serving.

    Village 1 in the end: one result to deliver, its written decision on the way, one refused, one returned, three on
    the road, one of them asked back, two to hand over. Township: two batches to come, one case to accept, one to
    decide, one 即办. County: one batch to come, one to decide, one asked back.
    """
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    seeding = Seeding(place)
    village, village_2 = seeding.at("v1", AGENT).desk, seeding.at("v2", AGENT_2).desk
    clerk, approver = seeding.at("t", CLERK).desk, seeding.at("t", APPROVER).desk
    county, head = seeding.at("k", COUNTY_CLERK).desk, seeding.at("k", COUNTY_APPROVER).desk
    ids = [register_case(village, form(*row)).case_id for row in VILLAGE_1]
    first = offer_batch(village, TOWNSHIP, ids[:4]).batch.number
    seeding.sync("v1", "t")
    receive_batch(clerk, first, Count(rejected={ids[2]: "补换领登记表没有本人签名"}))
    act_on_case(clerk, ids[0], "accept_application", {})
    act_on_case(approver, ids[0], "grant", {"result": "准予临时救助 3000 元"})
    second = offer_batch(clerk, COUNTY, [ids[1], ids[3]]).batch.number
    seeding.sync("t", "k")
    receive_batch(county, second, Count())
    for case in (ids[1], ids[3]):
        act_on_case(county, case, "accept_application", {})
    act_on_case(county, ids[1], "opinion", {"text": "缴费年限已核对，同意。"})
    refusal = {"reason": "现场核实没有饲养蜂群", "remedy": "六十日内可以申请行政复议，六个月内可以提起行政诉讼"}
    act_on_case(head, ids[3], "refuse", refusal)
    offer_batch(village, TOWNSHIP, ids[4:7])
    act_on_case(village, ids[4], "request_withdrawal", {"reason": "申请表拿错了一份"})
    others = [register_case(village_2, form(*row)).case_id for row in VILLAGE_2]
    offer_batch(village_2, TOWNSHIP, others[1:])
    third = offer_batch(village_2, TOWNSHIP, others[:1]).batch.number
    seeding.sync("v1", "v2", "t")
    receive_batch(clerk, third, Count())
    act_on_case(clerk, others[0], "note", {"text": "申请人电话已变更，见申请表。"})
    own = register_case(clerk, form("勒伍尔机", "19790303231", "SAMPLE-SB-002")).case_id
    relief = register_case(clerk, form("果基木呷", "19680909113", "SAMPLE-MZ-003")).case_id
    up = register_case(clerk, form("阿的拉则", "19850808332", "SAMPLE-SB-006")).case_id
    act_on_case(clerk, relief, "accept_application", {})
    act_on_case(clerk, own, "note", {"text": "当场要办。"})
    offer_batch(clerk, COUNTY, [up])
    send_papers(clerk, VILLAGES[0], ids[:1])
    seeding.sync("t", "k", "v1", "v2", "t", "k")
    seeding.close()
