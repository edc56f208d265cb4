"""Exchanging with the center by itself while a worker is signed in, and what the status band says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from station_app.domain.calendar import SHANGHAI
from station_app.domain.errors import StationError
from station_app.messages import waiting_text, waiting_word
from station_app.ui.background import Lane
from station_app.ui.ports import Exchanged
from station_app.ui.tokens import Tone
from station_app.ui.workplace import Workplace
from station_app.usecases.backups import backup_warning
from station_app.usecases.home import STALE_HOURS
from station_app.usecases.look_up import WaitingSummary, waiting_summary
from station_app.usecases.pc_health import pc_warnings
from station_app.usecases.ports import Book
from station_app.usecases.standing import left_to_do, look_at_restoring, standing_of
from station_app.usecases.times import read_stamp

if TYPE_CHECKING:
    from station_app.usecases.ports import Book

AFTER_SAVING_S = 1.0
FIRST_S = 0.2
LONGEST_AFTER_FAULTS_S = 300.0
_IN_A_WORD = {"clock-wrong": "电脑时间不正确", "disk-low": "磁盘快满了"}

# What the band says where it is not about how far the work has come; the notice says the rest.
_STANDING = {
    "device-revoked": ("这台电脑已停用", Tone.BAD),
    "cloned": ("这台电脑要重新登记", Tone.BAD),
    "certificate-expired": ("证书已过期", Tone.WARN),
    "healing-goes-on": ("中心正在恢复", Tone.STALE),
    "data-differ": ("正在和中心互相补齐", Tone.INFO),
}
Warnings = tuple[StationError, ...]


@dataclass(frozen=True, slots=True)
class SyncView:
    """What the status band shows.

    Args:
        warning: what is wrong with this PC itself, in a word; "" while nothing is.
        warned_of: the same in sentences that say what to do.
        notice: what stands above every page until it is seen to, "" for nothing.
        to_look_at: it goes when somebody says to have seen it.
    """

    state: str
    tone: Tone
    why: str
    times: str
    running: bool
    warning: str
    warned_of: str
    notice: str = ""
    to_look_at: bool = False
    notice_tone: Tone = Tone.WARN


class Syncing(QObject):
    """Wakes by a timer, earlier when something was saved, and never twice at once."""

    shown = Signal(object)
    sent = Signal()
    """A part of a file of an attachment has gone up."""

    def __init__(self, place: Workplace) -> None:
        super().__init__(place)
        self._place = place
        self._running = False
        self._faults = 0
        self._saved_meanwhile = False
        self._sending = self._stopped = False
        self._code = ""
        self._next_at: datetime | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: self._exchange(early=False))
        self._early = QTimer(self)
        self._early.setSingleShot(True)
        self._early.timeout.connect(lambda: self._exchange(early=True))
        place.changed.connect(self._on_change)

    def start(self) -> None:
        """Exchange soon, then again and again."""
        self._show()
        self._wait(FIRST_S)

    def stop(self) -> None:
        """Exchange no more; what is under way comes to its end."""
        self._stopped = True
        self._timer.stop()
        self._early.stop()

    def exchange_now(self) -> None:
        """Exchange at once, because the worker asked."""
        self._exchange(early=True)

    def look_at_notice(self) -> None:
        """Note that the worker has seen what stands above the pages."""
        self._place.write(look_at_restoring, owner=self, done=lambda _: None)

    def _on_change(self) -> None:
        # An exchange under way may have looked before this was saved.
        self._saved_meanwhile = self._running
        if not self._running:
            self._early.start(int(AFTER_SAVING_S * 1000))
        self._show()

    def _exchange(self, *, early: bool) -> None:
        if self._running:
            return
        self._running, self._saved_meanwhile = True, False
        self._early.stop()
        self._show()
        work = self._place.session.exchange
        self._place.jobs.submit(Lane.NET, lambda: work(early), owner=self, done=self._after, failed=self._after_refusal)

    def _after(self, found: Exchanged) -> None:
        self._running = False
        self._faults = 0
        was, self._code = self._code, found.code
        self._wait(found.pause_s)
        saved_meanwhile = self._saved_meanwhile
        # Pages say why the center does not answer, too.
        news = (found.pulled, found.pushed, found.anew, found.answered, found.returned, found.code != was)
        if any(news):
            self._place.changed.emit()
        self._send_soon(wanted=saved_meanwhile)
        if not found.code:
            self._send_file(anew=True)
        self._show()

    def _send_file(self, *, anew: bool = False) -> None:
        """Send the next part of a file; an exchange passes it, and when it is over the next one asks again."""
        if self._sending or self._stopped:
            return
        self._sending = True
        files = self._place.session.files
        self._place.jobs.submit(
            Lane.NET,
            lambda: files.send_part(anew=anew),
            owner=self,
            done=self._sent_part,
            failed=self._part_failed,
        )

    def _sent_part(self, more: bool) -> None:
        self._sending = False
        # What was saved meanwhile, and what the last exchange met, goes before the next part.
        if more and not (self._running or self._code or self._early.isActive()):
            self._send_file()
            self._show()
            self.sent.emit()

    def _part_failed(self, _error: StationError) -> None:
        # What the line is like is told by the next exchange, after which this goes on at the byte that was reached.
        self._sending = False
        self._show()

    def _send_soon(self, *, wanted: bool) -> None:
        """Send what was saved while an exchange was under way, which may have looked before; once, however it ended."""
        if wanted:
            self._early.start(int(AFTER_SAVING_S * 1000))
        else:
            self._early.stop()

    def _after_refusal(self, error: StationError) -> None:
        self._running = False
        self._code = error.code
        self._faults += 1
        self._wait(min(LONGEST_AFTER_FAULTS_S, 60.0 * self._faults))
        self._place.say.emit(self._place.text_of(error), Tone.BAD.value)
        self._send_soon(wanted=self._saved_meanwhile)
        self._show()

    def _wait(self, seconds: float) -> None:
        self._next_at = self._place.session.desk.now() + timedelta(seconds=seconds)
        self._timer.start(max(100, int(seconds * 1000)))

    def _show(self) -> None:
        session = self._place.session
        worker, now, code = session.desk.worker, session.desk.now(), self._code
        at_rest = not self._running

        def work(book: Book) -> tuple[WaitingSummary, StationError | None, Warnings, bool]:
            warnings, found = pc_warnings(now, book.link(), session.free_bytes()), waiting_summary(book)
            standing = standing_of(book, worker, now, (code, found.reason_code), at_rest=at_rest)
            return found, standing or backup_warning(now, *session.last_backup()), warnings, not left_to_do(book)

        self._place.read(work, owner=self, done=lambda found: self.shown.emit(self._view(*found)))

    def _view(
        self, found: WaitingSummary, standing: StationError | None, warnings: Warnings, all_well: bool
    ) -> SyncView:
        last_at = read_stamp(found.last_ok_at) if found.last_ok_at else None
        last = f"上次同步 {_clock(last_at)}" if last_at else "还没有同步过"
        following = f"下次 {_clock(self._next_at)}" if self._next_at and not self._running else "正在同步…"
        old = last_at is None or self._place.session.desk.now() - last_at > timedelta(hours=STALE_HOURS)
        center = self._place.center
        state, tone = _state(found, self._code, center, old=old, all_well=all_well)
        why = waiting_text(self._code or found.reason_code, center)
        if standing is not None and standing.code in _STANDING:
            state, tone = _STANDING[standing.code]
        words = "、".join(_IN_A_WORD[warning.code] for warning in warnings)
        times, of = f"{last}　{following}", "\n".join(map(self._place.text_of, warnings))
        notice = "" if standing is None else self._place.text_of(standing)
        to_look_at = standing is not None and standing.code == "pc-restored"
        of_backup = standing is not None and standing.code.startswith("backup-")
        notice_tone = Tone.WARN if to_look_at or of_backup else tone
        return SyncView(state, tone, why, times, self._running, words, of, notice, to_look_at, notice_tone)


def _state(found: WaitingSummary, code: str, center: str, *, old: bool, all_well: bool) -> tuple[str, Tone]:
    if found.refused:
        return f"{found.refused} 条{center}没有收", Tone.BAD
    if code == "program-error":
        return "程序出错，没有同步", Tone.BAD
    if found.events and code:
        return f"待上传 {found.cases} 件，{waiting_word(code, center)}", Tone.WARN
    if found.events:
        return f"待上传 {found.cases} 件", Tone.INFO
    if found.attachments_left and not (code or old):
        return f"附件还有 {found.attachments_left} 份没有传完", Tone.INFO
    if code or old:
        return waiting_word(code, center), Tone.STALE
    if not all_well:
        # An exchange is under way, or something graver stands above the pages than that the two are not the same yet.
        return f"正在和{center}核对", Tone.INFO
    return f"都已传到{center}", Tone.GOOD


def _clock(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
