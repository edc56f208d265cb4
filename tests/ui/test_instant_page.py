"""即办 on one screen: papers ticked, all steps by one key, and honest words where one of them is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station_app.domain.cases import Case, CaseState
from station_app.domain.errors import StationError
from station_app.domain.people import Role
from station_app.ui.models.dates import Word
from station_app.ui.presenters.settling import settled_word
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Text
from station_app.ui.widgets.pages.instant_page import InstantPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.case_pages import CaseQuery, cases_after
from station_app.usecases.deciding import Settled
from station_app.usecases.ports import Book
from station_app.usecases.run_action import act_on_case
from tests.ui.desks import as_worker_with

Idle = Callable[[Workplace], None]
Opened = Callable[[Workplace], InstantPage]


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme, idle: Idle) -> Opened:
    """Open the page as the frame does: it hears when something changed."""

    def open_page(place: Workplace) -> InstantPage:
        page = InstantPage(place, theme)
        qtbot.addWidget(page)
        place.changed.connect(page.refresh)
        page.resize(1180, 650)
        page.show()
        page.open("")
        idle(place)
        # A new line becomes visible, and can have the focus, one turn after the answer that brought it; a worker's key
        # comes later than that, a test's key under load did not.
        qtbot.waitUntil(lambda: all(tick.isVisible() for tick in page.ticks))
        return page

    return open_page


def case_of(place: Workplace, applicant: str, idle: Idle, page: InstantPage) -> Case:
    found: list[Case | None] = []

    def read(book: Book) -> Case | None:
        return book.case(cases_after(book, CaseQuery(text=applicant), None, 1).lines[0].case_id)

    place.read(read, owner=page, done=found.append)
    idle(place)
    assert found[0] is not None
    return found[0]


def tick_all(page: InstantPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: all(tick.isChecked() for tick in page.ticks))


def words_of(page: InstantPage) -> list[str]:
    return [text.text() for text in page.findChildren(Text)]


def test_f2_and_f8_settle_a_case_from_papers_to_applicant(
    township: Workplace, opened: Opened, idle: Idle, qtbot: QtBot
) -> None:
    as_worker_with(township, Role.CLERK, Role.APPROVER)
    page = opened(township)
    assert page.sheet.name.text() == "勒伍尔机" and page.signed_by.text() == "勒伍尔机"
    assert page.main_button.text() == "受理 + 准予 + 送达签收 + 办结  F8"
    tick_all(page, qtbot)
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: page.title.text() == "即办　0 件")
    idle(township)
    case = case_of(township, "勒伍尔机", idle, page)
    assert case.state is CaseState.CLOSED and case.fields["signed_by"] == "勒伍尔机"
    assert "✓ 勒伍尔机：受理、准予、送达签收、办结：都已存本机" in words_of(page)
    assert not page.right.isVisible() and "按 F7 收件" in page.note.text()


def test_a_paper_not_looked_at_holds_everything_back(
    township: Workplace, opened: Opened, idle: Idle, qtbot: QtBot
) -> None:
    page = opened(township)
    page.ticks[0].setFocus()
    qtbot.keyClick(page.ticks[0], Qt.Key.Key_Space)
    assert page.ticks[0].isChecked() and page.ticks[0].accessibleName().endswith("：已核对")
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(page.notice.isVisible)
    assert page.notice.isVisible() and page.ticks[1].hasFocus()
    assert case_of(township, "勒伍尔机", idle, page).state is CaseState.REGISTERED


def test_a_clerk_alone_accepts_and_is_told_who_goes_on(
    township: Workplace, opened: Opened, idle: Idle, qtbot: QtBot
) -> None:
    page = opened(township)
    assert page.main_button.accessibleName() == "受理"
    assert any("“准予”要由批准人办" in text for text in words_of(page))
    assert not page.signed_by.isVisible()
    tick_all(page, qtbot)
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: not page.main_button.isEnabled() and page.main_button.accessibleName() == "办理")
    idle(township)
    assert case_of(township, "勒伍尔机", idle, page).state is CaseState.ACCEPTED
    assert any("需要：批准人" in text for text in words_of(page))


def test_an_approver_goes_on_where_the_clerk_stopped(
    township: Workplace, opened: Opened, idle: Idle, qtbot: QtBot
) -> None:
    as_worker_with(township, Role.CLERK, Role.APPROVER)
    page = opened(township)
    assert page.queue.case is not None
    case_id = page.queue.case.case_id
    township.write(lambda desk: act_on_case(desk, case_id, "accept_application", {}), owner=page, done=lambda _: None)
    qtbot.waitUntil(lambda: page.main_button.accessibleName() == "准予 + 送达签收 + 办结")
    idle(township)
    page.at_once.click()
    assert page.main_button.accessibleName() == "准予" and not page.signed_by.isVisible()
    page.result.setText("A-1")
    tick_all(page, qtbot)
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: page.title.text() == "即办　0 件")
    idle(township)
    case = case_of(township, "勒伍尔机", idle, page)
    assert case.state is CaseState.GRANTED and case.fields["result"] == "A-1"


def test_a_step_refused_halfway_says_what_is_done_and_what_is_not(
    township: Workplace, opened: Opened, idle: Idle, qtbot: QtBot
) -> None:
    as_worker_with(township, Role.CLERK, Role.APPROVER)
    page = opened(township)
    page.signed_by.clear()
    tick_all(page, qtbot)
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(page.notice.isVisible)
    idle(township)
    text = next(text for text in words_of(page) if "没有办成" in text)
    assert text.startswith("■ “受理、准予”已经办好，存在本机；“送达签收”没有办成：")
    assert case_of(township, "勒伍尔机", idle, page).state is CaseState.GRANTED


def test_nothing_written_is_said_as_such() -> None:
    word = settled_word(Settled(None, (), "受理", StationError("case-ended", case="1")), "县中心")
    assert word.tone is Tone.BAD and word.text.startswith("“受理”没有办成，什么都没有写入：")
    assert settled_word(Settled(None, ("受理",)), "县中心") == Word("受理：都已存本机", Tone.GOOD)


def test_a_scanned_receipt_brings_up_its_case(township: Workplace, opened: Opened, qtbot: QtBot) -> None:
    page = opened(township)
    assert page.queue.case is not None
    assert page.take_scan(page.queue.case.number) and not page.take_scan("1" * 25)
    with qtbot.waitSignal(township.go) as gone:
        qtbot.keyClick(page.queue, Qt.Key.Key_Return)
    assert gone.args == ["case", page.queue.case.case_id]


def test_what_else_is_saved_leaves_ticks_as_they_are(township: Workplace, opened: Opened, idle: Idle) -> None:
    page = opened(township)
    page.ticks[0].click()
    township.changed.emit()
    idle(township)
    assert page.ticks[0].isChecked()


def test_tab_goes_as_one_reads(township: Workplace, opened: Opened, qtbot: QtBot) -> None:
    as_worker_with(township, Role.CLERK, Role.APPROVER)
    page = opened(township)
    page.ticks[-1].setFocus()
    for part in (page.result, page.at_once, page.signed_by, page.method, page.main_button):
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        assert part.hasFocus()


def test_a_case_of_a_village_goes_home_by_itself(township: Workplace, opened: Opened) -> None:
    as_worker_with(township, Role.CLERK, Role.APPROVER)
    page = opened(township)
    judged = page._judged
    assert judged is not None
    case = replace(judged.view.case, case_id="9" * 32, origin_org="511132100201")
    page._show_case(case.case_id, replace(judged, view=replace(judged.view, case=case, origin_name="示例一村")))
    assert page.main_button.accessibleName() == "受理 + 准予" and not page.at_once.isVisible()
    assert page.home_note.text() == "结果会自动回到示例一村，由它送到群众手里。"


def test_nothing_is_done_to_the_case_on_the_right_once_another_is_chosen(
    township: Workplace, opened: Opened, idle: Idle, qtbot: QtBot
) -> None:
    """While the other one was still being read, F2 and F8 settled the one of before, which nobody can undo."""
    as_worker_with(township, Role.CLERK, Role.APPROVER)
    page = opened(township)
    line = page.queue.case
    assert line is not None
    page._read_case(replace(line, case_id="f" * 32))
    qtbot.keyClick(page, Qt.Key.Key_F2)
    qtbot.keyClick(page, Qt.Key.Key_F8)
    page._settle()
    idle(township)
    # Nor later, where the other one can't be read.
    page._settle()
    idle(township)
    assert not page.main_button.isEnabled() and not page.right.isEnabled()
    assert case_of(township, "勒伍尔机", idle, page).state is CaseState.REGISTERED
    page._read_case(line)
    idle(township)
    assert page.main_button.isEnabled() and page.right.isEnabled()


def test_what_is_ticked_and_typed_stays_when_something_comes_in_about_the_case(
    township: Workplace, opened: Opened, idle: Idle, qtbot: QtBot
) -> None:
    """A second after the case was saved the center's word wiped the certificate's number, and who had signed."""
    page = opened(township)
    tick_all(page, qtbot)
    page.result.setText("证 0001")
    page.signed_by.setText("代收人")
    case = case_of(township, "勒伍尔机", idle, page)
    township.write(
        lambda desk: act_on_case(desk, case.case_id, "note", {"text": "电话告知"}), owner=page, done=lambda _: None
    )
    idle(township)
    assert page._judged is not None and page._judged.view.case.remarks
    assert (page.result.text(), page.signed_by.text()) == ("证 0001", "代收人")
    assert all(tick.isChecked() for tick in page.ticks)
