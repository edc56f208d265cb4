"""Rebuilding a station's projections from its journal, while windows and commands work on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from station_app import __version__
from station_app.bootstrap.station import SignedIn
from station_app.keys.key_files import exclusive
from station_app.storage.engine import writing
from station_app.storage.rebuild import rebuild_step
from station_app.storage.station_book import StationBookOnDisk

REBUILD_LOCK = "rebuild.lock"
# SQLite lets writers in by turns of luck, not in the order in which they came: whoever waits gets as much time
# between two slices as a slice takes, and at least this.
_LEAST_REST_S = 0.02


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild has gone through: events of the journal, in so many transactions, of which one took longest."""

    events: int
    steps: int
    longest_step_s: float


def rebuild(signed_in: SignedIn, tell: Callable[[int, int], None]) -> Rebuilt:
    """Make the projections anew, or go on with a rebuild that was interrupted.

    Args:
        tell: hears of each step once it is durable: events reached, of how many.

    Raises:
        StationError: `busy-elsewhere` while another rebuild runs, `disk-full`; what was done so far is kept.
    """
    steps, longest_s = 0, 0.0
    with exclusive(signed_in.home.folder, REBUILD_LOCK):
        while True:
            begun = time.monotonic()
            with writing(signed_in.engine) as connection:
                progress = rebuild_step(StationBookOnDisk(connection), __version__)
            took_s = time.monotonic() - begun
            steps, longest_s = steps + 1, max(longest_s, took_s)
            tell(progress.reached, progress.last)
            if progress.swapped:
                return Rebuilt(progress.last, steps, longest_s)
            time.sleep(max(took_s, _LEAST_REST_S))
