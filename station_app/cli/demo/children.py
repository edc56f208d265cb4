"""The real processes of the demonstration: short commands, and programs that stay up until they are ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import station_app
from station_app.domain.errors import StationError

STATION = "station_app.cli.station"
CENTER = "station_app.cli.center"
COMMAND_WITHIN_S = 60.0
START_WITHIN_S = 60.0
END_WITHIN_S = 5.0
AT_ONCE = 4
# Who tries several windows side by side wants to see in one what was done in another.
EXCHANGE_EVERY_S = "3"
TAIL_CHARACTERS = 2000

Answer = dict[str, Any]
T = TypeVar("T")


class Resident:
    """A program that stays up. Its lines of output are kept as they come; its errors go to a file."""

    def __init__(self, label: str, argv: Sequence[str], env: Mapping[str, str], errors: Path) -> None:
        self.label = label
        self.lines: list[str] = []
        self._errors = errors
        self._changed = threading.Condition()
        with errors.open("wb") as stderr:
            self.process = subprocess.Popen(  # noqa: S603 (our own program)
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, env=env, encoding="utf-8"
            )
        self._reader = threading.Thread(target=self._read, name=f"output of {label}", daemon=True)
        self._reader.start()

    def wait_for_more(self, seen: int, within_s: float) -> bool:
        """Wait until there are more than `seen` lines; False if none came in time or the program ended."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.lines) > seen or self.process.poll() is not None, within_s)
            return len(self.lines) > seen

    def require_up(self) -> None:
        """Raise `demo-program-ended` (program, status) if the program is no more: nothing will come from it."""
        status = self.process.poll()
        if status is not None:
            raise StationError("demo-program-ended", program=self.label, status=status)

    def reports(self) -> list[Answer]:
        """Return the lines that are JSON objects: one for each exchange of a station."""
        return [json.loads(line) for line in tuple(self.lines) if line.startswith("{")]

    def error_tail(self) -> str:
        """Return the end of what the program wrote on standard error."""
        return self._errors.read_text("utf-8", errors="replace")[-TAIL_CHARACTERS:].strip()

    def finish(self) -> None:
        """Close what is left of a program that has ended."""
        self._reader.join(END_WITHIN_S)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        # It closes its output a moment before it has ended; who waits is woken for the end.
        self.process.wait()
        with self._changed:
            self._changed.notify_all()


class Children:
    """All processes that the demonstration started; none of them outlives it."""

    def __init__(self, folder: Path, pin: str) -> None:
        self._folder = folder
        own = {"STATION_PIN": pin, "STATION_EXCHANGE_EVERY_S": EXCHANGE_EVERY_S, "PYTHONUNBUFFERED": "1"}
        self._env = {**os.environ, **own, "PYTHONPATH": _python_path()}
        self._env.pop("STATION_HOME", None)
        self._lock = threading.Lock()
        self._alive: set[subprocess.Popen[str]] = set()
        self._ending = False
        self.residents: list[Resident] = []
        self.commands: list[tuple[str, ...]] = []

    def run(self, program: str, options: Sequence[str], *command: str) -> list[Answer]:
        """Run one command to its end and return its JSON lines.

        Raises:
            StationError: what the command refused with, or `demo-command-broken` for anything else than a refusal.
        """
        argv = [sys.executable, "-m", program, "--json", *options, *command]
        with self._started(argv, command) as process:
            try:
                found, errors = process.communicate(timeout=COMMAND_WITHIN_S)
            except subprocess.TimeoutExpired:
                _end([process])
                raise _broken(command, f"{COMMAND_WITHIN_S:.0f} 秒没有做完") from None
        if process.returncode != 0:
            raise _refusal(command, process.returncode, errors)
        return [json.loads(line) for line in found.splitlines() if line]

    def start(self, label: str, program: str, options: Sequence[str], *command: str) -> Resident:
        """Start a program that stays up."""
        argv = [sys.executable, "-m", program, "--json", *options, *command]
        with self._lock:
            self._note(command)
            resident = Resident(label, argv, self._env, self._folder / f"{label}.err")
            self.residents.append(resident)
        return resident

    def counts(self) -> dict[str, int]:
        """Return how often each command was run, by its words without the arguments."""
        return dict(Counter(_words(command) for command in self.commands))

    def end(self, resident: Resident) -> None:
        """End one program that stays up."""
        _end([resident.process])
        resident.finish()

    def end_all(self) -> None:
        """End every process that is left: first by asking, after five seconds by force."""
        with self._lock:
            self._ending = True
            left = [*self._alive, *(resident.process for resident in self.residents)]
        _end(left)
        for resident in self.residents:
            resident.finish()

    @contextmanager
    def _started(self, argv: Sequence[str], command: tuple[str, ...]) -> Iterator[subprocess.Popen[str]]:
        with self._lock:
            self._note(command)
            process = subprocess.Popen(  # noqa: S603 (our own program)
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._env,
                encoding="utf-8",
                errors="replace",
            )
            self._alive.add(process)
        try:
            with process:
                yield process
        finally:
            # Interrupted, it may still run; then it is `end_all` that ends it.
            with self._lock:
                if process.returncode is not None:
                    self._alive.discard(process)

    def _note(self, command: tuple[str, ...]) -> None:
        if self._ending:
            raise _broken(command, "演示正在结束")
        self.commands.append(command)


def together(*tasks: Callable[[], T]) -> list[T]:
    """Run independent tasks side by side and return their results in the order given.

    The first error in that order is raised at once; what the others had begun ends with the processes.
    """
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        return [done.result() for done in [pool.submit(task) for task in tasks]]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _python_path() -> str:
    # The children run the same source as this process, wherever they are started.
    here = str(Path(station_app.__file__).resolve().parents[1])
    return os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])


def _words(command: Sequence[str]) -> str:
    groups = {"case", "batch", "user", "org", "package"}
    return " ".join(command[: 2 if groups.intersection(command[:1]) else 1])


def _refusal(command: Sequence[str], status: int, errors: str) -> StationError:
    for line in reversed(errors.splitlines()):
        try:
            found = json.loads(line)
            return StationError(found["code"], **found["params"])
        except (ValueError, KeyError, TypeError):
            continue
    return _broken(command, f"退出状态 {status}", errors)


def _broken(command: Sequence[str], reason: str, errors: str = "") -> StationError:
    detail = errors[-TAIL_CHARACTERS:].strip()
    return StationError("demo-command-broken", command=_words(command), reason=reason, detail=detail)


def _end(processes: Sequence[subprocess.Popen[str]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + END_WITHIN_S
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
