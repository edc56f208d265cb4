"""The thread that rules: one writer, woken by intake, and once at the start for what a crash left behind.

When nobody wants anything of it, it puts away what is done with.
"""

from __future__ import annotations

import threading

from station_app.center.ports import CenterParts
from station_app.exchange.center import rule_pending
from station_app.exchange.putting_away import has_to_look, put_away_next
from station_app.usecases.times import local_day, stamp

CASES_AT_ONCE = 200
LOOK_EVERY_S = 2.0


class Ruler:
    """Rules on waiting cases in the background; a failure is logged and tried again, and never holds an answer up.

    It rules when it is woken, which is when a station has pushed its last batch, and looks by itself now and then.
    """

    def __init__(self, parts: CenterParts) -> None:
        self._parts = parts
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ruler", daemon=True)

    def start(self) -> None:
        """Start, and rule on what is waiting from before."""
        self._wake.set()
        self._thread.start()

    def wake(self) -> None:
        """Tell that there is something to rule on."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the transaction under way and end."""
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopping:
            woken = self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()
            try:
                # Unwoken, while stations push one batch behind the other, it takes a slice only: taking in comes first.
                while not self._stopping and self.rule_once() and woken:
                    pass
                if not woken:
                    self.put_away_once()
            except Exception as error:
                self._parts.log_error("ruler", error)

    def rule_once(self) -> int:
        """Rule on one batch of waiting cases and return how many there were."""
        with self._parts.read() as store:
            if not store.unruled(1):
                return 0
        now = stamp(self._parts.clerk.now())
        with self._parts.write() as store:
            return rule_pending(store, self._parts.desk, now, CASES_AT_ONCE)

    def put_away_once(self) -> bool:
        """Put away a slice of what has been silent for long; tell whether there may be more."""
        today = local_day(self._parts.clerk.now())
        with self._parts.read() as store:
            if not has_to_look(store, today):
                return False
        with self._parts.write() as store:
            return put_away_next(store, today)
