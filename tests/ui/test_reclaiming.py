"""Taking a case back from the road, and taking one over, on the page of the case and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station_app.domain.case_cards import Place
from station_app.domain.cases import CaseState
from station_app.domain.errors import StationError
from station_app.domain.people import Role
from station_app.ui.background import Lane
from station_app.ui.models.case_cells import WHERE
from station_app.ui.models.case_rows import CELL_ROLE
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.board.big_buttons import Tick
from station_app.ui.widgets.pages.case_page import CasePage
from station_app.ui.widgets.pages.cases_page import CasesPage
from station_app.ui.widgets.pages.county_wall import CountyWallPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.ports import Book, SyncStatus
from station_app.usecases.times import stamp
from tests.ui.desks import as_worker_with, later
from tests.ui.opened import Opener
from tests.ui.said import said
from tests.ui.tour import case_in

Key = Qt.Key
ASKED_BACK = case_in(CaseState.REGISTERED, Place.ASKED_BACK)
ON_THE_ROAD = case_in(CaseState.REGISTERED, Place.ON_THE_ROAD)
OpenCase = Callable[[Workplace, Callable[[Book], str]], CasePage]


@pytest.fixture
def open_case(theme: Theme, qtbot: QtBot, idle: Callable[[Workplace], None]) -> OpenCase:
    def open_it(place: Workplace, about: Callable[[Book], str]) -> CasePage:
        found: list[str] = []
        place.read(about, owner=place, done=found.append)
        idle(place)
        return Opener(theme, qtbot)(CasePage, place, found[0])

    return open_it


@pytest.fixture
def arbiter(county: Workplace) -> Workplace:
    """A supervisor of the county, four days after the village has handed over."""
    as_worker_with(county, Role.SUPERVISOR)
    later(county, days=4)
    return county


def connect(place: Workplace, idle: Callable[[Workplace], None]) -> None:
    """Have the center answered just now."""

    def work() -> None:
        with place.session.desk.open_book() as book:
            book.save_sync_status(SyncStatus("", {}, "", stamp(place.session.desk.now())))

    place.jobs.submit(Lane.DB, work, owner=place, done=lambda _: None)
    idle(place)


def be_another_pc(place: Workplace, idle: Callable[[Workplace], None]) -> None:
    """Have the book be that of another PC of the office."""

    def work() -> None:
        with place.session.desk.open_book() as book:
            book.save_identity(replace(book.identity(), device="f" * 32))  # type: ignore[attr-defined]

    place.jobs.submit(Lane.DB, work, owner=place, done=lambda _: None)
    idle(place)


def press(qtbot: QtBot, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(QApplication.focusWidget(), key)
        QApplication.processEvents()


def write(text: str) -> None:
    typed = QInputMethodEvent()
    typed.setCommitString(text)
    QApplication.sendEvent(QApplication.focusWidget(), typed)


def test_the_arbiter_takes_a_case_back_by_keyboard_alone(
    arbiter: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Callable[[Workplace], None], theme: Theme
) -> None:
    connect(arbiter, idle)
    page = open_case(arbiter, ASKED_BACK)
    assert "满三天了，可以收回" in said(page.custody)
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(lambda: page.form.isAncestorOf(QApplication.focusWidget() or page))
    for look in (Settings(theme=ThemeName.DARK, scale=125), Settings()):
        theme.apply(look)
        Opener(theme, qtbot).see_whole_texts(page)
    press(qtbot, Key.Key_1, Key.Key_Return)
    write("电话问过，镇上没有收到")
    press(qtbot, Key.Key_Return, Key.Key_1, Key.Key_F8)
    qtbot.waitUntil(page.form.isHidden)
    idle(arbiter)
    qtbot.waitUntil(lambda: "已存本机：收回" in said(page.notice))
    assert page.view.sheet is not None
    case = page.view.sheet.view.case
    assert (case.custody.offer, case.fields["reclaimed"]["reason"]) == (None, "电话问过，镇上没有收到")
    assert "电话问过，镇上没有收到" in said(page.facts)
    assert page.custody.isHidden()


def test_where_both_have_signed_it_takes_a_second_person_who_has_called(
    arbiter: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Callable[[Workplace], None], theme: Theme
) -> None:
    connect(arbiter, idle)
    page = open_case(arbiter, ASKED_BACK)

    def hand_in(label: str, typed: dict[str, str]) -> None:
        button = next(button for button in page._buttons if button.accessibleName() == label)
        button.click()
        qtbot.waitUntil(page.form.isVisible)
        page.form.put(typed)
        page.form.submit()

    signed = {"to": "giver", "reason": "三天没有接", "slip": "yes", "call": "上午十时电话，镇上说没有收到"}
    hand_in("提请收回", {"reason": "双方签了字，镇上说没有收到"})
    qtbot.waitUntil(lambda: page.form.isHidden() and "您已经提请收回" in said(page.custody))
    idle(arbiter)
    hand_in("收回", signed)
    qtbot.waitUntil(lambda: "另一人" in said(page.form))
    for look in (Settings(theme=ThemeName.DARK, scale=125), Settings()):
        theme.apply(look)
        Opener(theme, qtbot).see_whole_texts(page)
    page._give_up()
    desk = arbiter.session.desk
    arbiter.session = replace(
        arbiter.session, desk=replace(desk, worker=replace(desk.worker, person_id="b" * 32, name="李督"))
    )
    page.refresh()
    idle(arbiter)
    qtbot.waitUntil(lambda: "双方已签字的，由您电话核实后收回" in said(page.custody))
    hand_in("收回", {name: text for name, text in signed.items() if name != "call"})
    qtbot.waitUntil(lambda: "还没有填" in said(page.form.fields["call"]))
    qtbot.waitUntil(page.form.button.isEnabled)
    page.form.put(signed)
    page.form.submit()
    qtbot.waitUntil(lambda: page.form.isHidden() and "已存本机：收回" in said(page.notice))
    qtbot.waitUntil(lambda: page.view.sheet is not None and page.view.sheet.view.case.custody.offer is None)


def test_what_a_refusal_says_of_a_field_stays_until_something_else_stands_there(
    arbiter: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Callable[[Workplace], None]
) -> None:
    """It went with the focus: on a busy machine at once, so that the form stood there and said nothing."""
    connect(arbiter, idle)
    page = open_case(arbiter, ASKED_BACK)
    next(button for button in page._buttons if button.accessibleName() == "收回").click()
    qtbot.waitUntil(page.form.isVisible)
    action, case = page.form.action, page.form._case
    assert action is not None and case is not None
    refusal = StationError("form-field-missing", field="call", label="电话核实")
    # The answer comes before the form has put the focus into its first field.
    page.form.show_refusal(action.code, case, refusal)
    qtbot.wait(20)
    call = page.form.fields["call"]
    call.editor.setFocus()
    page.form.fields["reason"].editor.setFocus()
    assert "还没有填" in said(call)
    page.form.put({"call": "上午十时电话"})
    page.form._check("call")
    assert "还没有填" not in said(call)


def test_too_early_the_button_is_not_there_and_the_page_says_how_long(county: Workplace, open_case: OpenCase) -> None:
    as_worker_with(county, Role.SUPERVISOR)
    page = open_case(county, ASKED_BACK)
    assert [button.accessibleName() for button in page._buttons] == ["提请收回"]
    assert "现在还不能收回：交接要满三天（72 小时）" in said(page.custody)


def test_without_the_center_a_case_is_not_taken_back_and_what_was_typed_stays(
    arbiter: Workplace, open_case: OpenCase, qtbot: QtBot
) -> None:
    page = open_case(arbiter, ASKED_BACK)
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(page.form.isVisible)
    page.form.put({"to": "giver", "reason": "三天没有接", "slip": "no"})
    page.form.submit()
    qtbot.waitUntil(lambda: "十分钟内没有同步成功过。请先同步" in said(page.form))
    assert page.form.typed()["reason"] == "三天没有接"


def test_all_of_a_slip_is_asked_back_at_once(
    village: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Callable[[Workplace], None], theme: Theme
) -> None:
    page = open_case(village, ON_THE_ROAD)
    assert "沙坪镇还没有接收" in said(page.custody)
    press(qtbot, Key.Key_Return)
    qtbot.waitUntil(lambda: page.form.isAncestorOf(QApplication.focusWidget() or page))
    write("材料拿错了")
    press(qtbot, Key.Key_Return)
    tick = QApplication.focusWidget()
    assert isinstance(tick, Tick)
    assert tick.accessibleName() == "同一张交接单上还有 2 件没有接收（按空格换）：不一起办"
    press(qtbot, Key.Key_Space)
    assert page.form.mates_too
    for scale in (100, 125):
        theme.apply(Settings(scale=scale))
        Opener(theme, qtbot).see_whole_texts(page)
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(lambda: "已存本机：请求撤回，3 件" in said(page.notice))
    qtbot.waitUntil(lambda: "已经请求撤回" in said(page.custody))


def test_a_case_on_another_pc_is_gone_on_with_here_by_keyboard_alone(
    village: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Callable[[Workplace], None]
) -> None:
    be_another_pc(village, idle)
    page = open_case(village, case_in(CaseState.RETURNED))
    assert "由本单位另一台电脑经办。要在这台电脑上接着办，按“接手”" in said(page.custody)
    assert "现在在本单位的另一台电脑，要" in page.head.now.text()
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(page.form.button.hasFocus)
    assert "那一台不能再办" in said(page.form)
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(lambda: "已存本机：接手。现在可以在这台电脑上办；联网后由县中心确认" in said(page.notice))
    qtbot.waitUntil(lambda: "先办着，联网后由县中心确认" in said(page.custody))
    assert "补齐材料" in [button.accessibleName() for button in page._buttons]


def test_the_wall_leads_to_what_is_asked_back_and_the_list_says_for_how_long(
    county: Workplace, theme: Theme, qtbot: QtBot
) -> None:
    later(county, days=4)
    opener = Opener(theme, qtbot)
    wall = opener(CountyWallPage, county)
    [line] = wall.todos.lines
    assert line.accessibleName().startswith("没有人接：1 件交出以后一直没有人接收")
    with qtbot.waitSignal(county.go) as went:
        line.click()
    assert went.args == ["cases", "place:asked_back"]
    page = opener(CasesPage, county, went.args[1])
    cell = page.rows.data(page.rows.index(0, WHERE), CELL_ROLE)
    assert (cell.text, cell.below) == ("在途 → 沙坪镇", "示例一村 4 天前交出")


def test_a_village_has_no_list_of_what_others_ask_back(village: Workplace, theme: Theme, qtbot: QtBot) -> None:
    page = Opener(theme, qtbot)(CasesPage, village)
    assert "待核实" not in [page.places.tabText(index) for index in range(page.places.count())]
