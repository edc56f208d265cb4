"""What a new PC fetches, and how long that takes, of a feed of whole cases and of one where nine in ten are put away.

    python -m tests.bench.floor [--events N]

Each is freshly enrolled in the office that took the cases in, over loopback.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from station_app.bootstrap.center import open_center
from station_app.domain.lanes import SubjectKind
from tests.bench.exchange import fill, timed_exchange
from tests.bench.place import VILLAGE, Place

AT_ONCE = 100


def fetch(place: Place, name: str, worker: str) -> None:
    """Let a new PC of the village fetch its feed, and print what that took."""
    fresh = place.station(name, VILLAGE, worker, "agent")
    seconds, _, pulled, transport = timed_exchange(fresh)
    size = transport.received / 1024
    print(f"{name:10} {pulled} events, {size:,.0f} KiB in {transport.calls} replies, {seconds:.2f} s")
    with fresh.desk.read_book() as book:
        link = book.link()
    assert link.equal_at, "the two are not equal"


def put_away(place: Place) -> None:
    """Put away nine in ten of the village's cases, as a center does in years."""
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


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Place(Path(name)) as place:
        village = place.station("village", VILLAGE, "李𬭎", "agent")
        fill(village, options.events)
        timed_exchange(village)
        fetch(place, "all", "吉伍阿支")
        put_away(place)
        fetch(place, "floor", "阿苏子")


if __name__ == "__main__":
    main()
