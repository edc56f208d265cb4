"""The demonstration as people start it: its steps, its end, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import station_app

pytestmark = pytest.mark.slow

PROC = Path("/proc")
ROOT = Path(station_app.__file__).parents[1]
KEYS = {"step", "org", "case", "state", "custodian"}
CITY, COUNTY, TOWNSHIP = "511100000000", "511132000000", "511132100000"
# The second one has no line.
VILLAGES = {"511132100201", "511132100202"}
CARRIES = "511132100202"
STEPS = {
    "set-up": 7,
    "network-cut": 1,
    "register": 5,
    "print-receipt": 1,
    "offer": 5,
    "print-slip": 3,
    "outbox": 1,
    "package-out": 4,
    "package-in": 4,
    "network-restored": 1,
    "at-county": 3,
    "batch-arrived": 10,
    "take-case": 9,
    "accept-application": 4,
    "at-city": 1,
    "grant": 3,
    "refuse": 1,
    "home": 5,
    "send-papers": 5,
    "sign-for": 5,
    "deliver": 4,
    "close": 4,
    "supply": 1,
    "taken-over": 2,
    "carried": 1,
    "agreed": 5,
    "check": 7,
}
linux_only = pytest.mark.skipif(not PROC.is_dir(), reason="finds the processes in /proc")


@dataclass
class Demo:
    """A demonstration under way; its processes carry a mark of their own in their environment."""

    folder: Path
    options: tuple[str, ...] = ()
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __enter__(self) -> Demo:
        home = {"TMPDIR": str(self.folder), "TEMP": str(self.folder), "TMP": str(self.folder)}
        own = {"STATION_TEST_QUICK_PIN": "1", "DEMO_MARK": self.mark, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "station_app.cli.station", "demo", *self.options],
            env={**os.environ, **home, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
        for pid in self.alive():
            os.kill(pid, signal.SIGKILL)

    def first_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def finish(self) -> tuple[list[str], str]:
        found, errors = self.process.communicate(timeout=240)
        return found.splitlines(), errors

    def alive(self, words: str = "") -> list[int]:
        """Return the demo's processes whose command line has these words."""
        return [pid for pid, command in self._processes() if words in command]

    def _processes(self) -> Iterator[tuple[int, str]]:
        for folder in PROC.glob("[0-9]*") if PROC.is_dir() else ():
            try:
                marked = f"DEMO_MARK={self.mark}".encode() in (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue  # It ended while we looked.
            if marked and command:
                yield int(folder.name), command


def wait_for(demo: Demo, words: str) -> int:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = demo.alive(words)
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError(f"no process {words}")


def test_the_trip_runs_by_itself_from_the_villages_to_the_city_and_home(tmp_path: Path) -> None:
    with Demo(tmp_path, ("--headless",)) as demo:
        lines, errors = demo.finish()
        left = demo.alive()
    assert (demo.process.returncode, errors, left) == (0, "", [])
    assert list(tmp_path.iterdir()) == []
    *steps, last = [json.loads(line) for line in lines]
    assert [step for step in steps if not step.keys() >= KEYS] == []
    assert Counter(step["step"] for step in steps) == STEPS
    check_order(steps)
    check_journeys(steps)
    assert (last["result"], last["cases"]) == ("ok", 5)
    assert last["exchanges"] >= 4
    assert 0 < last["seconds"] < 240
    assert "sync" not in last["commands"]
    assert sum(last["commands"].values()) > len(steps)


def check_order(steps: list[dict[str, Any]]) -> None:
    """The chapters follow each other; within one, offices work side by side."""
    names = [step["step"] for step in steps]
    landmarks = ["set-up", "network-cut", "register", "package-out", "network-restored", "at-county", "batch-arrived"]
    landmarks += [
        "take-case",
        "accept-application",
        "grant",
        "home",
        "send-papers",
        "sign-for",
        "deliver",
        "close",
        "agreed",
        "carried",
        "check",
    ]
    firsts = [names.index(name) for name in landmarks]
    assert firsts == sorted(firsts)
    offline = set(names[names.index("network-cut") + 1 : names.index("network-restored")])
    assert offline == {"register", "print-receipt", "offer", "print-slip", "outbox", "package-out", "package-in"}


def check_journeys(steps: list[dict[str, Any]]) -> None:
    registered = {step["case"]: step for step in steps if step["step"] == "register"}
    assert {step["org"] for step in registered.values()} == {*VILLAGES, TOWNSHIP}
    assert {(step["mark"], step["due_on"] > "2026") for step in registered.values()} == {("本机已存", True)}
    marks = Counter(step["mark"] for step in steps if step["case"] and "mark" in step and step["state"])
    assert marks == {"本机已存": 5, "县已收": 3, "市已收": 1, "对方已接收": 2}
    [waiting] = [step for step in steps if step["step"] == "outbox"]
    assert (waiting["waiting"], waiting["reason"]) == (7, "no-network")
    check_packages(steps)
    outcomes = Counter(step["outcome"] for step in steps if step["step"] == "take-case")
    assert outcomes == {"accepted": 7, "accepted_with_difference": 1, "rejected": 1}
    decided = [(step["step"], step["org"]) for step in steps if step["step"] in {"grant", "refuse"}]
    assert sorted(decided) == [("grant", CITY), ("grant", COUNTY), ("grant", TOWNSHIP), ("refuse", COUNTY)]
    [returned] = [step for step in steps if step["step"] == "home" and step["state"] == "returned"]
    assert returned["reason"] == "补换领登记表没有本人签名"
    assert returned["custodian"] in VILLAGES
    agreed = {step["case"]: step for step in steps if step["step"] == "agreed"}
    assert agreed.keys() == registered.keys()
    assert Counter(step["state"] for step in agreed.values()) == {"closed": 4, "received": 1}
    assert all(len(step["seen_by"]) >= 2 for step in agreed.values())
    assert all(step["ok"] for step in steps if step["step"] == "check")


def check_packages(steps: list[dict[str, Any]]) -> None:
    """The village without a line registers, hands over, hears and delivers by packages; the end names it."""
    out = [step for step in steps if step["step"] == "package-out"]
    assert [(step["org"], step["to"], step["number"]) for step in out] == [
        (CARRIES, TOWNSHIP, 1),
        (TOWNSHIP, CARRIES, 1),
        (CARRIES, TOWNSHIP, 2),
        (TOWNSHIP, CARRIES, 2),
    ]
    came = [step for step in steps if step["step"] == "package-in"]
    assert [step["sender"] for step in came] == [step["org"] for step in out]
    # What the county has said of it is in what went down: of register and offer, then of deliver and close.
    assert [step["receipts"] > 0 for step in came] == [False, True, False, True]
    [end] = [step for step in steps if step["step"] == "carried"]
    assert (end["org"], end["state"], end["packages"], end["waiting"]) == (CARRIES, "closed", 4, 0)
    assert not any(step["step"] == "at-county" and step["org"] == CARRIES for step in steps)


@linux_only
def test_a_demonstration_that_is_ended_halfway_says_so_and_leaves_no_process(tmp_path: Path) -> None:
    with Demo(tmp_path) as demo:
        assert demo.first_line() == "峨边彝族自治县 中心已建好，开始服务（HTTPS）。\n"
        demo.process.send_signal(signal.SIGTERM)
        lines, errors = demo.finish()
        left = demo.alive()
    assert (demo.process.returncode, left) == (1, [])
    [folder] = tmp_path.glob("station-demo-*")
    assert lines[0] == f"数据留在 {folder}"
    assert errors.count("演示没有走完：中途被停下") == 1
    assert "Traceback" not in errors


@linux_only
def test_a_program_that_dies_is_told_with_its_step_and_everything_is_kept(tmp_path: Path) -> None:
    with Demo(tmp_path, ("--headless",)) as demo:
        assert json.loads(demo.first_line())["step"] == "set-up"
        os.kill(wait_for(demo, " serve "), signal.SIGKILL)
        lines, _ = demo.finish()
        left = demo.alive()
    assert (demo.process.returncode, left) == (1, [])
    last = json.loads(lines[-1])
    assert (last["result"], last["step"]) == ("failed", "set-up")
    assert last["reason"]
    assert (Path(last["folder"]) / "center" / "center.db").is_file()
