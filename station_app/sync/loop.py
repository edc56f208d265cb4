"""The loop that feeds the exchange's state machine: wake, load, send, apply, rest."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from station_app.domain.errors import StationError
from station_app.exchange import station
from station_app.exchange.inbox import Checks, apply_reply
from station_app.exchange.loading import loaded
from station_app.exchange.ports import Link
from station_app.exchange.station import Answered, Apply, Failed, Input, Load, Output, Rest, Send, Wake
from station_app.protocol.pc_note import PcNote
from station_app.sync.center_client import CenterClient
from station_app.sync.handing_over import hand_over_carried
from station_app.sync.uploads import Uploads
from station_app.usecases.ports import Book, OpenBook, SyncStatus
from station_app.usecases.times import stamp

log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.5
# After a new calendar the open cases are written anew in transactions of 10 to 20 ms, with time between them for who
# saves at this moment; some at each exchange, so that the program can end in between.
ANEW_AT_ONCE = 25
MOST_SLICES = 60
BETWEEN_SLICES_S = 0.02
AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """What one exchange did.

    Args:
        pushed: events that the center took in (or refused) during it.
        pulled: events that came.
        answered: cases about which the center has said whether it found them.
        returned: events that were given back to the center.
        code: why it did not finish, "" when it did.
        pause_s: until the next attempt, unless new work comes.
        pending: rulings on what was sent are still to come.
        anew: cases whose place and clocks were written anew by documents that had come before.
        handed_over: requests that this PC carried for others and that the center took.
    """

    pushed: int = 0
    pulled: int = 0
    answered: int = 0
    returned: int = 0
    code: str = ""
    params: tuple[tuple[str, object], ...] = ()
    pause_s: float = 0.0
    pending: bool = False
    anew: int = 0
    handed_over: int = 0


@dataclass(frozen=True, slots=True)
class LoopParts:
    """What the loop works with.

    Args:
        open_book: opens a writing transaction.
        read_book: opens a reading transaction.
        rest: waits so many seconds; time.sleep.
        one_at_a_time: held during an exchange, so that the window and a command never exchange at once.
        jitter: 0.0 to 1.0, fresh at each call.
        applied: called when a reply is in the journal.
        uploads: sends files of attachments between the exchanges; None where somebody else does.
        note_pc: gives what the PC tells the center of itself; a center tells nothing.
    """

    client: CenterClient
    open_book: OpenBook
    read_book: OpenBook
    checks: Checks
    now: Callable[[], datetime]
    jitter: Callable[[], float]
    rest: Callable[[float], None]
    one_at_a_time: Callable[[], AbstractContextManager[None]]
    applied: Callable[[], None] = lambda: None
    uploads: Uploads | None = None
    note_pc: Callable[[Book], PcNote | None] = lambda _book: None


class SyncLoop:
    """Exchanges with the center, once or until it is told to stop."""

    def __init__(self, parts: LoopParts, interval_s: float) -> None:
        self._parts = parts
        self._state = station.State(interval_s=interval_s)
        self._link = Link()
        self._report = Report()
        self._seen: int | None = None
        self._note: PcNote | None = None

    def exchange_once(self, *, new_work: bool = False) -> Report:
        """Run one exchange to its end: everything pushed and pulled, or the reason why not.

        Args:
            new_work: it is made before its time, because there is something new to send.
        """
        self._report, self._seen = Report(), None
        try:
            with self._parts.one_at_a_time():
                self._hand_over_carried()
                self._exchange(Wake(new_work))
        except StationError as error:
            # Another program of this PC is at it; what it brings is ours too.
            return Report(code=error.code, pause_s=self._state.interval_s)
        except Exception:
            # A fault of the program, told by whoever called: the next exchange begins anew.
            self._state, _ = station.step(self._state, Failed("program-error", None, self._parts.jitter()))
            raise
        self._look_anew()
        self._wipe_traces()
        self._look_at_files()
        self._note_status()
        return self._report

    def _hand_over_carried(self) -> None:
        """First of all: what this PC writes may go on with what it carries. Why it fails, its own exchange tells."""
        parts = self._parts
        with suppress(StationError):
            handed = hand_over_carried(parts.client, parts.read_book, parts.open_book, parts.now)
            self._report = replace(self._report, handed_over=handed)

    def _exchange(self, first: Input) -> None:
        happened: Input | None = first
        while happened is not None:
            self._state, outputs = station.step(self._state, happened)
            happened = self._perform(outputs)

    def run(self, stop: threading.Event, tell: Callable[[Report], None]) -> None:
        """Exchange again and again: after the pause, or as soon as there is something new to send."""
        new_work = False
        while not stop.is_set():
            report = self.exchange_once(new_work=new_work)
            tell(report)
            new_work = self._rest(stop, report.pause_s)

    def _perform(self, outputs: tuple[Output, ...]) -> Input | None:
        for output in outputs:
            if isinstance(output, Rest):
                pending = output.code == "ruling-pending"
                code = "" if pending else output.code
                params = self._report.params if code else ()
                self._report = replace(self._report, code=code, params=params, pause_s=output.seconds, pending=pending)
                return None
            try:
                return self._do(output)
            except StationError as error:
                self._report = replace(self._report, params=tuple(error.params.items()))
                retry = error.params.get("retry_after_s")
                seconds = float(retry) if isinstance(retry, int | float) else None
                return Failed(error.code, seconds, self._parts.jitter())
        return None

    def _do(self, output: Load | Send | Apply) -> Input:
        if isinstance(output, Load):
            with self._parts.read_book() as book:
                self._link, self._seen, self._note = book.link(), book.last_link(), self._parts.note_pc(book)
                return loaded(book, output)
        if isinstance(output, Send):
            request = replace(output.request, pc=self._note)
            return Answered(self._parts.client.exchange(request, self._link.nonce))
        return self._apply(output)

    def _apply(self, output: Apply) -> Input:
        settled = sum(1 for status in output.reply.statuses if status.status != "waiting")
        with self._parts.open_book() as book:
            applied = apply_reply(book, output.reply, self._parts.checks, stamp(self._parts.now()), output.returned)
            left = bool(settled and book.outbox(1))
        # Only now is it so: the commit may have met a full disk.
        before = self._report
        report = replace(
            before, answered=before.answered + applied.answered, returned=before.returned + len(output.returned)
        )
        self._report = replace(report, pushed=report.pushed + settled, pulled=report.pulled + applied.pulled)
        self._parts.applied()
        if output.reply.standing and not left:
            # What was to be sent is there; now the worker must hear what the center says of this PC.
            raise StationError(output.reply.standing)
        return station.AppliedReply(
            applied.more or left,
            output.reply.pending,
            again=applied.again,
            differs=applied.differs,
            repair=applied.repair,
        )

    def _look_anew(self) -> None:
        """Bring open cases up to the calendar and organisations in force; what is left waits for the next exchange."""
        report = self._report
        anew = 0
        try:
            for _ in range(MOST_SLICES):
                with self._parts.read_book() as book:
                    if not book.is_behind():
                        break
                with self._parts.open_book() as book:
                    anew += book.look_anew(ANEW_AT_ONCE)
                self._parts.rest(BETWEEN_SLICES_S)
            else:
                report = replace(report, pause_s=min(report.pause_s, AGAIN_S))
        except StationError as error:
            # As with the status: told, and tried again.
            report = replace(report, code=report.code or error.code)
        self._report = replace(report, anew=anew)

    def _wipe_traces(self) -> None:
        """Take what was removed out of the index of words as well; what is left waits for the next exchange."""
        try:
            for _ in range(MOST_SLICES):
                with self._parts.read_book() as book:
                    if not book.has_traces():
                        break
                with self._parts.open_book() as book:
                    book.wipe_traces()
                self._parts.rest(BETWEEN_SLICES_S)
        except StationError as error:
            self._report = replace(self._report, code=self._report.code or error.code)

    def _look_at_files(self) -> None:
        """Take files off the disk that nothing names any more; what the center did not know may be asked for again."""
        if self._parts.uploads is None:
            return
        try:
            self._parts.uploads.begin()
            self._parts.uploads.sweep()
        except StationError as error:
            self._report = replace(self._report, code=self._report.code or error.code)

    def send_files(self, may_go_on: Callable[[], bool] = lambda: True) -> None:
        """Send parts of files until nothing is left, or something else has to be done first.

        Raises:
            StationError: why it can't go on now.
        """
        uploads = self._parts.uploads
        while uploads is not None and may_go_on() and uploads.send_part():
            pass

    def _note_status(self) -> None:
        report = self._report
        next_at = self._parts.now() + timedelta(seconds=report.pause_s)
        try:
            with self._parts.open_book() as book:
                last_ok_at = book.sync_status().last_ok_at if report.code else stamp(self._parts.now())
                book.save_sync_status(SyncStatus(report.code, dict(report.params), stamp(next_at), last_ok_at))
        except StationError as error:
            # A full disk must not end the loop; the reason is told in the report instead.
            self._report = replace(report, code=report.code or error.code)

    def _rest(self, stop: threading.Event, seconds: float) -> bool:
        """Wait, and return whether there is new work before the time is over."""
        # Compared with what the exchange had loaded: work saved while it was under way must not wait for the next one.
        seen = self._last_link() if self._seen is None else self._seen
        waited = self._send_files_for(stop, seconds, seen)
        while waited < seconds and not stop.wait(min(LOOK_EVERY_S, seconds - waited)):
            waited += LOOK_EVERY_S
            # A center that asks to be called later has said when; new work must not come before that.
            if not self._asked_to_wait() and self._last_link() != seen:
                return True
        return False

    def _send_files_for(self, stop: threading.Event, seconds: float, seen: int | None) -> float:
        """Send files for so long, or until there is new work, and return how long that took."""
        started = self._parts.now()

        def spent() -> float:
            return (self._parts.now() - started).total_seconds()

        if not self._report.code:
            try:
                self.send_files(lambda: not stop.is_set() and 0 <= spent() < seconds and self._last_link() == seen)
            except StationError as error:
                # The next exchange tells how the line is; then it goes on at the byte that was reached.
                log.info("files: %s", error.code)
        return max(0.0, min(seconds, spent()))

    def _asked_to_wait(self) -> bool:
        return any(name == "retry_after_s" for name, _ in self._report.params)

    def _last_link(self) -> int | None:
        """Return the last number of the outbox; None while the journal can't be read, which must not end the loop."""
        try:
            with self._parts.read_book() as book:
                return book.last_link()
        except StationError:
            return None
