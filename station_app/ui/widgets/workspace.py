"""The frame of a signed-in worker: menu on the left, one page in the middle, the status band below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QScrollArea, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from station_app.domain.errors import StationError
from station_app.messages import text_of
from station_app.ui.presenters.syncing import Syncing
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Notice, Text, set_look
from station_app.ui.widgets.help import HelpPanel
from station_app.ui.widgets.page import Page, PageSpec
from station_app.ui.widgets.printing import Printing
from station_app.ui.widgets.registry import SCAN_PAGES, specs_for
from station_app.ui.widgets.status import StatusBand
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.batch_pages import Scanned, find_for_scan

_MENU_INDENT = 8


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
        self._history: list[tuple[str, str]] = []
        self._here: tuple[str, str] = ("", "")
        self._stack = QStackedWidget()
        self._buttons: dict[str, QToolButton] = {}
        self._help = HelpPanel()
        self._printing = Printing(place, theme, self)
        self.syncing = Syncing(place)
        self.status = StatusBand(self.syncing)
        self.notice = Notice()
        self._lay_out()
        self._connect()

    def start(self) -> None:
        """Open the first page and begin to exchange."""
        self.show_page(next(iter(self._specs)), "")
        self.syncing.start()

    def close_up(self) -> None:
        """Keep what is half done and stop: the worker leaves."""
        self.syncing.stop()
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
        """Open a page."""
        if self._here[0]:
            self._history.append(self._here)
        self._open(key, about)

    def go_back(self) -> None:
        """Return to the page before, or to the first one."""
        key, about = self._history.pop() if self._history else (next(iter(self._specs)), "")
        self._open(key, about)

    def take_scan(self, digits: str) -> None:
        """Bring a scanned number to the page that is open, or else to the page where it belongs."""
        self._printing.sheet.close_sheet()
        if self.page.take_scan(digits):
            return
        self._place.read(
            lambda book: find_for_scan(book, digits), owner=self, done=self._open_scanned, failed=self._tell_refusal
        )

    def _open_scanned(self, scanned: Scanned) -> None:
        for key in SCAN_PAGES["batch" if scanned.offered_in else scanned.kind]:
            if key in self._specs:
                self.show_page(key, scanned.offered_in or scanned.subject_id)
                self.page.take_scan(scanned.number)
                return

    def _open(self, key: str, about: str) -> None:
        spec = self._specs[key]
        if self._here[0] and self._here[0] != key:
            self.page.close_up()
        if key not in self._pages:
            self._pages[key] = spec.make(self._place, self._theme)
            self._stack.addWidget(self._pages[key])
        self._here = (key, about)
        page = self._pages[key]
        self._stack.setCurrentWidget(page)
        for name, button in self._buttons.items():
            button.setChecked(name == key)
        self._help.follow(key)
        page.notice.show_text("")
        page.open(about)

    def _refresh(self) -> None:
        if self._here[0]:
            self.page.refresh()

    def _tell_refusal(self, error: StationError) -> None:
        self.page.notice.show_text(text_of(error), Tone.BAD)

    def _lay_out(self) -> None:
        self.status.add(Button("帮助", self._help.toggle, kind="quiet", key="F1"))
        self.status.add(Button("换人 / 锁定", self.lock_wanted.emit, kind="quiet", key="F12"))
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._rail())
        middle.addWidget(self._stack, 1)
        middle.addWidget(self._help)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.notice)
        outer.addLayout(middle, 1)
        outer.addWidget(self.status)
        self._repaint_icons()

    def _rail(self) -> QWidget:
        """Return who works here, and the menu; with large texts it scrolls."""
        entries = QWidget()
        menu = QVBoxLayout(entries)
        menu.setContentsMargins(0, 0, 0, 0)
        menu.setSpacing(2)
        group = QButtonGroup(self)
        for spec in self._specs.values():
            if spec.in_menu:
                group.addButton(self._menu_button(spec))
                menu.addWidget(self._buttons[spec.key])
        menu.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(entries)
        entries.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rail = QWidget()
        rail.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_look(rail, role="rail")
        column = QVBoxLayout(rail)
        column.setContentsMargins(8, 12, 8, 8)
        column.setSpacing(4)
        session = self._place.session
        for text in (Text(session.office.name, "strong"), Text(session.desk.worker.name, "small", muted=True)):
            text.setContentsMargins(_MENU_INDENT, 0, 0, 0)
            column.addWidget(text)
        column.addWidget(scroll, 1)
        return rail

    def _menu_button(self, spec: PageSpec) -> QToolButton:
        button = QToolButton()
        key = f"  {spec.shortcut}" if spec.shortcut else ""
        button.setText(f"{spec.label}{key}")
        button.setAccessibleName(spec.label)
        button.setToolTip(f"{spec.label}　Alt+{(len(self._buttons) + 1) % 10}")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
        button.clicked.connect(lambda: self.show_page(spec.key, ""))
        set_look(button, role="menu")
        self._buttons[spec.key] = button
        return button

    def _connect(self) -> None:
        place = self._place
        place.go.connect(self.show_page)
        place.back.connect(self.go_back)
        place.say.connect(self.status.say)
        self.syncing.shown.connect(lambda view: self.notice.show_text(view.notice, view.tone))
        place.changed.connect(self._refresh)
        place.preview.connect(self._printing.preview)
        place.print_now.connect(self._printing.print_now)
        place.jobs.refused.connect(self._tell_refusal)
        self._theme.changed.connect(self._repaint_icons)
        for spec in self._specs.values():
            self._bind(spec.shortcut, spec.key)
        for number, key in enumerate(self._buttons, 1):
            self._bind(f"Alt+{number % 10}" if number <= 10 else "", key)
        back = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        back.activated.connect(self.go_back)

    def _bind(self, keys: str, page: str) -> None:
        if keys:
            QShortcut(QKeySequence(keys), self).activated.connect(lambda: self.show_page(page, ""))

    def _repaint_icons(self) -> None:
        for key, button in self._buttons.items():
            button.setIcon(self._theme.icon(self._specs[key].icon))
            button.setIconSize(QSize(self._theme.sizes.icon, self._theme.sizes.icon))
