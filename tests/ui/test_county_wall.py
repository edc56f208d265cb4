"""A county's wall: the worst township first, the unknown grey, the sums above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from station_app.domain.organisations import Level
from station_app.ui.models.dates import Word
from station_app.ui.models.wall_rows import TITLES, WallRows, wall_totals
from station_app.ui.models.word_role import WORD_ROLE
from station_app.ui.tokens import Tone
from station_app.ui.widgets.pages.county_wall import CountyWallPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.home import DirectoryInForce, OfficeFreshness, Wall, WallRow
from tests.ui.desks import later

Idle = Callable[[Workplace], None]
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
OVERDUE = TITLES.index("超期")


def row(code: str, name: str, *, heard: datetime | None = NOW, **counts: int) -> WallRow:
    stale = heard is None or NOW - heard > timedelta(hours=24)
    office = OfficeFreshness(code, name, Level.TOWNSHIP, heard, stale)
    none = dict.fromkeys(("on_the_road", "here", "in_hand", "soon", "today", "overdue", "decided_undelivered"), 0)
    return WallRow(office=office, **{**none, **counts})


def wall(*rows: WallRow, own: datetime | None = NOW) -> Wall:
    total = row("511132000000", "峨边彝族自治县", heard=own, overdue=sum(entry.overdue for entry in rows))
    return Wall(rows, total, 0, (), own, DirectoryInForce(1, "v", sample=False, calendar_until=2026))


def shown(rows: WallRows, column: int) -> list[Word]:
    return [rows.index(index, column).data(WORD_ROLE) for index in range(rows.rowCount())]


def test_the_model_keeps_the_rules_of_models(qtmodeltester: ModelTester) -> None:
    rows = WallRows()
    rows.show_wall(wall(row("511132100000", "沙坪镇", overdue=1)), NOW)
    qtmodeltester.check(rows)


def test_the_worst_stands_first() -> None:
    rows = WallRows()
    calm, late, due = row("1", "甲镇"), row("2", "乙镇", overdue=2), row("3", "丙镇", today=5)
    rows.show_wall(wall(calm, late, due), NOW)
    assert [word.text for word in shown(rows, 0)] == ["乙镇", "丙镇", "甲镇"]
    assert shown(rows, OVERDUE) == [Word("2", Tone.BAD), Word("0"), Word("0")]
    assert rows.find("3") == 1 and rows.find("9") == 0 and rows.office_at(1) == "3" and rows.office_at(-1) == ""


def test_numbers_of_a_township_not_heard_of_are_grey_with_their_day() -> None:
    rows = WallRows()
    rows.show_wall(wall(row("1", "甲镇", heard=NOW - timedelta(days=5), overdue=3), row("2", "乙镇", heard=None)), NOW)
    assert shown(rows, OVERDUE) == [Word("3", Tone.STALE), Word("0", Tone.STALE)]
    assert shown(rows, len(TITLES) - 1) == [
        Word("5 天没有消息\n截至 11月19日", Tone.STALE),
        Word("还没有消息", Tone.STALE),
    ]


def test_what_has_been_on_the_road_too_long_is_yellow_and_before_what_is_calm() -> None:
    rows = WallRows()
    calm, fresh, slow = row("1", "甲镇"), row("2", "乙镇", on_the_road=1), row("3", "丙镇", on_the_road=2)
    fresh, slow = replace(fresh, longest_days=0), replace(slow, longest_days=9, handed_too_long=True)
    rows.show_wall(wall(calm, fresh, slow), NOW)
    assert shown(rows, 0) == [Word("丙镇\n在途最久 9 天", Tone.WARN), Word("乙镇"), Word("甲镇")]
    assert rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "单位 丙镇\n在途最久 9 天"
    silent = replace(slow, office=row("3", "丙镇", heard=NOW - timedelta(days=5)).office)
    rows.show_wall(wall(silent, replace(calm, office=row("1", "甲镇", heard=None).office)), NOW)
    assert shown(rows, 0) == [Word("丙镇\n在途最久 9 天", Tone.STALE), Word("甲镇", Tone.STALE)]


def test_old_news_of_our_own_make_all_others_grey_but_not_our_counter() -> None:
    rows = WallRows()
    old = NOW - timedelta(days=2)
    own_counter = row("511132000000", "峨边彝族自治县", heard=old, overdue=1)
    found = wall(row("1", "甲镇", heard=old, overdue=4), own_counter, own=old)
    rows.show_wall(found, NOW)
    assert [word.tone for word in shown(rows, OVERDUE)] == [Tone.STALE, Tone.BAD]
    assert dict(wall_totals(found, NOW))["超期"] == Word("5", Tone.STALE)
    assert dict(wall_totals(replace(found, own_sync_at=NOW), NOW))["超期"] == Word("5", Tone.BAD)


def test_cells_are_named_for_those_who_hear_them() -> None:
    rows = WallRows()
    rows.show_wall(wall(row("1", "甲镇", overdue=4)), NOW)
    cell = rows.index(0, OVERDUE)
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "超期 4"
    assert cell.data(Qt.ItemDataRole.TextAlignmentRole) == Qt.AlignmentFlag.AlignCenter
    assert rows.headerData(OVERDUE, Qt.Orientation.Horizontal) == "超期"
    assert rows.data(rows.index(0, OVERDUE).siblingAtColumn(99)) is None


@pytest.fixture
def page(county: Workplace, theme: Theme, qtbot: QtBot, idle: Idle) -> CountyWallPage:
    """The page, open."""
    page = CountyWallPage(county, theme)
    qtbot.addWidget(page)
    page.resize(1180, 650)
    page.show()
    page.open("")
    idle(county)
    return page


def test_the_wall_shows_the_township_and_enter_opens_its_cases(
    page: CountyWallPage, county: Workplace, qtbot: QtBot
) -> None:
    assert page.rows.rowCount() == 1 and page.table.hasFocus()
    with qtbot.waitSignal(county.go) as gone:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert gone.args == ["cases", "branch:511132100000"]
    with qtbot.waitSignal(county.go) as gone:
        qtbot.keyClick(page, Qt.Key.Key_F8)
    assert gone.args == ["cases", "branch:511132100000"]
    with qtbot.waitSignal(county.go) as gone:
        page.receive_button.click()
    assert gone.args == ["receive", ""]


def test_our_own_counter_has_a_row_whose_cases_came_through_no_other_office(
    page: CountyWallPage, county: Workplace, qtbot: QtBot
) -> None:
    own = county.session.office
    page.rows.show_wall(wall(row(own.code, own.name)), NOW)
    page.table.selectRow(0)
    with qtbot.waitSignal(county.go) as gone:
        page.cases_button.click()
    assert gone.args == ["cases", "branch:"]


def test_a_wall_read_again_days_later_turns_grey(page: CountyWallPage, county: Workplace, idle: Idle) -> None:
    later(county, days=4)
    page.refresh()
    idle(county)
    assert page.rows.index(0, 1).data(WORD_ROLE).tone is Tone.STALE
    assert page.own_sync.property("tone") == Tone.STALE.value
    assert page.table.currentIndex().row() == 0
    assert page.grab().width() == page.width()
