"""What the stations of the reliability tests do without pause, in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from station_app.bootstrap import station
from station_app.domain.errors import StationError
from station_app.usecases import hand_over, run_action
from station_app.usecases.times import stamp
from tests.reliability.dying import COMMITTED, OUTSIDE, Marks, watch_saves

PIN = "248163"
REST_S = 0.02


def save_without_pause(home: str, worker: str, marks_file: str, form: dict[str, Any]) -> None:
    """Register cases until killed; each is told on standard output once the use case has returned, not before."""
    marks = Marks(Path(marks_file))
    desk = station.sign_in(Path(home), worker, PIN).desk
    watch_saves(marks)
    marks.working = True
    while True:
        case = run_action.register_case(desk, form)
        tell({"case_id": case.case_id, "number": case.number})
        assert marks.phase == COMMITTED
        marks.phase = OUTSIDE
        marks.saves += 1


def save_with_rests(home: str, worker: str, form: dict[str, Any]) -> None:
    """Register cases until killed, with a breath between any two; each is told once the use case has returned."""
    desk = station.sign_in(Path(home), worker, PIN).desk
    while True:
        case = run_action.register_case(desk, form)
        tell({"case_id": case.case_id, "number": case.number})
        time.sleep(REST_S)


def work_and_sync(home: str, worker: str, to: str, form: dict[str, Any]) -> None:
    """Register, hand over, take in and exchange until asked to stop; whatever happens to the center."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signed_in = station.sign_in(Path(home), worker, PIN)
    desk, loop = signed_in.desk, signed_in.loop(0.05)
    waiting: list[str] = []
    while not stop.wait(REST_S):
        if to:
            case = run_action.register_case(desk, form)
            waiting.append(case.case_id)
            tell({"case_id": case.case_id, "number": case.number})
            if len(waiting) == 3:
                hand_over.offer_batch(desk, to, waiting)
                waiting.clear()
        else:
            _take_in_all(desk)
        loop.exchange_once()


def tell_the_time() -> None:
    """Tell what this PC's clock shows."""
    tell({"now": stamp(station.now())})


def _take_in_all(desk: Any) -> None:
    with desk.read_book() as book:
        open_ones = [batch.batch_id for batch in book.batches() if batch.open_lines]
    for batch_id in open_ones:
        try:
            hand_over.receive_batch(desk, batch_id, hand_over.Count())
        except StationError as error:
            # A batch may come in one page of the feed and its cases in the next.
            if error.code not in ("batch-empty", "batch-still-coming"):
                raise


def tell(found: dict[str, Any]) -> None:
    """Print one answer."""
    # One write: a kill leaves the whole line or nothing of it.
    os.write(1, json.dumps(found).encode() + b"\n")
