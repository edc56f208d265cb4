"""Killing a station that saves without pause, and comparing what it said was saved with what is there."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.reliability.dying import BEGUN, COMMITTED, COMMITTING, OUTSIDE, PHASES, WRITTEN, Marks
from tests.reliability.place import ENV, FORM, STATIONS, Place

SAVE = "tests.reliability.work:save_without_pause"
# A part of the kills waits for one phase: a commit is so short that chance alone would hardly ever meet it.
AIMS = (OUTSIDE, OUTSIDE, OUTSIDE, BEGUN, WRITTEN, COMMITTING, COMMITTING, COMMITTED)
LONGEST_S = 0.04
# Lives are counted in saves and not in seconds alone: on a slow machine none would ever get to tell of one.
MOST_SAVES = 2
PATIENCE_S = 60.0


@dataclass
class Toll:
    """What was killed where, and what had been said to be saved before.

    Args:
        phases: kills by where the save stood at that moment.
        told: (case id, number) of each save whose use case had returned, also kept in a file that is synced.
    """

    file: Path
    phases: Counter[int] = field(default_factory=Counter)
    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return sum(self.phases.values())

    @property
    def inside(self) -> int:
        """Return the kills that hit a transaction: begun, and not yet returned from its commit."""
        return sum(self.phases[phase] for phase in (BEGUN, WRITTEN, COMMITTING))

    def hear(self, lines: list[dict[str, Any]]) -> None:
        """Note what a process said before it died, where no crash of that process can reach it."""
        found = [(line["case_id"], line["number"]) for line in lines]
        with self.file.open("a", encoding="utf-8") as file:
            file.writelines(f"{case_id} {number}\n" for case_id, number in found)
            file.flush()
            os.fsync(file.fileno())
        self.told += found

    def text(self) -> str:
        """Return the counts in one line."""
        phases = ", ".join(f"{PHASES[phase]}: {self.phases[phase]}" for phase in range(len(PHASES)))
        return f"kills: {self.kills}, inside saves: {self.inside} ({phases}), saves acknowledged: {len(self.told)}"


def kill_while_saving(place: Place, kills: int, rng: random.Random) -> Toll:
    """Start a station that saves without pause and kill it, again and again on the same files."""
    toll = Toll(place.folder / "told.txt")
    marks = Marks(place.folder / "marks")
    for _ in range(kills):
        kill_once(place, marks, toll, rng)
    return toll


def kill_once(place: Place, marks: Marks, toll: Toll, rng: random.Random) -> None:
    """One life of the saving process."""
    marks.working, marks.phase, marks.saves = False, OUTSIDE, 0
    worker = next(iter(STATIONS["v1"][1]))
    started = place.warm.start(SAVE, str(place.home("v1")), worker, str(place.folder / "marks"), FORM, env=ENV)
    patience = time.monotonic() + PATIENCE_S
    lives_for = rng.randint(0, MOST_SAVES)
    while not marks.working or marks.saves < lives_for:
        assert time.monotonic() < patience, started.err.read_text("utf-8")
        time.sleep(0.001)
    time.sleep(rng.random() * LONGEST_S)
    aim = rng.choice(AIMS)
    while aim not in (OUTSIDE, marks.phase):
        assert time.monotonic() < patience, started.err.read_text("utf-8")
    os.kill(started.pid, signal.SIGKILL)
    ran = place.warm.wait(started)
    assert (ran.status, ran.err) == (-signal.SIGKILL, "")
    toll.phases[marks.phase] += 1
    toll.hear(ran.lines())


def compare(place: Place, toll: Toll) -> list[dict[str, Any]]:
    """Ask fresh processes what there is, compare it with what was told, and return the cases.

    Nothing told is missing; nothing is there twice; serial numbers have no gap, since a save that was cut short gives
    its number back; and no more saves are there untold than were killed between commit and telling.
    """
    found = place.station("v1", "case", "list").lines()
    listed = {case["case_id"]: case["number"] for case in found}
    assert len(listed) == len(found) == len({case["number"] for case in found})
    assert [told for told in toll.told if listed.get(told[0]) != told[1]] == []
    assert len(toll.told) == len(set(toll.told))
    untold = len(found) - len(toll.told)
    assert 0 <= untold <= toll.phases[COMMITTING] + toll.phases[COMMITTED]
    serials: dict[str, list[int]] = defaultdict(list)
    for number in listed.values():
        serials[number[12:18]].append(int(number[20:24]))
    assert all(sorted(day) == list(range(1, len(day) + 1)) for day in serials.values())
    state = place.station("v1", "check").found()
    assert (state["chain"], state["projections"], state["ok"], state["events"]) == ("ok", "ok", True, len(found))
    # One outbox mark for each event: what was saved will also be sent, once.
    waiting = place.station("v1", "outbox").lines()
    assert sum(entry["events"] for entry in waiting) == len(found)
    return found


def read_told(toll: Toll) -> list[tuple[str, str]]:
    """Return what the parent's own file says was told."""
    lines = toll.file.read_text("utf-8").splitlines()
    return [(line.split()[0], line.split()[1]) for line in lines]
