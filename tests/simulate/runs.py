"""Running seeds and traces: a number of inputs by chance or as written down, a rest now and then, and sums over all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from tests.fakes import ED25519, FAKE, Scheme
from tests.simulate.at_rest import check_at_rest
from tests.simulate.building import Stores
from tests.simulate.chance import Chance
from tests.simulate.happenings import FAMILIES, HAPPENINGS
from tests.simulate.invariants import ViolationError
from tests.simulate.traces import BUILD, REST, Step, Trace
from tests.simulate.world import World

INPUTS, HAND_OVERS = 400, 30
REST_PROBABILITY = 0.004
# For each input asked for: a world in which nothing goes on any more must not run for ever.
MOST_STEPS = 40


class SeedError(AssertionError):
    """A seed in which an invariant does not hold, or the program fell over.

    Args:
        name: the invariant, or the kind of error.
        trace: what had happened until then.
    """

    def __init__(self, trace: Trace, name: str, what: str) -> None:
        super().__init__(f"seed {trace.seed}, input {len(trace.steps)}: {what}")
        self.name = name
        self.trace = trace


@dataclass
class Sums:
    """What many seeds came to."""

    seeds: int = 0
    inputs: int = 0
    least_inputs: int = 1_000_000
    events: int = 0
    hand_overs: int = 0
    least_hand_overs: int = 1_000_000
    rulings: int = 0
    late: int = 0
    superseded: int = 0
    not_accepted: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    stats: Counter[str] = field(default_factory=Counter)
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, world: World) -> None:
        """Count a world that has come to its end."""
        self.seeds += 1
        self.inputs += world.steps_done
        self.least_inputs = min(self.least_inputs, world.steps_done)
        self.events += len(world.watch.confirmed)
        self.hand_overs += len(world.watch.handed)
        self.least_hand_overs = min(self.least_hand_overs, len(world.watch.handed))
        self.rulings += len(world.watch.ruled)
        self.late += world.watch.late
        self.superseded += world.watch.superseded
        self.not_accepted += world.watch.not_accepted
        self.faults += world.faults
        self.stats += world.stats
        self.cells += world.cells

    def merge(self, other: Sums) -> None:
        """Count what another process has counted."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            setattr(self, name, min(mine, value) if name.startswith("least_") else mine + value)

    def line(self) -> str:
        """Return the sums in one line."""
        faults = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        return (
            f"{self.seeds} seeds, {self.inputs} inputs, {self.events} events, {self.hand_overs} hand-overs, "
            f"{self.rulings} rulings, {self.late} late, {self.superseded} superseded, "
            f"{self.not_accepted} not accepted; faults: {faults}"
        )


def run_seed(
    seed: int, sums: Sums | None = None, inputs: int = INPUTS, hand_overs: int = HAND_OVERS, trace: Trace | None = None
) -> World:
    """Run one seed to its end, write it down in `trace`, and raise SeedError at the first violation.

    Args:
        inputs: how many there are at least, and as many as it takes for so many `hand_overs` to be taken.
    """
    trace = trace or Trace(seed)
    # One seed in fifteen signs with real keys: twenty of three hundred.
    world = _run(trace, _by_chance(seed, inputs, hand_overs), ED25519 if seed % 15 == 0 else FAKE, None)
    if sums is not None:
        sums.add(world)
    return world


def replay(trace: Trace, scheme: Scheme = FAKE, stores: Stores | None = None) -> World:
    """Do again what a trace says, without the generator; raise SeedError at the first violation."""
    done = Trace(trace.seed, build=trace.build)
    return _run(done, lambda _world: iter(trace.steps), scheme, stores)


Source = Callable[[World], Iterator[Step]]


def _run(trace: Trace, source: Source, scheme: Scheme, stores: Stores | None) -> World:
    chance = Chance(trace.seed)
    chance.begin(BUILD, trace.build)
    world = World(chance, scheme, stores)
    trace.build = trace.build or list(chance.draws)
    for step in source(world):
        chance.begin(step.number, step.draws)
        try:
            _do(world, step.name)
        except Exception as error:
            trace.steps.append(Step(step.name, step.number, list(chance.draws)))
            name = error.name if isinstance(error, ViolationError) else type(error).__name__
            raise SeedError(trace, name, f"{step.name}: {name}: {error}") from error
        # Also where nothing came of it: time has passed, and a machine may have gone off.
        trace.steps.append(Step(step.name, step.number, list(chance.draws)))
    return world


def _do(world: World, name: str) -> None:
    if name == REST:
        world.come_to_rest()
        check_at_rest(world)
        return
    world.steps += 1
    world.steps_done += HAPPENINGS[name].act(world)


def families_of(seed: int) -> set[str]:
    """Return the kinds of trouble that come in the world of a seed."""
    return _families(Random(seed))


def _families(generator: Random) -> set[str]:
    return {name for name, share in FAMILIES.items() if generator.random() < share}


def _by_chance(seed: int, inputs: int, hand_overs: int) -> Source:
    generator = Random(seed)
    families = {"", *_families(generator)}
    found = {name: entry.weight for name, entry in HAPPENINGS.items() if entry.family in families}
    names, weights = list(found), list(found.values())

    def steps(world: World) -> Iterator[Step]:
        number = done = 0
        while done < inputs or len(world.watch.handed) < hand_overs:
            number += 1
            assert number < MOST_STEPS * inputs, "no hand-over is taken any more"
            before = world.steps_done
            yield Step(generator.choices(names, weights)[0], number, None)
            done += world.steps_done - before
            if generator.random() < REST_PROBABILITY:
                number += 1
                yield Step(REST, number, None)
        yield Step(REST, number + 1, None)

    return steps
