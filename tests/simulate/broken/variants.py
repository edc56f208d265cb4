"""What a broken variant of the program is, and the search for the seed in which the simulator finds it out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.simulate.disk_stores import DiskStores
from tests.simulate.runs import SeedError, families_of, replay, run_seed
from tests.simulate.traces import Trace

SEEDS = 100
HAND_OVERS = 2

Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken program.

    Args:
        patch: breaks it.
        found_by: the one invariant that is meant for it.
        in_worlds: the kinds of trouble that bring it to light soonest.
        first: the seed that begins the search; where it was found when that was last looked up, so only a shorter way.
        inputs_on_disk: of one whose decision is that of a store, the inputs of its traces, which run on the shipping
            stores (SQLCipher, SQLite): few, since a commit there, and reading it all back to look at it, takes long.
    """

    patch: Patch
    found_by: str
    in_worlds: set[str] = field(default_factory=set)
    first: int = 0
    inputs_on_disk: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """The first seed in which an invariant does not hold, and which: "" for none of them all."""

    seed: int
    invariant: str
    what: str = ""


def search(broken: Broken, first: int = 0) -> Found:
    """Run the seeds from `first` on with a broken program, up to the first in which any invariant does not hold."""
    run = partial(_run_on_disk, inputs=broken.inputs_on_disk) if broken.inputs_on_disk else run_seed
    with pytest.MonkeyPatch.context() as patch:
        broken.patch(patch)
        for seed in range(first, SEEDS):
            try:
                if broken.in_worlds <= families_of(seed):
                    run(seed)
            except SeedError as error:
                return Found(seed, error.name, str(error))
    return Found(SEEDS, "")


def _run_on_disk(seed: int, inputs: int) -> None:
    trace = Trace(seed)
    run_seed(seed, inputs=inputs, hand_overs=HAND_OVERS, trace=trace)
    with TemporaryDirectory() as folder:
        stores = DiskStores(Path(folder))
        try:
            replay(trace, stores=stores)
        finally:
            stores.close()


def put_instead(patch: pytest.MonkeyPatch, shipping: object, broken: object) -> None:
    """Put a broken function in the place of a shipping one in every module that knows it by its name."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("station_app.", "tests.")):
            for known in [known for known, value in vars(module).items() if value is shipping]:
                patch.setattr(module, known, broken)
