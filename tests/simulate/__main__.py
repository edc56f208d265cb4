"""Run seeds and say what they came to: python -m tests.simulate --seeds N [--first S]."""

from __future__ import annotations

import argparse
import sys

from tests.simulate.runs import INPUTS, SeedError, Sums, run_seed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulate")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--inputs", type=int, default=INPUTS)
    options = parser.parse_args()
    sums = Sums()
    for seed in range(options.first, options.first + options.seeds):
        try:
            run_seed(seed, sums, options.inputs)
        except SeedError as error:
            print(error)
            print(sums.line())
            return 1
    print(sums.line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
