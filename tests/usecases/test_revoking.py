"""Revoking a PC and disabling a worker: what is published, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from station_app.domain.people import Role, Worker
from station_app.exchange.ports import Head
from station_app.protocol.signed import read_document
from station_app.usecases import run_center
from station_app.usecases.center_ports import AuditEntry, Station
from station_app.usecases.holding import is_revoked, kept_limits, limit_device, take_back_limits
from station_app.usecases.revoking import revoke
from tests.domain.casework import VILLAGE
from tests.usecases.registries import CLERK, EPOCH, enrolled, refusal

AGENT = Worker("a" * 32, "王代办", VILLAGE, frozenset({Role.AGENT}))


@pytest.fixture
def pc(registry: Any) -> Station:
    station = enrolled(registry)
    run_center.add_user(registry, CLERK, AGENT, "hash")
    run_center.activate(registry, CLERK, station, AGENT.name, "hash", b"w" * 32)
    return station


def published(registry: Any) -> dict[str, Any]:
    content = read_document(registry.document(run_center.ORGANISATIONS)).content
    return {name: content[name] for name in ("revoked", "disabled", "admitted")}


def test_a_revoked_pc_is_valid_up_to_what_was_taken_in_of_each_epoch(registry: Any, pc: Station) -> None:
    registry.save_heads({(pc.device, EPOCH): Head(7, "x" * 64), (pc.device, "f" * 16): Head(2, "y" * 64)})
    registry.save_heads({("9" * 32, EPOCH): Head(4, "z" * 64)})
    entries = revoke(registry, CLERK, pc.device, "被盗", "系统管理员")
    expected = [(EPOCH, 7), ("f" * 16, 2)]
    assert [(entry["epoch"], entry["seq"]) for entry in entries] == sorted(expected)
    assert published(registry) == {"revoked": entries, "disabled": {}, "admitted": []}
    [audit] = registry.audits()
    assert (audit.what, audit.by, audit.about["reason"]) == ("revoke", "系统管理员", "被盗")
    assert audit.about["valid_up_to"] == entries


def test_a_pc_that_has_sent_nothing_is_on_the_list_all_the_same(registry: Any, pc: Station) -> None:
    entry = {"device": pc.device, "epoch": EPOCH, "seq": 0}
    assert revoke(registry, CLERK, pc.device, "", "") == [entry]


def test_a_pc_is_revoked_once_and_only_if_it_is_one(registry: Any, pc: Station) -> None:
    revoke(registry, CLERK, pc.device, "", "")
    assert refusal(revoke, registry, CLERK, pc.device, "", "") == "station-revoked-before"
    assert refusal(revoke, registry, CLERK, "0" * 32, "", "") == "station-unknown"
    assert len(published(registry)["revoked"]) == 1


def test_a_revoked_pc_neither_joins_again_nor_activates_anybody(registry: Any, pc: Station) -> None:
    revoke(registry, CLERK, pc.device, "", "")
    assert (
        refusal(run_center.enrol, registry, CLERK, "code-1", run_center.NewPc(pc.public_key, EPOCH)) == "device-revoked"
    )
    run_center.open_enrolment(registry, VILLAGE, "code-2")
    assert (
        refusal(run_center.enrol, registry, CLERK, "code-2", run_center.NewPc(pc.public_key, EPOCH)) == "device-revoked"
    )
    other = replace(AGENT, person_id="b" * 32, name="另一人")
    run_center.add_user(registry, CLERK, other, "hash-2")
    assert refusal(run_center.activate, registry, CLERK, pc, "另一人", "hash-2", b"v" * 32) == "device-revoked"


def test_a_disabled_worker_counts_up_to_the_heads_of_the_own_pcs_and_a_second_time_moves_nothing(
    registry: Any, pc: Station
) -> None:
    registry.save_heads({(pc.device, EPOCH): Head(7, "x" * 64), ("9" * 32, EPOCH): Head(4, "z" * 64)})
    run_center.disable_user(registry, CLERK, AGENT.name, "")
    registry.save_heads({(pc.device, EPOCH): Head(9, "x" * 64)})
    run_center.disable_user(registry, CLERK, AGENT.name, "")
    assert published(registry)["disabled"] == {AGENT.person_id: [[pc.device, EPOCH, 7]]}


def test_who_closed_an_account_is_noted(registry: Any) -> None:
    run_center.add_user(registry, CLERK, AGENT, "hash")
    run_center.disable_user(registry, CLERK, AGENT.name, "系统管理员")
    [entry] = registry.audits()
    assert entry == AuditEntry("2026-11-23T04:00:00Z", "user-disable", "系统管理员", "", {"name": AGENT.name})
    assert refusal(run_center.disable_user, registry, CLERK, "无名", "系统管理员") == "worker-unknown"
    assert len(registry.audits()) == 1


def test_a_restored_center_holds_no_fewer_than_before(registry: Any) -> None:
    here = {"revoked": [{"device": "a", "epoch": "1", "seq": 4}], "disabled": {"p": [["a", "1", 2]]}, "admitted": ["x"]}
    registry.save_setting("limits", here)
    told = {
        "revoked": [{"device": "a", "epoch": "1", "seq": 7}, {"device": "b", "epoch": "2", "seq": 0}],
        "disabled": {"p": [["a", "1", 1]], "q": []},
        "admitted": ["y", "x"],
    }
    take_back_limits(registry, told)
    assert kept_limits(registry) == {
        "revoked": [{"device": "a", "epoch": "1", "seq": 7}, {"device": "b", "epoch": "2", "seq": 0}],
        "disabled": {"p": [["a", "1", 2]], "q": []},
        "admitted": ["x", "y"],
    }


def test_a_pc_of_which_no_epoch_is_known_can_be_revoked_too(registry: Any) -> None:
    registry.save_station(Station("d" * 32, VILLAGE, b"k" * 32, "2026-03-01T00:00:00Z"))
    limit_device(registry, "d" * 32)
    assert is_revoked(registry, "d" * 32)
