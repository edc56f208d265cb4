"""Jobs run off the GUI thread; results come on it, or not at all."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.ui.background import Job, Jobs, Lane
from station_app.ui.workplace import Workplace


@pytest.fixture
def jobs(qtbot: QtBot) -> Jobs:
    return Jobs()


def test_a_job_runs_elsewhere_and_its_result_comes_on_the_gui_thread(qtbot: QtBot, jobs: Jobs) -> None:
    seen: list[tuple[object, object]] = []
    owner = QObject()
    jobs.submit(
        Lane.DB,
        threading.current_thread,
        owner=owner,
        done=lambda where: seen.append((where, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0] is not threading.main_thread()
    assert seen[0][1] is threading.main_thread()
    jobs.close()


def test_a_result_for_somebody_gone_is_dropped(qtbot: QtBot, jobs: Jobs) -> None:
    seen: list[object] = []
    owner = QObject()
    go = threading.Event()
    jobs.submit(Lane.DB, lambda: go.wait(5), owner=owner, done=seen.append)
    shiboken6.delete(owner)
    go.set()
    qtbot.waitUntil(lambda: jobs.idle)
    assert seen == []
    jobs.close()


def test_a_refusal_goes_to_failed_and_otherwise_to_everybody(qtbot: QtBot, jobs: Jobs) -> None:
    seen: list[str] = []
    owner = QObject()
    jobs.refused.connect(lambda error: seen.append(f"all {error.code}"))

    def refuse() -> None:
        raise StationError("case-unknown", case="1")

    jobs.submit(Lane.DB, refuse, owner=owner, done=print, failed=lambda error: seen.append(error.code))
    jobs.submit(Lane.NET, refuse, owner=owner, done=print)
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert sorted(seen) == ["all case-unknown", "case-unknown"]
    jobs.close()


def test_a_bug_in_a_job_is_a_refusal_for_who_waits_for_it_and_the_lane_lives_on(
    qtbot: QtBot, jobs: Jobs, bugs: list[BaseException]
) -> None:
    """Whoever had not thought of bugs waited for ever: a page, the gate, the exchange."""
    seen: list[int] = []
    told: list[StationError] = []
    owner = QObject()
    jobs.refused.connect(told.append)
    jobs.submit(Lane.DB, lambda: 1 // 0, owner=owner, done=print, failed=told.append)
    jobs.submit(Lane.DB, lambda: 1 // 0, owner=owner, done=print)
    jobs.submit(Lane.DB, lambda: 7, owner=owner, done=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert [error.code for error in told] == ["program-error"] * 2
    assert all(len(str(error.params["id"])) == 4 for error in told)
    assert [type(bug) for bug in bugs] == [ZeroDivisionError] * 2
    bugs.clear()
    assert jobs.idle
    jobs.close()


def test_a_long_job_tells_its_progress_and_can_be_stopped(qtbot: QtBot, jobs: Jobs) -> None:
    steps: list[tuple[int, int]] = []
    ended: list[int] = []
    owner = QObject()

    def work(job: Job) -> int:
        for step in range(100_000):
            if job.stopped:
                return step
            job.progress(step, 100_000)
            threading.Event().wait(0.001)
        return -1

    job = jobs.submit_long(
        Lane.NET, work, owner=owner, done=ended.append, progress=lambda now, of: steps.append((now, of))
    )
    qtbot.waitUntil(lambda: len(steps) > 3)
    job.stop()
    qtbot.waitUntil(lambda: bool(ended))
    assert 0 < ended[0] < 100_000
    jobs.close()


def test_what_waits_to_be_saved_is_saved_when_the_window_closes(jobs: Jobs) -> None:
    """A draft handed over right before the window closed was dropped, because it stood behind another job."""
    saved: list[int] = []
    go = threading.Event()
    owner = QObject()
    jobs.submit(Lane.DB, lambda: go.wait(5), owner=owner, done=print)
    for number in range(3):
        jobs.submit(Lane.DB, lambda number=number: saved.append(number), owner=owner, done=print)
    threading.Timer(0.05, go.set).start()
    jobs.close()
    assert saved == [0, 1, 2]


def test_the_book_cannot_be_opened_on_the_gui_thread(village: Workplace) -> None:
    with pytest.raises(AssertionError, match="GUI thread"):
        village.session.desk.read_book()
