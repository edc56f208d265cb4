"""A village agent's first page: what waits, where it leads, and calm where nothing does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station_app.domain.clocks import clock_of
from station_app.domain.people import Role
from station_app.ui.models.dates import Word, due_word, heard_word, weekday_text
from station_app.ui.models.freshness import own_sync_word
from station_app.ui.presenters.boards import reference_words
from station_app.ui.settings import Settings
from station_app.ui.tokens import SCALES, Tone
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.pages.village_home import VillageHomePage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.home import DirectoryInForce
from tests.ui.desks import as_worker_with, later

Idle = Callable[[Workplace], None]
Links = list[tuple[str, str]]
TODAY = date(2026, 11, 24)


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme, idle: Idle) -> Callable[[Workplace], tuple[VillageHomePage, Links]]:
    """Open the page and note where it leads."""

    def open_page(place: Workplace) -> tuple[VillageHomePage, Links]:
        page, links = VillageHomePage(place, theme), []
        qtbot.addWidget(page)
        place.go.connect(lambda key, about: links.append((key, about)))
        page.resize(1180, 650)
        page.show()
        page.open("")
        idle(place)
        return page, links

    return open_page


Opened = Callable[[Workplace], tuple[VillageHomePage, Links]]


def test_the_three_steps_say_how_much_waits_and_lead_there(village: Workplace, opened: Opened, qtbot: QtBot) -> None:
    page, links = opened(village)
    names = [button.accessibleName() for button in page.steps]
    assert names == [
        "受理（收件登记）：F7 收一件新的",
        "承办（交到镇里）：2 件等着交给镇里",
        "回复（送达签收）：2 个结果等着送到群众手里",
    ]
    for button in page.steps:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert links == [("register", ""), ("hand_over", ""), ("deliver", "")]


@pytest.mark.parametrize("scale", SCALES)
def test_a_step_holds_its_words_at_every_text_size(
    village: Workplace, opened: Opened, theme: Theme, scale: int, qtbot: QtBot
) -> None:
    theme.apply(Settings(theme=ThemeName.LIGHT, scale=scale))
    page, _ = opened(village)
    for button in [*page.steps, *page.todos.lines]:
        qtbot.waitUntil(lambda b=button: b.height() >= b.layout().totalHeightForWidth(b.width()))


def test_what_waits_is_a_button_that_enter_presses(village: Workplace, opened: Opened, qtbot: QtBot) -> None:
    page, links = opened(village)
    assert [line.accessibleName() for line in page.todos.lines] == [
        "待签收：镇里交来 1 件的决定书、证照，对着结果交接单清点。去签收",
        "待送达：2 个结果已经作出，等着送到群众手里。去送达",
        "已退回：1 件被退回：看退回原因，补齐后再交。去补齐",
        "待交：2 件收好了，等着交到镇里。去交",
    ]
    for line in page.todos.lines:
        line.setFocus()
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert [key for key, _about in links] == ["receive", "deliver", "case", "hand_over"]
    assert links[2][1], "the only returned case is opened itself"


def test_after_weeks_the_overdue_and_the_silent_are_named(village: Workplace, opened: Opened) -> None:
    later(village, days=20)
    page, links = opened(village)
    names = [line.accessibleName() for line in page.todos.lines]
    assert any(name.startswith("超 ") and "代办交接时限" in name for name in names)
    silent = [name for name in names if name.startswith("没有回音")]
    assert silent and all("已交出 20 天，沙坪镇还没有接收" in name for name in silent)
    page.todos.lines[0].click()
    assert links[0][0] == "case" and links[0][1]


def test_a_name_or_number_typed_leads_to_the_cases_found(village: Workplace, opened: Opened, qtbot: QtBot) -> None:
    page, links = opened(village)
    assert page.search.hasFocus()
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    qtbot.keyClicks(page.search, " lh ")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert links == [("cases", "query:lh")]


def test_the_day_says_whether_it_is_worked(village: Workplace, opened: Opened) -> None:
    page, _ = opened(village)
    today = village.session.desk.now().astimezone(UTC) + timedelta(hours=8)
    assert page.title.text() == weekday_text(today.date())
    assert page.day_kind.text() in ("工作日", "休息日")


def test_who_may_not_take_cases_in_is_led_to_the_lists(village: Workplace, opened: Opened) -> None:
    as_worker_with(village, Role.SUPERVISOR)
    page, links = opened(village)
    for button in page.steps:
        button.click()
    assert links == [("cases", ""), ("cases", "place:here"), ("cases", "place:to_deliver")]


def test_a_page_read_again_keeps_the_focus_on_its_line(village: Workplace, opened: Opened, idle: Idle) -> None:
    page, _ = opened(village)
    page.todos.lines[1].setFocus()
    line = page.todos.lines[1]
    page.refresh()
    idle(village)
    assert page.todos.lines[1] is line and line.hasFocus()
    later(village, days=20)
    page.refresh()
    idle(village)
    assert page.todos.lines[1].hasFocus()


@pytest.mark.parametrize(
    ("days", "word"),
    [
        (-3, Word("超 3 天", Tone.BAD)),
        (0, Word("今天到期", Tone.BAD)),
        (1, Word("明天到期", Tone.WARN)),
        (2, Word("11月26日到期", Tone.WARN)),
        (3, Word("11月27日到期")),
    ],
)
def test_a_limit_is_said_by_what_is_left_of_it(days: int, word: Word) -> None:
    clock = clock_of("handover", TODAY, TODAY + timedelta(days=days), provisional=False)
    assert due_word(clock, TODAY) == word


def test_a_limit_beyond_the_calendar_is_provisional() -> None:
    clock = clock_of("promised", TODAY, TODAY + timedelta(days=9), provisional=True)
    assert due_word(clock, TODAY) == Word("12月3日到期（暂定）")
    assert due_word(None, TODAY) == Word("")


def test_what_is_stale_is_never_green() -> None:
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert heard_word(None, now, stale=True) == Word("还没有消息", Tone.STALE)
    assert heard_word(now - timedelta(days=3), now, stale=True) == Word("3 天没有消息", Tone.STALE)
    assert heard_word(now - timedelta(hours=1), now, stale=True) == Word("今天 09:00", Tone.STALE)
    assert heard_word(now - timedelta(hours=18), now, stale=False) == Word("昨天 16:00", Tone.GOOD)


def test_our_own_old_news_make_everybody_else_unknown() -> None:
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert own_sync_word(None, now).tone is Tone.STALE
    assert own_sync_word(now - timedelta(days=2), now) == Word(
        "别处的情况截至 11月22日 10:00，之后的不知道", Tone.STALE
    )
    assert own_sync_word(now - timedelta(hours=2), now) == Word("本站上次同步 今天 08:00", Tone.INFO)


def test_sample_and_missing_directories_and_calendars_are_named() -> None:
    sample = DirectoryInForce(1, "2026-11", sample=True, calendar_until=2026)
    assert [word.text for word in reference_words(sample, TODAY)] == [
        "示例目录 2026-11，只用于演示",
        "2027 年放假安排未导入，之后的期限为暂定",
    ]
    real = replace(sample, sample=False, calendar_until=2025)
    assert reference_words(real, TODAY) == (
        Word("事项目录 2026-11"),
        Word("2026 年放假安排未导入，期限都是暂定", Tone.WARN),
    )
    assert reference_words(replace(sample, number=0), TODAY)[0].tone is Tone.BAD
