"""A township's board: numbers by what they mean, each with the work behind it; nobody unheard of is green."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from station_app.domain.people import Role
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Pill
from station_app.ui.widgets.pages.township_board import TownshipBoardPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from tests.ui.desks import as_worker_with, later

Idle = Callable[[Workplace], None]
Links = list[tuple[str, str]]
Opened = Callable[[Workplace], tuple[TownshipBoardPage, Links]]


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme, idle: Idle) -> Opened:
    """Open the page and note where it leads."""

    def open_page(place: Workplace) -> tuple[TownshipBoardPage, Links]:
        page, links = TownshipBoardPage(place, theme), []
        qtbot.addWidget(page)
        place.go.connect(lambda key, about: links.append((key, about)))
        page.resize(1180, 650)
        page.show()
        page.open("")
        idle(place)
        return page, links

    return open_page


def test_what_waits_is_counted_and_each_number_opens_its_work(township: Workplace, opened: Opened) -> None:
    page, links = opened(township)
    assert [button.accessibleName() for button in page.steps] == [
        "待接收：2 批，共 4 件",
        "即办：1 件可以一次办完",
        "待受理：2 件由本镇受理，含即办 1 件",
        "待决定：1 件已受理，等决定",
        "待上报：0 件要交到县里",
        "结果待送达：2 个还没送到群众手里",
    ]
    for button in page.steps:
        button.click()
    assert links == [
        ("receive", ""),
        ("instant", ""),
        ("decide", "to_accept"),
        ("decide", "to_decide"),
        ("hand_over", ""),
        ("results", ""),
    ]


def test_an_approver_is_led_to_lists_instead_of_the_counter(township_head: Workplace, opened: Opened) -> None:
    page, links = opened(township_head)
    page.steps[0].click()
    page.steps[4].click()
    assert links == [("cases", "place:incoming"), ("cases", "place:here")]


def test_limits_that_run_later_are_plain_and_open_the_deciding_page(
    township: Workplace, opened: Opened, qtbot: QtBot
) -> None:
    page, links = opened(township)
    cell = page.clocks.cells["五日内受理或告知", "以后"]
    assert isinstance(cell, QPushButton) and cell.text() == "2"
    assert cell.accessibleName() == "五日内受理或告知 以后 2 件"
    cell.setFocus()
    qtbot.keyClick(cell, Qt.Key.Key_Return)
    assert links == [("decide", "to_accept")]
    nothing = page.clocks.cells["法定时限", "超期"]
    assert not isinstance(nothing, QPushButton) and nothing.accessibleName() == "法定时限 超期 0 件"


def test_limits_that_ended_are_red_with_a_shape(township: Workplace, opened: Opened) -> None:
    later(township, days=20)
    page, _ = opened(township)
    cell = page.clocks.cells["五日内受理或告知", "超期"]
    assert isinstance(cell, QPushButton) and cell.text() == "■ 2" and cell.property("tone") == Tone.BAD.value


def test_villages_just_heard_of_are_told_with_their_time(township: Workplace, opened: Opened) -> None:
    page, _ = opened(township)
    words = [pill.text() for pill in page.offices.findChildren(Pill)]
    assert len(words) == 2 and all(word.startswith("✓ 今天") for word in words)
    assert page.own_sync.text().startswith("● 本站上次同步 今天")


def test_when_our_own_news_are_old_all_others_are_grey(township: Workplace, opened: Opened) -> None:
    later(township, days=3)
    page, _ = opened(township)
    pills = page.offices.findChildren(Pill)
    assert [pill.text() for pill in pills] == ["○ 3 天没有消息"] * 2
    assert page.own_sync.property("tone") == Tone.STALE.value and "之后的不知道" in page.own_sync.text()
    first, last = page.steps[0].accessibleName(), page.steps[5].accessibleName()
    assert "截至" in first and "截至" in last
    assert "截至" not in page.steps[1].accessibleName()


def test_a_board_read_again_keeps_the_focus_on_its_number(township: Workplace, opened: Opened, idle: Idle) -> None:
    page, _ = opened(township)
    page.clocks.cells["承诺时限", "以后"].setFocus()
    later(township, days=1)
    page.refresh()
    idle(township)
    assert page.clocks.cells["承诺时限", "以后"].hasFocus()


def test_the_board_reads_itself_again_while_it_is_seen(township: Workplace, opened: Opened, qtbot: QtBot) -> None:
    page, _ = opened(township)
    later(township, days=3)
    page._timer.timeout.emit()
    qtbot.waitUntil(lambda: "之后的不知道" in page.own_sync.text())


def test_a_clerk_without_counter_work_still_reaches_the_cases(township: Workplace, opened: Opened) -> None:
    as_worker_with(township, Role.SUPERVISOR)
    page, links = opened(township)
    page.steps[0].click()
    assert links == [("cases", "place:incoming")]
