"""One case on its page, by keyboard: what it says, what can be done, what is shown on request and hidden again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QRadioButton, QSpinBox
from pytestqt.qtbot import QtBot

from station_app.domain.action import Turn
from station_app.domain.actions import ALL, action_named
from station_app.domain.case_cards import Place
from station_app.domain.cases import Case, CaseState, Removed
from station_app.domain.errors import StationError
from station_app.storage.station_book import StationBookOnDisk
from station_app.ui.presenters import case_view
from station_app.ui.widgets.case.action_form import ActionForm
from station_app.ui.widgets.case.editors import editor_for
from station_app.ui.widgets.pages.case_page import CasePage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.look_up import CasePageView
from station_app.usecases.ports import Book
from station_app.usecases.reveal import revealed
from station_app.usecases.run_action import act_on_case
from tests.ui import seeded
from tests.ui.conftest import SetUp
from tests.ui.opened import Opener
from tests.ui.said import said
from tests.ui.tour import About, case_in

Idle = Callable[[Workplace], None]
OpenCase = Callable[[Workplace, About], CasePage]


@pytest.fixture
def open_case(theme: Theme, qtbot: QtBot, idle: Idle) -> OpenCase:
    """Open the page about a case, as the frame does."""

    def open_it(place: Workplace, about: About) -> CasePage:
        found: list[str] = []
        place.read(about, owner=place, done=found.append)
        idle(place)
        return Opener(theme, qtbot)(CasePage, place, found[0])

    return open_it


def commit(text: str) -> None:
    """Write as an input method does."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    target = QApplication.focusWidget()
    assert target is not None
    QApplication.sendEvent(target, event)


def press(qtbot: QtBot, key: Qt.Key) -> None:
    """Press a key where the focus is."""
    target = QApplication.focusWidget()
    assert target is not None
    qtbot.keyClick(target, key)


def read(place: Workplace, work: Callable[[Book], object], idle: Idle) -> object:
    found: list[object] = []
    place.read(work, owner=place, done=found.append)
    idle(place)
    return found[0]


def begin(page: CasePage, qtbot: QtBot) -> None:
    """Open the form of the main action with F8."""
    press(qtbot, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: page.form.isVisible() and page.form.isAncestorOf(QApplication.focusWidget() or page))


def test_a_returned_case_says_why_and_is_supplied_by_keyboard_alone(
    village: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Idle
) -> None:
    page = open_case(village, case_in(CaseState.RETURNED))
    assert "补换领登记表没有本人签名" in page.head.now.text()
    begin(page, qtbot)
    commit("补了本人签名")
    press(qtbot, Qt.Key.Key_Return)
    box = QApplication.focusWidget()
    assert isinstance(box, QSpinBox)
    box.selectAll()
    qtbot.keyClicks(box, "2")
    press(qtbot, Qt.Key.Key_F8)
    qtbot.waitUntil(page.form.isHidden)
    idle(village)
    qtbot.waitUntil(lambda: "已收件" in said(page.head))
    case = page.view.sheet.view.case if page.view.sheet else None
    assert case is not None
    assert case.fields["supply_note"] == "补了本人签名"
    assert 2 in [material["originals"] for material in case.materials]
    assert "已存本机：补齐材料" in said(page.notice)


def test_a_result_is_delivered_and_closed_by_keyboard_alone(
    village: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Idle
) -> None:
    page = open_case(village, case_in(CaseState.GRANTED))
    begin(page, qtbot)
    commit("李𬭎")
    press(qtbot, Qt.Key.Key_Return)
    assert isinstance(QApplication.focusWidget(), QRadioButton)
    press(qtbot, Qt.Key.Key_2)
    press(qtbot, Qt.Key.Key_Return)
    assert isinstance(QApplication.focusWidget(), QPlainTextEdit)
    press(qtbot, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: "已送达" in said(page.head))
    idle(village)
    assert "上门送达" in said(page.facts)
    assert page.choices.isVisible()
    begin(page, qtbot)
    press(qtbot, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: "已经办结归档" in page.head.now.text())


def test_a_form_with_a_gap_is_not_saved_and_nothing_is_lost(
    village: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Idle
) -> None:
    page = open_case(village, case_in(CaseState.GRANTED))
    begin(page, qtbot)
    commit("李𬭎")
    press(qtbot, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: "还没有填" in said(page.form.fields["method"]))
    assert "签收人" not in said(page.notice)
    press(qtbot, Qt.Key.Key_Escape)
    assert page.form.isHidden()
    begin(page, qtbot)
    qtbot.waitUntil(lambda: page.form.typed()["signed_by"] == "李𬭎")


def test_a_refusal_stands_beside_its_field(village: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Idle) -> None:
    page = open_case(village, case_in(CaseState.GRANTED))
    begin(page, qtbot)
    commit("李𬭎")
    press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_1)
    press(qtbot, Qt.Key.Key_Return)
    commit("2020-01-01")
    press(qtbot, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: "早于" in said(page.form.fields["delivered_on"]))
    assert page.form.button.isEnabled()
    assert page.form.typed()["signed_by"] == "李𬭎"


def test_a_refusal_of_the_case_as_a_whole_stands_above_the_button(
    village: Workplace, open_case: OpenCase, qtbot: QtBot
) -> None:
    page = open_case(village, case_in(CaseState.GRANTED))
    begin(page, qtbot)
    assert page.form.action is not None
    page.form.show_refusal(page.form.action.code, page.view.sheet.view.case, StationError("case-ended", case="1"))
    assert "已经作出决定" in said(page.form)


def test_a_refusal_that_comes_after_the_worker_has_gone_on_is_told_with_the_name(
    village: Workplace, open_case: OpenCase, qtbot: QtBot
) -> None:
    """It was told nowhere, and the case filed as done; or it stood in the form of another case."""
    page = open_case(village, case_in(CaseState.GRANTED))
    begin(page, qtbot)
    case, action = page.view.sheet.view.case, page.form.action
    assert action is not None
    told: list[str] = []
    village.say.connect(lambda text, _tone: told.append(text))
    page.form.close_form()
    page.view.refused.emit(action.code, case, StationError("disk-full"))
    page.view.done.emit(action, case, 1)
    assert [text.split("：")[0] for text in told] == [case.applicant["name"]] * 2
    assert action.label in told[0] and "没有办成" in told[0]


def test_a_field_is_checked_when_it_is_left(village: Workplace, open_case: OpenCase, qtbot: QtBot) -> None:
    page = open_case(village, case_in(CaseState.GRANTED))
    begin(page, qtbot)
    commit("李𬭎")
    press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_Return)
    commit("前天")
    press(qtbot, Qt.Key.Key_Tab)
    assert "应为日期" in said(page.form.fields["delivered_on"])


def test_pressing_twice_saves_once(village: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Idle) -> None:
    page = open_case(village, case_in(CaseState.RETURNED))
    begin(page, qtbot)
    commit("补了签名")
    asked: list[str] = []
    page.form.wanted.connect(lambda code, _form: asked.append(code))
    page.form.submit()
    page.form.submit()
    idle(village)
    assert len(asked) == 1


def test_a_masked_number_is_shown_on_record_and_hidden_again(
    village: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Idle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_view, "SHOWN_S", 0.3)
    page = open_case(village, case_in(CaseState.GRANTED))
    masked = page.applicant.texts["phone"].text()
    assert masked == "138****5678"
    button = page.applicant.buttons["phone"]
    button.setFocus()
    press(qtbot, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.applicant.texts["phone"].text() == "13800005678")
    assert "查看已记录" in said(page.applicant)
    qtbot.waitUntil(lambda: page.applicant.texts["phone"].text() == masked)
    assert page.view.sheet is not None
    case_id = page.view.sheet.view.case.case_id
    [look] = read(village, lambda book: list(revealed(book, case_id)), idle)  # type: ignore[misc]
    assert (look.field, look.person) == ("phone", village.session.desk.worker.person_id)


def test_leaving_the_page_hides_what_was_shown(village: Workplace, open_case: OpenCase, idle: Idle) -> None:
    page = open_case(village, case_in(CaseState.GRANTED))
    page.applicant.buttons["id_number"].click()
    idle(village)
    assert "*" not in page.applicant.texts["id_number"].text()
    page.close_up()
    assert "*" in page.applicant.texts["id_number"].text()


def test_what_is_being_typed_stays_when_something_comes_from_the_center(
    village: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Idle
) -> None:
    page = open_case(village, case_in(CaseState.RETURNED))
    begin(page, qtbot)
    commit("补了一半")
    assert page.view.sheet is not None
    case_id = page.view.sheet.view.case.case_id
    village.write(
        lambda desk: act_on_case(desk, case_id, "note", {"text": "下午再来"}), owner=page, done=lambda _: None
    )
    idle(village)
    qtbot.waitUntil(lambda: "下午再来" in said(page.notes))
    assert page.form.isVisible()
    assert page.form.typed()["note"] == "补了一半"


def test_a_case_on_the_road_can_be_asked_back(
    village: Workplace, open_case: OpenCase, qtbot: QtBot, idle: Idle
) -> None:
    page = open_case(village, case_in(CaseState.REGISTERED, Place.ON_THE_ROAD))
    assert "在路上，等沙坪镇清点接收" in page.head.now.text()
    assert "在途" in said(page.papers)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(page.form.isVisible)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QPlainTextEdit))
    commit("身份证复印件拿错了")
    press(qtbot, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: "身份证复印件拿错了" in said(page.notes))


def test_a_village_does_not_see_the_opinion_that_the_county_wrote(
    village: Workplace, county: Workplace, open_case: OpenCase
) -> None:
    opinion = "缴费年限已核对"
    assert opinion in said(open_case(county, case_in(CaseState.ACCEPTED)).notes)
    assert opinion not in said(open_case(village, case_in(CaseState.ACCEPTED)).notes)


def test_the_timeline_shows_receipts_and_the_newest_step_first(village: Workplace, open_case: OpenCase) -> None:
    page = open_case(village, case_in(CaseState.GRANTED))
    told = said(page.timeline)
    assert told.index("准予") < told.index("受理") < told.index("收件登记")
    assert "✓ 对方已接收" in told


def test_an_unknown_case_is_told_on_the_page(village: Workplace, theme: Theme, qtbot: QtBot) -> None:
    page = Opener(theme, qtbot)(CasePage, village, "511132100201261124999999X")
    qtbot.waitUntil(lambda: "本机没有这件" in said(page.notice))
    assert Opener(theme, qtbot)(CasePage, village).notice.isVisible()


def test_the_receipt_is_printed_again(village: Workplace, open_case: OpenCase, qtbot: QtBot) -> None:
    page = open_case(village, case_in(CaseState.GRANTED))
    with qtbot.waitSignal(village.print_now) as asked:
        page.receipt.click()
    assert page.view.sheet is not None
    assert asked.args == ["receipt", page.view.sheet.view.case.case_id]


def test_page_keys_scroll_whatever_has_the_focus(village: Workplace, open_case: OpenCase, qtbot: QtBot) -> None:
    page = open_case(village, case_in(CaseState.GRANTED))
    bar = page.area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    press(qtbot, Qt.Key.Key_End)
    assert bar.value() == bar.maximum() > 0
    press(qtbot, Qt.Key.Key_Home)
    assert bar.value() == 0


def test_every_action_has_an_editor_for_each_of_its_fields(village: Workplace, open_case: OpenCase) -> None:
    page = open_case(village, case_in(CaseState.RETURNED))
    assert page.view.sheet is not None
    case = page.view.sheet.view.case
    for action in ALL:
        if action.in_batch or action.turn is Turn.OPENER:
            continue
        for field in action.fields:
            editor = editor_for(field, case, page.theme)
            assert editor.typed() in ("", [])
            editor.deleteLater()


def test_a_half_filled_form_is_kept_for_its_case_until_it_is_saved(
    village: Workplace, open_case: OpenCase, theme: Theme, qtbot: QtBot, idle: Idle
) -> None:
    page, other = open_case(village, case_in(CaseState.RETURNED)), open_case(village, case_in(CaseState.GRANTED))
    assert page.view.sheet is not None
    assert other.view.sheet is not None
    here, there = page.view.sheet.view, other.view.sheet.view
    form, note = ActionForm(village, theme), action_named("note")
    qtbot.addWidget(form)

    def begun(view: CasePageView) -> dict[str, object]:
        form.show_action(note, view)
        idle(village)
        return form.typed()

    begun(here)
    form.put({"text": "一"})
    assert begun(there) == {"text": ""}
    assert begun(here) == {"text": "一"}
    form.close_form(saved=True)
    assert begun(here) == {"text": ""}


def test_a_half_filled_form_survives_a_lock(
    village: Workplace, open_case: OpenCase, sit_down: SetUp, qtbot: QtBot, idle: Idle
) -> None:
    page = open_case(village, case_in(CaseState.RETURNED))
    begin(page, qtbot)
    commit("补了一半")
    page.close_up()
    idle(village)
    again = open_case(sit_down("v1", seeded.AGENT), case_in(CaseState.RETURNED))
    begin(again, qtbot)
    qtbot.waitUntil(lambda: again.form.typed()["note"] == "补了一半")


def test_a_case_page_holds_its_texts_with_an_open_form(
    village: Workplace, open_case: OpenCase, theme: Theme, qtbot: QtBot
) -> None:
    page = open_case(village, case_in(CaseState.RETURNED))
    begin(page, qtbot)
    Opener(theme, qtbot).see_whole_texts(page)


def test_what_was_removed_is_not_said_to_be_missing(
    village: Workplace, open_case: OpenCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page said that no paper had been taken in and asked for notes, on a case whose contents were removed."""
    read = StationBookOnDisk.case

    def emptied(book: StationBookOnDisk, case_id: str) -> Case | None:
        case = read(book, case_id)
        removed = Removed("《规定》第三条", "2029-06-01T02:00:00Z")
        kept = {"number": case.number} if case else {}
        return replace(case, removed=removed, fields=kept, remarks=()) if case else None

    monkeypatch.setattr(StationBookOnDisk, "case", emptied)
    page = open_case(village, case_in(CaseState.GRANTED))
    words = said(page)
    assert "内容已按规定删除（依据：《规定》第三条，2029-06-01）" in words
    for wrong in ("没有收材料", "还没有。要告诉", "点“显示”", "办理情况"):
        assert wrong not in words
