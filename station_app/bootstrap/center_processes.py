"""Several processes that do the same: kept running, replaced when one ends, all ended by a signal to the first."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any

from station_app.domain.errors import StationError

STOP_WITHIN_S = 5
# More ends than this in so short a time are no accidents: what is wrong will not go away by trying again.
MOST_ENDS = 10
ENDS_WITHIN_S = 60.0

# Given what ends this process's work in good order; calls it when the first process is gone.
Stop = Callable[[Callable[[], None]], None]


def keep_running(work: Callable[..., None], arguments: tuple[Any, ...], count: int) -> None:
    """Run `work(stop, *arguments)` in `count` new processes until SIGTERM or SIGINT.

    Raises:
        StationError: `processes-keep-ending`: they end by themselves again and again; all have been ended.
    """
    ends: deque[float] = deque(maxlen=MOST_ENDS)
    running: list[SpawnProcess] = []
    with _signalled() as signals:
        try:
            running += [_start(work, arguments) for _ in range(count)]
            while signals not in wait([signals, *(process.sentinel for process in running)]):
                for process in [process for process in running if not process.is_alive()]:
                    running.remove(process)
                    _note(ends)
                    running.append(_start(work, arguments))
        finally:
            _end(running)


def _start(work: Callable[..., None], arguments: tuple[Any, ...]) -> SpawnProcess:
    # Started anew, not forked: nothing of this process is in it, on no system.
    process = multiprocessing.get_context("spawn").Process(target=_begin, args=(work, arguments), daemon=True)
    process.start()
    return process


def _begin(work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    work(_when_orphaned, *arguments)


def _when_orphaned(end: Callable[[], None]) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        end()

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _note(ends: deque[float]) -> None:
    ends.append(time.monotonic())
    if len(ends) == MOST_ENDS and ends[-1] - ends[0] < ENDS_WITHIN_S:
        raise StationError("processes-keep-ending", count=MOST_ENDS)


def _end(running: list[SpawnProcess]) -> None:
    for process in running:
        process.terminate()
    until = time.monotonic() + 2 * STOP_WITHIN_S
    for process in running:
        process.join(max(0.0, until - time.monotonic()))
        process.kill()
        process.join()


@contextmanager
def _signalled() -> Iterator[socket.socket]:
    """Give a socket that can be read once this process has been told to end."""
    told, tell = socket.socketpair()
    tell.setblocking(False)

    def handle(_number: int, _frame: FrameType | None) -> None:
        tell.send(b"x")

    with told, tell:
        before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield told
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
