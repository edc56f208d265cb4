"""The thread that rules: one writer, woken by intake, and once at the start for what a crash left behind.

When nobody wants anything of it, it puts away what is done with; now and then, however much it is wanted, it shows
arbiters what nobody answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from station_app.center.ports import CenterParts
from station_app.exchange.center import next_unruled, rule_cases, rule_pending
from station_app.exchange.healing_state import is_healing
from station_app.exchange.overdue_offers import has_to_look_at_the_road, look_at_the_road
from station_app.exchange.putting_away import has_to_look, put_away_next
from station_app.usecases.times import local_day, stamp

CASES_AT_ONCE = 200
FILES_AT_ONCE = 50
LOOK_EVERY_S = 2.0
# Between two slices of one look, so that who takes in is not kept from writing.
BREATH_S = 0.1
# A case that can't be ruled on, through a fault of a program, is left for so long.
LEAVE_FOR_S = 600.0
# So many in a row that can't be ruled on are no cases with a fault: the database is away, or the disk is full.
MOST_IN_A_ROW = 5


class Ruler:
    """Rules on waiting cases in the background; a failure is logged and tried again, and never holds an answer up.

    It rules when it is woken, which is when a station has pushed its last batch, and looks by itself now and then.
    """

    def __init__(self, parts: CenterParts) -> None:
        self._parts = parts
        self._wake = threading.Event()
        self._stopping = False
        self._left: dict[str, float] = {}
        self._next_look = 0.0
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
                    self._look_at_the_road()
                if not woken:
                    self.put_away_once()
                    self.drop_files_once()
            except Exception as error:
                self._log(error)
            self._look_at_the_road()

    def rule_once(self) -> int:
        """Rule on one batch of waiting cases and return how many there were."""
        passed_over = self._passed_over()
        with self._parts.read() as store:
            waiting = next_unruled(store, CASES_AT_ONCE, passed_over)
        if not waiting:
            return 0
        try:
            with self._parts.write() as store:
                return rule_pending(store, self._parts.desk, self._now(), CASES_AT_ONCE, passed_over)
        except Exception as error:
            if len(waiting) == 1:
                raise
            self._log(error)
            return self._one_by_one(waiting)

    def _one_by_one(self, waiting: Sequence[str]) -> int:
        """Rule on one case after the other, so that one that can't be ruled on holds up no other; return how many were.

        Raises:
            Exception: the last failure, where several cases failed in a row: then it is not the cases.
        """
        failed: dict[str, Exception] = {}
        in_a_row = 0
        for case_id in waiting:
            if self._stopping:
                return 0
            try:
                with self._parts.write() as store:
                    if not is_healing(store):
                        rule_cases(store, self._parts.desk, self._now(), [case_id])
                in_a_row = 0
            except Exception as error:
                failed[case_id] = error
                in_a_row += 1
                if in_a_row == min(MOST_IN_A_ROW, len(waiting)):
                    raise
        for case_id, why in failed.items():
            self._left[case_id] = time.monotonic()
            self._log(why)
        return len(waiting) - len(failed)

    def _passed_over(self) -> list[str]:
        """Return the cases that could not be ruled on a short while ago."""
        self._left = {case: at for case, at in self._left.items() if time.monotonic() - at < LEAVE_FOR_S}
        return list(self._left)

    def _now(self) -> str:
        return stamp(self._parts.clerk.now())

    def put_away_once(self) -> bool:
        """Put away a slice of what has been silent for long; tell whether there may be more."""
        today = local_day(self._parts.clerk.now())
        with self._parts.read() as store:
            if not has_to_look(store, today):
                return False
        with self._parts.write() as store:
            return put_away_next(store, today)

    def drop_files_once(self) -> int:
        """Take a few files off the disk of which every event that named them has lost its body; return how many."""
        with self._parts.read() as store:
            if not store.unnamed_files(1):
                return 0
        with self._parts.write() as store:
            # Inside: nobody can name one anew meanwhile. Cut off here, it is done once more.
            gone = [file for file in store.unnamed_files(FILES_AT_ONCE) if self._parts.shelf.drop(file)]
            store.forget_files(gone)
        return len(gone)

    def look_at_the_road_once(self) -> bool:
        """Look at a slice of the hand-overs whose time lock is over; tell whether there may be more."""
        with self._parts.read() as store:
            if not has_to_look_at_the_road(store, self._now()):
                return False
        with self._parts.write() as store:
            return look_at_the_road(store, self._parts.desk.org, self._now(), self._log)

    def _look_at_the_road(self) -> None:
        """Look, where it is time, at one slice after the other, for as long as nobody wakes it: rulings come first."""
        started = time.monotonic()
        if self._stopping or started < self._next_look:
            return
        try:
            while self.look_at_the_road_once() and not self._wake.wait(BREATH_S):
                if time.monotonic() - started >= LOOK_EVERY_S:
                    break
        except Exception as error:
            self._log(error)
        self._next_look = time.monotonic() + LOOK_EVERY_S

    def _log(self, error: Exception) -> None:
        self._parts.log_error("ruler", error)
