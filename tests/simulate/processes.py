"""Operating-system processes of a center on one database: each answers in turn, and one that goes off is killed.

What the world decides goes along with each piece of work: the time, where the random bytes stand, and what becomes of
the next commit. The world itself looks at the database after each.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine

from station_app.bootstrap.center import body_cipher
from station_app.domain.errors import StationError
from station_app.storage.engine import reading, writing
from station_app.storage.postgres import open_postgres
from station_app.storage.registry import RegistryOnDisk
from tests.fakes import PowerCutError, Scheme
from tests.simulate.chance import Chance
from tests.simulate.looking import change_between, load_center, remembering
from tests.simulate.machines import Center, parts_of

# A clean process that has everything imported already; each new one is a fork of it.
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__, "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "zstandard"])
_LONGEST_S = 120.0


@dataclass(frozen=True, slots=True)
class Program:
    """What a process must be told to be a center's program."""

    address: str
    org: str
    seed: bytes
    device: str
    above: bytes
    scheme: Scheme
    body_key: bytes
    world_seed: int


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work, and the moment at which it is done.

    Args:
        place: where the random bytes of the world stand.
        cut: what becomes of the next commit; the process that meets "before" or "after" waits there to be killed.
        rehearsed: nothing is kept, and what would have changed is told.
    """

    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    now: datetime
    place: tuple[int, int]
    cut: str
    rehearsed: bool


@dataclass
class Done:
    """What came of a task.

    Args:
        halted: the process stands at the commit that its machine does not survive.
        fault: what went wrong that nobody expected.
    """

    pid: int
    place: tuple[int, int]
    result: Any = None
    refused: tuple[str, dict[str, Any]] | None = None
    fault: str = ""
    halted: bool = False
    woken: bool = False
    cut: str = ""
    commits: int = 0
    changed: set[str] = field(default_factory=set)


class _UndoneError(Exception):
    """Nothing of a rehearsal is kept."""


class _Serving:
    """One of the processes, seen from inside."""

    def __init__(self, pipe: Pipe, program: Program) -> None:
        self.pipe = pipe
        self.engine: Engine = open_postgres(program.address)
        self.body_key = program.body_key
        self.cipher = body_cipher(program.body_key)
        self.remembering = remembering(self.cipher)
        self.chance = Chance(program.world_seed)
        self.task: Any = None
        self.done: Any = None
        key = program.scheme.key(program.seed)
        parts = parts_of(program.org, key, self, (lambda: self.task.now, self.chance.bytes), program.scheme)
        boss = SimpleNamespace(key=SimpleNamespace(public=program.above))
        self.center = Center(
            program.org, program.org, program.device, key, self, boss, program.scheme, parts.clerk, parts
        )

    def serve(self) -> None:
        """Do one task after the other until nobody asks any more."""
        while True:
            try:
                self.task = self.pipe.recv()
            except EOFError:
                return
            self.pipe.send(self._do(self.task))

    def _do(self, task: Task) -> Done:
        self.chance.go_to(task.place)
        self.center.ruler_awake = False
        done = self.done = Done(os.getpid(), task.place, cut=task.cut)
        try:
            done.result = task.work(self.center, *task.arguments)
        except StationError as error:
            done.refused = (error.code, error.params)
        except Exception:
            done.fault = traceback.format_exc()
        done.place, done.woken = self.chance.place, self.center.ruler_awake
        return done

    @contextmanager
    def read(self) -> Iterator[Any]:
        with reading(self.engine) as connection:
            yield RegistryOnDisk(connection, self.cipher)

    @contextmanager
    def write(self) -> Iterator[Any]:
        before = None
        try:
            with writing(self.engine) as connection:
                if self.task.rehearsed:
                    before = load_center(connection, None, self.remembering)
                yield RegistryOnDisk(connection, self.cipher)
                if before is not None:
                    after = load_center(connection, before, self.remembering)
                    self.done.changed |= change_between(before, after).names()
                cut = self._before_commit(rehearsed=before is not None)
        except _UndoneError:
            return
        self.done.commits += 1
        self._wait_to_be_killed(cut, "after")

    def _before_commit(self, *, rehearsed: bool) -> str:
        if rehearsed:
            raise _UndoneError
        cut, self.done.cut = self.done.cut, ""
        if cut == "full":
            raise StationError("disk-full")
        self._wait_to_be_killed(cut, "before")
        return cut

    def _wait_to_be_killed(self, cut: str, here: str) -> None:
        if cut == here:
            self.done.halted, self.done.place = True, self.chance.place
            self.pipe.send(self.done)
            self.pipe.recv()


def _serve(pipe: Pipe, program: Program) -> None:
    _Serving(pipe, program).serve()


class _Child:
    """One of the processes, seen from the world."""

    def __init__(self, program: Program) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_serve, args=(theirs, program), daemon=True)
        self.process.start()
        theirs.close()

    def do(self, task: Task) -> Done:
        self.pipe.send(task)
        assert self.pipe.poll(_LONGEST_S), "a process of a center does not answer"
        done: Done = self.pipe.recv()
        return done

    def end(self) -> None:
        self.pipe.close()
        self.process.join()

    def kill(self) -> None:
        """Let its machine go off."""
        self.process.kill()
        self.process.join()
        assert self.process.exitcode == -9, self.process.exitcode
        self.pipe.close()


class Processes:
    """The processes of one center.

    Args:
        address: of its database.
        count: how many answer in turn.

    `pids` are those that have answered, in turn; `killed` those that went off.
    """

    def __init__(self, address: str, count: int = 2) -> None:
        self.pids: list[int] = []
        self.killed: list[int] = []
        self._address = address
        self._count = count
        self._children: dict[int, _Child] = {}
        self._turn = 0

    def do(self, center: Center, work: Callable[..., Any], arguments: tuple[Any, ...], chance: Chance) -> Any:
        """Have a piece of work done by the process whose turn it is, and look at what it has committed.

        Raises:
            PowerCutError: it was killed at a commit.
            StationError: whatever the center's program refuses.
        """
        store = center.store
        self._turn = (self._turn + 1) % self._count
        if self._turn not in self._children:
            self._children[self._turn] = _Child(self._program(center, chance))
        task = Task(work, arguments, center.clock(), chance.place, store.cut, store.is_rehearsing)
        done = self._children[self._turn].do(task)
        self.pids.append(done.pid)
        chance.go_to(done.place)
        if done.halted:
            self._children.pop(self._turn).kill()
            self.killed.append(done.pid)
        center.ruler_awake |= done.woken
        store.note_work(done.cut, done.changed, commits=done.commits)
        return self._result(done)

    @staticmethod
    def _result(done: Done) -> Any:
        assert not done.fault, done.fault
        if done.halted:
            raise PowerCutError
        if done.refused is not None:
            code, params = done.refused
            raise StationError(code, **params)
        return done.result

    def _program(self, center: Center, chance: Chance) -> Program:
        above = center.boss.key.public
        scheme, body_key = center.scheme, center.store.body_key
        return Program(self._address, center.org, center.seed, center.device, above, scheme, body_key, chance.seed)

    def end(self) -> None:
        """Stop all of them; who is asked next is started anew."""
        for child in self._children.values():
            child.end()
        self._children.clear()
