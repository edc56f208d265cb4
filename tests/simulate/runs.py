"""Running seeds: a number of inputs by chance, a rest now and then, and the sums over all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.simulate.happenings import CHANCES
from tests.simulate.invariants import ViolationError
from tests.simulate.world import World

INPUTS = 400


class SeedError(AssertionError):
    """A seed in which an invariant does not hold, or the program fell over.

    Args:
        name: the invariant, or the kind of error.
    """

    def __init__(self, seed: int, step: int, name: str, what: str) -> None:
        super().__init__(f"seed {seed}, step {step}: {what}")
        self.name = name


@dataclass
class Sums:
    """What many seeds came to."""

    seeds: int = 0
    inputs: int = 0
    events: int = 0
    hand_overs: int = 0
    rulings: int = 0
    late: int = 0
    not_accepted: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    stats: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        """Return the sums in one line."""
        faults = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        return (
            f"{self.seeds} seeds, {self.inputs} inputs, {self.events} events, {self.hand_overs} hand-overs, "
            f"{self.rulings} rulings, {self.late} late, {self.not_accepted} not accepted; faults: {faults}"
        )


def run_seed(seed: int, sums: Sums | None = None, inputs: int = INPUTS) -> World:
    """Run one seed to its end; raise SeedError at the first violation."""
    world = World(seed)
    kinds, weights = zip(*CHANCES, strict=True)
    done = 0
    try:
        while done < inputs:
            world.steps += 1
            done += world.rng.choices(kinds, weights)[0](world)
            if world.rng.random() < 0.004:
                world.come_to_rest()
        world.come_to_rest()
    except Exception as error:
        name = error.name if isinstance(error, ViolationError) else type(error).__name__
        raise SeedError(seed, world.steps, name, f"{name}: {error}") from error
    if sums is not None:
        _add(sums, world, done)
    return world


def _add(sums: Sums, world: World, done: int) -> None:
    sums.seeds += 1
    sums.inputs += done
    sums.events += len(world.center.tables.events)
    sums.hand_overs += world.stats["hand-overs"]
    sums.rulings += len(world.watch.ruled)
    sums.late += world.watch.late
    sums.not_accepted += world.watch.not_accepted
    sums.faults += world.faults
    sums.stats += world.stats
