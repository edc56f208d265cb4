"""A hundred seeds hold every invariant; and each broken variant of the program is found out."""

from __future__ import annotations

import pytest

from tests.simulate.broken import BROKEN
from tests.simulate.runs import SeedError, Sums, run_seed

FAULTS = {
    "accept without offer",
    "answer to nobody",
    "center busy",
    "center off after commit",
    "center off before commit",
    "center off between intake and ruling",
    "delayed",
    "new key of a worker",
    "not a party",
    "old request again",
    "reordered",
    "reply lost after commit",
    "request doubled",
    "request lost",
    "rotten event",
    "stale base",
    "station off after commit",
    "station off before commit",
    "station off in between",
    "too large for the way",
    "wrong signature",
}


def test_a_hundred_seeds_hold_every_invariant_and_show_every_fault() -> None:
    sums = Sums()
    for seed in range(100):
        run_seed(seed, sums)
    print(sums.line())
    assert sums.inputs >= 100 * 150
    assert {kind for kind in FAULTS if sums.faults[kind] < 20} == set()
    assert sums.hand_overs > 1000
    assert sums.late > 50
    assert sums.not_accepted > sums.late


def test_the_same_seed_gives_the_same_world() -> None:
    one, other = run_seed(7, inputs=150), run_seed(7, inputs=150)
    assert list(one.center.tables.events) == list(other.center.tables.events)
    assert one.faults == other.faults


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_program_is_found_out_by_the_invariant_meant_for_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks, invariant = BROKEN[name]
    breaks(monkeypatch)
    assert _first_violation(seeds=30) == invariant


def _first_violation(seeds: int) -> str:
    for seed in range(seeds):
        try:
            run_seed(seed, inputs=200)
        except SeedError as error:
            return error.name
    return ""
