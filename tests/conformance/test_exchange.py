"""Hello, push, pull, receipt and revoke, with a real center."""

from __future__ import annotations

import ast
import copy
from pathlib import Path

import pytest

from tests.conformance.cases import accept, note, offer, register, reject
from tests.conformance.client import CenterRefusedError, Station
from tests.conformance.conftest import COUNTY, TOWNSHIP, VILLAGE, RealCenter
from tests.conformance.records import RefusedError, id_sum, parse, verifies

CLIENT = (Path(__file__).parent / "client.py", Path(__file__).parent / "records.py")


def test_the_client_has_at_most_500_lines_and_nothing_of_the_program() -> None:
    texts = [path.read_text(encoding="utf-8") for path in CLIENT]
    assert sum(text.count("\n") for text in texts) <= 500
    for tree in map(ast.parse, texts):
        froms = {each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
        names = {alias.name for each in ast.walk(tree) if isinstance(each, ast.Import) for alias in each.names}
        assert not [name for name in froms | names if name.startswith("station_app")]


def test_hello_brings_documents_and_credentials(village: Station) -> None:
    assert village.org == VILLAGE
    assert {"organisations", "directory", "calendar"} <= set(village.known.documents)
    assert village.known.devices[village.device]["org"] == VILLAGE
    assert village.exchange()["head"] == village.cursor


def test_an_office_is_told_the_public_keys_of_those_above_and_below_it(village: Station, township: Station) -> None:
    for station in (village, township):
        station.exchange()
        keys = station.known.documents["organisations"][2]["office_keys"]
        for other in (village, township):
            # What its own PCs can open: the same key, in the document that they alone get.
            own = other.known.documents[f"office_key:{other.org}"][2]["keys"][-1]
            assert keys[other.org] == {"version": own["version"], "public": own["public"]}
    assert f"office_key:{TOWNSHIP}" not in village.known.documents


def test_a_pushed_case_is_receipted_and_ruled_on(village: Station) -> None:
    case, opening = register(village)
    remark = note(village, case)
    reply = village.exchange()
    link = len(village.outbox)
    assert village.statuses[link - 1] == village.statuses[link] == ("stored", "")
    assert village.verdict(opening) == ("accepted", "")
    assert village.verdict(remark) == ("", "")  # the open lane is not ruled on
    assert village.receipt is not None
    said = village.known.receipt(village.receipt)
    assert (said["device"], said["epoch"], said["link"]) == (village.device, village.epoch, link)
    assert (said["incarnation"], said["head"]) == (village.incarnation, village.cursor)
    assert reply["sum"] == id_sum(village.common)
    assert [row["i"] for row in village.rows if row["k"] == "own"][-2:] == [opening.id, remark.id]


def test_a_forged_receipt_is_refused(village: Station) -> None:
    note(village, register(village)[0])
    village.exchange()
    assert village.receipt is not None
    more = village.receipt["p"].replace('"link":', '"link":1')
    with pytest.raises(RefusedError, match="signature-wrong"):
        village.known.receipt({**village.receipt, "p": more})


def test_the_taker_of_an_offer_pulls_the_whole_case(village: Station, township: Station) -> None:
    case, opening = register(village)
    offered = offer(village, case, opening)
    village.exchange()
    township.exchange()
    assert {event.id for event in township.subject(case)} == {event.id for event in village.subject(case)}
    assert {row["k"] for row in township.rows if "e" in row and row["e"]["h"] == opening.wire["h"]} == {"backfill"}
    taken = accept(township, case, opening, offered)
    township.exchange()
    village.exchange()
    assert village.verdict(taken) == township.verdict(taken) == ("accepted", "")
    assert not village.held
    assert not township.held


def test_a_step_under_a_custody_that_has_passed_is_late(village: Station, township: Station) -> None:
    case, opening = register(village)
    offered = offer(village, case, opening)
    village.exchange()
    township.exchange()
    reject(township, case, opening, offered)
    second = reject(township, case, opening, offered)
    township.exchange()
    assert township.verdict(second) == ("late", "custody-passed")


def test_the_arbiter_sees_an_offer_asked_back_until_it_is_answered(
    center: RealCenter, village: Station, township: Station
) -> None:
    arbiter = center.station(COUNTY)
    case, opening = register(village)
    offered = offer(village, case, opening)
    village.exchange()
    arbiter.exchange()
    assert arbiter.subject(case) == []
    asked = {"kind": "withdraw_request", "offer": offered.id, "text": "少一份材料"}
    village.write("request_withdrawal", case, {"remark": asked})
    village.exchange()
    arbiter.exchange()
    assert arbiter.subject(case)
    assert all(event.body is not None for event in arbiter.subject(case))
    township.exchange()
    reject(township, case, opening, offered)
    township.exchange()
    arbiter.exchange()
    assert arbiter.rows[-1]["s"] == ["case", case]
    assert arbiter.subject(case)  # the headers stay
    assert all(event.body is None for event in arbiter.subject(case))
    assert arbiter.exchange()["sum"] == id_sum(arbiter.common)


def test_what_a_center_itself_remarks_is_taken_in(village: Station) -> None:
    same = {"applicant": {"name": "李四", "id_type": "111", "id_number": "11010519491231002X"}}
    case = [register(village, same)[0] for _ in range(2)][-1]
    village.exchange()
    assert not village.held
    remarks = [event for event in village.subject(case) if event.header["type"] == "possible_duplicate"]
    assert [event.header["actor"] for event in remarks] == [None]


def test_a_reply_of_another_center_is_refused(village: Station) -> None:
    misled = copy.deepcopy(village)
    misled.center_key = "00" * 32
    with pytest.raises(RefusedError, match="center-key-differs"):
        misled.once()


def test_a_code_of_another_center_is_refused_before_it_is_sent(center: RealCenter) -> None:
    code = center.command("enrol-code", "--org", VILLAGE)["code"]
    other = code[:-1] + ("0" if code[-1] != "0" else "1")
    with pytest.raises(RefusedError, match="center-key-differs"):
        Station(center.url).enrol(other)
    Station(center.url).enrol(code)  # so it was not used up


def test_both_codes_work_once_and_again_for_the_same_key(center: RealCenter) -> None:
    code = center.command("enrol-code", "--org", VILLAGE)["code"]
    station = Station(center.url)
    station.enrol(code)
    first = station.enrolled
    station.enrol(code)
    assert station.enrolled == first
    with pytest.raises(CenterRefusedError) as refused:
        Station(center.url).enrol(code)
    assert refused.value.args[:2] == (403, "code-used")
    name, activation = center.account(VILLAGE)
    person = station.activate(name, activation)["person"]
    assert station.activate(name, activation)["person"] == person
    other = Station(center.url)
    other.enrol(center.command("enrol-code", "--org", VILLAGE)["code"])
    with pytest.raises(CenterRefusedError) as refused:
        other.activate(name, activation)
    assert refused.value.args[:2] == (403, "activation-code-wrong")


def test_credentials_verify_under_the_key_of_the_certificate(village: Station) -> None:
    own = village.known.of_device(village.device)
    assert {parse(record["p"])["kind"] for record in own} == {"device", "person"}
    for record in own:
        assert verifies(village.center_key, "station credential 1", record["p"].encode(), record["s"])
