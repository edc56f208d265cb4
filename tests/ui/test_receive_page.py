"""Receiving a batch by scanner and F-keys alone; what is half counted survives; what is strange is told."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from station_app.domain.batches import BatchKind
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.ui.models.batch_rows import count_table, next_words
from station_app.ui.models.count_sheet import Mark
from station_app.ui.presenters import receiving
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.batch.reason_box import FREQUENT
from station_app.ui.widgets.pages.receive_page import ReceivePage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.batch_pages import PaperCount, batches_sent
from station_app.usecases.hand_over import Count, HandOver, Outcome
from station_app.usecases.ports import Desk
from tests.ui.manual import acts_of_a_batch
from tests.ui.opened import Opener
from tests.ui.receive_hands import Clerk, Key, at_work, biggest, clerk, marks, opener, sheet_of
from tests.ui.said import said

__all__ = ["at_work", "clerk", "opener"]


def test_the_batches_that_wait_are_listed_and_the_scan_field_has_the_focus(clerk: Clerk) -> None:
    assert len(clerk.page.coming.model.rows) == 2
    assert clerk.page.number.hasFocus()


def test_a_whole_batch_takes_at_most_four_acts_a_case_and_the_usual_one_takes_one(clerk: Clerk) -> None:
    steps = [clerk.acts]
    clerk.scan(biggest(clerk.page))
    steps.append(clerk.acts)
    cases = len(sheet_of(clerk.page).rows)
    clerk.press(Key.Key_F2)
    steps.append(clerk.acts)
    clerk.press(Key.Key_F3, Key.Key_0, Key.Key_F3)
    steps.append(clerk.acts)
    clerk.press(Key.Key_F4, Key.Key_2, Key.Key_Return)
    steps.append(clerk.acts)
    assert marks(clerk.page) == [Mark.COMPLETE, Mark.SHORT, Mark.BACK]
    assert clerk.page.count.progress.text() == "已点 3 / 3　齐 1 · 少 1 · 退 1"
    clerk.save()
    steps.append(clerk.acts)
    slip, complete, short, back, save = (after - before for before, after in pairwise(steps))
    assert (slip, save, complete, short, back) == acts_of_a_batch()[:-1]
    assert (clerk.acts - slip - save) / cases <= 4
    assert clerk.page.stack.currentWidget() is not clerk.page.count
    assert "已接收 2 件，其中 1 件材料有出入，已写明，退回 1 件" in said(clerk.page)
    assert len(clerk.page.coming.model.rows) == 1


def test_the_last_batch_says_where_to_go_on(county: Workplace, opener: Opener, qtbot: QtBot) -> None:
    clerk = Clerk(opener(ReceivePage, county), opener, qtbot)
    clerk.scan(biggest(clerk.page))
    clerk.press(Key.Key_F2)
    clerk.save()
    assert "下一步：本单位决定的到“受理与决定”，其余的到“交到市里”。" in said(clerk.page)
    assert next_words(Level.CITY, BatchKind.CASES) == "下一步：本单位决定的到“受理与决定”。"


def test_what_was_counted_is_in_the_book_with_difference_and_reason(at_work: Clerk, township: Workplace) -> None:
    rows = sheet_of(at_work.page).rows
    at_work.press(Key.Key_F2)
    at_work.press(Key.Key_F3, Key.Key_0, Key.Key_F3)
    at_work.press(Key.Key_F4, Key.Key_2, Key.Key_Return)
    at_work.save()
    found: list[dict[str, object]] = []
    township.read(
        lambda book: [book.case(row.case.case_id) for row in rows],
        owner=township,
        done=lambda cases: found.extend(case.fields for case in cases if case),
    )
    at_work._opener.settle(township)
    short = rows[1].case.papers[0]
    differences = [value for key, value in found[1].items() if key.startswith("differences:")]
    assert differences[0][0]["material"] == short.name  # type: ignore[index]
    counted = {"originals": 0, "copies": short.copies} if short.originals else {"originals": 0, "copies": 0}
    assert differences[0][0]["counted"] == counted  # type: ignore[index]
    assert found[2]["return_reason"] == FREQUENT[BatchKind.CASES][1]


def test_a_scanned_receipt_makes_its_row_the_current_one(at_work: Clerk) -> None:
    last = sheet_of(at_work.page).rows[-1]
    at_work.scan(last.case.number)
    assert at_work.acts == acts_of_a_batch()[-1]
    assert at_work.page.count.rows.current == last.case.case_id
    at_work.press(Key.Key_F2)
    assert marks(at_work.page) == [Mark.OPEN, Mark.OPEN, Mark.COMPLETE]
    assert at_work.page.count.rows.current == sheet_of(at_work.page).rows[0].case.case_id


def test_a_receipt_scanned_first_opens_its_batch(clerk: Clerk) -> None:
    view = clerk.page._work.batches[0]
    clerk.scan(view.cases[-1].number)
    assert sheet_of(clerk.page).batch_id == view.batch.batch_id
    assert clerk.page.count.rows.current == view.cases[-1].case_id


def test_only_what_was_counted_is_taken_in_and_the_page_says_what_stays(at_work: Clerk) -> None:
    at_work.press(Key.Key_F2)
    assert "没有点的 2 件留在这一批里" in at_work.page.count.rest.text()
    at_work.save()
    assert marks(at_work.page) == [Mark.OPEN, Mark.OPEN]
    assert "还有 2 件没有点" in said(at_work.page)


def test_a_case_counted_by_mistake_is_open_again_at_a_key(at_work: Clerk) -> None:
    first = sheet_of(at_work.page).rows[0].case
    at_work.press(Key.Key_F2)
    at_work.scan(first.number)
    assert "已经点过" in said(at_work.page)
    at_work.press(Key.Key_F5)
    assert marks(at_work.page)[0] is Mark.OPEN
    assert at_work.page.count.rows.current == first.case_id


def test_papers_that_turn_out_to_be_all_there_are_complete(at_work: Clerk) -> None:
    at_work.press(Key.Key_F3, Key.Key_F3)
    assert marks(at_work.page)[0] is Mark.COMPLETE


def test_enter_goes_through_the_counts_and_ends_behind_the_last(at_work: Clerk) -> None:
    at_work.press(Key.Key_F3)
    boxes = len(at_work.page.count.panel.papers._boxes)
    at_work.press(*[Key.Key_Return] * (boxes - 1))
    assert at_work.page.count.panel.busy
    at_work.press(Key.Key_0, Key.Key_Return)
    assert marks(at_work.page)[0] is Mark.SHORT
    assert at_work.page.count.rows.table.hasFocus()


def test_escape_gives_up_the_counting_and_not_the_page(at_work: Clerk) -> None:
    for key in (Key.Key_F3, Key.Key_F4):
        at_work.press(key)
        assert at_work.page.count.panel.busy
        at_work.press(Key.Key_Escape)
        assert not at_work.page.count.panel.busy
        assert marks(at_work.page)[0] is Mark.OPEN
        assert at_work.page.stack.currentWidget() is at_work.page.count


def test_a_return_wants_a_reason(at_work: Clerk) -> None:
    at_work.press(Key.Key_F4, Key.Key_Return)
    assert "退回要写明原因" in said(at_work.page)
    assert marks(at_work.page)[0] is Mark.OPEN


def test_a_reason_can_be_written_in_chinese(at_work: Clerk) -> None:
    at_work.press(Key.Key_F4)
    typed = QInputMethodEvent()
    typed.setCommitString("户口簿不是本人的")
    QApplication.sendEvent(at_work.page.count.panel.reason.editor, typed)
    at_work.press(Key.Key_Return)
    assert sheet_of(at_work.page).rows[0].reason == "户口簿不是本人的"


def test_a_frequent_reason_can_be_clicked(at_work: Clerk, qtbot: QtBot) -> None:
    at_work.press(Key.Key_F4)
    reason = at_work.page.count.panel.reason
    rect = reason.choices.visualItemRect(reason.choices.item(0))
    qtbot.mouseClick(reason.choices.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    at_work.press(Key.Key_Return)
    assert sheet_of(at_work.page).rows[0].reason == FREQUENT[BatchKind.CASES][0]


def test_a_half_counted_batch_survives_a_crash(
    at_work: Clerk, township: Workplace, opener: Opener, qtbot: QtBot
) -> None:
    at_work.press(Key.Key_F2)
    at_work.press(Key.Key_F4, Key.Key_1, Key.Key_Return)
    again = Clerk(opener(ReceivePage, township), opener, qtbot)
    again.scan(biggest(again.page))
    assert marks(again.page) == [Mark.COMPLETE, Mark.BACK, Mark.OPEN]
    assert "接着放好了" in said(again.page)
    again.save()
    third = Clerk(opener(ReceivePage, township), opener, qtbot)
    third.scan(biggest(third.page))
    assert "接着放好了" not in said(third.page)


def test_what_is_being_typed_stays_when_the_batch_is_read_again(at_work: Clerk) -> None:
    at_work.press(Key.Key_F3, Key.Key_0)
    at_work.page.refresh()
    at_work._opener.settle(at_work.page.place)
    assert at_work.page.count.panel.busy
    at_work.press(Key.Key_F3)
    assert marks(at_work.page)[0] is Mark.SHORT


def test_a_scan_in_the_middle_of_a_count_is_put_off(at_work: Clerk) -> None:
    at_work.press(Key.Key_F3)
    at_work.scan(sheet_of(at_work.page).rows[-1].case.number)
    assert "还没有记完" in said(at_work.page)
    assert at_work.page.count.panel.busy


def test_a_case_of_another_batch_is_told_where_it_belongs(at_work: Clerk) -> None:
    other = min(at_work.page._work.batches, key=lambda view: len(view.cases))
    at_work.scan(other.cases[0].number)
    assert f"它在另一张交接单上：{other.batch.number}" in said(at_work.page)
    assert len(marks(at_work.page)) == 3


def test_a_case_that_is_here_already_is_told_so(at_work: Clerk, township: Workplace) -> None:
    numbers: list[str] = []
    me = township.session.office.code
    township.read(
        lambda book: [case.number for case in map(book.case, _ids(book)) if case and case.custody.holder == me],
        owner=township,
        done=numbers.extend,
    )
    at_work._opener.settle(township)
    at_work.scan(numbers[0])
    assert "这件不在这一批里" in said(at_work.page)


def _ids(book: object) -> list[str]:
    from station_app.usecases.case_pages import CaseQuery, Place, cases_after

    query = CaseQuery(place=Place.HERE)
    return [line.case_id for line in cases_after(book, query, None, 50).lines]  # type: ignore[arg-type]


def test_the_same_slip_scanned_again_says_so(at_work: Clerk) -> None:
    at_work.scan(biggest(at_work.page))
    assert "正在清点的就是这一张" in said(at_work.page)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("51113210020126112400000999", "校验"),
        ("12", "位"),
    ],
)
def test_a_wrong_number_is_told(clerk: Clerk, typed: str, answer: str) -> None:
    clerk.page.number.setText(typed)
    clerk.press(Key.Key_Return)
    assert answer in said(clerk.page)


def test_the_last_digits_of_a_slip_are_enough_to_type(clerk: Clerk) -> None:
    view = clerk.page._work.batches[0]
    clerk.page.number.setText(view.batch.number[-8:])
    clerk.press(Key.Key_Return)
    assert sheet_of(clerk.page).batch_id == view.batch.batch_id


def test_a_page_opened_about_a_batch_shows_its_sheet(township: Workplace, opener: Opener, clerk: Clerk) -> None:
    wanted = clerk.page._work.batches[-1].batch.batch_id
    assert sheet_of(opener(ReceivePage, township, wanted)).batch_id == wanted


def test_a_page_opened_about_our_own_batch_sends_on_to_where_it_is(
    township: Workplace, opener: Opener, clerk: Clerk, qtbot: QtBot
) -> None:
    sent: list[str] = []
    township.read(
        lambda book: [view.batch.batch_id for view in batches_sent(book, 9)], owner=township, done=sent.extend
    )
    opener.settle(township)
    with qtbot.waitSignal(township.go) as went:
        opener(ReceivePage, township, sent[0])
    assert went.args == ["hand_over", sent[0]]


def test_a_page_opened_about_a_batch_that_is_done_says_so(at_work: Clerk, township: Workplace, opener: Opener) -> None:
    batch_id = sheet_of(at_work.page).batch_id
    at_work.press(Key.Key_F2, Key.Key_F2, Key.Key_F2)
    at_work.save()
    assert "下一批：示例二村，1 件" in said(at_work.page)
    assert "已经清点完" in said(opener(ReceivePage, township, batch_id))


def test_a_case_refused_by_its_rules_keeps_its_mark_and_the_others_are_taken(
    at_work: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sheet_of(at_work.page).rows[0].case.case_id
    take = receiving.receive_batch

    def all_but_the_first(desk: Desk, batch: str, count: Count) -> HandOver:
        done = take(desk, batch, replace(count, only=tuple(case for case in count.only if case != first)))
        left_out = Outcome(first, "left_out", StationError("case-unknown", case="1"))
        return replace(done, outcomes=(*done.outcomes, left_out))

    monkeypatch.setattr(receiving, "receive_batch", all_but_the_first)
    at_work.press(Key.Key_F2, Key.Key_F2, Key.Key_F2)
    at_work.save()
    assert "没有接收：本机没有这件" in said(at_work.page)
    assert marks(at_work.page) == [Mark.COMPLETE]


def test_another_batch_can_be_taken_and_the_first_keeps_its_marks(at_work: Clerk) -> None:
    at_work.press(Key.Key_F2)
    at_work.page.count.other.click()
    assert at_work.page.stack.currentWidget() is not at_work.page.count
    at_work.scan(biggest(at_work.page))
    assert marks(at_work.page)[0] is Mark.COMPLETE


def test_findings_of_cases_counted_elsewhere_meanwhile_are_dropped(at_work: Clerk) -> None:
    sheet = sheet_of(at_work.page)
    first, second = sheet.rows[0].case, sheet.rows[1].case
    found = sheet.marked(first.case_id, Mark.COMPLETE).marked(second.case_id, Mark.BACK, reason="重复")
    smaller = replace(sheet, rows=sheet.rows[1:])
    assert [row.mark for row in smaller.with_json(found.to_json()).rows] == [Mark.BACK, Mark.OPEN]


def test_the_table_keeps_the_rules_of_a_model(at_work: Clerk, qtmodeltester: ModelTester) -> None:
    sheet = sheet_of(at_work.page)
    papers = sheet.rows[0].case.papers
    fewer = [PaperCount(papers[0].name, 0, 0), *papers[1:]]
    model = count_table()
    model.show_rows(sheet.marked(sheet.rows[0].case.case_id, Mark.SHORT, fewer).rows)
    qtmodeltester.check(model, force_py=True)
    assert f"少：{papers[0].name}" in model.index(0, 2).data()
    assert "应 1 实 0" in model.index(0, 2).data()


@pytest.mark.parametrize("scale", [100, 125])
def test_no_text_is_cut_off(at_work: Clerk, theme: Theme, scale: int) -> None:
    theme.apply(Settings(scale=scale))
    at_work.press(Key.Key_F2)
    for keys in ((), (Key.Key_F3, Key.Key_1), (Key.Key_Escape, Key.Key_F4)):
        at_work.press(*keys)
        at_work._opener.see_whole_texts(at_work.page)


def test_a_batch_is_counted_without_scrolling_on_a_small_screen(at_work: Clerk, theme: Theme, opener: Opener) -> None:
    """The list of frequent reasons, which is hidden then, asked for so much room that F8 lay below the edge."""
    theme.apply(Settings(theme=ThemeName.LIGHT, scale=125))
    page = at_work.page
    # What 1366x728 leaves beside the menu and above the status bar.
    width, height = 1117, 668
    page.resize(width, height)
    opener.settle(page.place)
    assert page.heightForWidth(width) <= height
