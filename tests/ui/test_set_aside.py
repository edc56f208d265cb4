"""A step of ours that does not stand: the first page leads to it, its page shows both values, one look is enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station_app.domain.cases import CaseState
from station_app.domain.lanes import SubjectKind
from station_app.exchange.writing import Chain, Draft, Pen, write_event
from station_app.protocol.exchange_records import PushStatus
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.pages.case_page import CasePage
from station_app.ui.widgets.pages.county_wall import CountyWallPage
from station_app.ui.widgets.pages.township_board import TownshipBoardPage
from station_app.ui.widgets.pages.village_home import VillageHomePage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.ports import Desk
from station_app.usecases.reference import organisations_of
from station_app.usecases.run_action import act_on_case
from station_app.usecases.times import stamp
from tests.ui.conftest import SetUp
from tests.ui.opened import Opener
from tests.ui.said import said
from tests.ui.tour import case_in


@pytest.fixture
def opener(theme: Theme, qtbot: QtBot) -> Opener:
    return Opener(theme, qtbot)


def set_aside(place: Workplace, state: CaseState, code: str, form: dict[str, object], opener: Opener) -> None:
    """Let the worker do something that the center does not take in."""

    def work(desk: Desk) -> None:
        with desk.read_book() as book:
            case_id = case_in(state)(book)
        act_on_case(desk, case_id, code, form)
        with desk.open_book() as book:
            link, _ = list(book.outbox(1000))[-1]
            book.settle([PushStatus(link, "refused", "person-unknown")], stamp(desk.now()))

    place.write(work, owner=place, done=lambda _: None)
    opener.settle(place)


@pytest.fixture
def supplied(village: Workplace, opener: Opener) -> Workplace:
    """A village whose 补齐材料 the center did not take in."""
    set_aside(village, CaseState.RETURNED, "supply", {"note": "补了本人签名"}, opener)
    return village


def test_the_first_page_leads_to_it_until_somebody_has_looked(
    supplied: Workplace, opener: Opener, qtbot: QtBot
) -> None:
    home = opener(VillageHomePage, supplied)
    first = home.todos.lines[0]
    assert first.accessibleName().startswith("没有生效：")
    with qtbot.waitSignal(supplied.go) as went:
        first.click()
    key, case_id = went.args
    assert key == "case"
    page = opener(CasePage, supplied, case_id)
    page.set_aside.looked.setFocus()
    qtbot.keyClick(page.set_aside.looked, Qt.Key.Key_Return)
    opener.settle(supplied)
    assert not any("没有生效" in line.accessibleName() for line in home.todos.lines)
    assert page.set_aside.looked.isHidden()
    assert "补了本人签名" in said(page.set_aside)


def test_the_page_shows_both_values_who_when_and_what_to_do(supplied: Workplace, opener: Opener, theme: Theme) -> None:
    page = opener(CasePage, supplied, opener_about(supplied, opener))
    told = said(page.set_aside)
    assert "请对照两边的内容。还要办的，照现在的情况重新办" in told
    assert "县中心没有收下（" in told
    assert "请用激活码重新登录" in told
    for text in ("这一步写的（没有生效）", "现在生效的", "已收件", "已退回", "补了本人签名", "（没有）"):
        assert text in told
    # Buttons in a row that wraps kept their places when the letters grew.
    for look in (Settings(), Settings(scale=125), Settings(theme=ThemeName.DARK)):
        theme.apply(look)
        opener.see_whole_texts(page)


def opener_about(place: Workplace, opener: Opener) -> str:
    found: list[str] = []
    place.read(case_in(CaseState.RETURNED), owner=place, done=found.append)
    opener.settle(place)
    return found[0]


def test_boards_lead_there_as_well(sit_down: SetUp, opener: Opener, theme: Theme) -> None:
    kinds: tuple[tuple[str, str, type[TownshipBoardPage | CountyWallPage], CaseState], ...] = (
        ("t", "张䶮", TownshipBoardPage, CaseState.RECEIVED),
        ("k", "王县", CountyWallPage, CaseState.ACCEPTED),
    )
    for home, worker, kind, state in kinds:
        place = sit_down(home, worker)
        before = len(opener(kind, place).todos.lines)
        set_aside(place, state, "note", {"text": "电话已改"}, opener)
        page = opener(kind, place)
        assert len(page.todos.lines) == before + 1
        assert page.todos.lines[-1].accessibleName().startswith("没有生效：")
        opener.see_whole_texts(page)


@pytest.fixture
def overtaken(village: Workplace, opener: Opener) -> Workplace:
    """A village whose 补齐材料 came to the center after another PC of it had done that."""

    def work(desk: Desk) -> None:
        with desk.read_book() as book:
            case_id = case_in(CaseState.RETURNED)(book)
        act_on_case(desk, case_id, "supply", {"note": "补了本人签名"})
        with desk.open_book() as book:
            link, own = list(book.outbox(1000))[-1]
            book.settle([PushStatus(link, "stored")], stamp(desk.now()))
            number, previous = book.case(case_id).last_ruling
            late = {"number": number + 1, "event": own.event_id, "verdict": "late", "reason": "base-passed"}
            chain = Chain("c" * 32, "0" * 16, 0, None, own.header.lamport)
            center = standing_above(book)
            draft = Draft("ruling", (SubjectKind.CASE, case_id), center, None, stamp(desk.now()), {})
            draft = replace(draft, effects={"ruling": {**late, "previous": previous or None}})
            ruling, _ = write_event(draft, chain, Pen(lambda _: bytes(64)), bytes(16))
            book.add_foreign([ruling])
            book.refold([(SubjectKind.CASE.value, case_id)])

    village.write(work, owner=village, done=lambda _: None)
    opener.settle(village)
    return village


def standing_above(book: Any) -> str:
    """Return the code of the county whose center rules for this office."""
    offices, me = organisations_of(book), book.identity().org
    found = offices.county_of(me)
    assert found is not None
    return found.code


def test_a_late_step_stands_beside_what_counts_now(overtaken: Workplace, opener: Opener, theme: Theme) -> None:
    page = opener(CasePage, overtaken, opener_about(overtaken, opener))
    told = said(page.set_aside)
    for text in (
        "县中心裁定（",
        "晚了一步，没有生效",
        "这件在另一台电脑上先办了一步。请看最新进度，需要的重新办理。",
        "这一步写的（没有生效）",
        "现在生效的",
        "补了本人签名",
        "已退回",
    ):
        assert text in told
    for look in (Settings(), Settings(scale=125, theme=ThemeName.DARK)):
        theme.apply(look)
        opener.see_whole_texts(page)
