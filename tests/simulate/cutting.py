"""Cutting a failing trace down to the few inputs that it takes (delta debugging)."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulate.runs import SeedError, replay
from tests.simulate.traces import Step, Trace


def cut_down(found: SeedError, tell: Callable[[str], None] = lambda _text: None) -> Trace:
    """Return a trace with few inputs in which the same invariant fails: none of them can be left out alone."""
    trace, parts = found.trace, 2
    steps = list(trace.steps)
    text = str(found)
    while len(steps) >= 2:
        size = max(1, len(steps) // parts)
        shorter = _without_one_part(trace, steps, size, found.name)
        if shorter is not None:
            steps, text = shorter
            tell(f"{len(steps)} inputs: {text[:120]}")
            parts = max(parts - 1, 2)
        elif size == 1:
            break
        else:
            parts = min(parts * 2, len(steps))
    return Trace(trace.seed, steps, trace.build, text, found.name)


def _without_one_part(trace: Trace, steps: list[Step], size: int, name: str) -> tuple[list[Step], str] | None:
    for first in reversed(range(0, len(steps), size)):
        left = steps[:first] + steps[first + size :]
        failure = failing(Trace(trace.seed, left, trace.build))
        if failure is not None and failure.name == name:
            # What the replay has written down ends with the input that failed.
            return failure.trace.steps, str(failure)
    return None


def failing(trace: Trace) -> SeedError | None:
    """Replay a trace and return how it failed, None where it did not."""
    try:
        replay(trace)
    except SeedError as error:
        return error
    return None
