"""Traces on real stores, twice: what holds in memory holds on SQLCipher, SQLite, PostgreSQL, with real keys."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.fakes import ED25519
from tests.simulate.disk_stores import DiskStores
from tests.simulate.machines import Center
from tests.simulate.runs import replay, run_seed
from tests.simulate.traces import REST, Trace

# More of them: STATION_TRACES=60 python -m pytest tests/simulate/test_on_disk.py
SEEDS = range(int(os.environ.get("STATION_TRACES", "20")))
# A commit on disk, and reading all of it back to look at it, takes far longer than one in memory.
INPUTS, HAND_OVERS = 50, 1


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DiskStores]:
    """Return where machines keep what they have; on PostgreSQL each center's work is done by two processes in turn."""
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    stores = DiskStores(tmp_path, server)
    yield stores
    stores.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_trace_holds_every_invariant_on_real_stores(seed: int, stores: DiskStores) -> None:
    trace = Trace(seed)
    run_seed(seed, inputs=INPUTS, hand_overs=HAND_OVERS, trace=trace)
    *inputs, rest = trace.steps
    # All exchange with all in a rest, which takes longer than the inputs: one, at the end.
    steps = [*(step for step in inputs if step.name != REST), rest]
    world = replay(Trace(seed, steps, trace.build), ED25519, stores)
    assert len(world.watch.confirmed) >= 5
    for center in world.centers.values():
        if center.store.processes is not None:
            _check_processes(center)


def _check_processes(center: Center) -> None:
    """See that two processes at a time have answered in turn, none of them this one, and those killed never again."""
    pids, killed = center.store.processes.pids, center.store.processes.killed
    assert len(pids) > 3
    assert all(one != other for one, other in pairwise(pids))
    assert os.getpid() not in pids
    assert len(set(pids)) >= 2 + len(killed)
