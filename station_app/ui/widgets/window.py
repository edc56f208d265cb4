"""The program's one window: the gate until somebody has signed in, then the worker's workspace."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QMessageBox, QStackedWidget

from station_app.domain.errors import StationError
from station_app.messages import center_word, text_of
from station_app.messages.bugs import as_refusal
from station_app.ui.background import Jobs, Lane
from station_app.ui.ports import Session, Station
from station_app.ui.presenters.backing_up import back_up_at_the_end
from station_app.ui.settings import Settings
from station_app.ui.widgets.gate import Gate
from station_app.ui.widgets.scanner import Scanner
from station_app.ui.widgets.theme import Theme, load_rare_font
from station_app.ui.workplace import Workplace

if TYPE_CHECKING:
    from station_app.ui.widgets.workspace import Workspace

SMALLEST = QSize(1024, 620)
WHOLE_SCREEN_UP_TO = QSize(1366, 768)
_TITLE_BAR = QSize(0, 40)
_NAME = "代办件"

MakeWorkspace = Callable[[Workplace, Theme], "Workspace"]


class StationWindow(QMainWindow):
    """One program, the edition of its office.

    Args:
        station: the station on this PC.
        load_workspace: imports what the first picture does not need, and returns what builds the frame; it is run on
            a lane, and fast when it has run before.
    """

    def __init__(
        self,
        station: Station,
        theme: Theme,
        settings: Settings,
        scanner: Scanner,
        load_workspace: Callable[[], MakeWorkspace],
    ) -> None:
        super().__init__()
        self._station = station
        self.theme = theme
        self._settings = settings
        self._load_workspace = load_workspace
        self.jobs = Jobs(self)
        self.place: Workplace | None = None
        self.workspace: Workspace | None = None
        self._telling = False
        self._stack = QStackedWidget()
        self.gate = Gate(station, self.jobs, theme)
        self._stack.addWidget(self.gate)
        self.setCentralWidget(self._stack)
        self.setMinimumSize(SMALLEST)
        self.resize(1366, 728)
        self.setWindowTitle(_NAME)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self.lock)
        scanner.scanned.connect(self._on_scan)
        scanner.active.connect(self._on_activity)
        self.gate.signed_in.connect(self._enter)
        self.gate.entering.shown.connect(lambda _face, card: self._name_after(card.office_name))

    def fit_to(self, room: QSize) -> None:
        """Take the whole of a small screen, and on no screen be larger than it.

        Args:
            room: what of the screen a window may take, title bar included, in the pixels of the system's scale.
        """
        self.setMinimumSize(SMALLEST.boundedTo(room - _TITLE_BAR))
        self.resize(self.size().boundedTo(room - _TITLE_BAR))
        if room.width() <= WHOLE_SCREEN_UP_TO.width() or room.height() <= WHOLE_SCREEN_UP_TO.height():
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def start(self) -> None:
        """Show the window; everything else follows after the first picture."""
        self.show()
        QTimer.singleShot(0, self.gate.start)
        QTimer.singleShot(50, self._load_more)

    def lock(self, *, ends: bool = False) -> None:
        """Leave the workspace; half-done forms are kept as drafts. At the end of work a backup is made of them all."""
        if self.place is None or self.workspace is None:
            return
        self._idle.stop()
        workspace, place = self.workspace, self.place
        self.workspace = self.place = None
        workspace.close_up()
        self._stack.setCurrentWidget(self.gate)
        self._stack.removeWidget(workspace)
        # Behind the drafts that were just handed to the lane.
        if ends and self._settings.backup_folder:
            at_the_end = partial(back_up_at_the_end, place.session, self._settings.backup_folder)
            self.jobs.submit(Lane.DB, at_the_end, owner=self, done=lambda _: None, failed=lambda _: None)
        self.jobs.submit(Lane.DB, place.session.close, owner=self, done=lambda _: None)
        workspace.deleteLater()
        place.deleteLater()
        self.gate.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.lock(ends=True)
        # An exchange under way comes to its end, which takes a while where the network is slow.
        self.hide()
        self.jobs.close()
        super().closeEvent(event)

    def _on_activity(self) -> None:
        if self._idle.isActive():
            self._idle.start()

    def _on_scan(self, digits: str) -> None:
        if self.workspace is not None and self.isActiveWindow():
            self.workspace.take_scan(digits)

    def _load_more(self) -> None:
        """Load what the work needs while the PIN is typed: on the GUI thread it would stop the window."""
        self.jobs.submit(Lane.NET, self._load_workspace, owner=self, done=lambda _: None)
        load_rare_font()

    def _enter(self, session: Session) -> None:
        done = partial(self._open_workspace, session)
        self.jobs.submit(Lane.NET, self._load_workspace, owner=self, done=done, failed=self._tell)

    def _open_workspace(self, session: Session, make_workspace: MakeWorkspace) -> None:
        self.place = Workplace(session, self.jobs, self._settings, self)
        self.place.settings_changed.connect(self._change_settings)
        self.workspace = make_workspace(self.place, self.theme)
        self.workspace.lock_wanted.connect(self.lock)
        self._stack.addWidget(self.workspace)
        self._stack.setCurrentWidget(self.workspace)
        self._name_after(session.office.name)
        self._idle.setInterval(self._settings.lock_after_minutes * 60_000)
        self._idle.start()
        self.workspace.start()

    def _name_after(self, office: str) -> None:
        """Have the window's title tell whose it is: several may be open, and at the gate they look alike."""
        self.setWindowTitle(f"{_NAME} · {office}" if office else _NAME)

    def _change_settings(self, settings: Settings) -> None:
        self._settings = settings
        if self.place is not None:
            self.place.settings = settings
        self.theme.apply(settings)
        self._idle.setInterval(settings.lock_after_minutes * 60_000)
        self.jobs.submit(Lane.DB, lambda: self._station.save_settings(settings), owner=self, done=lambda _: None)

    def tell_bug(self, error: BaseException) -> None:
        """Tell that the program itself failed in the window; the number leads to the log."""
        self._tell(as_refusal(error))

    def _tell(self, error: StationError) -> None:
        if self._telling:
            # One box at a time: the log has the others.
            return
        self._telling = True
        QMessageBox.critical(self, _NAME, text_of(error, self.place.center if self.place else center_word(None)))
        self._telling = False
