"""What administrators do from a window: the same as by command, once, noted, and refused to everybody else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from station_app.bootstrap import pin_reset, station
from station_app.carriers.join_file import read_request, write_grant
from station_app.center.app import STATUS
from station_app.domain.errors import StationError
from station_app.domain.people import Role
from station_app.keys.phone_codes import Challenge
from station_app.keys.signing import ADMINISTRATOR, REQUEST
from station_app.protocol.joining_records import JoinFile
from station_app.protocol.requests import (
    ADMINISTRATOR_HEADERS,
    DEVICE_HEADER,
    ENROLMENT_CODES_PATH,
    GRANTS_PATH,
    NONCE_HEADER,
    PIN_CODES_PATH,
    REVOCATIONS_PATH,
    SIGNATURE_HEADER,
    body_hash,
    request_of,
)
from station_app.protocol.wire import pack, unpack
from station_app.sync.center_client import Administrator
from tests.center.administered import Office, office, ready
from tests.center.served import Answer
from tests.reliability.place import ADMINISTRATORS, PIN, VILLAGES
from tests.reliability.shared import template

__all__ = ["office", "ready", "template"]
CLERK, AGENT = "王县", "李𬭎"
SPEC = yaml.safe_load((Path(__file__).parents[2] / "docs" / "openapi.yaml").read_text("utf-8"))
ACTS: dict[str, Mapping[str, Any]] = {
    ENROLMENT_CODES_PATH: {"org": VILLAGES[1]},
    GRANTS_PATH: {"kind": "enrol", "device": "0" * 32, "contents": ""},
    REVOCATIONS_PATH: {"device": "0" * 32, "reason": "丢了"},
    PIN_CODES_PATH: {"challenge": "1" * 16},
}
every_act = pytest.mark.parametrize("path", ACTS)


@pytest.fixture
def second(office: Office) -> Iterator[Administrator]:
    """The other administrator, at the same PC."""
    found = station.sign_in(office.place.home("k"), ADMINISTRATORS[1], PIN)
    yield found.administrator
    found.engine.dispose()


def act(office: Office, path: str, record: Mapping[str, Any], *others: Administrator) -> dict[str, Any]:
    return office.client().administer(path, record, [office.pc.administrator, *others])


def refusal(office: Office, path: str, *who: Administrator, pc: station.SignedIn | None = None) -> str:
    with pytest.raises(StationError) as caught:
        office.client(pc).administer(path, ACTS[path], who)
    return caught.value.code


def done(office: Office) -> list[tuple[str, str, str]]:
    with office.served.opened.read() as store:
        return [(entry.what, entry.by, entry.second) for entry in store.audits()]


def counts(office: Office) -> tuple[int, int, int]:
    """Return how many codes, revoked PCs and codes by telephone there are."""
    with office.served.opened.read() as store:
        rounds = sum(found.issued for found in store.phone_rounds())
        return len(store.codes()), len((store.setting("limits") or {}).get("revoked", ())), rounds


def by_schema(name: str, found: Mapping[str, Any]) -> None:
    jsonschema_rs.validate({"$ref": f"#/components/schemas/{name}", **SPEC}, found)


# -- what is done --------------------------------------------------------------------------------------------------


def test_a_code_joins_a_new_pc_and_who_gave_it_is_noted(office: Office) -> None:
    found = act(office, ENROLMENT_CODES_PATH, {"org": VILLAGES[1]})
    by_schema("EnrolmentCodeReply", found)
    assert (found["org"], found["name"]) == (VILLAGES[1], "示例二村")
    joined = office.place.station("new", "enrol", office.url(), found["code"], worker="").found()
    assert joined["org"] == VILLAGES[1]
    assert done(office)[-1] == ("by-window", ADMINISTRATORS[0], "")
    with office.served.opened.read() as store:
        about = store.audits()[-1].about
    assert (about["path"], about["pc"]) == (ENROLMENT_CODES_PATH, office.pc.home.identity().device)
    assert about["org"] == VILLAGES[1]
    assert found["code"] not in str(about)


def test_a_request_on_a_stick_gets_its_grant(office: Office, tmp_path: Path) -> None:
    code = act(office, ENROLMENT_CODES_PATH, {"org": VILLAGES[1]})["code"]
    office.place.station("new", "enrol", "--request", str(tmp_path / "a.streq"), code, worker="").found()
    asked = read_request(tmp_path / "a.streq")
    record = {"kind": asked.kind, "device": asked.device, "contents": asked.contents.hex()}
    found = act(office, GRANTS_PATH, record)
    by_schema("Granted", found)
    assert (found["org"], found["office"], found["worker"]) == (VILLAGES[1], "示例二村", "")
    made = JoinFile(found["kind"], found["device"], bytes.fromhex(found["contents"]))
    path = write_grant(tmp_path / "b.stgrant", made)
    assert office.place.station("new", "enrol", "--grant", str(path), worker="").found()["org"] == VILLAGES[1]


def test_a_pc_is_revoked_up_to_what_came(office: Office) -> None:
    office.served.register()
    office.served.exchange(office.served.nonce)
    device = office.of(VILLAGES[0]).device
    found = act(office, REVOCATIONS_PATH, {"device": device, "reason": "丢了"})
    by_schema("RevocationReply", found)
    assert [entry["seq"] for entry in found["valid_up_to"]] == [1]
    assert office.of(VILLAGES[0]).revoked
    assert done(office)[-2:] == [("by-window", ADMINISTRATORS[0], ""), ("revoke", ADMINISTRATORS[0], "")]
    with pytest.raises(StationError) as caught:
        act(office, REVOCATIONS_PATH, {"device": device, "reason": "丢了"})
    assert caught.value.code == "station-revoked-before"


def test_two_administrators_give_the_code_by_which_a_worker_gets_in_again(
    office: Office, second: Administrator
) -> None:
    folder = office.place.home("v1")
    challenge = pin_reset.challenge(folder, AGENT)
    found = act(office, PIN_CODES_PATH, {"challenge": challenge}, second)
    by_schema("PinCodeReply", found)
    assert (found["name"], found["org"]) == (AGENT, VILLAGES[0])
    assert done(office)[-2:] == [("by-window", *ADMINISTRATORS), ("pin-reset", *ADMINISTRATORS)]
    pin_reset.reset_pin(folder, AGENT, found["code"], "975318")
    station.sign_in(folder, AGENT, "975318").engine.dispose()


# -- and what is not -----------------------------------------------------------------------------------------------


def test_one_person_alone_gives_no_code_also_not_by_signing_twice(office: Office) -> None:
    challenge = pin_reset.challenge(office.place.home("v1"), AGENT)
    before, me = counts(office), office.pc.administrator
    for who in ([me], [me, me]):
        with pytest.raises(StationError) as caught:
            office.client().administer(PIN_CODES_PATH, {"challenge": challenge}, who)
        assert caught.value.code == "two-administrators-needed"
    clerk = station.sign_in(office.place.home("k"), CLERK, PIN)
    try:
        with pytest.raises(StationError) as caught:
            office.client().administer(PIN_CODES_PATH, {"challenge": challenge}, [me, clerk.administrator])
        assert caught.value.code == "role-missing"
    finally:
        clerk.engine.dispose()
    assert counts(office) == before


@every_act
def test_nobody_else_does_anything(office: Office, second: Administrator, path: str) -> None:
    before, audits = counts(office), done(office)
    clerk = station.sign_in(office.place.home("k"), CLERK, PIN)
    township = station.sign_in(office.place.home("t"), "镇长", PIN)
    try:
        assert refusal(office, path, clerk.administrator, second) == "role-missing"
        assert refusal(office, path, second, pc=township) == "administration-elsewhere"
        assert refusal(office, path, township.administrator, second, pc=township) == "administration-elsewhere"
        assert refusal(office, path) == "request-not-signed"
    finally:
        clerk.engine.dispose()
        township.engine.dispose()
    with office.served.opened.write() as store:
        account = store.account(office.pc.administrator.person)
        worker = replace(account.worker, roles=frozenset({Role.SUPERVISOR}))
        store.save_account(replace(account, worker=worker))
    assert refusal(office, path, office.pc.administrator, second) == "role-missing"
    assert (counts(office), done(office)) == (before, audits)


def raw(office: Office, path: str, body: bytes, *who: Administrator, nonce: str = "") -> Answer:
    nonce = nonce or secrets.token_hex(8)
    signed = request_of("POST", path, body_hash(body), nonce)
    headers = {
        DEVICE_HEADER: office.pc.home.identity().device,
        NONCE_HEADER: nonce,
        SIGNATURE_HEADER: office.pc.device_key.sign(REQUEST, signed).hex(),
    }
    for person, names in zip(who, ADMINISTRATOR_HEADERS, strict=False):
        headers |= {names[0]: person.person, names[1]: person.sign(signed).hex()}
    return office.served.raw("POST", path, body, headers)


def test_the_same_bytes_are_served_once(office: Office) -> None:
    body, me = pack(ACTS[ENROLMENT_CODES_PATH]), office.pc.administrator
    first = raw(office, ENROLMENT_CODES_PATH, body, me, nonce="ab" * 8)
    assert first.status == 200
    codes = counts(office)[0]
    again = raw(office, ENROLMENT_CODES_PATH, body, me, nonce="ab" * 8)
    assert again.refusal()[:2] == (409, "request-used")
    assert counts(office)[0] == codes
    assert raw(office, ENROLMENT_CODES_PATH, body, me).status == 200
    assert unpack(first.body)["code"]


def test_a_signature_over_another_body_is_none(office: Office) -> None:
    body, other = pack({"org": VILLAGES[0]}), pack({"org": VILLAGES[1]})
    me, hashes = office.pc.administrator, (body_hash(other).encode(), body_hash(body).encode())
    elsewhere = Administrator(me.person, lambda signed: me.sign(signed.replace(*hashes)))
    assert raw(office, ENROLMENT_CODES_PATH, other, elsewhere).refusal()[:2] == (401, "request-not-signed")
    assert ADMINISTRATOR == "station administrator 1"


@every_act
@pytest.mark.parametrize("body", [b"", b"{}", pack([]), pack({}), pack({"org": 1, "device": 1, "challenge": "\x00"})])
def test_nonsense_is_refused_and_changes_nothing(office: Office, second: Administrator, path: str, body: bytes) -> None:
    before, audits = counts(office), len([entry for entry in done(office) if entry[0] != "by-window"])
    status, code, _ = raw(office, path, body, office.pc.administrator, second).refusal()
    assert (status, code) == (400, "record-malformed")
    assert counts(office) == before
    assert len([entry for entry in done(office) if entry[0] != "by-window"]) == audits


@pytest.mark.parametrize(
    ("path", "record", "expected"),
    [
        (ENROLMENT_CODES_PATH, {"org": "999"}, (404, "organisation-unknown")),
        (REVOCATIONS_PATH, {"device": "0" * 32, "reason": ""}, (404, "station-unknown")),
        (PIN_CODES_PATH, {"challenge": "12"}, (400, "challenge-malformed")),
        (PIN_CODES_PATH, {"challenge": Challenge("1" * 6, "1" * 6, 1).text}, (404, "challenge-unknown")),
        (GRANTS_PATH, {"kind": "brand-new", "device": "0" * 32, "contents": "00"}, (400, "request-not-one")),
        (GRANTS_PATH, {"kind": "enrol", "device": "0" * 32, "contents": "zz"}, (400, "record-malformed")),
    ],
)
def test_each_refusal_has_its_status(
    office: Office, second: Administrator, path: str, record: Mapping[str, Any], expected: tuple[int, str]
) -> None:
    answer = raw(office, path, pack(record), office.pc.administrator, second)
    assert answer.refusal()[:2] == expected


def test_a_challenge_that_fits_two_accounts_is_a_conflict() -> None:
    # Nobody can make two accounts that one fits: tests/usecases/test_phone_resets.py says what is refused.
    assert STATUS["challenge-ambiguous"] == 409


def test_a_center_that_heals_publishes_nothing(office: Office) -> None:
    device = office.of(VILLAGES[0]).device
    office.place.center("restored").found()
    with pytest.raises(StationError) as caught:
        act(office, REVOCATIONS_PATH, {"device": device, "reason": ""})
    assert caught.value.code == "center-heals"
