"""The case list as a real widget over many cases: first rows, jumps, and from a key to the refreshed list.

    QT_QPA_PLATFORM=offscreen python -m tests.bench.case_list [--cases N] [--keys N] [--keep FOLDER]

A kept folder of tests.bench.cases may be given. The wait for the typing to rest (200 ms) is not part of a key's time:
each begins when the list asks, and ends when the rows of the answer are painted. `held up` is the longest time for
which the GUI thread did not come back to its event loop, `at work` the most that it worked itself in one. Aim: a key
within 50 ms (p99). The lower bound of a key is the page that it asks the journal for, without a window.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from sqlalchemy import Engine

from station_app.domain.case_cards import CaseQuery, Place
from station_app.domain.organisations import Level, Organisation
from station_app.domain.people import Role, Worker
from station_app.exchange.writing import Pen
from station_app.storage.engine import reading
from station_app.storage.station_book import StationBookOnDisk
from station_app.ui.background import Jobs
from station_app.ui.models.case_rows import ON_ITS_WAY
from station_app.ui.ports import Session
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.application import prepare_application
from station_app.ui.widgets.pages.cases_page import CasesPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.case_pages import cases_after
from station_app.usecases.ports import Book, Desk
from tests.bench.cases import COUNTY, NOW, PAGE, fill, open_station
from tests.bench.results import Figure, finish

AIM_MS = 50.0
BEAT_MS = 2
WORDS = (
    "王",
    "李秀",
    "zgl",
    "lxy",
    "养老",
    "1234",
    "龚",
    "陈建",
    "wxl",
    "临时",
    "zhangg",
    "5678",
    "赵",
    "ylbx",
    "杨桂兰",
)


def workplace(engine: Engine) -> Workplace:
    """Return a county receiver's place over a journal of its own."""

    @contextmanager
    def read_book() -> Iterator[Book]:
        with reading(engine) as connection:
            yield StationBookOnDisk(connection)

    worker = Worker("a" * 32, "王县", COUNTY, frozenset({Role.CLERK}))
    desk = Desk(worker, Pen(bytes, bytes), read_book, read_book, lambda: NOW, bytes)
    office = Organisation(COUNTY, "峨边彝族自治县政务服务中心", Level.COUNTY)
    nothing: Any = None
    session = Session(desk, office, *[nothing] * 15)
    return Workplace(session, Jobs(), Settings(theme=ThemeName.LIGHT))


class Stopwatch:
    """Runs the event loop until something is so, and notes how long the loop was ever held up."""

    def __init__(self, page: CasesPage) -> None:
        self._page = page
        self.longest_ms = 0.0
        self.longest_at_work_ms = 0.0
        self.cpu_ms: list[float] = []
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._beat = QTimer(page)
        self._beat.timeout.connect(self._note)
        self._beat.start(BEAT_MS)

    def until_shown(self, act: Callable[[], None]) -> float:
        """Return the milliseconds from an act until its rows are painted."""
        page, start, cpu = self._page, time.perf_counter(), time.thread_time()
        act()
        self._last, self._worked = time.perf_counter(), time.thread_time()
        while not page.rows.is_quiet or self._has_gaps():
            # Waiting, not spinning: a spinning loop would keep Python from the job's thread.
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        QApplication.processEvents()
        self.cpu_ms.append((time.thread_time() - cpu) * 1000)
        return (time.perf_counter() - start) * 1000

    def held_up(self) -> str:
        """Return in words the longest time without the event loop, and how long the thread was ever at work in one."""
        found = f"{self.longest_ms:.0f} ms ({self.longest_at_work_ms:.0f} at work)"
        self.longest_ms = self.longest_at_work_ms = 0.0
        return found

    def _has_gaps(self) -> bool:
        rows, view = self._page.rows, self._page.list
        if not rows.rowCount():
            return False
        first, last = view.rowAt(0), view.rowAt(view.viewport().height() - 1)
        shown = range(max(0, first), (last if last >= 0 else rows.rowCount() - 1) + 1)
        return any(rows.index(row, 0).data() == ON_ITS_WAY for row in shown)

    def _note(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1000)
        self.longest_at_work_ms = max(self.longest_at_work_ms, (worked - self._worked) * 1000)
        self._last, self._worked = now, worked


def typed(keys: int) -> list[str]:
    """Return what stands in the box after each of so many keys: words typed letter by letter, then wiped."""
    rng, found = Random(1), []
    while len(found) < keys:
        word = rng.choice(WORDS)
        found += [word[:length] for length in (*range(1, len(word) + 1), 0)]
    return found


def type_keys(page: CasesPage, watch: Stopwatch, texts: Sequence[str]) -> list[float]:
    """Return the milliseconds of each key."""
    times = []
    for text in texts:
        page.box.setText(text)
        times.append(watch.until_shown(page.search.tell))
    return sorted(times)


def bare_pages(engine: Engine, texts: Sequence[str]) -> list[float]:
    """Return the milliseconds of asking the journal for the first page of each."""
    times = []
    for text in texts:
        start = time.perf_counter()
        with reading(engine) as connection:
            cases_after(StationBookOnDisk(connection), CaseQuery(text), None, PAGE)
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)


def measure(page: CasesPage, watch: Stopwatch, engine: Engine, keys: int, cases: int) -> list[Figure]:
    """Print all figures, and return those that count."""
    bar = page.list.verticalScrollBar()
    told = lambda name, ms: print(f"{name:34} {ms:7.1f} ms")  # noqa: E731
    told("first rows and count", watch.until_shown(lambda: page.open("")))
    rows = page.rows.rowCount()
    print(f"rows {rows}, scroll bar {bar.minimum()} to {bar.maximum()}")
    told("jump to the end", watch.until_shown(page.list.scrollToBottom))
    told("jump to the middle", watch.until_shown(lambda: bar.setValue(bar.maximum() // 2)))
    rng = Random(2)
    jumps = sorted(watch.until_shown(lambda: bar.setValue(rng.randrange(bar.maximum()))) for _ in range(100))
    print(f"{'jump anywhere, 100 times':34} p50 {jumps[50]:.1f} ms   p99 {jumps[98]:.1f} ms")
    for place in (Place.DONE, Place.HERE, Place.ALL):
        told(f"place {place}", watch.until_shown(lambda place=place: page.search.choose(place, None)))
    # Once in the life of a program: the table of sounds is loaded, and each item's name is sounded.
    page.box.setText("lxy")
    told("first search", watch.until_shown(page.search.tell))
    opening = watch.held_up()
    print(f"{'GUI thread held up till here':34} {opening}")
    watch.cpu_ms.clear()
    texts = typed(keys)
    times = type_keys(page, watch, texts)
    bare = bare_pages(engine, texts)
    cpu = sorted(watch.cpu_ms)
    slow = times[min(len(times) - 1, len(times) * 99 // 100)]
    print(f"{f'key to list, {len(times)} keys':34} p50 {times[len(times) // 2]:.1f} ms   p99 {slow:.1f} ms")
    print(f"{'of it GUI thread at work':34} p50 {cpu[len(cpu) // 2]:.1f} ms   p99 {cpu[len(cpu) * 99 // 100]:.1f} ms")
    by_keys = watch.held_up()
    print(f"{'GUI thread held up by keys':34} {by_keys}")
    return [
        Figure("key to list", f"p99 {slow:.1f} ms (aim {AIM_MS:.0f})", times[len(times) // 2] / bare[len(bare) // 2]),
        Figure("GUI thread held up", f"{opening} before the keys, {by_keys} by them"),
        Figure("rows of the list", f"{rows} of {cases}", limit="all", held=rows == cases),
    ]


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    application = QApplication([])
    prepare_application(application)
    theme = Theme(application, Settings(theme=ThemeName.LIGHT))
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        engine = open_station(folder)
        fill(engine, options.cases)
        place = workplace(engine)
        page = CasesPage(place, theme)
        page.resize(1180, 650)
        page.show()
        figures = measure(page, Stopwatch(page), engine, options.keys, options.cases)
        place.jobs.close()
        engine.dispose()
    return finish(figures)


if __name__ == "__main__":
    raise SystemExit(main())
