"""Killing on for longer than the tests do: `python -m tests.reliability --kills 200 --center-kills 30`."""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from pathlib import Path

from tests.reliability import kills, load, power
from tests.reliability.place import ENV, make_place
from tests.reliability.warm import Warm


def main() -> None:
    """Kill a saving station and a center under load, compare, and print the counts."""
    options = _options()
    os.environ.update(ENV)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        warm = Warm(scratch / "warm")
        template = make_place(scratch / "template", warm)
        rng = random.Random(options.seed)
        if options.kills:
            place = template.copy(scratch / "saving", "v1")
            toll = kills.kill_while_saving(place, options.kills, rng)
            kills.compare(place, toll)
            print(toll.text(), flush=True)
        if options.center_kills:
            place = template.copy(scratch / "load", "c", *load.HOMES)
            done = load.kill_center_under_load(place, options.center_kills, rng)
            load.settle(place)
            found = load.compare(place, done)
            print(done.text(), found, flush=True)
        if options.power_cuts:
            for synchronous in (power.FULL, power.NORMAL):
                place = template.copy(scratch / f"power {synchronous}", "v1")
                cut = power.cut_power(place, options.power_cuts, synchronous)
                print(f"synchronous={synchronous}: {cut.text()}", flush=True)
                assert synchronous == power.NORMAL or (cut.lost, cut.faults) == (0, [])
        warm.close()
    print("nothing lost, nothing doubled")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=main.__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of a station that saves without pause")
    parser.add_argument("--center-kills", type=int, default=30, help="of a center under load from three stations")
    parser.add_argument("--power-cuts", type=int, default=0, help="of a station, as shipped and as it must not be")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
