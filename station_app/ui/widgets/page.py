"""What a page of the workspace is, and how the registry names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from station_app.domain.organisations import Level
from station_app.domain.people import Role
from station_app.ui.widgets.controls import Notice, Text
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace


class Page(QWidget):
    """One task on one page: a title, a band for what went wrong here, and the body below."""

    def __init__(self, place: Workplace, theme: Theme, title: str) -> None:
        super().__init__()
        self.place = place
        self.theme = theme
        self.setAccessibleName(title)
        self.title = Text(title, "title")
        self.notice = Notice()
        self.header = QHBoxLayout()
        self.header.addWidget(self.title, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 12)
        outer.setSpacing(10)
        outer.addLayout(self.header)
        outer.addWidget(self.notice)
        outer.addLayout(self.body, 1)

    def heightForWidth(self, width: int) -> int:
        """Return what the page can do with: its area would scroll it for all that it would like to have."""
        layout = self.layout()
        return layout.totalMinimumHeightForWidth(width) if layout else -1

    def open(self, about: str) -> None:
        """Be shown, about a case, a batch or nothing; called each time the worker comes here."""
        self.refresh()

    def come_back(self, about: str) -> None:
        """Be shown again because the worker left what came after: the cursor may be where it was."""
        self.open(about)

    def refresh(self) -> None:
        """Read again what is shown; called while visible when something changed."""

    def take_scan(self, digits: str) -> bool:
        """Take a scanned number; False when this page has no use for it, and the frame finds the right page."""
        return False

    def close_up(self) -> None:
        """Be left or locked: keep what is half done."""


class PageArea(QScrollArea):
    """The room of a page; where that is less than the page can do with, it scrolls."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)
        page.setAutoFillBackground(False)


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page in the registry.

    Args:
        key: its name in `Workplace.go`; also the name of its help, resources/help/KEY.md.
        label: in the menu; what workers call the page.
        icon: a file of resources/icons without .svg.
        levels: in which editions it is.
        make: builds it.
        in_menu: False for pages that are opened from others.
        roles: who sees it; empty for everybody.
        shortcut: its key, from anywhere.
    """

    key: str
    label: str
    icon: str
    levels: frozenset[Level]
    make: Callable[[Workplace, Theme], Page]
    in_menu: bool = True
    roles: frozenset[Role] = frozenset()
    shortcut: str = ""


EVERYWHERE = frozenset(Level)
ABOVE_VILLAGE = EVERYWHERE - {Level.VILLAGE}
