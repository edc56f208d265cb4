"""Run seeds and say what they came to.

python -m tests.simulate --seeds N [--first S] [--table] [--on] [--jobs J]
python -m tests.simulate --cut SEED
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulate.cutting import cut_down
from tests.simulate.runs import INPUTS, SeedError, Sums, run_seed
from tests.simulate.table import COLUMNS, empty_cells, kinds_of, render
from tests.simulate.traces import FOLDER

# Seeds that one process runs before it tells of them.
BLOCK = 10


def main() -> int:
    """Return 1 where an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulate")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--inputs", type=int, default=INPUTS)
    parser.add_argument("--table", action="store_true", help="print in which states each fault has hit")
    parser.add_argument(
        "--cut", type=int, metavar="SEED", help="cut a failing seed down to a trace in tests/simulate/traces"
    )
    parser.add_argument("--on", action="store_true", help="go on after a violation")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes that run seeds, one for each core")
    options = parser.parse_args()
    if options.cut is not None:
        return _cut(options.cut, options.inputs)
    sums, violations = Sums(), 0
    for found, violated in _blocks(range(options.first, options.first + options.seeds), options):
        sums.merge(found)
        violations += len(violated)
        for text in violated:
            print(text, flush=True)
    if options.table:
        kinds = kinds_of(sums.cells)
        print(render(sums.cells, kinds))
        print(f"{len(kinds)} x {len(COLUMNS)} cells; empty: {empty_cells(sums.cells, kinds)}")
    print(f"{sums.line()}; {violations} violations")
    return 1 if violations else 0


def _blocks(seeds: range, options: argparse.Namespace) -> Iterator[tuple[Sums, list[str]]]:
    """Yield what the seeds came to, block for block in their order; none after one with a violation, but with `on`."""
    blocks = [seeds[start : start + BLOCK] for start in range(0, len(seeds), BLOCK)]
    with ProcessPoolExecutor(options.jobs) as pool:
        for found, violated in pool.map(partial(_block, inputs=options.inputs, on=options.on), blocks):
            yield found, violated
            if violated and not options.on:
                pool.shutdown(cancel_futures=True)
                return


def _block(seeds: range, *, inputs: int, on: bool) -> tuple[Sums, list[str]]:
    sums, violated = Sums(), []
    for seed in seeds:
        try:
            run_seed(seed, sums, inputs)
        except SeedError as error:
            violated.append(str(error)[:600])
            if not on:
                break
    return sums, violated


def _cut(seed: int, inputs: int) -> int:
    try:
        run_seed(seed, inputs=inputs)
    except SeedError as error:
        trace = cut_down(error, print)
        path = FOLDER / f"seed_{seed}.json"
        path.write_text(trace.to_json(), encoding="utf-8")
        print(f"{path}: {len(trace.steps)} of {len(error.trace.steps)} inputs; {trace.story}")
        return 1
    print(f"seed {seed} holds every invariant")
    return 0


if __name__ == "__main__":
    sys.exit(main())
