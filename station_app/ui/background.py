"""Work off the GUI thread: two lanes, results delivered on the GUI thread or not at all if their owner is gone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from station_app.domain.errors import StationError
from station_app.messages.bugs import as_refusal

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class Lane(StrEnum):
    """Where a job waits its turn: `db` has one thread, so that writes never compete; `net` has two."""

    DB = "db"
    NET = "net"


_THREADS = {Lane.DB: 1, Lane.NET: 2}


class Job:
    """A job under way; a long one looks at `stopped` and tells how far it has come."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._stop = threading.Event()
        self._tell = tell

    def stop(self) -> None:
        """Ask the job to end at its next step."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Tell whether somebody asked it to end."""
        return self._stop.is_set()

    def progress(self, finished: int, total: int) -> None:
        """Tell how far the job has come; safe from its own thread."""
        self._tell(finished, total)


class Jobs(QObject):
    """Runs jobs on the two lanes.

    A job opens and closes its own transaction, touches no QObject and returns frozen values.
    """

    refused = Signal(object)
    """A StationError of a job without a `failed` of its own."""
    busy = Signal(bool)
    """Something runs, or nothing does any more."""
    _deliver = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pools = {
            lane: ThreadPoolExecutor(threads, thread_name_prefix=f"lane-{lane}") for lane, threads in _THREADS.items()
        }
        self._running = 0
        self._closed = False
        self._deliver.connect(self._on_delivery, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        lane: Lane,
        work: Callable[[], T],
        *,
        owner: QObject,
        done: Callable[[T], Any],
        failed: Callable[[StationError], Any] | None = None,
    ) -> Job:
        """Run `work` on a lane; `done` gets its result on the GUI thread, `failed` a StationError it raised.

        Args:
            owner: while it lives, results are delivered; afterwards they are dropped.
            failed: also for a bug in the job, with `program-error`; left out, the worker is told by `refused`.
        """
        return self.submit_long(lane, lambda _job: work(), owner=owner, done=done, failed=failed)

    def submit_long(
        self,
        lane: Lane,
        work: Callable[[Job], T],
        *,
        owner: QObject,
        done: Callable[[T], Any],
        failed: Callable[[StationError], Any] | None = None,
        progress: Callable[[int, int], Any] | None = None,
    ) -> Job:
        """Run a job that can tell its progress and be stopped; after `close` nothing is run any more."""

        def tell(finished: int, total: int) -> None:
            if progress is not None:
                self._post(owner, partial(progress, finished, total), ends=False)

        job = Job(tell)
        if self._closed:
            return job
        self._count(1)
        self._pools[lane].submit(self._run, partial(work, job), owner, done, failed or self.refused.emit)
        return job

    @property
    def idle(self) -> bool:
        """Tell whether nothing runs or waits."""
        return self._running == 0

    def close(self) -> None:
        """Take no more: what waits to be saved is saved, what waits for the network is dropped, no result is told."""
        self._closed = True
        for lane, pool in self._pools.items():
            pool.shutdown(wait=True, cancel_futures=lane is Lane.NET)

    def _run(
        self,
        work: Callable[[], Any],
        owner: QObject,
        done: Callable[[Any], Any],
        failed: Callable[[StationError], Any],
    ) -> None:
        try:
            result = work()
        except StationError as error:
            self._post(owner, partial(failed, error))
        except Exception as error:
            # A bug, which is logged: the thread lives on, and whoever waits for the job hears of it like of a refusal.
            self._post(owner, partial(failed, as_refusal(error)))
        else:
            self._post(owner, partial(done, result))

    def _post(self, owner: QObject, call: Callable[[], Any], *, ends: bool = True) -> None:
        if not self._closed:
            self._deliver.emit((owner, call, ends))

    @Slot(object)
    def _on_delivery(self, delivery: tuple[QObject, Callable[[], Any], bool]) -> None:
        owner, call, ends = delivery
        if ends:
            self._count(-1)
        if shiboken6.isValid(owner):
            call()

    def _count(self, change: int) -> None:
        before, self._running = self._running, self._running + change
        if bool(before) != bool(self._running):
            self.busy.emit(bool(self._running))
