"""What an administrator does about PCs in the window, against a real center, by keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from station_app.bootstrap import pin_reset, station
from station_app.ui.widgets.controls import Text
from station_app.ui.widgets.pages.fleet_page import FleetPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.workspace import Workspace
from station_app.ui.workplace import Workplace
from tests.reliability.place import ADMINISTRATORS, PIN, VILLAGES, Place
from tests.ui.opened import Opener
from tests.ui.seeded_fleet import administered, fleet_place, sit
from tests.ui.sizes import require_whole_texts

__all__ = ["administered", "fleet_place", "sit"]
Key = Qt.Key
Sit = Callable[..., Workplace]


@pytest.fixture
def opener(theme: Theme, qtbot: QtBot) -> Opener:
    return Opener(theme, qtbot)


def said(sheet: QWidget) -> str:
    return "\n".join(label.text() for label in sheet.findChildren(Text) if label.isVisible())


def go_to(page: FleetPage, name: str) -> str:
    """Make the PC of an office the current row, and return its number."""
    rows = page.rows.model
    page.rows.move_to(next(at for at in range(rows.rowCount()) if rows.index(at, 0).data().startswith(name)))
    return page.rows.current


def type_into(qtbot: QtBot, text: str) -> None:
    focus = QApplication.focusWidget()
    for character in text:
        if character.isascii():
            qtbot.keyClick(focus, character)
        else:
            focus.insert(character)  # an input method gives it
    qtbot.keyClick(focus, Key.Key_Return)


def test_a_code_is_taken_for_the_office_of_the_row_and_joins_a_pc(
    fleet_place: Place, sit: Sit, opener: Opener, qtbot: QtBot
) -> None:
    with fleet_place.serving() as url:
        place = sit(fleet_place)
        page = opener(FleetPage, place)
        go_to(page, "示例二村")
        qtbot.keyClick(page, Key.Key_F6)
        assert "给示例二村开通一台电脑" in said(page.enrol)
        assert not page.table.isVisible()
        qtbot.keyClick(page, Key.Key_F8)
        opener.settle(place)
        assert f"中心地址 {url}" in said(page.enrol) and "只能用一次" in said(page.enrol)
        joined = fleet_place.station("new", "enrol", url, page.enrol.code.text(), worker="").found()
        assert joined["org"] == VILLAGES[1]
        opener.see_whole_texts(page)
        page.back_button.click()
        assert page.enrol.code.text() == ""
        opener.settle(place)
        assert page.rows.model.rowCount() == 5


def test_a_request_on_a_stick_is_granted_and_the_grant_opens_there(
    fleet_place: Place, sit: Sit, opener: Opener, qtbot: QtBot, tmp_path: Path
) -> None:
    with fleet_place.serving():
        place = sit(fleet_place)
        page = opener(FleetPage, place)
        code = fleet_place.center("enrol-code", "--org", VILLAGES[1]).found()["code"]
        request = tmp_path / "a.streq"
        fleet_place.station("new", "enrol", "--request", str(request), code, worker="").found()
        page.enrol_button.click()
        page.enrol._ask_request = lambda: str(request)
        page.enrol._ask_grant = lambda: str(tmp_path / "b.stgrant")
        qtbot.keyClick(page, Key.Key_F4)
        opener.settle(place)
        assert "示例二村的一台电脑已加入" in said(page.enrol) and "可以安全拔出" in said(page.enrol)
        grant = str(tmp_path / "b.stgrant")
        assert fleet_place.station("new", "enrol", "--grant", grant, worker="").found()["org"] == VILLAGES[1]
        page.enrol._ask_request = lambda: str(tmp_path / "nothing.streq")
        page.enrol.by_file.click()
        opener.settle(place)
        assert "读不出文件 nothing.streq" in said(page.enrol)


def test_a_pc_is_stopped_only_with_a_reason_and_its_own_digits(
    fleet_place: Place, sit: Sit, opener: Opener, qtbot: QtBot
) -> None:
    with fleet_place.serving():
        fleet_place.register("v1")
        fleet_place.station("v1", "sync").found()
        place = sit(fleet_place)
        page = opener(FleetPage, place)
        assert go_to(page, "峨边") and not page.revoke_button.isEnabled()
        device = go_to(page, "示例一村")
        page.revoke_button.setFocus()
        qtbot.keyClick(page.revoke_button, Key.Key_Return)
        assert f"停用示例一村的电脑 {device[:6]}" in said(page.revoke)
        assert "停用不能撤销" in said(page.revoke) and "有效到这里为止" in said(page.revoke)
        qtbot.keyClick(page, Key.Key_F8)
        assert "这一项还没有填" in said(page.revoke)
        type_into(qtbot, "路上被盗")
        type_into(qtbot, "000000")
        opener.settle(place)
        assert "抄的不一样" in said(page.revoke)
        assert fleet_place.center("status").found()["stations"][0]["revoked"] is False
        type_into(qtbot, device[:6])
        opener.settle(place)
        assert "已停用。中心收到过它的 1 条，都算数" in said(page.revoke)
        assert not page.revoke.main.isEnabled()
        page.back_button.click()
        opener.settle(place)
        go_to(page, "示例一村")
        assert page.rows.model.rows[page.rows.model.row_of(device)].pc.revoked  # type: ignore[union-attr]
        assert not page.revoke_button.isEnabled()


def test_two_administrators_take_a_code_and_it_leaves_the_screen_with_the_sheet(
    fleet_place: Place, sit: Sit, opener: Opener, qtbot: QtBot
) -> None:
    with fleet_place.serving():
        challenge = pin_reset.challenge(fleet_place.home("v1"), "李𬭎")
        place = sit(fleet_place)
        page = opener(FleetPage, place)
        page.reset_button.click()
        sheet = page.reset
        type_into(qtbot, challenge[:-1])
        type_into(qtbot, ADMINISTRATORS[0])
        type_into(qtbot, PIN)
        opener.settle(place)
        # The same person twice is told so before anything else is looked at.
        assert "要两位系统管理员一起办" in said(sheet) or "应为 16 位数字" in said(sheet)
        assert sheet.code.text() == ""
        sheet.editor("challenge").setText(challenge)
        sheet.editor("second").setText(ADMINISTRATORS[1])
        sheet.editor("pin").setText("111111")
        qtbot.keyClick(page, Key.Key_F8)
        opener.settle(place)
        assert "PIN 不对" in said(sheet) and sheet.code.text() == ""
        sheet.editor("pin").setText(PIN)
        qtbot.keyClick(page, Key.Key_F8)
        opener.settle(place)
        assert "这是李𬭎（示例一村）的口令。确认来电的就是本人" in said(sheet)
        code = sheet.code.text()
        assert sheet.editor("pin").text() == ""
        opener.see_whole_texts(page)
        page.close_up()
        assert (sheet.code.text(), sheet.editor("challenge").text()) == ("", "")
        pin_reset.reset_pin(fleet_place.home("v1"), "李𬭎", code, "975318")
        station.sign_in(fleet_place.home("v1"), "李𬭎", "975318").engine.dispose()


def test_without_the_center_nothing_is_done_and_what_was_typed_stays(
    fleet_place: Place, sit: Sit, opener: Opener, qtbot: QtBot
) -> None:
    place = sit(fleet_place)
    page = opener(FleetPage, place)
    page.reset_button.click()
    for text in ("1" * 16, ADMINISTRATORS[1], PIN):
        type_into(qtbot, text)
    opener.settle(place)
    assert "连不上" in said(page.reset)
    assert page.reset.editor("challenge").text() == "1" * 16


def test_the_sheets_hold_their_texts_at_every_size(fleet_place: Place, sit: Sit, theme: Theme, qtbot: QtBot) -> None:
    with fleet_place.serving():
        place = sit(fleet_place)
        frame = Workspace(place, theme)
        qtbot.addWidget(frame)
        frame.show()
        frame.show_page("fleet", "")
        qtbot.waitUntil(lambda: place.jobs.idle, timeout=20_000)
        page = frame.page
        assert isinstance(page, FleetPage)
        qtbot.waitUntil(lambda: page.rows.model.rowCount() > 0)
        go_to(page, "示例二村")
        for button in (page.enrol_button, page.revoke_button, page.reset_button):
            button.click()
            require_whole_texts(frame, theme)
            page._show_sheet(None)
        frame.close_up()
