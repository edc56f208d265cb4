"""One transaction for all requests that wait at the time, since what a small one costs most is its commit."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from station_app.center.ports import CenterStore, OpenStore

_T = TypeVar("_T")


@dataclass(slots=True, eq=False)
class _Job:
    work: Callable[[CenterStore], Any]
    weight: int
    result: Any = None
    error: Exception | None = None
    settled: bool = False


class GroupCommit:
    """Runs writing work of many threads, several at a time in one transaction; each returns after its commit.

    Work that comes while nobody writes begins at once, in a transaction of its own. What comes during that waits; as
    soon as it is committed, one of the waiting threads takes all that wait, in order, into the next transaction. So
    there is no delay to choose: groups grow by themselves with the load.

    If one of a group fails, none of it is kept, and each is done again in a transaction of its own, so that work sees
    no failure but its own. Work may therefore run twice, and changes nothing but the store.

    Args:
        write: opens the writing transaction.
        most: weight at which a group is full; one that is heavier goes alone.
    """

    def __init__(self, write: OpenStore, most: int) -> None:
        self._write = write
        self._most = most
        self._changed = threading.Condition()
        self._waiting: deque[_Job] = deque()
        self._writing = False

    def run(self, work: Callable[[CenterStore], _T], weight: int) -> _T:
        """Return what `work` returns once that is committed; an error of the work or of the commit is raised."""
        job = _Job(work, weight)
        with self._changed:
            self._waiting.append(job)
        while group := self._my_turn(job):
            try:
                self._settle(group)
            finally:
                with self._changed:
                    self._writing = False
                    self._changed.notify_all()
        if job.error is not None:
            raise job.error
        result: _T = job.result
        return result

    def _my_turn(self, job: _Job) -> list[_Job]:
        """Wait until the job is settled by another thread, or this one is to write the group that is returned."""
        with self._changed:
            while self._writing and not job.settled:
                self._changed.wait()
            if job.settled:
                return []
            self._writing = True
            group = [self._waiting.popleft()]
            weight = group[0].weight
            while self._waiting and weight + self._waiting[0].weight <= self._most:
                weight += self._waiting[0].weight
                group.append(self._waiting.popleft())
            return group

    def _settle(self, group: list[_Job]) -> None:
        try:
            with self._write() as store:
                results = [job.work(store) for job in group]
        except Exception as error:
            if len(group) > 1:
                for job in group:
                    self._settle([job])
                return
            group[0].error = error
        else:
            for job, result in zip(group, results, strict=True):
                job.result = result
        for job in group:
            job.settled = True
