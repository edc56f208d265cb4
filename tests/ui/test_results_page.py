"""Results on their way home: who owes which delivery, overdue in red, and whether the county has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from station_app.domain.cases import CaseState
from station_app.domain.clocks import clock_of
from station_app.ui.models.dates import Word
from station_app.ui.models.result_rows import OwingRows, ResultRows
from station_app.ui.models.word_role import WORD_ROLE
from station_app.ui.tokens import Tone
from station_app.ui.widgets.pages.results_page import ResultsPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.results import Owing, Result, Results
from tests.ui.desks import later

Idle = Callable[[Workplace], None]
TODAY = date(2026, 11, 24)
CLOCK = clock_of("delivery", date(2026, 11, 20), date(2026, 12, 4), provisional=False)
RESULT = Result(
    case_id="c1",
    number="1" * 25,
    applicant="李𬭎",
    item_name="临时救助",
    state=CaseState.GRANTED,
    owed_by_name="示例一村",
    decided_on=date(2026, 11, 20),
    document_number="沙府救〔2026〕12号",
    at_center=True,
    clock=CLOCK,
)
LATE = replace(
    RESULT,
    case_id="c2",
    owed_by_name="示例二村",
    state=CaseState.REFUSED,
    at_center=False,
    document_number="",
    decided_on=None,
    clock=replace(CLOCK, due_on=date(2026, 11, 20)),
)

OFFICES = (Owing("v2", "示例二村", 1, 1), Owing("v1", "示例一村", 2, 0))


def test_the_models_keep_the_rules_of_models(qtmodeltester: ModelTester) -> None:
    rows, offices = ResultRows(), OwingRows()
    rows.show_results([RESULT, LATE], TODAY)
    offices.show_offices(OFFICES)
    qtmodeltester.check(rows)
    qtmodeltester.check(offices)


def test_a_row_says_what_was_decided_and_what_is_owed() -> None:
    rows = ResultRows()
    rows.show_results([RESULT, LATE], TODAY)
    words = [[rows.index(row, column).data(WORD_ROLE) for column in (1, 2, 3)] for row in (0, 1)]
    assert words == [
        [
            Word("准予 11月20日\n沙府救〔2026〕12号", Tone.GOOD),
            Word("12月4日到期\n由示例一村送"),
            Word("中心已收", Tone.GOOD),
        ],
        [
            Word("不予 日期没有写", Tone.BAD),
            Word("超 4 天\n由示例二村送", Tone.BAD),
            Word("还在本机", Tone.STALE),
        ],
    ]
    assert rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "申请人和事项 李𬭎\n临时救助"


def test_the_sum_stands_above_the_offices() -> None:
    rows = OwingRows()
    rows.show_offices(OFFICES)
    assert [rows.index(row).data() for row in range(3)] == [
        "全部　3 件，超期 1 件",
        "示例二村　1 件，超期 1 件",
        "示例一村　2 件",
    ]
    assert rows.index(1).data(WORD_ROLE).tone is Tone.BAD and rows.index(2).data(WORD_ROLE).tone is Tone.PLAIN
    assert rows.find("v1") == 2 and rows.find("gone") == 0 and rows.office(9) == ""


@pytest.fixture
def page(township: Workplace, theme: Theme, qtbot: QtBot, idle: Idle) -> ResultsPage:
    """The page, open at the township."""
    page = ResultsPage(township, theme)
    qtbot.addWidget(page)
    page.resize(1180, 650)
    page.show()
    page.open("")
    idle(township)
    return page


def test_what_is_decided_here_and_above_is_listed(page: ResultsPage, township: Workplace, qtbot: QtBot) -> None:
    names = [page.rows.result(row).applicant for row in range(page.rows.rowCount())]  # type: ignore[union-attr]
    assert sorted(names) == ["李𬭎", "的日么阿果"]
    assert page.table.hasFocus() and page.note.text() == ""
    result = page.rows.result(0)
    assert result is not None and result.at_center
    with qtbot.waitSignal(township.go) as gone:
        qtbot.keyClick(page, Qt.Key.Key_F8)
    assert gone.args == ["case", result.case_id]
    with qtbot.waitSignal(township.go) as gone:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert gone.args == ["case", result.case_id]


def test_an_office_chosen_shows_its_own(page: ResultsPage, township: Workplace, qtbot: QtBot, idle: Idle) -> None:
    qtbot.keyClick(page.offices, Qt.Key.Key_Down)
    idle(township)
    assert page.rows.rowCount() == 2 and page.offices.currentIndex().row() == 1
    page.refresh()
    idle(township)
    assert page.offices.currentIndex().row() == 1


def test_an_office_that_has_delivered_all_gives_way_to_the_sum(
    page: ResultsPage, township: Workplace, qtbot: QtBot, idle: Idle
) -> None:
    qtbot.keyClick(page.offices, Qt.Key.Key_Down)
    idle(township)
    page._show(page._org, TODAY, Results((), (), 0))
    idle(township)
    assert page.offices.currentIndex().row() == 0 and page.rows.rowCount() == 2


def test_weeks_later_the_deliveries_are_overdue(page: ResultsPage, township: Workplace, idle: Idle) -> None:
    later(township, days=30)
    page.refresh()
    idle(township)
    assert page.rows.index(0, 2).data(WORD_ROLE).tone is Tone.BAD
    assert page.owing.index(0).data().endswith("超期 2 件")


def test_a_scanned_receipt_brings_up_its_result(page: ResultsPage) -> None:
    wanted = page.rows.result(1)
    assert wanted is not None
    assert page.take_scan(wanted.number) and page.table.currentIndex().row() == 1
    assert not page.take_scan("1" * 25)


def test_a_long_list_says_what_it_leaves_out(page: ResultsPage) -> None:
    page._show("", TODAY, Results(OFFICES, (RESULT, LATE), 205))
    assert page.rows.rowCount() == 2 and page.note.text() == "先列最急的 2 件，共 205 件。"


def test_nothing_to_deliver_is_said_calmly(page: ResultsPage) -> None:
    page._show("", TODAY, Results((), (), 0))
    assert page.note.text().startswith("没有等着送达的结果") and not page.open_button.isEnabled()
