"""Makes the records of tests/protocol/wire/proto1.json: `python -m tests.protocol.wire_records FILE` wrote it once."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from station_app.domain.lanes import Audience, SubjectKind
from station_app.exchange.writing import Chain, Draft, Pen, write_event
from station_app.keys.signing import (
    ACTIVATION,
    CREDENTIAL,
    DOCUMENT,
    EVENT_DEVICE,
    EVENT_PERSON,
    RECEIPT,
    REPLY,
    REQUEST,
    SigningKey,
)
from station_app.protocol import canonical
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeReply, ExchangeRequest, FeedRow, PushStatus
from station_app.protocol.requests import EXCHANGE_PATH, activation_bytes, reply_bytes, request_bytes
from station_app.protocol.signed import DeviceCredential, PersonCredential, Signed, device_id, document_payload
from station_app.protocol.wire import event_to_wire, pack_reply, pack_request

CENTER, DEVICE, PERSON = (SigningKey.from_seed(seed * 32) for seed in (b"c", b"d", b"p"))
VILLAGE, TOWNSHIP, COUNTY = "511132100201", "511132100000", "511132000000"
CASE, BATCH, PERSON_ID, EPOCH = "a" * 32, "b" * 32, "e" * 32, "1" * 16
AT, DAY = "2026-11-22T08:30:00Z", "2026-11-22"
ACCEPT = {"fields": {f"arrived_on:{TOWNSHIP}": DAY}, "state": "received", "custody": {"op": "accept", "batch": BATCH}}
RECLAIMED = {
    "from": TOWNSHIP,
    "to": VILLAGE,
    "reason": "三天没有接收",
    "countersigned": True,
    "call": "核实",
    "on": DAY,
}
DECIDED = {"decided_on": DAY, "decided_by": PERSON_ID, "result": "准予"}
DELIVER = {"op": "create", "kind": "deliver", "holder": VILLAGE}
CASE_EFFECTS: dict[str, dict[str, Any]] = {
    "register": {
        "fields": {"number": "5111321002012611220000017", "applicant": {"name": "李𬭎"}, "received_on": DAY},
        "state": "registered",
        "custody": {"op": "open"},
    },
    "offer": {"custody": {"op": "offer", "to": TOWNSHIP, "arbiter": COUNTY, "batch": BATCH}},
    "request_withdrawal": {"remark": {"kind": "withdraw_request", "offer": "0" * 64, "text": "少一份\n材料"}},
    "accept_handover": ACCEPT,
    "reject_handover": {"fields": {"return_reason": "不齐"}, "state": "returned", "custody": {"op": "reject"}},
    "take_over": {"custody": {"op": "take_over"}},
    "request_reclaim": {"remark": {"kind": "reclaim_request", "offer": "0" * 64, "text": "三天没有接收"}},
    "reclaim": {"fields": {"reclaimed": RECLAIMED}, "custody": {"op": "reclaim", "to": VILLAGE}},
    "supply": {"fields": {"supplied_on": DAY, "supply_note": "补\t齐"}, "state": "registered"},
    "accept_application": {"fields": {"accepted_on": DAY, "accepting_org": TOWNSHIP}, "state": "accepted"},
    "opinion": {"remark": {"kind": "opinion", "text": '写着"同意"\\不同意'}},
    "grant": {"fields": DECIDED, "state": "granted", "custody": {"op": "end"}, "obligation": DELIVER, "outward": True},
    "refuse": {"fields": DECIDED, "state": "refused", "custody": {"op": "end"}, "obligation": DELIVER, "outward": True},
    "deliver": {"fields": {"delivered_on": DAY}, "state": "delivered", "obligation": {"op": "advance"}},
    "close": {"state": "closed", "obligation": {"op": "finish"}},
    "note": {"remark": {"kind": "note", "text": "\x01控制字符"}},
}
BATCH_EFFECTS: dict[str, dict[str, Any]] = {
    "batch_offer": {
        "batch": {"number": "0" * 26, "to": TOWNSHIP, "offered_on": DAY, "offered_by": "李𬭎", "lines": []}
    },
    "batch_receive": {"batch": {"outcomes": {CASE: "accepted"}, "received_on": DAY, "received_by": "张䶮"}},
}
RULING = {"ruling": {"number": 1, "event": "0" * 64, "verdict": "late", "reason": "base-passed", "previous": None}}
CENTER_EFFECTS: dict[str, dict[str, Any]] = {
    "ruling": RULING,
    "possible_duplicate": {
        "remark": {"kind": "possible_duplicate", "number": "0" * 25, "org": VILLAGE, "on": DAY, "text": "也收过"}
    },
}


def events() -> list[Event]:
    """Write one event of each type, in two chains: of a device and of a center."""
    device, person = (lambda data: DEVICE.sign(EVENT_DEVICE, data)), (lambda data: PERSON.sign(EVENT_PERSON, data))
    chain = Chain(device_id(DEVICE.public), EPOCH, 0, None, 0)
    above = Chain(device_id(CENTER.public), "2" * 16, 0, None, 90)
    made: list[Event] = []
    drafts = [(name, SubjectKind.CASE, CASE, effects) for name, effects in CASE_EFFECTS.items()]
    drafts += [(name, SubjectKind.BATCH, BATCH, effects) for name, effects in BATCH_EFFECTS.items()]
    for name, kind, subject, effects in drafts:
        lane = None if "remark" in effects or not made or kind is SubjectKind.BATCH else made[-1].event_id
        audience = Audience.HANDLING if name == "opinion" else Audience.PARTIES
        draft = Draft(name, (kind, subject), VILLAGE, PERSON_ID, AT, effects, audience, lane, lane)
        event, chain = write_event(draft, chain, Pen(device, person), bytes([len(made)] * 16))
        made.append(event)
    for name, effects in CENTER_EFFECTS.items():
        draft = Draft(name, (SubjectKind.CASE, CASE), COUNTY, None, AT, effects)
        pen = Pen(lambda data: CENTER.sign(EVENT_DEVICE, data))
        event, above = write_event(draft, above, pen, bytes([len(made)] * 16))
        made.append(event)
    return made


def signed(context: str, payload: bytes) -> Signed:
    return Signed(payload, CENTER.sign(context, payload))


def records() -> dict[str, Any]:
    """Make everything that travels under protocol 1 once."""
    made, device = events(), device_id(DEVICE.public)
    credentials = (
        DeviceCredential(device, VILLAGE, DEVICE.public),
        PersonCredential(PERSON_ID, "李𬭎", VILLAGE, ("agent",), device, PERSON.public, AT, "2027-02-20T08:30:00Z"),
    )
    proven = tuple(signed(CREDENTIAL, credential.to_payload()) for credential in credentials)
    office = {"code": VILLAGE, "name": "示例一村", "level": "village"}
    offices = {"organisations": [office], "accounts": [], "revoked": []}
    centers = {"centers": [{"org": COUNTY, "device": device_id(CENTER.public), "public_key": CENTER.public.hex()}]}
    contents: Mapping[str, Any] = {"organisations": offices, "centers": centers, "directory": {"items": []}}
    contents = {**contents, "calendar": {}}
    documents = tuple(signed(DOCUMENT, document_payload(kind, 1, content)) for kind, content in contents.items())
    receipt = signed(RECEIPT, canonical.encode({"device": device, "epoch": EPOCH, "link": 18, "at": AT}))
    request = ExchangeRequest(
        EPOCH, "3" * 16, 7, 1, tuple(made[:18]), 500, seq=18, forked_from="4" * 16, tag=42, sum=(18, "5" * 64),
        buckets={"0f": (2, "6" * 64)}, wanted=("7" * 64,), returns=(made[18],), credentials=proven,
        documents=documents, receipt=receipt,
    )  # fmt: skip
    rows = (
        *(FeedRow(n, kind, made[18]) for n, kind in enumerate(("new", "ruling", "backfill"), start=8)),
        FeedRow(11, "own", event_id=made[0].event_id),
        FeedRow(12, "document", document=documents[0]),
        FeedRow(13, "document"),
        FeedRow(14, "revoke", subject=("case", CASE)),
        FeedRow(15, "receipt", event_id=made[0].event_id, hop=("511100000000", AT)),
    )
    statuses = (PushStatus(1, "stored", ""), PushStatus(2, "refused", "not-a-party"), PushStatus(4, "waiting", "3"))
    reply = ExchangeReply(
        "3" * 16, "8" * 32, AT, 2, statuses, receipt, 15, rows, proven, pending=True, seen=((TOWNSHIP, AT),),
        standing="cloned", healing=True, numbers={"calendar": 1}, tag=42, sum=(18, "5" * 64),
        differ={"0f": ("0f" * 32,)}, found=(made[19],), heard=3,
    )  # fmt: skip
    asked, answered, nonce = pack_request(request), pack_reply(reply), "9" * 32
    said = request_bytes(EXCHANGE_PATH, asked, nonce)
    proof = activation_bytes(device, "ABCDE-FGHJK")
    return {
        "keys": {"center": CENTER.public.hex(), "device": DEVICE.public.hex(), "person": PERSON.public.hex()},
        "events": [event_to_wire(event) for event in made],
        "withheld": {key: value for key, value in event_to_wire(made[10]).items() if key != "b"},
        "credentials": [record.to_wire() for record in proven],
        "documents": [record.to_wire() for record in documents],
        "receipt": receipt.to_wire(),
        "activation": {"signed": proof.decode(), "signature": PERSON.sign(ACTIVATION, proof).hex()},
        "request": {"nonce": nonce, "body": asked.hex(), "signature": DEVICE.sign(REQUEST, said).hex()},
        "reply": {"body": answered.hex(), "signature": CENTER.sign(REPLY, reply_bytes(said, answered)).hex()},
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(records(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
