"""Requests that wait together share a transaction; each is answered after its commit, and fails for its own fault."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from station_app.center.group_commit import GroupCommit
from station_app.center.ports import CenterParts, CenterStore
from station_app.domain.errors import StationError
from station_app.exchange.authentic import Job
from tests.center.served import served_at
from tests.postgres import until
from tests.reliability.place import Place


@dataclass
class Journal:
    """A store that notes what each transaction kept; the first one waits in its commit until it is let go."""

    kept: list[list[str]] = field(default_factory=list)
    commits: int = 0
    hold: threading.Event = field(default_factory=threading.Event)
    committing: threading.Event = field(default_factory=threading.Event)
    fails: Callable[[int], BaseException | None] = lambda _number: None

    @contextmanager
    def write(self) -> Iterator[Any]:
        written: list[str] = []
        yield written
        self.commits += 1
        self.committing.set()
        if self.commits == 1:
            assert self.hold.wait(30)
        error = self.fails(self.commits)
        if error is not None:
            raise error
        self.kept.append(written)


@dataclass
class Load:
    """Threads that ask for work at a group commit while its first transaction is held in its commit."""

    journal: Journal
    group: GroupCommit
    pool: ThreadPoolExecutor

    def ask(self, name: str, weight: int = 1) -> Future[str]:
        """Ask for work that writes its name; one called `bad` writes and then fails."""

        def work(store: Any) -> str:
            store.append(name)
            if name.startswith("bad"):
                raise StationError("code-wrong")
            return name

        return self.pool.submit(lambda: self.group.run(work, weight))


@pytest.fixture
def load() -> Iterator[Load]:
    journal = Journal()
    with ThreadPoolExecutor(12) as pool:
        yield Load(journal, GroupCommit(journal.write, 5), pool)
        journal.hold.set()


def begin(load: Load) -> Future[str]:
    first = load.pool.submit(lambda: load.group.run(lambda store: store.append("first") or "first", 1))
    assert load.journal.committing.wait(30)
    return first


def queue(load: Load, *names: str, weight: int = 1) -> list[Future[str]]:
    """Ask one after the other, each waiting before the next asks."""
    futures = []
    for number, name in enumerate(names, start=len(load.group._waiting) + 1):
        futures.append(load.ask(name, weight))
        until(lambda wanted=number: len(load.group._waiting) == wanted)
    return futures


def test_what_comes_alone_is_committed_alone_and_at_once(load: Load) -> None:
    load.journal.hold.set()
    assert [load.group.run(lambda store, n=n: store.append(n) or n, 1) for n in "abc"] == ["a", "b", "c"]
    assert load.journal.kept == [["a"], ["b"], ["c"]]


def test_what_comes_during_a_commit_shares_the_next_one_in_order(load: Load) -> None:
    first = begin(load)
    rest = queue(load, "a", "b", "c")
    assert not any(future.done() for future in (first, *rest))
    load.journal.hold.set()
    assert [future.result(30) for future in (first, *rest)] == ["first", "a", "b", "c"]
    assert load.journal.kept == [["first"], ["a", "b", "c"]]


def test_a_group_ends_when_it_is_full_and_one_that_is_heavier_goes_alone(load: Load) -> None:
    begin(load)
    futures = [*queue(load, "a", "b", weight=2), *queue(load, "c", weight=9), *queue(load, "d", "e")]
    load.journal.hold.set()
    for future in futures:
        future.result(30)
    assert load.journal.kept == [["first"], ["a", "b"], ["c"], ["d", "e"]]


def test_one_bad_request_fails_alone_and_leaves_nothing(load: Load) -> None:
    begin(load)
    good, bad, other = queue(load, "a", "bad", "c")
    load.journal.hold.set()
    assert (good.result(30), other.result(30)) == ("a", "c")
    with pytest.raises(StationError) as caught:
        bad.result(30)
    assert caught.value.code == "code-wrong"
    assert load.journal.kept == [["first"], ["a"], ["c"]]


def test_a_commit_that_fails_is_answered_by_none_as_done(load: Load) -> None:
    load.journal.fails = lambda number: StationError("disk-full") if number > 1 else None
    first = begin(load)
    rest = queue(load, "a", "b")
    load.journal.hold.set()
    assert first.result(30) == "first"
    for future in rest:
        with pytest.raises(StationError) as caught:
            future.result(30)
        assert caught.value.code == "disk-full"
    assert load.journal.kept == [["first"]]
    load.journal.fails = lambda _number: None
    assert load.group.run(lambda store: store.append("later") or "later", 1) == "later"


def test_none_is_answered_before_its_commit(load: Load) -> None:
    first = begin(load)
    assert not first.done()
    load.journal.hold.set()
    assert first.result(30) == "first"


def test_under_load_everything_is_written_once_with_fewer_commits(load: Load) -> None:
    load.journal.hold.set()
    names = [str(number) for number in range(400)]
    done = list(load.pool.map(lambda name: load.group.run(lambda store: store.append(name) or name, 1), names))
    assert done == names
    assert sorted(name for kept in load.journal.kept for name in kept) == sorted(names)
    assert all(len(kept) <= 5 for kept in load.journal.kept)


def test_signatures_are_verified_before_the_turn_to_write_and_only_once(template: Place, tmp_path: Path) -> None:
    inside: list[str] = []
    verified: list[tuple[int, bool]] = []

    def watched(parts: CenterParts) -> CenterParts:
        @contextmanager
        def write() -> Iterator[CenterStore]:
            with parts.write() as store:
                inside.append("writing")
                yield store
            inside.clear()

        def verify_many(jobs: Sequence[Job]) -> list[bool]:
            verified.append((len(jobs), bool(inside)))
            return parts.verify_many(jobs)

        return replace(parts, write=write, verify_many=verify_many)

    with served_at(template.copy(tmp_path / "place", "c", "v1"), watched) as served:
        served.register()
        assert [status.status for status in served.exchange(served.nonce).statuses] == ["stored"]
    # The device's signature and the person's.
    assert verified == [(2, False)]
