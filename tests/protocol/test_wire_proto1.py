"""What protocol 1 looks like as bytes: every record of the file is read, verified and written again unchanged."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from station_app.domain.actions import ALL
from station_app.exchange.authentic import Credentials, entry_of, faults
from station_app.keys.signing import (
    ACTIVATION,
    CREDENTIAL,
    DOCUMENT,
    EVENT_DEVICE,
    EVENT_PERSON,
    RECEIPT,
    REPLY,
    REQUEST,
    verify,
)
from station_app.protocol import canonical
from station_app.protocol.event import make_body
from station_app.protocol.requests import EXCHANGE_PATH, activation_bytes, reply_bytes, request_bytes
from station_app.protocol.signed import Signed, device_id, document_payload, read_credential, read_document
from station_app.protocol.wire import (
    event_from_wire,
    event_to_wire,
    pack_reply,
    pack_request,
    unpack,
    unpack_reply,
    unpack_request,
)

FILE = Path(__file__).parent / "wire" / "proto1.json"
# Proto 1 is frozen: this file may never change. Where a test here breaks, the program is wrong.
SHA256 = "01189b85be192f7df4fd0989df0561ccd292104cc6fb56082b4e89a9b45418ee"
FOUND: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
KEYS = {name: bytes.fromhex(key) for name, key in FOUND["keys"].items()}
EVENTS = [event_from_wire(entry) for entry in FOUND["events"]]
NAMED = pytest.mark.parametrize("event", EVENTS, ids=[event.header.type for event in EVENTS])


def test_the_file_is_never_edited() -> None:
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == SHA256


def test_every_type_is_in_the_file() -> None:
    more = {"batch_offer", "batch_receive", "ruling", "possible_duplicate"}
    # The file is as it was written; what is new since has the same form, and is in the tests of the actions.
    since_then = {"attach", "judge_duplicate", "receive_papers", "send_papers"}
    assert {event.header.type for event in EVENTS} == {action.code for action in ALL} - since_then | more


@NAMED
def test_an_event_is_read_verified_and_written_again(event: Any) -> None:
    header = event.header
    by_center = header.actor is None
    device = KEYS["center" if by_center else "device"]
    assert header.to_bytes() == event.header_bytes
    assert header.origin == device_id(device)
    assert event.event_id == hashlib.sha256(event.header_bytes).hexdigest()
    assert verify(device, EVENT_DEVICE, event.header_bytes, event.signature)
    assert by_center or verify(KEYS["person"], EVENT_PERSON, event.header_bytes, event.person_signature)
    assert event.body_matches()
    salt = bytes.fromhex(canonical.decode_object(event.body)["salt"])
    assert make_body(event.effects, salt) == event.body
    assert event_to_wire(event) in FOUND["events"]
    if event.meaning is not None:
        assert event.meaning.to_json() == event.effects
    assert (event.meaning is None) == (header.type == "ruling")


def test_the_chain_of_the_device_has_no_gap() -> None:
    chain = [event for event in EVENTS if event.header.actor is not None]
    assert [event.header.seq for event in chain] == list(range(1, len(chain) + 1))
    assert [event.header.prev for event in chain] == [None, *(event.event_id for event in chain[:-1])]


def test_a_withheld_body_leaves_the_event_whole() -> None:
    event = event_from_wire(FOUND["withheld"])
    assert event.body is None
    assert event_to_wire(event) == FOUND["withheld"]
    assert verify(KEYS["device"], EVENT_DEVICE, event.header_bytes, event.signature)
    assert entry_of(event, "").effects is None


def test_credentials_are_read_verified_and_written_again() -> None:
    for entry in FOUND["credentials"]:
        record = Signed.from_wire(entry)
        assert verify(KEYS["center"], CREDENTIAL, record.payload, record.signature)
        assert read_credential(record.payload).to_payload() == record.payload
        assert record.to_wire() == entry


def test_the_credentials_stand_behind_the_events() -> None:
    known = Credentials().with_more([read_credential(entry["p"].encode()) for entry in FOUND["credentials"]])
    written = [event for event in EVENTS if event.header.actor is not None]
    codes = faults(written, known, lambda jobs: [verify(*job) for job in jobs])
    assert codes == [""] * len(written)


def test_documents_and_receipt_are_read_verified_and_written_again() -> None:
    for entry in FOUND["documents"]:
        record = Signed.from_wire(entry)
        assert verify(KEYS["center"], DOCUMENT, record.payload, record.signature)
        document = read_document(record)
        assert document_payload(document.kind, document.number, document.content) == record.payload
        assert record.to_wire() == entry
    receipt = Signed.from_wire(FOUND["receipt"])
    assert verify(KEYS["center"], RECEIPT, receipt.payload, receipt.signature)
    assert canonical.encode(receipt.value()) == receipt.payload


def test_an_activation_verifies() -> None:
    device, code = FOUND["activation"]["signed"].split("\n")
    proof = activation_bytes(device, code)
    assert proof.decode() == FOUND["activation"]["signed"]
    assert verify(KEYS["person"], ACTIVATION, proof, bytes.fromhex(FOUND["activation"]["signature"]))


def test_request_and_reply_are_read_verified_and_written_again() -> None:
    asked, answered = bytes.fromhex(FOUND["request"]["body"]), bytes.fromhex(FOUND["reply"]["body"])
    said = request_bytes(EXCHANGE_PATH, asked, FOUND["request"]["nonce"])
    assert verify(KEYS["device"], REQUEST, said, bytes.fromhex(FOUND["request"]["signature"]))
    assert verify(KEYS["center"], REPLY, reply_bytes(said, answered), bytes.fromhex(FOUND["reply"]["signature"]))
    # Another compressor may write the same JSON in other bytes.
    assert as_text(pack_request(unpack_request(asked))) == as_text(asked)
    assert as_text(pack_reply(unpack_reply(answered))) == as_text(answered)


def as_text(packed: bytes) -> str:
    """Give the JSON inside, in the order in which it is written."""
    return json.dumps(unpack(packed), ensure_ascii=False)
