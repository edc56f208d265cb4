"""What a real center refuses, and that it goes on behind it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
import zstandard

from tests.conformance.cases import accept, note, offer, register
from tests.conformance.client import CenterRefusedError, Station, pack, post
from tests.conformance.conftest import TOWNSHIP
from tests.conformance.records import canonical, id_sum, sha256, sign

Change = Callable[[dict[str, str]], None]


def header(**changes: Any) -> Change:
    def change(wire: dict[str, str]) -> None:
        wire["h"] = canonical({**json.loads(wire["h"]), **changes})

    return change


def body(text: str) -> Change:
    def change(wire: dict[str, str]) -> None:
        wire["b"] = text
        header(body_hash=sha256(text.encode()))(wire)

    return change


def without(field: str) -> Change:
    return lambda wire: wire.update(h=canonical({k: v for k, v in json.loads(wire["h"]).items() if k != field}))


def replaced(old: str, new: str) -> Change:
    return lambda wire: wire.update(h=wire["h"].replace(old, new))


RULING = {"ruling": {"number": 9, "event": "00" * 32, "verdict": "accepted", "reason": "", "previous": None}}
WRONG: list[tuple[str, Change]] = [
    ("record-malformed", without("alg")),
    ("record-malformed", header(subject_kind="letter")),
    ("record-malformed", header(audience="all")),
    ("record-malformed", header(seq="7")),
    ("record-malformed", replaced('"type_version":1', '"type_version":1.0')),
    ("record-malformed", replaced('"type_version":1', '"type_version":1,"type_version":1')),
    ("record-malformed", replaced('"type_version":1', '"type_version":NaN')),
    ("record-malformed", header(org="5" * 65)),
    ("proto-unknown", header(proto=2)),
    ("body-not-bound", lambda wire: wire.update(b='{"effects":{},"salt":"00"}')),
    ("body-malformed", body("[]")),
    ("body-too-long", body(f'{{"effects":{{}},"salt":"{"0" * 2**18}"}}')),
    ("device-unknown", header(origin="00" * 16)),
    ("device-unknown", header(org=TOWNSHIP)),
    ("ruling-not-by-center", header(type="ruling", actor=None)),
    ("person-missing", header(actor=None)),
    ("person-unknown", header(actor="00" * 16)),
    ("subject-unknown", header(subject_id="00" * 16)),
    ("lamport-ahead", header(lamport=2**40)),
]


def send_changed(station: Station, case: str, change: Change, *, signed: bool = True) -> int:
    """Queue a note, changed and signed again; give its link."""
    wire = dict(note(station, case).wire)
    change(wire)
    if signed:
        wire["s"] = sign(station.key, "station event device 1", wire["h"].encode())
        wire["p"] = sign(station.person_key, "station event person 1", wire["h"].encode())
    changed = copy.copy(station.events.pop(station.outbox[-1]))
    changed.id, changed.wire = sha256(wire["h"]), wire
    station.events[changed.id], station.outbox[-1], station.prev = changed, changed.id, changed.id
    return len(station.outbox)


def test_each_fault_has_its_code_and_the_chain_goes_on_behind_it(village: Station) -> None:
    case, _ = register(village)
    links = [send_changed(village, case, change) for _, change in WRONG]
    last = note(village, case)
    village.once()
    assert [village.statuses[link] for link in links] == [("refused", code) for code, _ in WRONG]
    assert village.statuses[len(village.outbox)] == ("stored", "")
    assert last.id in village.common


@pytest.mark.parametrize("which", ["s", "p"])
def test_a_wrong_signature_is_refused(village: Station, which: str) -> None:
    case, _ = register(village)
    link = send_changed(village, case, lambda wire: wire.update({which: "00" * 64}), signed=False)
    village.once()
    assert village.statuses[link] == ("refused", "signature-wrong")


def test_a_missing_person_signature_is_refused(village: Station) -> None:
    link = send_changed(village, register(village)[0], lambda wire: wire.__delitem__("p"), signed=False)
    village.once()
    assert village.statuses[link] == ("refused", "person-missing")


def test_an_office_that_never_saw_the_case_may_not_write_in_it(village: Station, township: Station) -> None:
    case, _ = register(village)
    village.exchange()
    note(township, case)
    township.once()
    assert township.statuses[len(township.outbox)] == ("refused", "not-a-party")


def test_an_answer_to_an_offer_that_is_not_here_waits_for_it(village: Station, township: Station) -> None:
    case, opening = register(village)
    answer = accept(township, case, opening, offer(village, case, opening))
    township.exchange()
    assert township.statuses[len(township.outbox)] == ("stored", "")
    assert answer.id in township.common and opening.id not in township.common
    village.exchange()
    township.exchange()
    village.exchange()
    assert {opening.id, answer.id} <= village.common & township.common
    rulings = [json.loads(row["e"]["b"])["effects"]["ruling"] for row in village.rows if row["k"] == "ruling"]
    assert {ruling["event"]: ruling["verdict"] for ruling in rulings}[answer.id] == "accepted"


def test_what_was_refused_too_early_is_judged_anew_when_it_is_given_back(village: Station, township: Station) -> None:
    case, opening = register(village)
    village.exchange()
    early, damaged = note(township, case), note(township, case)
    damaged.wire["p"] = "00" * 64
    township.once()
    links = range(len(township.outbox) - 1, len(township.outbox) + 1)
    assert [township.statuses[link] for link in links] == [("refused", "not-a-party"), ("refused", "signature-wrong")]
    offer(village, case, opening)
    village.exchange()
    township.exchange()
    assert not {early.id, damaged.id} & township.common
    for _ in range(2):
        township.extra = {
            "returns": [early.wire, damaged.wire],
            "credentials": township.known.behind([early, damaged]),
        }
        reply = township.exchange()
        assert early.id in township.common and damaged.id not in township.common
        assert reply["sum"] == id_sum(township.common)
    assert [row["n"] for row in township.rows if row.get("e", {}).get("h") == early.wire["h"]] == []
    assert [row["i"] for row in township.rows if row["k"] == "own"].count(early.id) == 1
    village.exchange()
    assert village.events[early.id].wire == early.wire


def test_what_is_behind_a_gap_waits(village: Station) -> None:
    case, _ = register(village)
    note(village, case)
    link = len(village.outbox)
    request = village.request()
    ahead = {**request, "first_link": link, "events": request["events"][1:]}
    assert village.ask("/v1/exchange", ahead, village.nonce)["statuses"] == [[link, "waiting", str(link - 1)]]
    village.exchange()
    assert village.statuses[link - 1] == village.statuses[link] == ("stored", "")


def test_an_event_of_a_newer_kind_is_kept_and_forwarded(village: Station) -> None:
    case, opening = register(village)
    newer = village.write("praise", case, {"stars": 5})
    village.exchange()
    assert village.statuses[len(village.outbox)] == ("stored", "")
    assert village.verdict(opening) == ("accepted", "")
    assert {newer.id} <= {row["i"] for row in village.rows if row["k"] == "own"}


def ask_raw(station: Station, packed: bytes, path: str = "/v1/exchange", **headers: str) -> None:
    signed = "\n".join(("POST", path, sha256(packed), station.nonce)).encode()
    own = {"Station-Device": station.device, "Station-Nonce": station.nonce}
    own["Station-Signature"] = sign(station.key, "station request 1", signed)
    post(station.url + path, packed, {**own, **{key.replace("_", "-"): value for key, value in headers.items()}})


@pytest.mark.parametrize(
    ("refusal", "packed", "headers"),
    [
        ((400, "record-malformed"), b"{}", {}),
        ((400, "record-malformed"), zstandard.compress(b'{"proto":'), {}),
        ((400, "record-malformed"), pack([]), {}),
        ((400, "record-malformed"), pack({"proto": 1}), {}),
        ((401, "request-not-signed"), pack({}), {"Station_Signature": "00" * 64}),
        ((401, "request-not-signed"), pack({}), {"Station_Nonce": "other"}),
        ((413, "batch-too-large"), zstandard.compress(b'"' + b"0" * 2**24 + b'"'), {}),
    ],
)
def test_a_wrong_request_is_refused_whole(
    township: Station, refusal: tuple[int, str], packed: bytes, headers: dict[str, str]
) -> None:
    with pytest.raises(CenterRefusedError) as refused:
        ask_raw(township, packed, **headers)
    assert refused.value.args[:2] == refusal


def test_a_device_that_the_center_does_not_know_is_told_so(township: Station) -> None:
    with pytest.raises(CenterRefusedError) as refused:
        ask_raw(township, pack(township.request()), Station_Device="00" * 16)
    assert refused.value.args[:2] == (401, "device-unknown")


def test_a_newer_protocol_alone_is_refused_and_a_range_is_answered_in_what_both_speak(township: Station) -> None:
    with pytest.raises(CenterRefusedError) as refused:
        township.ask("/v1/exchange", {**township.request(), "proto": 9, "least": 9}, township.nonce)
    assert refused.value.args == (400, "proto-unknown", {"proto": 9})
    reply = township.ask("/v1/exchange", {**township.request(), "proto": 9}, township.nonce)
    assert reply["proto"] == 1
    township.nonce = reply["nonce"]
