"""Accepting and deciding: the queue by keys, the form of the main action, what a worker may not do and why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from station_app.domain.actions import action_named
from station_app.domain.cases import CaseState
from station_app.domain.errors import StationError
from station_app.domain.people import Role
from station_app.ui.widgets.controls import Button, Pill, Text
from station_app.ui.widgets.pages.decide_page import DecidePage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.deciding import obstacle
from station_app.usecases.ports import Book
from station_app.usecases.run_action import act_on_case
from tests.ui.desks import as_worker_with

Idle = Callable[[Workplace], None]
Opened = Callable[..., DecidePage]
PAGE = (1180, 650)


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme, idle: Idle) -> Opened:
    """Open the page as the frame does: it hears when something changed."""

    def open_page(place: Workplace, about: str = "") -> DecidePage:
        page = DecidePage(place, theme)
        qtbot.addWidget(page)
        place.changed.connect(page.refresh)
        page.resize(*PAGE)
        page.show()
        page.open(about)
        idle(place)
        return page

    return open_page


def state_of(place: Workplace, case_id: str, idle: Idle, owner: QWidget) -> CaseState:
    found: list[CaseState] = []

    def read(book: Book) -> CaseState:
        case = book.case(case_id)
        assert case is not None
        return case.state

    place.read(read, owner=owner, done=found.append)
    idle(place)
    return found[0]


def current(page: DecidePage) -> str:
    assert page.queue.case is not None
    return page.queue.case.case_id


def labels(page: DecidePage) -> list[str]:
    return [b.accessibleName() for b in page.choices.findChildren(Button) if b.isVisible()]


def test_the_queue_opens_on_its_first_case_with_masked_data(township: Workplace, opened: Opened) -> None:
    page = opened(township)
    assert page.queue.hasFocus()
    assert [page.tabs.tabText(0), page.tabs.tabText(1)] == ["待受理 2", "待决定 1"]
    assert page.sheet.name.text() == "俄木尔哈"
    assert "990***********1133" in page.sheet.applicant.text() and "138****5678" in page.sheet.applicant.text()
    texts = [text.text() for text in page.sheet.findChildren(Text)]
    assert any("申请人电话已变更" in text for text in texts)
    assert any(text.startswith("临时救助申请表：原件 1") for text in texts)
    assert "● 已接收" in [pill.text() for pill in page.sheet.findChildren(Pill)]


def test_it_opens_on_the_first_queue_that_has_cases(county: Workplace, opened: Opened, idle: Idle) -> None:
    page = opened(county)
    assert [page.tabs.tabText(0), page.tabs.tabText(1)] == ["待受理 0", "待决定 1"]
    assert page.tabs.currentIndex() == 1
    assert page.sheet.name.text() == "张䶮"
    page.tabs.setCurrentIndex(0)
    county.changed.emit()
    idle(county)
    assert page.tabs.currentIndex() == 0, "somebody who looks at the empty queue is not sent away"


def test_it_opens_where_this_worker_may_go_on(township_head: Workplace, opened: Opened) -> None:
    """An approver began every morning at a case that only a clerk may accept, with a sentence on what was forbidden."""
    page = opened(township_head)
    assert [page.tabs.tabText(0), page.tabs.tabText(1)] == ["待受理 2", "待决定 1"]
    assert page.tabs.currentIndex() == 1
    assert not page.why_not.isVisible()


def test_it_opens_on_the_queue_that_was_asked_for_even_if_that_is_empty(county: Workplace, opened: Opened) -> None:
    page = opened(county, "to_accept")
    assert page.tabs.currentIndex() == 0 and "没有等着受理的件" in page.note.text()


def test_the_list_keeps_the_rules_of_models(township: Workplace, opened: Opened, qtmodeltester: ModelTester) -> None:
    page = opened(township)
    qtmodeltester.check(page.queue.rows)
    index = page.queue.rows.index(0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith("俄木尔哈，临时救助，")


def test_f8_twice_accepts_and_the_next_case_is_current(
    township: Workplace, opened: Opened, idle: Idle, qtbot: QtBot
) -> None:
    page = opened(township)
    first = current(page)
    assert labels(page) == ["受理", "审查意见"]
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(page.form.isVisible)
    assert labels(page) == []
    qtbot.keyClick(page, Qt.Key.Key_F8)
    idle(township)
    qtbot.waitUntil(lambda: page.tabs.tabText(0) == "待受理 1")
    idle(township)
    assert state_of(township, first, idle, page) is CaseState.ACCEPTED
    assert "✓ 俄木尔哈：受理，已存本机。" in [label.text() for label in page.notice.findChildren(QLabel)]
    assert page.sheet.name.text() == "勒伍尔机" and not page.form.isVisible() and page.queue.hasFocus()


def test_down_goes_to_the_next_case(township: Workplace, opened: Opened, idle: Idle, qtbot: QtBot) -> None:
    page = opened(township)
    qtbot.keyClick(page.queue, Qt.Key.Key_Down)
    idle(township)
    assert page.sheet.name.text() == "勒伍尔机"
    with qtbot.waitSignal(township.go) as gone:
        qtbot.keyClick(page.queue, Qt.Key.Key_Return)
    assert gone.args == ["case", current(page)]


def test_an_approver_grants_with_f8(township_head: Workplace, opened: Opened, idle: Idle, qtbot: QtBot) -> None:
    page = opened(township_head, "to_decide")
    case_id = current(page)
    assert labels(page) == ["审查意见", "准予", "不予"]
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(page.form.isVisible)
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: page.tabs.tabText(1) == "待决定 0")
    idle(township_head)
    assert state_of(township_head, case_id, idle, page) is CaseState.GRANTED
    assert not page.right.isVisible() and "没有等着决定的件" in page.note.text()


def test_a_refusal_needs_its_reason_and_remedy(
    township_head: Workplace, opened: Opened, idle: Idle, qtbot: QtBot
) -> None:
    page = opened(township_head, "to_decide")
    case_id = current(page)
    button = next(b for b in page.choices.findChildren(Button) if b.accessibleName() == "不予")
    button.click()
    qtbot.waitUntil(page.form.isVisible)
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: page.form.fields["reason"].editor.property("state") == "bad")
    assert state_of(township_head, case_id, idle, page) is CaseState.ACCEPTED
    for name, words in (("reason", "not poor"), ("remedy", "60 days")):
        box = page.form.fields[name].findChild(QPlainTextEdit)
        assert box is not None
        qtbot.keyClicks(box, words)
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: page.tabs.tabText(1) == "待决定 0")
    idle(township_head)
    assert state_of(township_head, case_id, idle, page) is CaseState.REFUSED


def test_esc_puts_the_form_away_and_keeps_what_was_typed(
    township_head: Workplace, opened: Opened, qtbot: QtBot
) -> None:
    page = opened(township_head, "to_decide")
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(page.form.isVisible)
    page.form.given_up.emit()
    assert not page.form.isVisible() and page.queue.hasFocus()
    assert "准予" in labels(page)


def test_who_accepted_is_told_that_somebody_else_decides(township: Workplace, opened: Opened) -> None:
    as_worker_with(township, Role.CLERK, Role.APPROVER)
    page = opened(township, "to_decide")
    assert labels(page) == ["审查意见"]
    assert page.why_not.isVisible() and page.sheet.isVisible()
    words = page.why_not.findChild(Text)
    assert words is not None and "请由另一位批准人作决定" in words.text()


def test_a_clerk_is_told_that_an_approver_decides(township: Workplace, opened: Opened) -> None:
    page = opened(township, "to_decide")
    words = page.why_not.findChild(Text)
    assert words is not None and "需要：批准人" in words.text()


def test_what_else_is_saved_does_not_disturb_a_form(
    township_head: Workplace, opened: Opened, idle: Idle, qtbot: QtBot
) -> None:
    page = opened(township_head, "to_decide")
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(page.form.isVisible)
    township_head.changed.emit()
    idle(township_head)
    assert page.form.isVisible() and page.form.action is not None and page.form.action.code == "grant"


def test_a_scanned_receipt_brings_up_its_case(township: Workplace, opened: Opened, idle: Idle) -> None:
    page = opened(township, "to_decide")
    queues = page._queues
    assert queues is not None
    line = queues.queues[0].lines[1]
    assert page.take_scan(line.number)
    idle(township)
    assert page.tabs.currentIndex() == 0 and page.sheet.name.text() == line.applicant
    assert not page.take_scan("1" * 25)


def test_a_refused_action_says_why_and_saves_nothing(township: Workplace, opened: Opened, qtbot: QtBot) -> None:
    page = opened(township)
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(page.form.isVisible)
    assert page._judged is not None
    page.form.show_action(action_named("grant"), page._judged.view)
    page._act("grant", {"result": ""})
    qtbot.waitUntil(lambda: any("需要：批准人" in t.text() for t in page.form.findChildren(Text)))
    assert page.form.isVisible()


def test_nothing_stands_against_what_a_worker_may_do(township: Workplace, opened: Opened, idle: Idle) -> None:
    page, found = opened(township), []

    def read(book: Book) -> tuple[StationError | None, StationError | None]:
        case = book.case(current(page))
        assert case is not None
        desk = township.session.desk
        return obstacle(desk, book, case, "accept_application"), obstacle(desk, book, case, "grant")

    township.read(read, owner=page, done=found.append)
    idle(township)
    assert found[0][0] is None and found[0][1].code == "role-missing"


def test_what_is_being_typed_stays_when_a_note_comes_in(
    township: Workplace, opened: Opened, idle: Idle, qtbot: QtBot
) -> None:
    """A ruling that arrived between two keys closed the open form; the second F8 then did nothing."""
    page = opened(township)
    case_id = current(page)
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(page.form.isVisible)
    township.write(
        lambda desk: act_on_case(desk, case_id, "note", {"text": "来过电话"}), owner=page, done=lambda _: None
    )
    idle(township)
    assert any("来过电话" in text.text() for text in page.sheet.findChildren(Text))
    assert page.form.isVisible()
    assert page.form.action is not None
    qtbot.keyClick(page, Qt.Key.Key_F8)
    idle(township)
    assert state_of(township, case_id, idle, page) is CaseState.ACCEPTED
