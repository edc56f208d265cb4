"""A new calendar over many open cases: how long it takes, and how long who saves meanwhile waits.

    python -m tests.bench.new_calendar [--cases 20000]

The journal is that of a county's station, every case open. `at once` is one transaction for all, `in slices` what the
exchange does; beside each, somebody saves a draft and reads a page of the list every 50 ms. One transaction for all is
the lower bound of the time that slices take.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Engine

from station_app.domain.calendar import Calendar
from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import CaseState, Custody
from station_app.domain.organisations import Level
from station_app.paths import resource
from station_app.protocol.signed import Signed, document_payload, read_document
from station_app.storage.engine import reading, writing
from station_app.storage.station_book import StationBookOnDisk
from station_app.sync.loop import ANEW_AT_ONCE, BETWEEN_SLICES_S
from station_app.usecases.case_pages import cases_after
from station_app.usecases.ports import Draft
from station_app.usecases.reference import standpoint_of
from station_app.usecases.run_center import CALENDAR
from tests.bench.cases import COUNTY, Maker, _items, open_station, organisations, tell
from tests.bench.results import Figure, finish

EVERY_S = 0.05


def fill_open(engine: Engine, count: int) -> None:
    """Write cases that are all open."""
    villages = [office.code for office in organisations() if office.level is Level.VILLAGE]
    maker = Maker(Random(1), villages, _items())
    here = Custody(COUNTY, "d" * 32, "g" * 64, "h" * 64, None, False)
    open_ones = {"state": CaseState.RECEIVED, "custody": here, "obligations": {}}
    with writing(engine) as connection:
        book = StationBookOnDisk(connection)
        cases = [replace(maker.case(number, count), **open_ones) for number in range(count)]
        book.put_cases(cases, standpoint_of(book))


def publish(engine: Engine, number: int) -> None:
    """Bring a calendar in which other days are off."""
    content = json.loads(resource("data/calendar_cn.json").read_text("utf-8"))
    days_off = [date(2026, 1, 5) + timedelta(days=7 * week + number) for week in range(40)]
    found = Calendar.from_json(content).with_overlay(days_off).to_json()
    with writing(engine) as connection:
        StationBookOnDisk(connection).save_document(
            read_document(Signed(document_payload(CALENDAR, number, found), b"s"))
        )


def take(engine: Engine, at_once: int) -> int:
    """Write all open cases anew, so many a transaction; return how many transactions it took."""
    for slices in range(1, 1_000_000):
        with writing(engine) as connection:
            if not StationBookOnDisk(connection).look_anew(at_once):
                return slices
        time.sleep(BETWEEN_SLICES_S)
    raise AssertionError("it never ends")


class Colleague:
    """Saves a draft and reads a page of the list again and again, and notes how long each took."""

    def __init__(self, engine: Engine) -> None:
        self.saving: list[float] = []
        self.reading: list[float] = []
        self._engine = engine
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Colleague:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        is_over = False
        while not is_over:
            start = time.perf_counter()
            with writing(self._engine) as connection:
                draft = Draft("d" * 32, "p" * 32, "register", "王五", {}, "2026-11-23T04:00:00Z")
                StationBookOnDisk(connection).save_draft(draft)
            self.saving.append(time.perf_counter() - start)
            start = time.perf_counter()
            with reading(self._engine) as connection:
                cases_after(StationBookOnDisk(connection), CaseQuery(), None, 50)
            self.reading.append(time.perf_counter() - start)
            # Once at least, however soon the other is done.
            is_over = self._over.wait(EVERY_S)


def main() -> int:
    """Take two new calendars, each in another way."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_station(Path(folder))
        fill_open(engine, options.cases)
        take(engine, options.cases + 1)
        ways = (("at once", options.cases + 1), ("in slices", ANEW_AT_ONCE))
        took: dict[str, tuple[float, int, float]] = {}
        for number, (name, at_once) in enumerate(ways, start=2):
            publish(engine, number)
            with Colleague(engine) as colleague:
                start = time.perf_counter()
                slices = take(engine, at_once)
                seconds = time.perf_counter() - start
            print(f"{name}: {options.cases} cases in {seconds:.1f} s, {slices} transactions")
            for what, times in (("saving", colleague.saving), ("reading", colleague.reading)):
                tell(f"  {what} meanwhile", times, f"longest {max(times) * 1000:.0f} ms")
            took[name] = seconds, slices, max(colleague.saving)
        engine.dispose()
    return finish(judged(took, options.cases))


def judged(took: Mapping[str, tuple[float, int, float]], cases: int) -> list[Figure]:
    """Return the figures with their limits.

    Args:
        took: seconds, transactions, and seconds of the longest save meanwhile, of each way.
    """
    whole, (seconds, slices, save) = took["at once"], took["in slices"]
    # The last one finds nothing left to do.
    most = math.ceil(cases / ANEW_AT_ONCE) + 1
    return [
        Figure("in slices", f"{seconds:.1f} s", seconds / whole[0]),
        Figure("longest save meanwhile", f"{save * 1000:.0f} ms"),
        Figure("transactions", str(slices), limit=f"at most {most}", held=slices <= most),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
