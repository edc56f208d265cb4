"""交接码单 at both desks: printed beside the usual slip, scanned in any order, counted, looked at where it differs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from station_app.domain.batches import BatchKind
from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import CaseState
from station_app.storage.station_rows import SlipCaseRow
from station_app.storage.upserts import put_row
from station_app.ui.models.case_cells import COLUMNS
from station_app.ui.models.count_sheet import Mark
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.pages.case_page import CasePage
from station_app.ui.widgets.pages.hand_over_page import HandOverPage
from station_app.ui.widgets.pages.receive_page import ReceivePage
from station_app.ui.widgets.pages.township_board import TownshipBoardPage
from station_app.ui.widgets.scanner import Scanner
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.workspace import Workspace
from station_app.ui.workplace import Workplace
from station_app.usecases.case_pages import CaseLine, lines_of
from station_app.usecases.hand_over import offer_batch
from station_app.usecases.ports import Desk, Slice
from station_app.usecases.ready_cases import ready_cases
from station_app.usecases.run_action import register_case
from tests.carriers.test_slip_symbols import SEVEN
from tests.documents.papers import barcodes
from tests.reliability.place import TOWNSHIP
from tests.ui.opened import Opener
from tests.ui.receive_hands import marks, opener
from tests.ui.said import said
from tests.ui.seeded import form
from tests.ui.tour import case_in

__all__ = ["opener"]

PEOPLE = (("李𬭎", "19620305881"), ("张䶮", "19641102771"), ("马海𠅤", "19710223112"), ("沙马拉且", "19570919113"))


def at(place: Workplace, opener: Opener, work: Any) -> Any:
    """Do something at a desk, in a job, and return what came of it."""
    found: list[Any] = []
    place.write(work, owner=place, done=found.append)
    opener.settle(place)
    return found[0]


def _newest_lines(desk: Desk) -> Sequence[CaseLine]:
    with desk.read_book() as book:
        return lines_of(book, book.case_slice(CaseQuery(), Slice(None, 4)))


@pytest.fixture
def codes(village: Workplace, opener: Opener) -> list[str]:
    """The codes on the slip of four cases that the village has handed over, of which the center has not heard."""

    def hand_over(desk: Desk) -> str:
        cases = [register_case(desk, form(*person, "SAMPLE-MZ-003")).case_id for person in PEOPLE]
        return offer_batch(desk, TOWNSHIP, cases).batch.batch_id

    batch_id = at(village, opener, hand_over)
    pdf = at(village, opener, lambda _: village.session.draw("code_slip", batch_id)).pdf
    return [code for code in barcodes(pdf, 0) if len(code) > 26]


def test_a_slip_scanned_in_any_order_is_counted_and_marked_in_the_list(
    township: Workplace, opener: Opener, qtbot: QtBot, codes: list[str]
) -> None:
    page = opener(ReceivePage, township)
    before = len(page.coming.model.rows)
    page.take_scan(codes[1])
    opener.settle(township)
    assert "还差第 1 张，请接着扫。" in said(page.notice)
    assert len(page.coming.model.rows) == before
    page.take_scan(codes[1][:-7] + "0000000")
    opener.settle(township)
    assert "没有读全或读错了" in said(page.notice)
    page.take_scan(codes[0])
    opener.settle(township)
    assert page.stack.currentWidget() is page.count
    assert marks(page) == [Mark.OPEN] * 4
    for _ in range(4):
        qtbot.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_F2)
        opener.settle(township)
    qtbot.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_F8)
    opener.settle(township)
    assert "接收 4 件" in said(page.notice)
    at(township, opener, lambda _: None)
    lines = at(township, opener, _newest_lines)
    assert [COLUMNS[0].cell(line, date(2026, 12, 1)).below for line in lines] == ["仅凭交接单"] * 4

    def newest(desk: Desk) -> str:
        with desk.read_book() as book:
            return next(iter(book.case_heads()))

    case = opener(CasePage, township, at(township, opener, newest))
    assert "仅凭交接单" in said(case)
    assert "它本身的记录还没有到" in said(case.custody)


def test_the_codes_are_printed_from_the_batches_sent_and_only_where_somebody_waits_for_them(
    village: Workplace, opener: Opener, qtbot: QtBot
) -> None:
    def hand_over(desk: Desk) -> str:
        with desk.read_book() as book:
            ready = ready_cases(desk, book)
        return offer_batch(desk, ready.to, [entry.line.case_id for entry in ready.cases]).batch.batch_id

    batch_id = at(village, opener, hand_over)
    page = opener(HandOverPage, village, batch_id)
    assert page.sent.codes.isEnabled()
    with qtbot.waitSignal(village.print_now) as printed:
        page.sent.codes.click()
    assert printed.args == ["code_slip", batch_id]
    for view in page.sent.model.rows:
        assert page.sent.go_to(view.batch.batch_id)
        assert page.sent.codes.isEnabled() == (view.is_open and view.batch.kind is BatchKind.CASES)


def _differs(place: Workplace, opener: Opener) -> str:
    """Let a case have come otherwise than its slip had it."""

    def work(desk: Desk) -> str:
        with desk.open_book() as book:
            case_id = case_in(CaseState.ACCEPTED)(book)
            told = [["phone", "13812345678", "13800005678"], ["name", "李宏", "李𬭎"], ["id_number", "", "1"]]
            put_row(book.connection, SlipCaseRow, case_id=case_id, batch_id="b" * 32, differences=told)
        return case_id

    return str(at(place, opener, work))


def test_what_differs_is_a_task_until_somebody_has_looked(
    township: Workplace, opener: Opener, qtbot: QtBot, theme: Theme
) -> None:
    case_id = _differs(township, opener)
    board = opener(TownshipBoardPage, township)
    first = next(line for line in board.todos.lines if "交接码单" in line.accessibleName())
    with qtbot.waitSignal(township.go) as went:
        first.click()
    assert went.args == ["case", case_id]
    page = opener(CasePage, township, case_id)
    told = said(page.slip)
    for text in ("交接码单上的", "后来的数据（为准）", "李宏", "李𬭎", "138****5678（隐去的几位不一样）", "（没有）"):
        assert text in told
    for look in (Settings(), Settings(scale=125), Settings(theme=ThemeName.DARK)):
        theme.apply(look)
        opener.see_whole_texts(page)
    page.slip.looked.click()
    opener.settle(township)
    assert page.slip.isHidden()
    assert not any("交接码单" in line.accessibleName() for line in board.todos.lines)


def test_a_code_scanned_on_another_page_goes_to_where_batches_are_received(
    township: Workplace, village: Workplace, opener: Opener, theme: Theme, qtbot: QtBot, codes: list[str]
) -> None:
    for place, told in ((township, "还差第 2 张"), (village, "不是交给本单位的")):
        workspace = Workspace(place, theme)
        qtbot.addWidget(workspace)
        workspace.show()
        workspace.start()
        opener.settle(place)
        workspace.take_scan(codes[0])
        opener.settle(place)
        assert isinstance(workspace.page, ReceivePage)
        assert told in said(workspace.page.notice)


def test_who_receives_no_batches_is_told_who_does(
    township_head: Workplace, opener: Opener, theme: Theme, qtbot: QtBot, codes: list[str]
) -> None:
    workspace = Workspace(township_head, theme)
    qtbot.addWidget(workspace)
    workspace.start()
    opener.settle(township_head)
    with qtbot.waitSignal(township_head.say) as told:
        workspace.take_scan(codes[0])
    assert told.args[0] == "这是交接码单上的码，要由接收单位的窗口人员在“接收批次”里扫。"


def test_fifteen_hundred_digits_of_a_scanner_come_through_whole(qtbot: QtBot, qapp: QApplication) -> None:
    scanner = Scanner(qapp)
    seen: list[str] = []
    scanner.scanned.connect(seen.append)
    box = QLineEdit()
    qtbot.addWidget(box)
    box.show()
    box.setFocus()
    long = (SEVEN[0].digits + SEVEN[1].digits)[:1500]
    began = time.perf_counter()
    qtbot.keyClicks(box, long[:700])
    # The window was busy for a moment; the scanner went on meanwhile.
    time.sleep(0.2)
    qtbot.keyClicks(box, long[700:])
    qtbot.keyClick(box, Qt.Key.Key_Return)
    took = time.perf_counter() - began
    qapp.removeEventFilter(scanner)
    assert seen == [long]
    assert box.text() == ""
    assert took < 10
