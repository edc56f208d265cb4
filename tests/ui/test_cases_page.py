"""Finding a case by keyboard, from the first key to its page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station_app.domain.case_cards import Place
from station_app.domain.cases import CaseState
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import shaped
from station_app.ui.widgets.pages.cases_page import CasesPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.run_action import act_on_case
from tests.persons import id_number
from tests.reliability.place import TOWNSHIP
from tests.ui import seeded
from tests.ui.opened import Opener
from tests.ui.painted import painted_by

Idle = Callable[[Workplace], None]


@pytest.fixture
def page(village: Workplace, theme: Theme, qtbot: QtBot) -> CasesPage:
    """The village's list of everything."""
    found = Opener(theme, qtbot)(CasesPage, village)
    qtbot.waitUntil(lambda: found.rows.is_quiet)
    return found


def find(page: CasesPage, text: str, qtbot: QtBot) -> list[str]:
    """Type a text and return the applicants that are listed then."""
    page.box.clear()
    qtbot.keyClicks(page.box, text)
    qtbot.waitUntil(lambda: page.search.is_settled and page.rows.is_quiet)
    return [page.rows.index(row, 1).data() for row in range(page.rows.rowCount())]


def test_the_box_has_the_focus_and_everything_is_listed(page: CasesPage) -> None:
    assert QApplication.focusWidget() is page.box
    assert page.rows.rowCount() == len(seeded.VILLAGE_1)
    assert page.count.text() == f"共 {len(seeded.VILLAGE_1)} 件"


def test_a_case_is_found_by_initials_and_opened_by_keyboard_alone(
    page: CasesPage, village: Workplace, qtbot: QtBot
) -> None:
    assert find(page, "drmag", qtbot) == ["的日么阿果"]
    qtbot.keyClick(page.box, Qt.Key.Key_Down)
    assert page.list.hasFocus()
    with qtbot.waitSignal(village.go) as gone:
        qtbot.keyClick(page.list, Qt.Key.Key_Return)
    line = page.rows.line(0)
    assert line is not None
    assert gone.args == ["case", line.case_id]


def test_a_case_is_found_by_the_last_four_of_its_number_or_of_the_id(page: CasesPage, qtbot: QtBot) -> None:
    line = page.rows.line(0)
    assert line is not None
    assert line.applicant in find(page, line.number[-4:], qtbot)
    name, part, _ = seeded.VILLAGE_1[0]
    assert name in find(page, id_number(part)[-4:], qtbot)


def test_enter_in_the_box_searches_at_once_and_goes_into_the_list(page: CasesPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.box, "qmwn")
    qtbot.keyClick(page.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.rows.is_quiet)
    assert page.list.hasFocus()
    assert page.list.currentIndex().row() == 0
    assert page.rows.rowCount() == 1
    qtbot.keyClick(page.list, Qt.Key.Key_Up)
    assert page.box.hasFocus()


def test_nothing_found_says_so_and_a_wider_search_is_one_button_away(page: CasesPage, qtbot: QtBot) -> None:
    page.places.setCurrentIndex(page._places.index(Place.DONE))
    assert find(page, "drmag", qtbot) == []
    assert page.empty.isVisible()
    assert "在“已办结”里没有找到“drmag”" in page.empty.text()
    page.everywhere.click()
    qtbot.waitUntil(lambda: page.rows.rowCount() == 1)
    assert page.places.currentIndex() == 0
    assert page.list.isVisible()


def test_a_place_and_a_state_narrow_the_list(page: CasesPage, qtbot: QtBot) -> None:
    page.places.setCurrentIndex(page._places.index(Place.ON_THE_ROAD))
    qtbot.waitUntil(lambda: page.rows.rowCount() == 3)
    page.places.setCurrentIndex(0)
    page.states.setCurrentIndex(1 + list(CaseState).index(CaseState.RETURNED))
    qtbot.waitUntil(lambda: page.rows.rowCount() == 1)
    assert page.rows.index(0, 1).data() == seeded.LONG_NAME


@pytest.mark.parametrize(("about", "rows"), [("place:returned", 1), ("query:drmag", 1), ("place:done", 0)])
def test_other_pages_ask_for_a_part_of_the_list(
    about: str, rows: int, village: Workplace, theme: Theme, qtbot: QtBot
) -> None:
    page = Opener(theme, qtbot)(CasesPage, village, about)
    qtbot.waitUntil(lambda: page.rows.is_quiet)
    assert page.rows.rowCount() == rows
    assert page.empty.isVisible() == (rows == 0)


def test_the_cases_of_one_office_are_listed_under_its_name(county: Workplace, theme: Theme, qtbot: QtBot) -> None:
    opener = Opener(theme, qtbot)
    page = opener(CasesPage, county, f"branch:{TOWNSHIP}")
    everything = page.rows.rowCount()
    assert everything > 1
    assert page.box.text() == ""
    assert page.branch.text() == "● 只看沙坪镇收的件"
    opener.see_whole_texts(page)
    assert len(find(page, "drmag", qtbot)) == 1
    page.box.clear()
    page.open("branch:")
    opener.settle(county)
    assert page.branch.text() == "● 只看峨边彝族自治县收的件"
    assert page.rows.rowCount() == 0
    assert "看所有单位的件" in page.empty.text()
    page.all_branches.click()
    qtbot.waitUntil(lambda: page.rows.rowCount() == everything)
    assert not page.one_branch.isVisible()


def test_the_list_is_where_it_was_when_the_worker_comes_back(page: CasesPage, qtbot: QtBot) -> None:
    find(page, "drmag", qtbot)
    qtbot.keyClick(page.box, Qt.Key.Key_Down)
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    page.come_back("")
    assert page.box.text() == "drmag"
    assert page.list.hasFocus()
    page.open("")
    assert page.box.hasFocus()
    assert page.box.selectedText() == "drmag"


def test_end_and_home_are_the_oldest_and_the_newest_case(page: CasesPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.box, Qt.Key.Key_Down)
    qtbot.keyClick(page.list, Qt.Key.Key_End)
    assert page.list.currentIndex().row() == page.rows.rowCount() - 1
    qtbot.keyClick(page.list, Qt.Key.Key_Home)
    assert page.list.currentIndex().row() == 0


def test_a_scanned_receipt_opens_its_case_and_a_slip_is_left_to_the_frame(
    page: CasesPage, village: Workplace, qtbot: QtBot
) -> None:
    line = page.rows.line(0)
    assert line is not None
    with qtbot.waitSignal(village.go) as gone:
        assert page.take_scan(line.number)
    assert gone.args == ["case", line.number]
    assert not page.take_scan("123")


def test_the_outcome_and_whole_groups_of_digits_are_seen_at_any_width(
    page: CasesPage, village: Workplace, theme: Theme, qtbot: QtBot
) -> None:
    opener = Opener(theme, qtbot)
    refused = next(line for row in range(9) if (line := page.rows.line(row)) and line.state is CaseState.REFUSED)
    for code, form in (("deliver", {"signed_by": "的日么阿果", "method": "in_person"}), ("close", {})):
        act = partial(act_on_case, case_id=refused.case_id, code=code, form=form)
        village.write(act, owner=page, done=lambda _: None)
    opener.settle(village)
    serials = {line.number[18:] for row in range(9) if (line := page.rows.line(row))}
    for width in (560, 700, 828, 1000, 1180):
        page.resize(width, 1400)
        opener.see_whole_texts(page)
        pieces = [piece for painted in painted_by(page.list.viewport()) for piece in painted.text.split()]
        assert shaped("不予", Tone.BAD) in " ".join(pieces), width
        assert serials <= set(pieces), width


def test_the_list_holds_long_names_and_items(page: CasesPage, theme: Theme, qtbot: QtBot) -> None:
    Opener(theme, qtbot).see_whole_texts(page)
