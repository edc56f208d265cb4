"""Bringing results home: who signed, in which way, when; closed with the same key unless told otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.ui.models.delivery_rows import decision_words, delivery_table, result_words
from station_app.ui.presenters import delivering
from station_app.ui.settings import Settings
from station_app.ui.widgets.pages.deliver_page import DeliverPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.deliveries import Delivery
from station_app.usecases.reveal import revealed
from tests.ui.opened import Opener
from tests.ui.said import said

Key = Qt.Key
GRANTED, REFUSED = "李𬭎", "的日么阿果"


@pytest.fixture
def opener(theme: Theme, qtbot: QtBot) -> Opener:
    return Opener(theme, qtbot)


@pytest.fixture
def opened(village: Workplace, opener: Opener) -> DeliverPage:
    page = opener(DeliverPage, village)
    go_to(page, GRANTED)
    return page


def names(page: DeliverPage) -> list[str]:
    return [entry.line.applicant for entry in page._model.rows]


def go_to(page: DeliverPage, name: str) -> Delivery:
    row = names(page).index(name)
    page.rows.move_to(row)
    return page._model.rows[row]


def press(qtbot: QtBot, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(QApplication.focusWidget(), key)


def test_results_are_listed_and_the_list_has_the_focus(opened: DeliverPage) -> None:
    assert sorted(names(opened)) == sorted([GRANTED, REFUSED])
    assert opened.rows.table.hasFocus()


def test_a_refusal_is_told_with_its_reason_and_the_remedy(opened: DeliverPage) -> None:
    go_to(opened, REFUSED)
    assert "理由：现场核实没有饲养蜂群" in opened.card.result.text()
    assert "行政复议" in opened.card.result.text()


def test_one_key_notes_the_signature_and_closes_the_case(opened: DeliverPage, qtbot: QtBot) -> None:
    press(qtbot, Key.Key_Return)
    assert opened.card.form.signer.hasFocus()
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(lambda: names(opened) == [REFUSED])
    assert f"{GRANTED}：已登记签收并办结" in said(opened)


def test_the_keys_fill_the_form(opened: DeliverPage, village: Workplace, opener: Opener, qtbot: QtBot) -> None:
    case_id = opened.rows.current
    press(qtbot, Key.Key_Return, Key.Key_Return, Key.Key_3, Key.Key_Return)
    assert opened.card.form.day.hasFocus()
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(lambda: names(opened) == [REFUSED])
    found: list[str] = []
    village.read(
        lambda book: book.case(case_id), owner=village, done=lambda case: found.append(case.fields["delivery_method"])
    )
    opener.settle(village)
    assert found == ["by_family"]


def test_enter_leads_through_the_whole_form_to_its_button(opened: DeliverPage, qtbot: QtBot) -> None:
    press(qtbot, *[Key.Key_Return] * 5)
    assert opened.card.deliver_button.hasFocus()
    press(qtbot, Key.Key_Return)
    qtbot.waitUntil(lambda: names(opened) == [REFUSED])


def test_a_case_delivered_without_closing_stays_until_it_is_closed(opened: DeliverPage, qtbot: QtBot) -> None:
    opened.card.form.close_too.setChecked(False)
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(lambda: "已登记签收；还没有办结" in said(opened))
    qtbot.waitUntil(lambda: bool(go_to(opened, GRANTED).delivered_on))
    assert "已送达" in opened.card.delivered.text()
    assert not opened.card.deliver_button.isVisible()
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(lambda: names(opened) == [REFUSED])


def test_a_delivery_that_can_not_be_closed_is_said_and_stays(
    opened: DeliverPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = delivering.act_on_case

    def refuse_to_close(desk: object, case_id: str, code: str, form: object) -> object:
        if code == "close":
            raise StationError("no-obligation", case="1")
        return act(desk, case_id, code, form)  # type: ignore[arg-type]

    monkeypatch.setattr(delivering, "act_on_case", refuse_to_close)
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(lambda: "签收已经登记，但没有办结" in said(opened))
    assert GRANTED in names(opened)


def test_a_wrong_name_or_day_is_told_beside_its_field_and_stays(opened: DeliverPage, qtbot: QtBot) -> None:
    form = opened.card.form
    form.signer.clear()
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(lambda: "签收人”还没有填" in said(opened))
    assert form.signer.hasFocus()
    form.signer.setText(GRANTED)
    form.day.setDate(QDate(2099, 1, 1))
    press(qtbot, Key.Key_F8)
    qtbot.waitUntil(lambda: "送达日期" in form.day_field.findChildren(QLabel)[-1].text())
    assert form.day.date().year() == 2099
    assert len(names(opened)) == 2


def test_the_telephone_is_masked_until_asked_for_and_the_look_is_on_record(
    opened: DeliverPage, village: Workplace, opener: Opener
) -> None:
    case_id = opened.rows.current
    assert "138****5678" in opened.card.phone.text()
    opened.card.phone_button.click()
    opener.settle(village)
    assert "13800005678" in opened.card.phone.text()
    looks: list[object] = []
    village.read(lambda book: revealed(book, case_id), owner=village, done=looks.extend)
    opener.settle(village)
    assert len(looks) == 1
    opened.close_up()
    assert "138****5678" in opened.card.phone.text()


def test_a_number_that_comes_late_is_not_shown_on_another_case(
    opened: DeliverPage, village: Workplace, opener: Opener
) -> None:
    opened.card.phone_button.click()
    go_to(opened, REFUSED)
    opener.settle(village)
    assert "13800005678" not in opened.card.phone.text()


def test_a_scanned_receipt_opens_its_form_and_a_strange_one_is_left_to_others(opened: DeliverPage) -> None:
    wanted = go_to(opened, REFUSED)
    go_to(opened, GRANTED)
    assert opened.take_scan(wanted.line.number)
    assert opened.rows.current == wanted.line.case_id
    assert opened.card.form.signer.hasFocus()
    assert not opened.take_scan("5111321002012611240109999")


def test_a_page_opened_about_a_case_shows_it(village: Workplace, opener: Opener, opened: DeliverPage) -> None:
    wanted = go_to(opened, REFUSED).line.case_id
    assert opener(DeliverPage, village, wanted).rows.current == wanted


def test_what_is_typed_stays_when_the_list_is_read_again(
    opened: DeliverPage, village: Workplace, opener: Opener
) -> None:
    opened.card.form.signer.setText("代收人")
    opened.refresh()
    opener.settle(village)
    assert opened.card.form.signer.text() == "代收人"


def test_with_nothing_to_deliver_the_page_says_what_comes_here(township: Workplace, opener: Opener) -> None:
    page = opener(DeliverPage, township)
    assert "没有要送达的结果" in said(page)
    assert not page.card.isVisible()


def test_the_table_keeps_the_rules_of_a_model(opened: DeliverPage, qtmodeltester: ModelTester) -> None:
    entry = replace(go_to(opened, GRANTED), document="沙府〔2026〕8号", delivered_on="2026-11-24", result="准予")
    model = delivery_table(date(2026, 11, 24))
    model.show_rows((entry,))
    qtmodeltester.check(model, force_py=True)
    assert model.index(0, 3).data() == "已送达，没有办结"
    assert decision_words(entry).endswith("决定，文号 沙府〔2026〕8号")
    assert result_words(entry) == "准予"


@pytest.mark.parametrize("scale", [100, 125])
def test_no_text_is_cut_off(opened: DeliverPage, theme: Theme, opener: Opener, scale: int) -> None:
    theme.apply(Settings(scale=scale))
    for name in (GRANTED, REFUSED):
        go_to(opened, name)
        opener.see_whole_texts(opened)
