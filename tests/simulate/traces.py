"""Traces: what happened in a world, input by input with every draw, as a file that can be replayed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

BUILD = 0
REST = "rest"
FOLDER = Path(__file__).parent / "traces"


@dataclass(frozen=True, slots=True)
class Step:
    """One input: its name, its number (from which its random bytes come), and its draws; None: to be drawn."""

    name: str
    number: int
    draws: list[int] | None


@dataclass
class Trace:
    """All inputs of a world.

    Args:
        build: the draws with which the world was built.
        story: of a trace that is kept: what went wrong, and what was done about it.
        invariant: which one did not hold.
    """

    seed: int
    steps: list[Step] = field(default_factory=list)
    build: list[int] | None = None
    story: str = ""
    invariant: str = ""

    def to_json(self) -> str:
        """Return the text of the file: one line for each input."""
        head = {"story": self.story, "invariant": self.invariant, "seed": self.seed, "build": self.build}
        text = json.dumps(head, ensure_ascii=False, indent=1)[:-2]
        lines = [json.dumps([step.name, step.number, step.draws]) for step in self.steps]
        return text + ',\n "steps": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"

    @classmethod
    def from_json(cls, text: str) -> Trace:
        """Read what `to_json` wrote."""
        found = json.loads(text)
        steps = [Step(name, number, draws) for name, number, draws in found["steps"]]
        return cls(found["seed"], steps, found["build"], found["story"], found["invariant"])


def kept() -> list[Path]:
    """Return the files of the traces that are kept."""
    return sorted(FOLDER.glob("*.json"))
