"""A forgotten PIN by telephone, at the center: whose code it is, who reads it out, and that it is given once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from station_app.domain.people import Role, Worker
from station_app.keys.phone_codes import Challenge
from station_app.usecases import phone_resets, run_center
from station_app.usecases.center_ports import AuditEntry, Station
from station_app.usecases.revoking import revoke
from tests.domain.casework import COUNTY, VILLAGE
from tests.fake_vault import FakeVault
from tests.usecases.registries import CLERK, enrolled, refusal

AGENT = Worker("a" * 32, "王代办", VILLAGE, frozenset({Role.AGENT}))
ONE = Worker("1" * 32, "系统管理员", COUNTY, frozenset({Role.ADMIN}))
TWO = Worker("2" * 32, "第二管理员", COUNTY, frozenset({Role.ADMIN}))
CLERK_ONLY = Worker("3" * 32, "窗口员", COUNTY, frozenset({Role.CLERK}))
VAULT = FakeVault()


@pytest.fixture
def pc(registry: Any) -> Station:
    station = enrolled(registry)
    run_center.add_user(registry, CLERK, AGENT, "hash")
    run_center.activate(registry, CLERK, station, AGENT.name, "hash", b"w" * 32)
    assert phone_resets.phone_key(registry, CLERK, station.device, AGENT.name) == (1, key(station, 1))
    return station


def key(station: Station, number: int) -> str:
    return VAULT.phone_public(station.device, AGENT.person_id, number).hex()


def ask(registry: Any, station: Station, number: int = 1, second: Worker = TWO) -> phone_resets.ResetCode:
    challenge = Challenge.of(station.device, AGENT.person_id, number)
    return phone_resets.reset_code(registry, CLERK, lambda *who: Challenge.of(*who) == challenge, ONE, second)


def test_two_administrators_get_the_code_and_it_is_written_down_without_it(registry: Any, pc: Station) -> None:
    found = ask(registry, pc)
    code = VAULT.phone_code(pc.device, AGENT.person_id, 1)
    assert found == phone_resets.ResetCode(AGENT.name, VILLAGE, pc.device, code)
    about = {"person": AGENT.person_id, "device": pc.device, "round": 1}
    assert registry.audits() == [AuditEntry("2026-11-23T04:00:00Z", "pin-reset", ONE.name, TWO.name, about)]
    assert code not in repr(registry.phone_rounds())


def test_one_person_alone_or_without_the_role_gets_no_code(registry: Any, pc: Station) -> None:
    assert refusal(ask, registry, pc, 1, ONE) == "two-administrators-needed"
    assert refusal(ask, registry, pc, 1, CLERK_ONLY) == "role-missing"
    assert registry.audits() == []
    assert not registry.phone_rounds()[0].issued


def test_a_pc_gets_the_next_key_once_the_code_has_been_read_out_and_again_if_the_answer_is_lost(
    registry: Any, pc: Station
) -> None:
    def given() -> tuple[tuple[str, int, str], ...]:
        return phone_resets.phone_keys_of(registry, CLERK, pc.device)

    assert given() == ((AGENT.person_id, 1, key(pc, 1)),)
    ask(registry, pc)
    assert given() == given() == ((AGENT.person_id, 2, key(pc, 2)),)


def test_a_code_lost_on_the_line_is_read_out_again_even_after_the_pc_was_given_the_next_key(
    registry: Any, pc: Station
) -> None:
    first = ask(registry, pc)
    phone_resets.phone_keys_of(registry, CLERK, pc.device)
    assert ask(registry, pc) == first
    assert phone_resets.phone_keys_of(registry, CLERK, pc.device)[0][1] == 2
    ask(registry, pc, 2)
    phone_resets.phone_keys_of(registry, CLERK, pc.device)
    assert refusal(ask, registry, pc, 1) == "challenge-unknown"
    assert len(registry.audits()) == 3


def test_a_center_that_was_restored_finds_the_round_of_a_pc_that_is_ahead(registry: Any, pc: Station) -> None:
    assert refusal(ask, registry, pc, 12) == "challenge-unknown"
    ask(registry, pc, 11)
    assert phone_resets.phone_keys_of(registry, CLERK, pc.device) == ((AGENT.person_id, 12, key(pc, 12)),)
    assert refusal(ask, registry, pc, 10) == "challenge-unknown"


def test_an_activation_never_gives_a_key_whose_code_has_been_read_out(registry: Any, pc: Station) -> None:
    ask(registry, pc)
    for _ in range(2):
        assert phone_resets.phone_key(registry, CLERK, pc.device, AGENT.name) == (2, key(pc, 2))
    assert refusal(phone_resets.phone_key, registry, CLERK, pc.device, "无名") == "worker-unknown"


def test_a_challenge_of_no_pc_or_of_two_is_refused(registry: Any, pc: Station) -> None:
    other = replace(pc, device="0" * 32)
    assert refusal(ask, registry, other) == "challenge-unknown"
    held = registry.phone_rounds()[0]
    registry.save_phone_round(replace(held, device="9" * 32))
    both = lambda _device, person, number: (person, number) == (AGENT.person_id, 1)  # noqa: E731
    assert refusal(phone_resets.reset_code, registry, CLERK, both, ONE, TWO) == "challenge-ambiguous"


def test_the_code_of_a_disabled_account_is_not_given(registry: Any, pc: Station) -> None:
    run_center.disable_user(registry, CLERK, AGENT.name, "")
    assert refusal(ask, registry, pc) == "worker-disabled"


def test_a_round_of_an_account_that_is_gone_is_unknown(registry: Any, pc: Station) -> None:
    held = registry.phone_rounds()[0]
    registry.save_phone_round(replace(held, person="0" * 32))
    gone = Challenge.of(pc.device, "0" * 32, 1)
    matches = lambda *who: Challenge.of(*who) == gone  # noqa: E731
    assert refusal(phone_resets.reset_code, registry, CLERK, matches, ONE, TWO) == "challenge-unknown"


def test_the_code_for_a_revoked_pc_is_not_given(registry: Any, pc: Station) -> None:
    """It opens the database, as the code of an activation would, which is refused."""
    revoke(registry, CLERK, pc.device, "", "")
    assert refusal(ask, registry, pc) == "device-revoked"
