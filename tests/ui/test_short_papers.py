"""A paper that was counted short stays in sight until the case is decided; it keeps nobody from going on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from station_app.domain.actions import action_named
from station_app.domain.authority import deciding_level
from station_app.domain.cases import Case, CaseState
from station_app.domain.items import Handling
from station_app.domain.organisations import Level
from station_app.domain.people import Role
from station_app.ui.presenters.action_entry import warning_of
from station_app.ui.presenters.deciding import papers_to_check
from station_app.ui.widgets.pages.case_page import CasePage
from station_app.ui.widgets.pages.decide_page import DecidePage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.case_pages import CaseQuery, Place, cases_after
from station_app.usecases.hand_over import Count, receive_batch
from station_app.usecases.look_up import case_page
from station_app.usecases.ports import Book, Desk
from station_app.usecases.run_action import find_case
from tests.ui.desks import as_worker_with
from tests.ui.opened import Opener

Idle = Callable[[Workplace], None]


@pytest.fixture
def short_case(county: Workplace, qtbot: QtBot, idle: Idle) -> Case:
    """A case that the county took over with nothing of one copy."""
    found: list[Case] = []

    def take_in(desk: Desk) -> Case:
        with desk.read_book() as book:
            me = book.identity().org
            batches = [batch for batch in book.batches() if batch.to_org == me and batch.open_lines]
            batch, case, paper = next(
                (batch, case, paper)
                for batch in batches
                for case in (find_case(book, line.case_id) for line in batch.open_lines)
                for paper in case.materials
                if paper["copies"] and deciding_level(case.item) is Level.COUNTY
            )
        row = {"material": paper["name"], "originals": 0, "copies": 0}
        receive_batch(desk, batch.number, Count(differences={case.case_id: [row]}, only=(case.case_id,)))
        return case

    county.write(take_in, owner=county, done=found.append)
    idle(county)
    [case] = found
    return case


def words_on(page: CasePage | DecidePage) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel) if label.isVisible()]


def test_the_list_of_papers_says_how_many_are_really_there(
    county: Workplace, short_case: Case, theme: Theme, qtbot: QtBot
) -> None:
    page = Opener(theme, qtbot)(CasePage, county, short_case.case_id)
    assert "■ 应 1 实 0" in words_on(page)


def test_the_form_of_acceptance_warns_and_lets_the_clerk_decide(
    county: Workplace, short_case: Case, theme: Theme, qtbot: QtBot
) -> None:
    opener = Opener(theme, qtbot)
    page = opener(DecidePage, county)
    assert page.take_scan(short_case.number)
    qtbot.waitUntil(lambda: any("清点时复印件应 1 实 0" in words for words in words_on(page)))
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(page.form.isVisible)
    [warning] = [words for words in words_on(page) if "材料不齐：接收清点时" in words]
    assert warning.startswith("■ ")
    assert "复印件应 1 实 0" in warning
    assert page.form.button.isEnabled()


def test_granting_warns_as_well_and_nothing_else_does(county: Workplace, short_case: Case, idle: Idle) -> None:
    views = []
    desk = county.session.desk
    county.read(lambda book: case_page(desk, book, short_case.case_id), owner=county, done=views.append)
    idle(county)
    warned = [
        code
        for code in ("accept_application", "grant", "refuse", "note")
        if warning_of(action_named(code), views[0].papers)
    ]
    assert warned == ["accept_application", "grant"]


def test_a_case_with_all_its_papers_is_accepted_without_a_warning(
    township: Workplace, theme: Theme, qtbot: QtBot
) -> None:
    opener = Opener(theme, qtbot)
    as_worker_with(township, Role.CLERK)
    page = opener(DecidePage, township, "to_accept")
    qtbot.keyClick(page, Qt.Key.Key_F8)
    qtbot.waitUntil(page.form.isVisible)
    assert not page.form.warning.isVisible()


def test_an_original_given_back_in_the_village_is_not_asked_for_at_the_counter(township: Workplace, idle: Idle) -> None:
    views = []
    desk, office = township.session.desk, township.session.office.code

    def read(book: Book) -> None:
        for line in cases_after(book, CaseQuery(state=CaseState.RECEIVED, place=Place.HERE), None, 9).lines:
            views.append(case_page(desk, book, line.case_id))

    township.read(read, owner=township, done=lambda _: None)
    idle(township)
    view = next(view for view in views if view.case.origin_org != office)
    [card] = [paper for paper in view.papers if paper.handling == Handling.VERIFY_RETURN.value][:1]
    there = [word.text for word in papers_to_check(view, office)]
    assert f"{card.name}：复印件 {card.copies}，原件{view.origin_name}已核对退还" in there
    at_home = [word.text for word in papers_to_check(view, view.case.origin_org)]
    assert f"{card.name}：原件 {card.originals}、复印件 {card.copies}" in at_home
