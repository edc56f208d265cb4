"""A program that has imported everything and forks for each command: real processes that start in milliseconds.

Run as `python -m tests.reliability.warm` it reads one JSON order a line and answers with one JSON line; `Warm` is the
other side. It has one thread and no open database when it forks, so a child is as good as a fresh interpreter.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy.orm import configure_mappers

from station_app.bootstrap.loading import loading

ROOT = Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1
STATION = "station_app.cli.station:main"
CENTER = "station_app.cli.center:main"
_IMPORTED = (
    "station_app.cli.station_commands",
    "station_app.cli.center_commands",
    "station_app.bootstrap.center_server",
    "sqlcipher3.dbapi2",
    "pypinyin",
    "uvicorn.protocols.http.h11_impl",
    "uvicorn.lifespan.on",
    "tests.reliability.dying",
    "tests.reliability.work",
)


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended: its exit status and what it printed."""

    status: int
    out: str
    err: str

    def lines(self) -> list[dict[str, Any]]:
        """Return what was printed with --json."""
        return [json.loads(line) for line in self.out.splitlines()]

    def found(self) -> dict[str, Any]:
        """Return the last line of a command that must have worked."""
        assert self.status == 0, (self.status, self.out[-500:], self.err)
        return self.lines()[-1]

    def refusal(self) -> dict[str, Any]:
        """Return why a command with --json was refused."""
        assert self.status == 1, (self.status, self.out[-500:], self.err)
        found: dict[str, Any] = json.loads(self.err)
        return found


@dataclass(frozen=True, slots=True)
class Started:
    """A process that runs: its id and the files that it prints to."""

    pid: int
    out: Path
    err: Path


class Warm:
    """Starts processes; `prefix` is put before the command, to run all of them somewhere else or as somebody else."""

    def __init__(self, folder: Path, prefix: Sequence[str] = ()) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._one_at_a_time = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        command = [*prefix, sys.executable, "-m", "tests.reliability.warm"]
        self._errors = (folder / "warm.err").open("wb")
        self._server = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
        )

    def start(self, run: str, *arguments: Any, env: Mapping[str, str] | None = None) -> Started:
        """Start `module:function` with these arguments in a process of its own."""
        number = next(self._numbers)
        out, err = self._folder / f"{number}.out", self._folder / f"{number}.err"
        order = {"run": run, "arguments": arguments, "env": dict(env or {}), "out": str(out), "err": str(err)}
        return Started(self._ask(order), out, err)

    def wait(self, started: Started) -> Ran:
        """Wait until a process has ended; the status is that of `Popen`, -9 for a killed one."""
        status = self._ask({"wait": started.pid})
        out, err = started.out.read_text("utf-8"), started.err.read_text("utf-8")
        return Ran(status, out, err)

    def run(self, run: str, *arguments: Any, env: Mapping[str, str] | None = None) -> Ran:
        """Run something to its end."""
        return self.wait(self.start(run, *arguments, env=env))

    def close(self) -> None:
        """End the server; what it started must have ended. Ending it twice does no harm."""
        if self._server.poll() is None:
            self._server.communicate()
            self._errors.close()

    def _ask(self, order: Mapping[str, Any]) -> int:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        with self._one_at_a_time:
            self._server.stdin.write(json.dumps(order).encode() + b"\n")
            self._server.stdin.flush()
            answer = self._server.stdout.readline()
        if not answer:
            raise AssertionError(f"the warm program has ended: {(self._folder / 'warm.err').read_text('utf-8')}")
        return int(json.loads(answer))


def main() -> None:
    """Serve orders until the input ends."""
    if "FAKETIME_DONT_FAKE_MONOTONIC" in os.environ:
        # libfaketime refuses the system call by which Python sleeps, and lets waiting for an event alone.
        time.sleep = lambda seconds: threading.Event().wait(seconds) and None
    # What is here then is left alone by the children's garbage collection, and so never copied.
    with loading():
        for name in _IMPORTED:
            importlib.import_module(name)
        configure_mappers()
    for line in sys.stdin.buffer:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            _answer(os.waitstatus_to_exitcode(status))
            continue
        pid = os.fork()
        if not pid:
            _end(_child(order))
        _answer(pid)


def _end(status: int) -> NoReturn:
    """End as a program does, databases closed, without taking the whole interpreter apart."""
    gc.collect()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _answer(number: int) -> None:
    sys.stdout.buffer.write(b"%d\n" % number)
    sys.stdout.buffer.flush()


def _child(order: Mapping[str, Any]) -> int:
    # Whatever becomes of the tests: nothing that saves without pause may outlive them.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, order["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND),
        (2, order["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND),
    ):
        os.dup2(os.open(name, flags, 0o600), number)
    os.environ.update(order["env"])
    module, _, function = order["run"].partition(":")
    arguments = order["arguments"]
    run = getattr(importlib.import_module(module), function)
    try:
        found = run(arguments) if order["run"] in (STATION, CENTER) else run(*arguments)
    except SystemExit as end:
        found = end.code
    except BaseException:
        traceback.print_exc()
        found = 70
    return found if isinstance(found, int) else 0


if __name__ == "__main__":
    main()
