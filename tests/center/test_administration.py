"""What a center tells its administrators of its PCs, by real calls; and that it tells nobody else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from station_app import __version__
from station_app.bootstrap import station
from station_app.bootstrap.packages import export_package
from station_app.carriers.package_file import read_package
from station_app.center.ports import CenterParts
from station_app.domain.people import Role
from station_app.exchange.ports import Refusal
from station_app.keys.signing import ADMINISTRATOR, REQUEST, SigningKey
from station_app.protocol.fleet_records import Way
from station_app.protocol.package_records import PartKind
from station_app.protocol.requests import (
    DEVICE_HEADER,
    NONCE_HEADER,
    PERSON_HEADER,
    PERSON_SIGNATURE_HEADER,
    SIGNATURE_HEADER,
    STATIONS_PATH,
    body_hash,
    request_of,
)
from station_app.protocol.wire import unpack
from station_app.sync.center_client import Administrator
from station_app.usecases.hand_over import offer_batch
from station_app.usecases.times import local_day
from tests.center.administered import HOMES, Office, at, office, ready
from tests.persons import somebody
from tests.postgres import until
from tests.reliability.place import ADMINISTRATORS, COUNTY, PIN, TOWNSHIP, VILLAGES, Place
from tests.reliability.shared import template

__all__ = ["office", "ready", "template"]
SPEC = yaml.safe_load((Path(__file__).parents[2] / "docs" / "openapi.yaml").read_text("utf-8"))
CLERK = "王县"


# -- what is told --------------------------------------------------------------------------------------------------


def test_an_administrator_is_told_of_every_pc_and_every_office(office: Office) -> None:
    found = office.fleet()
    assert {each.org for each in found.offices} == {COUNTY, TOWNSHIP, *VILLAGES}
    assert [pc.org for pc in found.pcs].count(COUNTY) == 1
    assert found.program == __version__
    never = office.of(VILLAGES[1])
    assert (never.last_seen_at, never.way, never.behind, never.note) == ("", Way.UNKNOWN, None, None)
    assert not (never.revoked or never.cloned or never.is_center or never.refused or never.held)


def test_what_a_pc_tells_of_itself_comes_with_its_exchange(office: Office) -> None:
    office.served.register()
    village = office.served.desk
    village.home.folder.joinpath("last-backup.json").write_text(
        json.dumps({"good_at": "2026-01-05T20:00:00+08:00", "code": "disk-full"}), "utf-8"
    )
    me = replace(village.home.identity(), center_url=office.url())
    village.home.folder.joinpath("identity.json").write_text(
        json.dumps(
            {**json.loads((village.home.folder / "identity.json").read_text("utf-8")), "center_url": me.center_url}
        )
    )
    assert village.loop(1.0).exchange_once().code == ""
    found = office.of(VILLAGES[0])
    assert found.note is not None
    assert (found.way, found.note.program, found.note.backup) == (Way.NETWORK, __version__, "2026-01-05T12:00:00Z")
    assert "disk-full" in found.note.faults
    assert found.last_seen_at


def test_what_comes_by_hand_is_told_as_such_with_the_oldest_hand_over(office: Office, tmp_path: Path) -> None:
    village = office.served.desk
    case_id = office.served.register()
    offer_batch(village.desk, TOWNSHIP, [case_id])
    [(_, path)] = export_package(village, TOWNSHIP, tmp_path / "out.stpkg")
    [part] = [part for part in read_package(path).parts if part.kind == PartKind.REQUEST]
    office.client().carried(part)
    found = office.of(VILLAGES[0])
    assert found.note is not None
    assert (found.way, found.note.road) == (Way.PACKAGE, local_day(village.desk.now()).isoformat())
    assert found.last_seen_at


def test_what_was_not_confirmed_and_not_taken_in_is_counted(office: Office) -> None:
    office.served.register()
    reply = office.served.exchange(office.served.nonce)
    before = office.of(VILLAGES[0])
    # The reply brought rows; whether they arrived the next request will tell.
    assert before.behind and before.refused == 0
    until(office.ruled)
    head = office.of(VILLAGES[0]).behind
    told = {"cursor": head, "incarnation": reply.incarnation, "first_link": 2, "events": ()}
    office.served.exchange(reply.nonce, **told)
    assert office.of(VILLAGES[0]).behind == 0
    with office.served.opened.write() as store:
        event = next(iter(store.all_events()))
        codes = enumerate(("device-revoked", "fork"), start=9)
        store.add_refusals(before.device, "0" * 16, [Refusal(link, event, code) for link, code in codes])
    after = office.of(VILLAGES[0])
    assert (after.refused, after.held) == (2, 1)


def test_no_word_about_a_person_or_a_case_is_in_it(office: Office) -> None:
    case_id = office.served.register()
    office.served.exchange(office.served.nonce)
    answer = office.raw()
    text = json.dumps(unpack(answer.body), ensure_ascii=False)
    jsonschema_rs.validate({"$ref": "#/components/schemas/Fleet", **SPEC}, unpack(answer.body))
    for word in (somebody(1), "阿苏吉木", "13800000000", "李𬭎", CLERK, *ADMINISTRATORS, case_id):
        assert word not in text


# -- to whom -------------------------------------------------------------------------------------------------------


def test_who_is_no_administrator_is_told_nothing(office: Office) -> None:
    clerk = station.sign_in(office.place.home("k"), CLERK, PIN)
    try:
        assert office.refusal(pc=clerk) == "role-missing"
        # Nor with the administrator's PC, or by the administrator's name.
        assert office.refusal(clerk.administrator) == "role-missing"
        borrowed = Administrator(office.pc.administrator.person, clerk.administrator.sign)
        assert office.refusal(borrowed) == "request-not-signed"
    finally:
        clerk.engine.dispose()


@pytest.mark.parametrize(("home", "worker"), [("v1", "李𬭎"), ("t", "镇长")])
def test_no_pc_of_a_village_or_a_township_is_told_anything(office: Office, home: str, worker: str) -> None:
    pc = station.sign_in(office.place.home(home), worker, PIN)
    try:
        assert office.refusal(pc=pc) == "administration-elsewhere"
        assert office.refusal(office.pc.administrator, pc=pc) == "administration-elsewhere"
        with office.served.opened.write() as store:
            account = store.account(pc.administrator.person)
            roles = account.worker.roles | {Role.ADMIN}
            store.save_account(replace(account, worker=replace(account.worker, roles=roles)))
        assert office.refusal(pc=pc) == "administration-elsewhere"
    finally:
        pc.engine.dispose()


def test_both_the_pc_and_the_person_must_have_signed_this_very_request(office: Office) -> None:
    assert office.raw().status == 200
    other = SigningKey.from_seed(b"x" * 32)
    signed = request_of("GET", STATIONS_PATH, body_hash(b""), "ab")
    elsewhere = request_of("GET", "/v1/exchange", body_hash(b""), "ab")
    for changes in (
        {SIGNATURE_HEADER: other.sign(REQUEST, signed).hex()},
        {SIGNATURE_HEADER: "zz"},
        {NONCE_HEADER: "cd"},
        {PERSON_HEADER: ""},
        {PERSON_HEADER: "0" * 32},
        {PERSON_SIGNATURE_HEADER: ""},
        {PERSON_SIGNATURE_HEADER: "zz"},
        {PERSON_SIGNATURE_HEADER: other.sign(ADMINISTRATOR, signed).hex()},
        {PERSON_SIGNATURE_HEADER: office.pc.administrator.sign(elsewhere).hex()},
        # The signature of the PC under its own context is none of the person.
        {PERSON_SIGNATURE_HEADER: office.pc.device_key.sign(REQUEST, signed).hex()},
    ):
        assert office.raw(**changes).refusal()[:2] == (401, "request-not-signed"), changes
    assert office.raw(**{DEVICE_HEADER: "0" * 32}).refusal()[:2] == (401, "device-unknown")


def _change_account(office: Office, **changes: Any) -> None:
    with office.served.opened.write() as store:
        account = store.account(office.pc.administrator.person)
        worker = replace(account.worker, **{name: changes.pop(name) for name in ("org", "roles") if name in changes})
        store.save_account(replace(account, worker=worker, **changes))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"disabled": True}, "worker-disabled"),
        ({"org": TOWNSHIP}, "worker-elsewhere"),
        ({"roles": frozenset({Role.SUPERVISOR, Role.APPROVER})}, "role-missing"),
    ],
)
def test_what_the_account_is_now_counts_and_not_what_the_certificate_says(
    office: Office, changes: dict[str, Any], code: str
) -> None:
    assert office.fleet().pcs
    _change_account(office, **changes)
    assert office.raw().refusal()[:2] == (403, code)


@pytest.mark.parametrize(
    ("changes", "code"), [({"cloned": True}, "cloned"), ({"is_center": True}, "administration-elsewhere")]
)
def test_a_copy_of_the_pc_and_a_center_are_told_nothing(office: Office, changes: dict[str, Any], code: str) -> None:
    with office.served.opened.write() as store:
        found = store.station(office.pc.home.identity().device)
        store.save_station(replace(found, **changes))
    assert office.raw().refusal()[:2] == (403, code)


def test_a_revoked_pc_is_told_nothing(office: Office) -> None:
    office.place.center("revoke", office.pc.home.identity().device).found()
    assert office.raw().refusal()[:2] == (403, "device-revoked")


def test_a_certificate_that_has_run_out_opens_nothing(ready: Place, tmp_path: Path) -> None:
    def late(parts: CenterParts) -> CenterParts:
        clock = parts.clerk.now
        return replace(parts, clerk=replace(parts.clerk, now=lambda: clock() + timedelta(days=91)))

    with at(ready.copy(tmp_path / "place", *HOMES), late) as slow:
        status, code, params = slow.raw().refusal()
        assert (status, code) == (403, "certificate-expired")
        assert params["day"]
