"""Every page of every edition holds its texts at the sizes that our users have.

In one theme: the two differ in colours alone (tests/ui/test_tokens.py).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.workspace import Workspace
from station_app.ui.workplace import Workplace
from tests.ui.conftest import SetUp
from tests.ui.painted import cut_texts, squeezed, visible_widgets
from tests.ui.sizes import require_whole_texts, settle
from tests.ui.tour import STOPS, Stop

SCREENS_WITH_HELP = {100: ((1366, 728), (1024, 620)), 150: ((1024, 620),)}

Idle = Callable[[Workplace], None]


@pytest.fixture
def visit(sit_down: SetUp, theme: Theme, qtbot: QtBot, idle: Idle) -> Callable[[Stop], Workspace]:
    """Open the workspace of a stop's worker on the stop's page."""

    def open_page(stop: Stop) -> Workspace:
        place = sit_down(stop.home, stop.worker)
        workspace = Workspace(place, theme)
        qtbot.addWidget(workspace)
        workspace.resize(1366, 728)
        workspace.show()
        abouts: list[str] = []
        place.read(stop.about, owner=workspace, done=abouts.append)
        idle(place)
        workspace.show_page(stop.key, abouts[0])
        idle(place)
        return workspace

    return open_page


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_a_page_holds_its_texts(stop: Stop, visit: Callable[[Stop], Workspace], theme: Theme, qtbot: QtBot) -> None:
    workspace = visit(stop)
    require_whole_texts(workspace, theme)


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_a_page_holds_its_texts_while_its_help_is_open(
    stop: Stop, visit: Callable[[Stop], Workspace], theme: Theme, qtbot: QtBot
) -> None:
    workspace = visit(stop)
    for scale, sizes in SCREENS_WITH_HELP.items():
        theme.apply(Settings(theme=ThemeName.LIGHT, scale=scale))
        for width, height in sizes:
            workspace.resize(width, height)
            workspace.open_help()
            settle()
            assert cut_texts(workspace) == [], (width, scale)
            assert squeezed(workspace) == [], (width, scale)


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_everything_on_a_page_has_a_name_and_can_be_reached(stop: Stop, visit: Callable[[Stop], Workspace]) -> None:
    workspace = visit(stop)
    reachable = [widget for widget in visible_widgets(workspace) if is_control(widget)]
    assert [describe(widget) for widget in reachable if not has_name(widget)] == []
    assert workspace.page.accessibleName()


def is_control(widget: QWidget) -> bool:
    """Tell whether a worker can do something with a widget by keyboard."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled()


def has_name(widget: QWidget) -> bool:
    """Tell whether a screen reader has something to say of a widget."""
    text = getattr(widget, "text", None)
    return bool(widget.accessibleName() or (callable(text) and text().strip()))


def describe(widget: QWidget) -> str:
    """Say which widget it is."""
    parent = widget.parentWidget()
    return f"{type(widget).__name__} in {type(parent).__name__}"
