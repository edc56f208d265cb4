"""The loop that exchanges: it backs off, wakes for new work, stops when told, and survives what a disk can do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from station_app.domain.errors import StationError
from station_app.exchange.inbox import Checks
from station_app.exchange.station import FIRST_PAUSE_S
from station_app.protocol.exchange_records import ExchangeReply, ExchangeRequest, PushStatus
from station_app.protocol.signed import Signed
from station_app.sync import loop as loop_module
from station_app.sync.loop import LoopParts, Report, SyncLoop
from station_app.usecases.ports import Identity
from station_app.usecases.times import stamp
from tests.domain.casework import registered
from tests.exchange.makers import VILLAGE, Device
from tests.fake_station import MemoryBook, station_store
from tests.fake_store import Store

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ME = Identity("d" * 32, "e" * 16, 0, "1", "https://127.0.0.1:1", "c" * 32, "", "")


@dataclass
class Center:
    """A center that answers as it is told to: `answers` first, then always that all is well."""

    answers: list[StationError | dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[ExchangeRequest, str]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def exchange(self, request: ExchangeRequest, nonce: str) -> ExchangeReply:
        self.asked.append((request, nonce))
        self.meanwhile()
        answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, StationError):
            raise answer
        return reply(request, number=len(self.asked), **answer)


def reply(request: ExchangeRequest, *, number: int, **changes: Any) -> ExchangeReply:
    last = request.first_link + len(request.events) - 1
    found = {
        "incarnation": "i1",
        "nonce": f"n{number}",
        "center_time": "2026-11-23T04:00:00Z",
        "link_head": last,
        "statuses": tuple(PushStatus(link, "stored") for link in range(request.first_link, last + 1)),
        "receipt": None,
        "head": 0,
        "rows": (),
        "credentials": (),
    }
    return ExchangeReply(**{**found, **changes})


@dataclass
class Disk:
    """The station's store, and what its disk does: `broken` is raised at every opening, or at writing alone."""

    store: Store = field(default_factory=station_store)
    broken: StationError | None = None
    broken_writing: StationError | None = None
    rests: list[float] = field(default_factory=list)
    me: Device = field(default_factory=lambda: Device(VILLAGE))

    def __post_init__(self) -> None:
        with self.store.write() as book:
            book.save_setting("identity", ME)

    @contextmanager
    def read(self) -> Iterator[MemoryBook]:
        if self.broken is not None:
            raise self.broken
        with self.store.read() as book:
            yield book

    @contextmanager
    def write(self) -> Iterator[MemoryBook]:
        for error in (self.broken, self.broken_writing):
            if error is not None:
                raise error
        with self.store.write() as book:
            yield book

    def add_work(self, *, links: int = 1) -> None:
        """Put events into the outbox."""
        with self.store.write() as book:
            for _ in range(links):
                self.me.write("note")
            book.append(self.me.wrote[-links:])

    def status(self) -> tuple[str, dict[str, object], str]:
        with self.store.read() as book:
            found = book.sync_status()
            return found.code, dict(found.params), found.next_attempt


def make_loop(center: Center, disk: Disk, interval_s: float = 60.0, checks: Checks | None = None) -> SyncLoop:
    return SyncLoop(
        LoopParts(
            client=center,  # type: ignore[arg-type]
            open_book=disk.write,
            read_book=disk.read,
            checks=checks
            or Checks(lambda jobs: [True for _ in jobs], lambda _context, _signed, _named=(): True, lambda: "f" * 16),
            now=lambda: NOW,
            jitter=lambda: 0.0,
            rest=disk.rests.append,
            one_at_a_time=nullcontext,
        ),
        interval_s,
    )


class Running:
    """A loop in a thread; `reports` is what it told."""

    def __init__(self, loop: SyncLoop) -> None:
        self.reports: list[Report] = []
        self._told = threading.Condition()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=loop.run, args=(self.stop, self._tell), daemon=True)

    def _tell(self, report: Report) -> None:
        with self._told:
            self.reports.append(report)
            self._told.notify_all()

    def wait_for(self, count: int) -> None:
        with self._told:
            assert self._told.wait_for(lambda: len(self.reports) >= count, timeout=20), self.reports

    def __enter__(self) -> Running:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(timeout=20)
        assert not self.thread.is_alive()


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_module, "LOOK_EVERY_S", 0.01)


def no_network() -> StationError:
    return StationError("no-network", address="https://center", detail="ConnectionError")


def test_one_exchange_sends_what_waits_and_notes_that_all_is_well() -> None:
    center, disk = Center(), Disk()
    disk.add_work(links=3)
    report = make_loop(center, disk).exchange_once()
    assert report == Report(pushed=3, pause_s=60.0)
    [(request, nonce)] = center.asked
    assert (request.first_link, len(request.events), request.epoch, nonce) == (1, 3, ME.epoch, "")
    assert disk.status() == ("", {}, "2026-11-23T04:01:00Z")


def test_each_request_names_the_nonce_of_the_reply_before() -> None:
    center, disk = Center(), Disk()
    loop = make_loop(center, disk)
    for _ in range(3):
        loop.exchange_once()
    assert [nonce for _, nonce in center.asked] == ["", "n1", "n2"]


def test_without_a_network_it_waits_longer_each_time_and_says_why() -> None:
    center, disk = Center([no_network() for _ in range(4)]), Disk()
    disk.add_work()
    loop = make_loop(center, disk)
    pauses = [loop.exchange_once().pause_s for _ in range(4)]
    assert pauses[0] >= FIRST_PAUSE_S
    assert pauses == sorted(pauses)
    assert pauses[3] > pauses[0]
    code, params, next_attempt = disk.status()
    assert (code, params["address"]) == ("no-network", "https://center")
    assert next_attempt > "2026-11-23T04:00:00Z"
    # What is queued is as it was, and the first good exchange takes it along.
    assert loop.exchange_once() == Report(pushed=1, pause_s=60.0)
    assert disk.status()[:2] == ("", {})


def test_the_center_s_word_on_when_to_come_back_is_kept() -> None:
    center, disk = Center([StationError("center-busy", retry_after_s=777)]), Disk()
    report = make_loop(center, disk).exchange_once()
    assert (report.code, report.pause_s) == ("center-busy", 777.0)


def test_a_batch_that_is_too_large_for_the_way_is_halved_until_it_passes() -> None:
    center, disk = Center([StationError("batch-too-large") for _ in range(2)]), Disk()
    disk.add_work(links=100)
    report = make_loop(center, disk).exchange_once()
    assert (report.pushed, report.code, report.params) == (100, "", ())
    sizes = [len(request.events) for request, _ in center.asked]
    assert sizes[:3] == [100, 50, 25]
    assert sum(sizes[2:]) == 100


def test_the_last_exchange_that_came_through_is_remembered_through_those_that_do_not() -> None:
    disk = Disk()
    make_loop(Center([StationError("no-network")]), disk).exchange_once()
    with disk.read() as book:
        assert book.sync_status().last_ok_at == ""
    make_loop(Center([{}]), disk).exchange_once()
    make_loop(Center([StationError("no-network")]), disk).exchange_once()
    with disk.read() as book:
        found = book.sync_status()
    assert (found.code, found.last_ok_at) == ("no-network", stamp(NOW))


def test_rulings_to_come_are_asked_for_soon() -> None:
    center, disk = Center([{"pending": True}]), Disk()
    report = make_loop(center, disk).exchange_once()
    assert (report.code, report.pending) == ("", True)
    assert report.pause_s < 1.0


def test_a_reply_that_the_center_did_not_sign_changes_nothing() -> None:
    center, disk = Center([{"receipt": Signed(b"{}", b"")}]), Disk()
    disk.add_work()
    checks = Checks(lambda jobs: [True for _ in jobs], lambda _context, _signed, _named=(): False, lambda: "f" * 16)
    report = make_loop(center, disk, checks=checks).exchange_once()
    assert (report.code, report.pushed) == ("center-record-forged", 0)
    with disk.read() as book:
        assert len(book.outbox(10)) == 1
        assert book.link().nonce == ""


def test_what_a_failed_commit_took_back_is_not_reported_as_pushed() -> None:
    center, disk = Center(), Disk()
    disk.add_work(links=2)
    disk.broken_writing = StationError("disk-full")
    report = make_loop(center, disk).exchange_once()
    assert (report.code, report.pushed) == ("disk-full", 0)
    disk.broken_writing = None
    assert make_loop(center, disk).exchange_once().pushed == 2


def test_run_exchanges_again_and_again_until_it_is_told_to_stop() -> None:
    center, disk = Center(), Disk()
    with Running(make_loop(center, disk, interval_s=0.01)) as running:
        running.wait_for(3)
    assert {report.code for report in running.reports} == {""}


def test_run_stops_at_once_in_the_middle_of_a_long_pause() -> None:
    with Running(make_loop(Center(), Disk(), interval_s=3600.0)) as running:
        running.wait_for(1)
    assert len(running.reports) == 1


def test_a_loop_that_is_stopped_before_it_runs_does_nothing() -> None:
    center = Center()
    running = Running(make_loop(center, Disk()))
    running.stop.set()
    with running:
        pass
    assert center.asked == []


def test_new_work_wakes_it() -> None:
    center, disk = Center(), Disk()
    with Running(make_loop(center, disk, interval_s=3600.0)) as running:
        running.wait_for(1)
        disk.add_work()
        running.wait_for(2)
    assert [report.pushed for report in running.reports] == [0, 1]


def test_work_saved_while_an_exchange_is_under_way_does_not_wait_for_the_next_one() -> None:
    disk = Disk()
    center = Center()

    def save_once() -> None:
        center.meanwhile = lambda: None
        disk.add_work()

    center.meanwhile = save_once
    with Running(make_loop(center, disk, interval_s=3600.0)) as running:
        running.wait_for(2)
    assert [report.pushed for report in running.reports] == [0, 1]


def test_a_full_disk_while_noting_the_status_does_not_end_it() -> None:
    center, disk = Center(), Disk()
    disk.broken_writing = StationError("disk-full")
    with Running(make_loop(center, disk, interval_s=0.01)) as running:
        running.wait_for(3)
        assert {report.code for report in running.reports} == {"disk-full"}
        disk.broken_writing = None
        running.wait_for(len(running.reports) + 2)
    assert running.reports[-1].code == ""


def test_a_disk_that_can_not_even_be_read_for_a_while_does_not_end_it() -> None:
    center, disk = Center(), Disk()
    with Running(make_loop(center, disk, interval_s=3600.0)) as running:
        running.wait_for(1)
        disk.broken = StationError("disk-full")
        running.wait_for(2)
        assert running.reports[-1].code == "disk-full"
        disk.add_work()
        disk.broken = None
        # The pause after a failure is long; that the journal can be read again ends it.
        running.wait_for(3)
    assert (running.reports[-1].code, running.reports[-1].pushed) == ("", 1)


def test_an_unreadable_disk_is_not_asked_without_pause() -> None:
    disk = Disk(broken=StationError("database-busy"))
    disk_asked = 0
    loop = make_loop(Center(), disk, interval_s=3600.0)
    stop = threading.Event()

    def tell(_report: Report) -> None:
        nonlocal disk_asked
        disk_asked += 1

    thread = threading.Thread(target=loop.run, args=(stop, tell), daemon=True)
    thread.start()
    stop.wait(0.3)
    stop.set()
    thread.join(timeout=20)
    assert disk_asked == 1


# a new calendar


def filled(disk: Disk, count: int) -> None:
    """Put cases into the store that nobody has looked at by the documents in force."""
    with disk.store.write() as book:
        for number in range(count):
            book.tables.cases[f"{number:032x}"] = replace(registered().case, case_id=f"{number:032x}")


def behind(disk: Disk) -> bool:
    with disk.store.read() as book:
        return book.is_behind()


def test_open_cases_are_brought_up_to_a_new_calendar_in_slices_with_time_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop_module, "ANEW_AT_ONCE", 2)
    disk = Disk()
    filled(disk, 5)
    report = make_loop(Center(), disk).exchange_once()
    assert (report.anew, report.code) == (5, "")
    assert disk.rests == [loop_module.BETWEEN_SLICES_S] * 3
    assert not behind(disk)
    assert make_loop(Center(), disk).exchange_once().anew == 0


def test_what_does_not_fit_into_one_exchange_follows_soon_whatever_becomes_of_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop_module, "ANEW_AT_ONCE", 2)
    monkeypatch.setattr(loop_module, "MOST_SLICES", 2)
    disk = Disk()
    filled(disk, 5)
    loop = make_loop(Center([StationError("no-network")]), disk)
    first = loop.exchange_once()
    assert (first.anew, first.code, first.pause_s) == (4, "no-network", loop_module.AGAIN_S)
    assert behind(disk)
    second = loop.exchange_once()
    assert (second.anew, second.pause_s > loop_module.AGAIN_S) == (1, True)


def test_a_disk_that_takes_no_slice_is_told_and_the_rest_is_tried_again() -> None:
    disk = Disk()
    filled(disk, 1)
    loop = make_loop(Center([StationError("no-network")]), disk)
    disk.broken_writing = StationError("disk-full")
    assert loop.exchange_once().anew == 0
    assert behind(disk)
    disk.broken_writing = None
    assert loop.exchange_once().anew == 1
