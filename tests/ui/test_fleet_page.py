"""站点总览 against a real center: an administrator sees every PC, nobody else has the page, and keys alone drive it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station_app import __version__
from station_app.bootstrap.window_station import StationOnDisk
from station_app.domain.organisations import Level
from station_app.domain.people import Role
from station_app.ui.widgets.controls import Text
from station_app.ui.widgets.pages.fleet_page import FleetPage
from station_app.ui.widgets.registry import specs_for
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.workspace import Workspace
from station_app.ui.workplace import Workplace
from tests.reliability.place import Place
from tests.ui.opened import Opener
from tests.ui.seeded_fleet import administered, fleet_place, sit
from tests.ui.sizes import require_whole_texts

__all__ = ["administered", "fleet_place", "sit"]
CLERK = "王县"


@pytest.fixture
def opener(theme: Theme, qtbot: QtBot) -> Opener:
    return Opener(theme, qtbot)


def told(page: FleetPage) -> str:
    return page.notice.findChildren(Text)[0].text()


def texts(page: FleetPage) -> list[str]:
    return [page.rows.model.index(row, 0).data().split("\n")[0] for row in range(page.rows.model.rowCount())]


def test_an_administrator_sees_every_pc_of_a_running_center(
    fleet_place: Place, sit: Callable[..., Workplace], opener: Opener
) -> None:
    with fleet_place.serving():
        fleet_place.station("v1", "sync").found()
        page = opener(FleetPage, sit(fleet_place))
        assert "4 台在用" in told(page)
        assert sorted(texts(page)) == sorted(["峨边彝族自治县", "沙坪镇", "示例一村", "示例二村"])
        at = texts(page).index("示例一村")
        assert page.rows.model.index(at, 1).data().endswith("\n联网")
        assert page.rows.model.index(at, 3).data() == f"{__version__}\n没有备份"
        page.rows.move_to(at)
        device = StationOnDisk(fleet_place.home("v1"))._home.identity().device
        assert f"电脑编号 {device}" in page.detail.text()
        assert page.rows.table.hasFocus()
        opener.see_whole_texts(page)


def test_keys_alone_filter_and_ask_again(
    fleet_place: Place, sit: Callable[..., Workplace], opener: Opener, qtbot: QtBot
) -> None:
    with fleet_place.serving():
        workplace = sit(fleet_place)
        page = opener(FleetPage, workplace)
        page.text_box.setFocus()
        qtbot.keyClicks(page.text_box, "511132100202")
        assert texts(page) == ["示例二村"]
        qtbot.keyClick(page.text_box, Qt.Key.Key_Return)
        assert page.rows.table.hasFocus()
        page.text_box.clear()
        page.show_box.setFocus()
        qtbot.keyClick(page.show_box, Qt.Key.Key_End)
        assert (page.show_box.currentText(), page.nothing.isVisible()) == ("已停用的", True)
        qtbot.keyClick(page.show_box, Qt.Key.Key_Home)
        page.rows.move_to(texts(page).index("示例二村"))
        fleet_place.center("revoke", page.rows.current).found()
        qtbot.keyClick(page, Qt.Key.Key_F5)
        assert not page.refresh_button.isEnabled()
        opener.settle(workplace)
        page.show_box.setFocus()
        qtbot.keyClick(page.show_box, Qt.Key.Key_End)
        assert len(texts(page)) == 1


def test_without_the_center_it_says_so_and_keeps_what_was_said(
    fleet_place: Place, sit: Callable[..., Workplace], opener: Opener
) -> None:
    workplace = sit(fleet_place)
    page = opener(FleetPage, workplace)
    assert "连不上" in told(page) and texts(page) == []
    with fleet_place.serving():
        # What the window signed in with names the address of before: it is read anew for each question.
        page.view.ask()
        opener.settle(workplace)
        assert len(texts(page)) == 4
    page.view.ask()
    opener.settle(workplace)
    assert "下面是以前的：4 台在用" in told(page)
    assert len(texts(page)) == 4


def test_who_is_no_administrator_has_no_such_page_and_is_refused_without_it(
    fleet_place: Place, sit: Callable[..., Workplace], opener: Opener
) -> None:
    for level in Level:
        for role in Role:
            has = "fleet" in {spec.key for spec in specs_for(level, [role])}
            assert has is (role is Role.ADMIN and level in (Level.COUNTY, Level.CITY))
    with fleet_place.serving():
        page = opener(FleetPage, sit(fleet_place, CLERK))
        assert "您的账户没有“看站点总览”的权限" in told(page)
        assert texts(page) == []


def test_the_page_holds_its_texts_at_every_size(
    fleet_place: Place, sit: Callable[..., Workplace], theme: Theme, qtbot: QtBot
) -> None:
    with fleet_place.serving():
        workplace = sit(fleet_place)
        fleet = workplace.session.administration.fleet()
        long = replace(fleet, pcs=tuple(replace(pc, refused=12, cloned=True, last_seen_at="") for pc in fleet.pcs))
        asked = replace(workplace.session, administration=_Says(long))
        workplace.session = asked
        frame = Workspace(workplace, theme)
        qtbot.addWidget(frame)
        frame.show()
        frame.show_page("fleet", "")
        qtbot.waitUntil(lambda: workplace.jobs.idle, timeout=20_000)
        require_whole_texts(frame, theme)
        frame.close_up()


class _Says:
    """A center that has said this once."""

    def __init__(self, fleet: object) -> None:
        self._fleet = fleet

    def fleet(self) -> object:
        return self._fleet
