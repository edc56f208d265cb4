"""docs/openapi.yaml, docs/sync.md and the program name the same paths, fields and refusal codes."""

from __future__ import annotations

import ast
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import yaml

import station_app
from station_app.center import app
from station_app.domain.document_numbers import Block
from station_app.messages import SENTENCES
from station_app.protocol import requests, wire
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import (
    CaseAnswer,
    ExchangeReply,
    ExchangeRequest,
    FeedRow,
    LeaseAsk,
    LeaseGrant,
    PushStatus,
)
from station_app.protocol.fleet_records import Fleet, FleetOffice, FleetPc, Way, fleet_to_wire
from station_app.protocol.pc_note import PcNote
from station_app.protocol.signed import Signed
from station_app.protocol.wire import pack_reply, pack_request, unpack

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "sync.md").read_text(encoding="utf-8")
SPEC: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
SCHEMAS: dict[str, Any] = SPEC["components"]["schemas"]
SOURCE = Path(station_app.__file__).parent
SIGNED, EVENT = Signed(b"{}", b"s" * 64), Event(b"{}", b"s" * 64, b"p" * 64, b"{}")
SUM = (1, "00" * 32)
BLOCK = Block("海便受字", 2026, 1, 20)
REQUEST = ExchangeRequest(
    epoch="00" * 8,
    incarnation="",
    cursor=0,
    first_link=1,
    events=(EVENT,),
    pull_limit=1,
    seq=1,
    forked_from="",
    tag=0,
    sum=SUM,
    buckets={"00": SUM},
    wanted=("00" * 32,),
    returns=(EVENT,),
    credentials=(SIGNED,),
    documents=(SIGNED,),
    receipt=SIGNED,
    leases=LeaseAsk(("海便受字",), (BLOCK,)),
    floor=1,
    fresh=True,
    case="5111021010012603024200070",
    pc=PcNote("1.0", "2026-11-23T04:00:00Z", "2026-11-20", ("disk-low",)),
)
ROW = FeedRow(1, "new", EVENT, "00" * 32, SIGNED, ("case", "0"), ("1", "2"))
REPLY = ExchangeReply(
    incarnation="00" * 8,
    nonce="00" * 16,
    center_time="",
    link_head=1,
    receipt=SIGNED,
    head=1,
    statuses=(PushStatus(1, "stored", ""),),
    rows=(ROW, FeedRow(2, "put_away", subject=("case", "0"))),
    credentials=(SIGNED,),
    again=True,
    sum=SUM,
    standing="cloned",
    phone=(("a" * 32, 1, "00" * 32),),
    healing=True,
    differ={"00": ()},
    found=(EVENT,),
    numbers={"calendar": 1},
    leases=LeaseGrant("00" * 8, (BLOCK,), (BLOCK,)),
    floor=1,
    case=CaseAnswer("5111021010012603024200070", found=True),
)


def names(schema: str) -> set[str]:
    return set(SCHEMAS[schema]["properties"])


def optional(schema: str) -> set[str]:
    return names(schema) - set(SCHEMAS[schema]["required"])


def table_after(heading: str) -> tuple[set[str], set[str]]:
    """Give the names in the first column of a table of the page, and those among them with a question mark."""
    found: list[tuple[str, str]] = []
    for line in PAGE.split(heading, 1)[1].split("\n\n", 1)[0].splitlines()[1:]:
        found += re.findall(r"`(\w+)`(\??)", line.split("|")[1])
    return {name for name, _ in found}, {name for name, mark in found if mark}


def codes_of_refusals() -> dict[int, set[str]]:
    rows = re.findall(r"^\| (\d{3}) \| (.*?) \|", PAGE, re.MULTILINE)
    found: dict[int, set[str]] = {}
    for status, codes in rows:
        found.setdefault(int(status), set()).update(re.findall(r"`([a-z-]+)`", codes))
    return found


def literals(*modules: str) -> set[str]:
    trees = [ast.parse((SOURCE / module).read_text(encoding="utf-8")) for module in modules]
    constants = (each.value for tree in trees for each in ast.walk(tree) if isinstance(each, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def test_all_three_have_the_same_paths() -> None:
    in_spec = {(path, method.upper()) for path, methods in SPEC["paths"].items() for method in methods}
    in_page = {(path, method) for method, path in re.findall(r"^(?:- )?\*\*(GET|POST) (/\S+?)\*\*", PAGE, re.MULTILINE)}
    served = {(getattr(requests, name), "POST") for name in dir(requests) if name.endswith("_PATH")}
    asked_for = (requests.CENTER_PATH, requests.STATIONS_PATH)
    served = {(path, "GET" if path in asked_for else "POST") for path, _ in served}
    assert in_spec == in_page == served


def test_every_header_of_the_program_is_in_both() -> None:
    parameters = {found["name"] for found in SPEC["components"]["parameters"].values()}
    of_people = {name for names in requests.ADMINISTRATOR_HEADERS for name in names}
    assert parameters == {requests.DEVICE_HEADER, requests.NONCE_HEADER, requests.SIGNATURE_HEADER} | of_people
    assert all(f"`{name}`" in PAGE for name in parameters)


def test_a_request_has_the_same_fields_in_all_three() -> None:
    assert table_after("| request | |\n") == (names("ExchangeRequest"), optional("ExchangeRequest"))
    assert set(unpack(pack_request(REQUEST))) == names("ExchangeRequest")
    read = literals("protocol/wire.py")
    assert names("ExchangeRequest") <= read
    assert {field.name for field in fields(ExchangeRequest)} | {"proto", "least"} == names("ExchangeRequest")


def test_a_reply_has_the_same_fields_in_all_three() -> None:
    assert table_after("| reply | |\n") == (names("ExchangeReply"), optional("ExchangeReply"))
    assert set(unpack(pack_reply(REPLY))) == names("ExchangeReply")
    spare = ExchangeReply("", "", "", 0, (), None, 0, (), ())
    assert set(unpack(pack_reply(spare))) == set(SCHEMAS["ExchangeReply"]["required"])


def test_events_records_and_rows_have_the_same_fields() -> None:
    assert set(wire.event_to_wire(EVENT)) == names("Event")
    assert set(SIGNED.to_wire()) == names("Signed")
    assert {key for row in unpack(pack_reply(REPLY))["rows"] for key in row} == names("Row")
    kinds = {
        kind
        for cell in re.findall(r"^\| (`[a-z_`, ]+) \| ", PAGE.split("| row kind |")[1].split("\n\n")[0], re.M)
        for kind in re.findall(r"\w+", cell)
    }
    assert kinds == set(SCHEMAS["Row"]["properties"]["k"]["enum"])


def test_enrolment_and_activation_have_the_same_fields() -> None:
    for path, request, reply in (
        ("/v1/enrol", "EnrolRequest", "EnrolReply"),
        ("/v1/activate", "ActivateRequest", "ActivateReply"),
    ):
        text = PAGE.split(f"**POST {path}**", 1)[1].split("Asking again", 1)[0]
        asked, answered = text.split("→", 1)
        assert names(request) <= set(re.findall(r'"(\w+)"', asked))
        assert names(reply) == set(re.findall(r'"(\w+)"', answered.split("}", 1)[0]))
        assert names(request) | names(reply) <= literals("center/service.py")


def test_what_is_told_of_the_pcs_has_the_same_fields() -> None:
    pc = FleetPc("0" * 32, "1", "", "", Way.NETWORK, True, True, True, 1, 1, 1, PcNote("1", "2", "3", ("4",)))
    found = fleet_to_wire(Fleet("", "", (FleetOffice("1", "村", "village"),), (pc,)))
    assert set(found) == names("Fleet")
    assert set(found["stations"][0]) == names("FleetStation")
    assert set(found["stations"][0]["pc"]) == names("PcNote")
    spare = fleet_to_wire(Fleet("", "", (), (replace(pc, behind=None, note=None),)))["stations"][0]
    assert set(spare) == set(SCHEMAS["FleetStation"]["required"])
    text = PAGE.split("**GET /v1/stations**", 1)[1].split("\n\n", 1)[0]
    assert set(re.findall(r'"(\w+)"', text)) == names("Fleet") | names("FleetStation")


def test_what_administrators_do_has_the_same_fields() -> None:
    acts = {
        "enrolment-codes": ("EnrolmentCodeRequest", "EnrolmentCodeReply"),
        "grants": ("Joining", "Granted"),
        "revocations": ("RevocationRequest", "RevocationReply"),
        "pin-codes": ("PinCodeRequest", "PinCodeReply"),
    }
    for path, (request, reply) in acts.items():
        asked, answered = PAGE.split(f"**POST /v1/{path}**", 1)[1].split("→", 1)
        assert set(re.findall(r'"(\w+)"', asked)) == names(request)
        assert set(re.findall(r'"(\w+)"', answered.split("}", 1)[0])) == names(reply)
        assert names(request) | names(reply) <= literals("center/administration.py")


def test_refusals_have_the_same_codes_and_statuses() -> None:
    statuses = codes_of_refusals()
    flat = set().union(*statuses.values())
    assert flat == set(SCHEMAS["Refusal"]["properties"]["code"]["enum"])
    answered = {code: status for status, codes in statuses.items() for code in codes}
    for code, status in app.STATUS.items():
        assert answered[code] == status
    assert flat - set(app.STATUS) == statuses[400] | statuses[500]
    assert flat <= set(SENTENCES) | {"center-error"}


def test_every_code_with_which_an_event_is_refused_is_in_both() -> None:
    text = PAGE.split("Refusal codes:", 1)[1].split("\n\n", 1)[0]
    in_page = set(re.findall(r"`([a-z-]+)`", text))
    in_spec = set(SCHEMAS["EventRefusal"]["enum"])
    judged = (
        "exchange/authentic.py",
        "exchange/intake.py",
        "exchange/limits.py",
        "exchange/relayed.py",
        "protocol/event.py",
        "protocol/canonical.py",
    )
    written = literals(*judged) & set(SENTENCES)
    assert in_page == in_spec
    # The last two tell why a PC gets nothing, and that a document can't be read: no event is refused with them.
    assert written <= in_page | {"effects-unknown", "cloned", "organisations-unreadable"}
    assert in_page <= literals(*judged)
