"""Enrolment and activation over HTTP: whom the center takes in, whom it refuses, and what asking twice does."""

from __future__ import annotations

import os
from typing import Any

import pytest

from station_app.domain.people import Role, Worker
from station_app.keys.codes import EnrolmentCode, hash_code
from station_app.protocol.requests import ACTIVATE_PATH, ENROL_PATH
from station_app.protocol.wire import pack, unpack
from station_app.usecases.run_center import add_user, disable_user, open_enrolment
from tests.center.served import NOBODY, OTHER_KEY, Served, activation_of
from tests.reliability.place import TOWNSHIP, VILLAGES


def enrolment(served: Served, **changes: object) -> bytes:
    """Return a good enrolment of a new PC, with a code that has just been made."""
    code = EnrolmentCode.new(served.opened.key.public)
    with served.opened.write() as store:
        open_enrolment(store, VILLAGES[0], hash_code(code.secret).hex())
    return pack({"code": code.secret, "public_key": NOBODY.public.hex(), "epoch": "ab" * 8, **changes})


def test_enrolling_twice_with_one_code_gives_the_same_place(served: Served) -> None:
    body = enrolment(served)
    first, second = (unpack(served.call(ENROL_PATH, body, "", NOBODY).body) for _ in range(2))
    assert first == second
    assert (first["org"], first["level"]) == (VILLAGES[0], "village")


def test_a_second_pc_with_the_same_code_is_refused(served: Served) -> None:
    body = enrolment(served)
    assert served.call(ENROL_PATH, body, "", NOBODY).status == 200
    again = pack({**unpack(body), "public_key": OTHER_KEY.public.hex()})
    assert served.call(ENROL_PATH, again, "", OTHER_KEY).refusal()[:2] == (403, "code-used")


def test_a_code_that_nobody_gave_is_refused(served: Served) -> None:
    body = enrolment(served, code="0000000000")
    assert served.call(ENROL_PATH, body, "", NOBODY).refusal()[:2] == (403, "code-wrong")


def test_an_enrolment_must_be_signed_by_the_key_that_joins(served: Served) -> None:
    body = enrolment(served)
    assert served.call(ENROL_PATH, body).refusal()[:2] == (401, "request-not-signed")
    assert served.raw("POST", ENROL_PATH, body).refusal()[:2] == (401, "request-not-signed")


@pytest.mark.parametrize(
    "changes",
    [{"public_key": "zz"}, {"public_key": "00" * 31}, {"epoch": "1"}, {"code": 5}, {"code": "x" * 500}],
    ids=str,
)
def test_an_enrolment_with_a_wrong_field_is_refused(served: Served, changes: dict[str, object]) -> None:
    body = enrolment(served, **changes)
    assert served.call(ENROL_PATH, body, "", NOBODY).refusal()[:2] == (400, "record-malformed")


@pytest.fixture
def activation(served: Served) -> dict[str, Any]:
    """A good activation of a new worker of the village."""
    return _account(served, "新人", VILLAGES[0])


def _account(served: Served, name: str, org: str) -> dict[str, Any]:
    with served.opened.write() as store:
        worker = Worker(os.urandom(16).hex(), name, org, frozenset({Role.AGENT}))
        add_user(store, served.opened.clerk, worker, hash_code("ABCDEFGHJK").hex())
    return activation_of(served, name)


def activate(served: Served, record: dict[str, Any]) -> tuple[int, str]:
    return served.call(ACTIVATE_PATH, pack(record)).refusal()[:2]


def test_an_activation_is_answered_twice_alike_and_its_code_is_used_up(
    served: Served, activation: dict[str, Any]
) -> None:
    answers = [served.call(ACTIVATE_PATH, pack(activation)) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    other = activation_of(served, "新人", key=OTHER_KEY)
    assert activate(served, other) == (403, "activation-code-wrong")


def test_who_may_not_be_activated_here_is_refused(served: Served, activation: dict[str, Any]) -> None:
    assert activate(served, activation_of(served, "新人", code="0000000000")) == (403, "activation-code-wrong")
    assert activate(served, activation_of(served, "新人", code="00")) == (400, "code-malformed")
    assert activate(served, {**activation, "name": "无名"}) == (404, "worker-unknown")
    assert activate(served, _account(served, "镇上人", TOWNSHIP)) == (403, "worker-elsewhere")
    with served.opened.write() as store:
        disable_user(store, served.opened.clerk, "新人", "")
    assert activate(served, activation) == (403, "worker-disabled")


def test_two_accounts_are_not_activated_with_one_key(served: Served, activation: dict[str, Any]) -> None:
    assert served.call(ACTIVATE_PATH, pack(activation)).status == 200
    other = _account(served, "另一人", VILLAGES[0])
    assert activate(served, other) == (403, "key-taken")
    assert served.call(ACTIVATE_PATH, pack(activation_of(served, "另一人", key=OTHER_KEY))).status == 200
    device_key = activation_of(served, "第三人", key=served.key)
    _account(served, "第三人", VILLAGES[0])
    assert activate(served, device_key) == (403, "key-taken")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recovery_box": "not hex", "box_key": "00" * 32}, "record-malformed"),
        ({"recovery_box": 5, "box_key": "00" * 32}, "record-malformed"),
        ({"recovery_box": "00" * 120, "box_key": "00"}, "record-malformed"),
        ({"recovery_box": "00" * 120}, "record-malformed"),
        ({"recovery_box": "00" * 120, "box_key": "09" + "00" * 31}, "sealed-data-damaged"),
        ({"recovery_box": "", "box_key": "09" + "00" * 31}, "sealed-data-damaged"),
    ],
    ids=str,
)
def test_a_recovery_box_that_is_none_is_refused_and_leaves_the_code_unused(
    served: Served, activation: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    assert activate(served, {**activation, **changes}) == (400, code)
    other = activation_of(served, "新人", key=OTHER_KEY)
    assert served.call(ACTIVATE_PATH, pack(other)).status == 200


def test_who_asks_for_a_key_must_hold_it(served: Served, activation: dict[str, Any]) -> None:
    of_another = activation_of(served, "新人", key=OTHER_KEY)
    assert activate(served, {**activation, "public_key": of_another["public_key"]}) == (401, "request-not-signed")
    assert activate(served, {**activation, "proof": "00" * 64}) == (401, "request-not-signed")
    assert activate(served, {**activation, "proof": "00"}) == (400, "record-malformed")
    assert served.call(ACTIVATE_PATH, pack(activation)).status == 200
