"""What a new PC fetches, and how long that takes, of a feed of whole cases and of one where nine in ten are put away.

    python -m tests.bench.floor [--events N]

Each is freshly enrolled in the office that took the cases in, over loopback. The lower bound of what comes over the
line is the share of the cases that are not put away, of what the first PC got.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from station_app.bootstrap.center import open_center
from station_app.domain.lanes import SubjectKind
from tests.bench.exchange import fill, timed_exchange
from tests.bench.place import VILLAGE, Place
from tests.bench.results import Figure, finish

AT_ONCE = 100
MOST_TIMES = 2
"""Batches come to every PC: it is somewhat more than the share of the cases."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a new PC got: how many events, in how many bytes, and whether it has what the center counts for it."""

    events: int
    size: int
    is_equal: bool


def fetch(place: Place, name: str, worker: str) -> Fetched:
    """Let a new PC of the village fetch its feed, and print what that took."""
    fresh = place.station(name, VILLAGE, worker, "agent")
    seconds, _, pulled, transport = timed_exchange(fresh)
    size = transport.received
    print(f"{name:10} {pulled} events, {size / 1024:,.0f} KiB in {transport.calls} replies, {seconds:.2f} s")
    with fresh.desk.read_book() as book:
        return Fetched(pulled, size, bool(book.link().equal_at))


def put_away(place: Place) -> float:
    """Put away nine in ten of the village's cases, as a center does in years; return the share that is left."""
    opened = open_center(place.center_home)
    start = time.perf_counter()
    with opened.read() as store:
        subjects = {event.header.subject for event in store.all_events()}
    cases = sorted(subject for subject in subjects if subject[0] == SubjectKind.CASE)
    away = [case for number, case in enumerate(cases) if number % 10]
    for first in range(0, len(away), AT_ONCE):
        with opened.write() as store:
            store.put_away(VILLAGE, away[first : first + AT_ONCE])
    opened.engine.dispose()
    each_ms = (time.perf_counter() - start) / len(away) * 1000
    print(f"put away   {len(away)} of {len(cases)} cases, {each_ms:.1f} ms each")
    return 1 - len(away) / len(cases)


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Place(Path(name)) as place:
        village = place.station("village", VILLAGE, "李𬭎", "agent")
        fill(village, options.events)
        timed_exchange(village)
        place.until_ruled()
        whole = fetch(place, "all", "吉伍阿支")
        left = put_away(place)
        floor = fetch(place, "floor", "阿苏子")
    return finish(judged(whole, floor, left))


def judged(whole: Fetched, floor: Fetched, left: float) -> list[Figure]:
    """Return the figures with their limits; `left` is the share of the cases that are not put away."""
    return [
        Figure("a new PC above the floor", f"{floor.size / 1024:,.0f} KiB", floor.size / (whole.size * left)),
        Figure(
            "events that it fetches",
            f"{floor.events} of {whole.events}",
            limit=f"at most {MOST_TIMES} x the share of the cases that are left",
            held=floor.events <= MOST_TIMES * left * whole.events,
        ),
        Figure(
            "equal to the center",
            f"{'yes' if whole.is_equal else 'no'}, {'yes' if floor.is_equal else 'no'}",
            limit="both",
            held=whole.is_equal and floor.is_equal,
        ),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
