"""Requests that come on a stick, made by anybody: the center grants what is proven, and refuses all else in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station_app.center.granting import grant
from station_app.center.service import CenterService
from station_app.domain.errors import StationError
from station_app.keys.code_proofs import code_proof, code_tag
from station_app.keys.codes import EnrolmentCode, hash_code
from station_app.keys.sealing import BoxKey, box_key_of, seal_to
from station_app.keys.signing import REQUEST, SigningKey
from station_app.protocol.joining_records import JoinFile, request_aad
from station_app.protocol.package_records import CarriedCall, pack_calls
from station_app.protocol.requests import ENROL_PATH, request_bytes
from station_app.protocol.signed import device_id
from station_app.protocol.wire import pack
from station_app.usecases.run_center import open_enrolment
from tests.center.served import NOBODY, OTHER_KEY, Served
from tests.reliability.place import VILLAGES

EPOCH = "ab" * 8
BOX, OTHER_BOX = box_key_of(b"b" * 32), box_key_of(b"c" * 32)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a PC says of itself, with the code that was typed there."""

    code: EnrolmentCode
    key: SigningKey = NOBODY
    box: BoxKey = BOX

    @property
    def record(self) -> dict[str, Any]:
        hashed = hash_code(self.code.secret)
        proof = code_proof(hashed, self.key.public, bytes.fromhex(EPOCH), self.box.public)
        said = {"public_key": self.key.public.hex(), "epoch": EPOCH, "box_key": self.box.public.hex()}
        return {**said, "tag": code_tag(hashed), "proof": proof.hex()}

    def file(self, **changes: Any) -> JoinFile:
        """Return the request, signed, with these fields said otherwise."""
        body = pack({**self.record, **changes})
        call = CarriedCall(
            device_id(self.key.public), self.key.sign(REQUEST, request_bytes(ENROL_PATH, body, "")), body
        )
        return JoinFile("enrol", call.device, pack_calls([call]))


@pytest.fixture
def asking(served: Served) -> Asking:
    code = EnrolmentCode.new(served.opened.key.public)
    with served.opened.write() as store:
        open_enrolment(store, VILLAGES[0], hash_code(code.secret).hex())
    return Asking(code)


def answer(served: Served, request: JoinFile) -> str:
    """Return the code of the refusal, "" where it is granted."""
    parts = served.opened.parts()
    try:
        grant(parts, CenterService(parts, lambda: None), request, "")
    except StationError as error:
        return error.code
    return ""


def test_a_proof_that_was_seen_is_good_for_nobody_else(served: Served, asking: Asking) -> None:
    """A thief of the stick has proof and tag, and every key but the private ones."""
    seen = {name: asking.record[name] for name in ("tag", "proof")}
    thief = replace(asking, key=OTHER_KEY, box=OTHER_BOX)
    assert answer(served, thief.file(**seen)) == "request-code-wrong"
    assert answer(served, asking.file(box_key=OTHER_BOX.public.hex())) == "request-code-wrong"
    assert answer(served, asking.file(epoch="cd" * 8)) == "request-code-wrong"
    good = asking.file()
    forged = replace(good, device=device_id(OTHER_KEY.public))
    assert answer(served, forged) == "record-malformed"
    with served.opened.read() as store:
        assert store.station(device_id(OTHER_KEY.public)) is None
        assert store.code(hash_code(asking.code.secret).hex()) == (VILLAGES[0], "")
    assert answer(served, good) == ""
    assert answer(served, thief.file()) == "code-used"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"proof": "00" * 32}, "request-code-wrong"),
        ({"tag": "x"}, "request-code-wrong"),
        ({"tag": None}, "request-code-wrong"),
        ({"proof": 5}, "record-malformed"),
        ({"proof": "é" * 64}, "request-code-wrong"),
        ({"box_key": "00" * 32}, "record-malformed"),
        ({"box_key": "00"}, "record-malformed"),
        ({"public_key": OTHER_KEY.public.hex()}, "request-not-signed"),
        ({"center": True}, "record-malformed"),
    ],
    ids=str,
)
def test_a_request_with_a_wrong_field_is_refused(
    served: Served, asking: Asking, changes: dict[str, Any], code: str
) -> None:
    assert answer(served, asking.file(**changes)) == code
    assert answer(served, asking.file()) == ""


def test_a_kind_of_a_newer_program_and_the_request_of_a_stranger_are_refused(served: Served, asking: Asking) -> None:
    assert answer(served, replace(asking.file(), kind="renew")) == "request-not-one"
    device = device_id(NOBODY.public)
    body = pack({"name": "李𬭎", "code": "0000000000", "public_key": "00" * 32, "proof": "00" * 64})
    sealed = seal_to(
        served.opened.clerk.vault.center_public(),
        pack_calls([CarriedCall(device, b"", body)]),
        request_aad(device),
    )
    assert answer(served, JoinFile("activate", device, sealed)) == "device-unknown"
    assert answer(served, JoinFile("activate", device_id(OTHER_KEY.public), sealed)) == "request-elsewhere"
    assert answer(served, JoinFile("activate", device, b"")) == "request-elsewhere"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(data=st.data())
def test_whatever_is_in_a_request_is_refused_without_a_fault(served: Served, asking: Asking, data: Any) -> None:
    good = asking.file()
    place = data.draw(st.integers(0, len(good.contents) - 1))
    changed = bytearray(good.contents)
    changed[place] ^= data.draw(st.integers(1, 255))
    for contents in (bytes(changed), good.contents[:place], data.draw(st.binary(max_size=200))):
        kind = data.draw(st.sampled_from(["enrol", "activate"]))
        assert answer(served, replace(good, kind=kind, contents=contents))
