"""Twenty traces on real stores: what holds in memory holds on SQLCipher and SQLite, with real keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import ED25519
from tests.simulate.building import Stores
from tests.simulate.disk_stores import stores_in
from tests.simulate.runs import replay, run_seed
from tests.simulate.traces import REST, Step, Trace

SEEDS = range(20)
# A commit on disk, and reading all of it back to look at it, takes far longer than one in memory.
INPUTS = 200
REGISTERED = 5
BIG = 1_000_000


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    """Return where machines keep what they have: another database is another fixture."""
    return stores_in(tmp_path)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_trace_holds_every_invariant_on_real_stores(seed: int, stores: Stores) -> None:
    trace = Trace(seed)
    run_seed(seed, trace=trace)
    inputs = [step for step in trace.steps if step.name != REST]
    # Where little was taken in at first, so many more that there is something to look at.
    registered = [number for number, step in enumerate(inputs, start=1) if step.name == "register"]
    steps = inputs[: max(INPUTS, registered[REGISTERED - 1])]
    world = replay(Trace(seed, [*steps, Step(REST, BIG, [])], trace.build), ED25519, stores)
    assert len(world.watch.confirmed) > 5
