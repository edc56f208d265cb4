"""The register of 文号: each number of an office and a year once, with what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from station_app.domain.document_numbers import Block, DocumentNumber
from station_app.exchange.number_book import Lease, UsedNumber
from station_app.usecases.number_register import number_register
from station_app.usecases.revoking import revoke
from tests.domain.casework import TOWNSHIP
from tests.usecases.registries import CLERK, EPOCH, enrolled

SERIES, TODAY, CASE = "玉便受字", date(2026, 11, 23), "c" * 32


@pytest.fixture
def leased(registry: Any) -> Any:
    """A PC that has used 2 of the numbers 1 to 5; 9 was typed by hand."""
    registry.save_setting("center", {**registry.setting("center"), "device": "0" * 32, "epoch": "0" * 16})
    device = enrolled(registry, org=TOWNSHIP).device
    registry.add_lease(Lease(Block(SERIES, 2026, 1, 5), TOWNSHIP, device, EPOCH, "2026-03-01T00:00:00Z"))
    registry.add_used_numbers(
        [UsedNumber(f"{n:064d}", DocumentNumber(SERIES, 2026, n), TOWNSHIP, CASE) for n in (2, 9)]
    )
    return registry


def lines(book: Any, year: int = 2026, today: date = TODAY) -> list[tuple[int, int, str, str]]:
    found = number_register(book, TOWNSHIP, year, today)
    return [(line.first.number, line.last.number, line.state, line.reason or line.case) for line in found]


def fates(book: Any, today: date = TODAY) -> set[tuple[str, str]]:
    return {(state, why) for _, _, state, why in lines(book, today=today) if state != "used"}


def test_each_number_stands_in_it_once(leased: Any) -> None:
    assert lines(leased) == [(1, 1, "out", ""), (2, 2, "used", CASE), (3, 5, "out", ""), (9, 9, "used", CASE)]


def test_another_year_has_its_own(leased: Any) -> None:
    assert lines(leased, 2025) == []


def test_what_is_left_when_the_year_is_over_is_void(leased: Any) -> None:
    assert fates(leased, date(2027, 1, 1)) == {("void", "year-over")}


def test_what_a_restored_pc_has_left_is_void(leased: Any) -> None:
    [station] = leased.stations()
    leased.save_epoch(replace(leased.epoch(station.device, EPOCH), closed=True))
    assert fates(leased) == {("void", "epoch-closed")}


def test_what_a_cloned_pc_has_left_is_void(leased: Any) -> None:
    [station] = leased.stations()
    leased.save_station(replace(station, cloned=True))
    assert fates(leased) == {("void", "cloned")}


def test_what_a_stolen_pc_has_left_is_void(leased: Any) -> None:
    [station] = leased.stations()
    revoke(leased, CLERK, station.device, "被盗", "")
    assert fates(leased) == {("void", "device-revoked")}


def test_what_two_pcs_were_leased_is_void(leased: Any) -> None:
    leased.withdraw_lease(Block(SERIES, 2026, 1, 5))
    assert fates(leased) == {("void", "leased-twice")}
