"""Three hundred seeds hold every invariant; kept traces do too; and each broken variant of the program is found out."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from tests.simulate.broken import BROKEN
from tests.simulate.broken.variants import search
from tests.simulate.cutting import cut_down, failing
from tests.simulate.runs import SeedError, Sums, replay, run_seed
from tests.simulate.table import empty_cells, kinds_of, render
from tests.simulate.traces import Trace, kept

SEEDS, BLOCK = 300, 25
# Kinds of faults that the table must show, each in every state that it can hit.
KINDS = {
    "PC cloned",
    "PC enrolled anew",
    "PC revoked",
    "accept without offer",
    "asked back",
    "center busy",
    "center clock 2009",
    "center clock backwards",
    "center clock three days ahead",
    "center off after commit",
    "center off before commit",
    "center off between intake and ruling",
    "center off in its own exchange",
    "center restored",
    "center restored unnoticed",
    "clock 2009",
    "clock backwards",
    "clock three days ahead",
    "contents removed",
    "cut at a byte",
    "days pass",
    "delayed",
    "disk full",
    "disk full at a center",
    "duty of others",
    "held event taken in",
    "narrow way",
    "new key of a worker",
    "not a party",
    "old program",
    "old program upgraded",
    "old request again",
    "reclaimed",
    "refused event given back",
    "reordered",
    "reply lost after commit",
    "request doubled",
    "request lost",
    "rotten event",
    "stale base",
    "station and center restored",
    "station off after commit",
    "station off before commit",
    "station off in between",
    "station restored",
    "station restored with its sidecar",
    "taken over by another PC",
    "township moved to another county",
    "village moved in its county",
    "village moved to another county",
    "worker disabled",
    "wrong signature",
}


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of this run see."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cells"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_every_invariant_holds_in_a_block_of_seeds(first: int, shared: Path) -> None:
    sums = Sums()
    for seed in range(first, first + BLOCK):
        run_seed(seed, sums)
    print(sums.line())
    assert sums.seeds == BLOCK
    assert sums.least_inputs >= 400
    assert sums.least_hand_overs >= 30
    assert sums.late > 25
    assert sums.not_accepted > sums.late
    assert sums.stats["papers signed for"] > 5
    assert sums.stats["cases that need a newer program at rest"] > 0
    _check_table(shared, first, sums)


def _check_table(shared: Path, first: int, sums: Sums) -> None:
    """The block that ends last looks at the table of all: no fault, and no state that it can hit, is missing."""
    rows = [[kind, column, count] for (kind, column), count in sums.cells.items()]
    (shared / f"{first}.part").write_text(json.dumps(rows), encoding="utf-8")
    (shared / f"{first}.part").rename(shared / f"{first}.json")
    parts = sorted(shared.glob("*.json"))
    if len(parts) < SEEDS // BLOCK:
        return
    cells: Counter[tuple[str, str]] = Counter()
    for part in parts:
        cells += Counter({(kind, column): count for kind, column, count in json.loads(part.read_text("utf-8"))})
    assert kinds_of(cells) == KINDS
    assert empty_cells(cells, KINDS) == [], render(cells, KINDS)


def test_a_trace_does_the_same_again_without_the_generator() -> None:
    trace = Trace(7)
    world = run_seed(7, trace=trace)
    again = replay(Trace.from_json(trace.to_json()))
    assert [list(center.store.tables.events) for center in again.centers.values()] == [
        list(center.store.tables.events) for center in world.centers.values()
    ]
    assert again.faults == world.faults


@pytest.mark.parametrize("path", kept(), ids=lambda path: path.stem)
def test_a_kept_trace_of_a_bug_holds_every_invariant_now(path: Path) -> None:
    trace = Trace.from_json(path.read_text("utf-8"))
    assert trace.story
    assert trace.invariant
    world = replay(trace)
    assert world.steps_done > 0


def test_a_failing_trace_is_cut_to_the_few_inputs_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = BROKEN["feed rows are skipped"]
    with monkeypatch.context() as patch:
        broken.patch(patch)
        with pytest.raises(SeedError) as found:
            run_seed(broken.first)
        cut = cut_down(found.value)
        assert cut.invariant == broken.found_by
        assert len(cut.steps) < min(40, len(found.value.trace.steps))
        failure = failing(cut)
        assert failure is not None
        assert failure.name == cut.invariant
    assert failing(cut) is None


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_program_is_found_out_by_the_invariant_meant_for_it(name: str) -> None:
    broken = BROKEN[name]
    found = search(broken, broken.first)
    assert found.invariant == broken.found_by, found
