"""Results on their way home: who owes which delivery, overdue in red, and whether the county has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from station_app.domain.batches import Batch, BatchKind
from station_app.domain.cases import CaseState
from station_app.domain.clocks import clock_of
from station_app.domain.errors import StationError
from station_app.domain.people import Role
from station_app.domain.result_papers import PapersPlace
from station_app.ui.models.result_rows import OwingRows, result_table
from station_app.ui.models.row_table import TONE_ROLE
from station_app.ui.models.word_role import WORD_ROLE
from station_app.ui.presenters import sending_results
from station_app.ui.tokens import Tone
from station_app.ui.widgets.pages.results_page import ResultsPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.results import Owing, Result, Results
from tests.ui.desks import as_worker_with, later
from tests.ui.said import said

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
    rows, offices = result_table(TODAY), OwingRows()
    rows.show_rows([RESULT, LATE])
    offices.show_offices(OFFICES)
    qtmodeltester.check(rows)
    qtmodeltester.check(offices)


def words(result: Result) -> list[tuple[str, str]]:
    """Return the cells of a result behind who it is, with their tones."""
    rows = result_table(TODAY)
    rows.show_rows([result])
    return [(rows.index(0, column).data(), rows.index(0, column).data(TONE_ROLE)) for column in (1, 2, 3, 4)]


def test_a_row_says_what_was_decided_and_what_is_owed() -> None:
    assert words(RESULT) == [
        ("准予 11月20日\n沙府救〔2026〕12号", Tone.GOOD),
        ("12月4日到期\n由示例一村送", Tone.PLAIN),
        ("", Tone.PLAIN),
        ("中心已收", Tone.GOOD),
    ]
    assert words(LATE) == [
        ("不予 日期没有写", Tone.BAD),
        ("超 4 天\n由示例二村送", Tone.BAD),
        ("", Tone.PLAIN),
        ("还在本机", Tone.STALE),
    ]


def test_a_row_says_where_the_papers_are() -> None:
    here = replace(RESULT, papers=PapersPlace("t", on="2026-11-20"), papers_with="沙坪镇", send_to="v1")
    on_the_road = replace(here, papers=PapersPlace("t", "v1", "b1", "2026-11-23"), papers_to="示例一村")
    back = replace(here, papers=PapersPlace("t", "", "b1", "2026-11-24", "没有盖章"))
    there = replace(here, papers=PapersPlace("v1", "", "b1", "2026-11-24"), papers_with="示例一村", send_to="")
    above = replace(here, papers=PapersPlace("k", on="2026-11-20"), papers_with="峨边县", send_to="")
    back_above = replace(above, papers=PapersPlace("k", "", "b1", "2026-11-24", "没有盖章"))
    assert [words(result)[2] for result in (here, on_the_road, back, there, above, back_above)] == [
        ("在本单位，可以下交", Tone.PLAIN),
        ("11月23日交给示例一村\n还没有签收", Tone.INFO),
        ("退回来了：没有盖章\n改好再打勾", Tone.WARN),
        ("在示例一村\n11月24日签收", Tone.PLAIN),
        ("在峨边县", Tone.PLAIN),
        ("退回峨边县\n没有盖章", Tone.WARN),
    ]


def test_what_came_back_or_is_on_the_road_is_ticked_by_hand_only() -> None:
    rows = result_table(TODAY)
    here = replace(RESULT, papers=PapersPlace("t", on="2026-11-20"), send_to="v1")
    rows.show_rows([here])
    assert rows.chosen == (here,)
    on_the_road = replace(here, papers=PapersPlace("t", "v1", "b1", "2026-11-23"))
    rows.show_rows([on_the_road])
    assert rows.chosen == ()
    rows.turn(0)
    rows.show_rows([on_the_road])
    assert rows.chosen == (on_the_road,)
    locked = result_table(TODAY, may_send=False)
    locked.show_rows([here])
    assert locked.chosen == ()


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


def opened(place: Workplace, theme: Theme, qtbot: QtBot, idle: Idle) -> ResultsPage:
    """Return the page, open."""
    page = ResultsPage(place, theme)
    qtbot.addWidget(page)
    page.resize(1180, 650)
    page.show()
    page.open("")
    idle(place)
    return page


@pytest.fixture
def page(township: Workplace, theme: Theme, qtbot: QtBot, idle: Idle) -> ResultsPage:
    """The page, open at the township."""
    return opened(township, theme, qtbot, idle)


@pytest.fixture
def county_page(county: Workplace, theme: Theme, qtbot: QtBot, idle: Idle) -> ResultsPage:
    """The page, open at the county."""
    return opened(county, theme, qtbot, idle)


def test_what_is_decided_here_and_above_is_listed(page: ResultsPage, township: Workplace, qtbot: QtBot) -> None:
    assert sorted(result.applicant for result in page.model.rows) == ["李𬭎", "的日么阿果"]
    assert page.rows.table.hasFocus() and all(result.at_center for result in page.model.rows)
    with qtbot.waitSignal(township.go) as gone:
        qtbot.keyClick(page.rows.table, Qt.Key.Key_Return)
    assert gone.args == ["case", page.rows.current]


def choose_office(page: ResultsPage, place: Workplace, qtbot: QtBot, idle: Idle) -> None:
    """Choose the only office that owes something."""
    qtbot.keyClick(page.offices, Qt.Key.Key_Down)
    idle(place)


def test_an_office_chosen_shows_its_own(page: ResultsPage, township: Workplace, qtbot: QtBot, idle: Idle) -> None:
    choose_office(page, township, qtbot, idle)
    assert len(page.model.rows) == 2 and page.offices.currentIndex().row() == 1
    page.refresh()
    idle(township)
    assert page.offices.currentIndex().row() == 1
    assert page.model.chosen == () and any("交给示例一村\n还没有签收" in words(row)[2][0] for row in page.model.rows)


def test_the_papers_that_are_here_go_down_with_a_slip(
    county_page: ResultsPage, county: Workplace, qtbot: QtBot, idle: Idle
) -> None:
    assert not county_page.send.isEnabled()
    assert county_page.note.text() == "要把决定书、证照往下交：先在左边选一个单位。"
    choose_office(county_page, county, qtbot, idle)
    [chosen] = county_page.model.chosen
    assert chosen.applicant == "的日么阿果" and county_page.note.text() == "打勾的 1 件，把决定书、证照一起交给沙坪镇。"
    with qtbot.waitSignal(county.print_now) as printed:
        qtbot.keyClick(county_page, Qt.Key.Key_F8)
        qtbot.keyClick(county_page, Qt.Key.Key_F8)
    idle(county)
    paper, batch_id = printed.args
    found: list[Batch] = []
    county.read(lambda book: book.batches(), owner=county_page, done=found.extend)
    idle(county)
    assert [batch.batch_id for batch in found if batch.kind is BatchKind.PAPERS] == [batch_id]
    assert paper == "batch_slip" and "已下交 1 件的结果，交接单号 " in said(county_page.notice)
    county_page.refresh()
    idle(county)
    assert not county_page.send.isEnabled() and county_page.model.chosen == ()
    assert county_page.take_scan(chosen.number) and county_page.again.isEnabled()
    with qtbot.waitSignal(county.print_now) as printed:
        qtbot.keyClick(county_page, Qt.Key.Key_F6)
    assert printed.args == ["batch_slip", batch_id]


def test_an_unticked_one_stays_and_nothing_is_sent_without_a_tick(
    county_page: ResultsPage, county: Workplace, qtbot: QtBot, idle: Idle
) -> None:
    choose_office(county_page, county, qtbot, idle)
    county_page.take_scan(county_page.model.chosen[0].number)
    qtbot.keyClick(county_page.rows.table, Qt.Key.Key_Space)
    assert county_page.model.chosen == () and not county_page.send.isEnabled()


def test_what_another_pc_knows_better_is_told(
    county_page: ResultsPage, county: Workplace, qtbot: QtBot, idle: Idle, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_office(county_page, county, qtbot, idle)
    [chosen] = county_page.model.chosen

    def refuse(*_: object) -> None:
        raise StationError("batch-empty", reasons=[{"code": "papers-not-here", "params": {"case": chosen.number}}])

    monkeypatch.setattr(sending_results, "send_papers", refuse)
    qtbot.keyClick(county_page, Qt.Key.Key_F8)
    idle(county)
    assert "结果材料不在本单位" in said(county_page.notice) and county_page.send.isEnabled()


def test_who_may_not_send_any_sees_no_button_and_no_ticks(
    county: Workplace, theme: Theme, qtbot: QtBot, idle: Idle
) -> None:
    as_worker_with(county, Role.SUPERVISOR)
    page = opened(county, theme, qtbot, idle)
    choose_office(page, county, qtbot, idle)
    assert page.send.isHidden() and page.model.chosen == () and page.note.text() == ""


def test_opened_about_a_batch_it_goes_to_its_case(
    county_page: ResultsPage, county: Workplace, qtbot: QtBot, idle: Idle
) -> None:
    choose_office(county_page, county, qtbot, idle)
    with qtbot.waitSignal(county.print_now) as printed:
        qtbot.keyClick(county_page, Qt.Key.Key_F8)
    idle(county)
    county_page.open(printed.args[1])
    idle(county)
    place = county_page.model.rows[county_page.rows.table.currentIndex().row()].papers
    assert place is not None and place.batch == printed.args[1]


def test_an_office_that_has_delivered_all_gives_way_to_the_sum(
    page: ResultsPage, township: Workplace, qtbot: QtBot, idle: Idle
) -> None:
    choose_office(page, township, qtbot, idle)
    page._show(page._org, TODAY, Results((), (), 0))
    idle(township)
    assert page.offices.currentIndex().row() == 0 and len(page.model.rows) == 2


def test_weeks_later_the_deliveries_are_overdue(page: ResultsPage, township: Workplace, idle: Idle) -> None:
    later(township, days=30)
    page.refresh()
    idle(township)
    assert page.model.index(0, 2).data(TONE_ROLE) == Tone.BAD
    assert page.owing.index(0).data().endswith("超期 2 件")


def test_a_scanned_receipt_brings_up_its_result(page: ResultsPage) -> None:
    wanted = page.model.rows[1]
    assert page.take_scan(wanted.number) and page.rows.current == wanted.case_id
    assert not page.take_scan("1" * 25)


def test_a_long_list_says_what_it_leaves_out(page: ResultsPage) -> None:
    page._show("", TODAY, Results(OFFICES, (RESULT, LATE), 205))
    assert len(page.model.rows) == 2 and page.note.text() == "先列最急的 2 件，共 205 件。"


def test_nothing_to_deliver_is_said_calmly(page: ResultsPage) -> None:
    page._show("", TODAY, Results((), (), 0))
    assert page.note.text().startswith("没有等着送达的结果") and not page.send.isEnabled()
