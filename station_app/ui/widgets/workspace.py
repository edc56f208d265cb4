"""The frame of a signed-in worker: menu on the left, one page in the middle, the status band below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.errors import StationError
from station_app.domain.slips import looks_like_symbol
from station_app.messages import center_word
from station_app.ui.presenters.backing_up import BackingUp
from station_app.ui.presenters.syncing import Syncing, SyncView
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Notice, letters_across
from station_app.ui.widgets.help import HelpPanel
from station_app.ui.widgets.page import Page, PageArea
from station_app.ui.widgets.printing import Printing
from station_app.ui.widgets.rail import Rail
from station_app.ui.widgets.registry import INSTEAD, RECEIVE_PAGE, SCAN_PAGES, specs_for
from station_app.ui.widgets.status import StatusBand
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.batch_pages import Scanned, find_for_scan

BESIDE_LETTERS = 75
"""Where the window is narrower, the help lies over the page instead of beside it."""
KEYS_LETTERS = 50
"""Where the window is narrower, the menu has no room for keys."""
PREVIEW_HELP = "preview"
FILES_MS = 1000


class Workspace(QWidget):
    """Shows one page at a time, made when first opened; brings scans and keys to where they belong."""

    lock_wanted = Signal()

    def __init__(self, place: Workplace, theme: Theme) -> None:
        super().__init__()
        self._place = place
        self._theme = theme
        roles = place.session.desk.worker.roles
        self._specs = {spec.key: spec for spec in specs_for(place.session.office.level, roles)}
        self._pages: dict[str, Page] = {}
        self._areas: dict[str, PageArea] = {}
        self._history: list[tuple[str, str]] = []
        self._here: tuple[str, str] = ("", "")
        self._stack = QStackedWidget()
        session = place.session
        self.rail = Rail(list(self._specs.values()), (session.office.name, session.desk.worker.name), theme)
        self.help = HelpPanel(center_word(place.session.office.level))
        self._printing = Printing(place, theme, self)
        self.syncing = Syncing(place)
        self.backups = BackingUp(place)
        self.status = StatusBand(self.syncing)
        self.notice = Notice()
        self.looked = Button("看过了", self.syncing.look_at_notice)
        self.notice.add(self.looked)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(FILES_MS)
        self._soon.timeout.connect(self._refresh)
        self._lay_out()
        self._connect()

    def start(self) -> None:
        """Open the first page and begin to exchange."""
        self.show_page(next(iter(self._specs)), "")
        self.syncing.start()
        self.backups.keep_daily()

    def close_up(self) -> None:
        """Keep what is half done and stop: the worker leaves."""
        self.syncing.stop()
        self.backups.stop_daily()
        for page in self._pages.values():
            page.close_up()

    @property
    def page(self) -> Page:
        """Return the page that is shown."""
        return self._pages[self._here[0]]

    @property
    def page_keys(self) -> Sequence[str]:
        """Return the keys of all pages of this edition and worker."""
        return list(self._specs)

    def show_page(self, key: str, about: str) -> None:
        """Open a page, or what this edition has instead of it."""
        key = key if key in self._specs else INSTEAD[key]
        if self._here[0]:
            self._history.append(self._here)
        self._open(key, about)

    def go_back(self) -> None:
        """Return to the page before, or to the first one."""
        key, about = self._history.pop() if self._history else (next(iter(self._specs)), "")
        self._open(key, about, back=True)

    def open_help(self) -> None:
        """Show the help of what is on screen, or put it away; the paper of a preview stays in sight."""
        self.help.follow(PREVIEW_HELP if self._printing.sheet.isVisible() else self._here[0])
        self.help.toggle()
        self._place_help()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def take_scan(self, digits: str) -> None:
        """Bring a scanned number to the page that is open, or else to the page where it belongs."""
        self._printing.sheet.close_sheet()
        if looks_like_symbol(digits):
            self._take_slip(digits)
            return
        if self.page.take_scan(digits):
            return
        self._place.read(
            lambda book: find_for_scan(book, digits), owner=self, done=self._open_scanned, failed=self._tell_refusal
        )

    def _take_slip(self, digits: str) -> None:
        if RECEIVE_PAGE not in self._specs:
            self._place.say.emit("这是交接码单上的码，要由接收单位的窗口人员在“接收批次”里扫。", Tone.WARN.value)
            return
        if self._here[0] != RECEIVE_PAGE:
            self.show_page(RECEIVE_PAGE, "")
        self.page.take_scan(digits)

    def _open_scanned(self, scanned: Scanned) -> None:
        for key in SCAN_PAGES["batch" if scanned.offered_in else scanned.kind]:
            if key in self._specs:
                self.show_page(key, scanned.offered_in or scanned.subject_id)
                self.page.take_scan(scanned.number)
                return

    def _open(self, key: str, about: str, *, back: bool = False) -> None:
        spec = self._specs[key]
        if self._here[0] and self._here[0] != key:
            self.page.close_up()
        if key not in self._pages:
            self._pages[key] = spec.make(self._place, self._theme)
            self._areas[key] = PageArea(self._pages[key])
            self._stack.addWidget(self._areas[key])
        self._here = (key, about)
        page = self._pages[key]
        self._stack.setCurrentWidget(self._areas[key])
        self.rail.mark(key)
        self.help.follow(key)
        page.notice.show_text("")
        if back:
            page.come_back(about)
        else:
            page.open(about)

    def _refresh(self) -> None:
        if self._here[0]:
            self.page.refresh()

    def _refresh_soon(self) -> None:
        """Show how far the files are; on a quick line many parts go up in a second."""
        if not self._soon.isActive():
            self._soon.start()

    def _show_notice(self, view: SyncView) -> None:
        self.looked.setVisible(view.to_look_at)
        self.notice.show_text(view.notice, view.notice_tone)

    def _tell_refusal(self, error: StationError) -> None:
        self.page.notice.show_text(self._place.text_of(error), Tone.BAD)

    def _lay_out(self) -> None:
        self.status.add(Button("帮助", self.open_help, kind="quiet", key="F1"))
        self.status.add(Button("换人 / 锁定", self.lock_wanted.emit, kind="quiet", key="F12"))
        self._middle = middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(self._stack, 1)
        middle.addWidget(self.help)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.notice)
        outer.addLayout(middle, 1)
        outer.addWidget(self.status)

    def _fit(self) -> None:
        """Make the most of the width, in the size of the letters."""
        self.rail.show_keys(shown=letters_across(self) >= KEYS_LETTERS)
        self._place_help()

    def _place_help(self) -> None:
        """Put the help beside the page where there is room for both, else over its right side."""
        over = self._printing.sheet.isVisible() or letters_across(self) < BESIDE_LETTERS
        if not over:
            self._middle.addWidget(self.help)
            return
        self._middle.removeWidget(self.help)
        width = self.help.width()
        self.help.setGeometry(QRect(self.width() - width, 0, width, self.height() - self.status.height()))
        self.help.raise_()

    def _connect(self) -> None:
        place = self._place
        place.go.connect(self.show_page)
        place.back.connect(self.go_back)
        place.say.connect(self.status.say)
        self.syncing.shown.connect(self._show_notice)
        place.changed.connect(self._refresh)
        self.syncing.sent.connect(self._refresh_soon)
        place.preview.connect(self._printing.preview)
        place.print_now.connect(self._printing.print_now)
        place.jobs.refused.connect(self._tell_refusal)
        self._theme.changed.connect(self._fit)
        self._printing.sheet.closed.connect(self._leave_preview_help)
        self.rail.chosen.connect(lambda key: self.show_page(key, ""))
        self.rail.left.connect(self._enter_page)
        for spec in self._specs.values():
            self._bind(spec.shortcut, spec.key)
        for key, keys in self.rail.keys.items():
            self._bind(keys, key)
        back = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        back.activated.connect(self.go_back)

    def _bind(self, keys: str, page: str) -> None:
        if keys:
            QShortcut(QKeySequence(keys), self).activated.connect(lambda: self.show_page(page, ""))

    def _enter_page(self) -> None:
        """Bring the cursor back to where it was on the page."""
        (self.page.focusWidget() or self.page).setFocus()

    def _leave_preview_help(self) -> None:
        if self.help.isVisible():
            self.help.close_panel()
        self.help.follow(self._here[0])
