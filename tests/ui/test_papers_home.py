"""The village signs for written decisions by slip and F-keys, and reads where they are beside each delivery."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidgetItem
from pytestqt.qtbot import QtBot

from station_app.domain.batches import BatchKind
from station_app.domain.organisations import Level
from station_app.domain.result_papers import PapersPlace
from station_app.ui.models.batch_rows import next_words
from station_app.ui.models.delivery_rows import papers_words
from station_app.ui.presenters.boards import HomeView, Link, read_home
from station_app.ui.tokens import Tone
from station_app.ui.widgets.pages.deliver_page import DeliverPage
from station_app.ui.widgets.pages.receive_page import ReceivePage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.deliveries import Delivery, deliveries
from tests.ui.opened import Opener
from tests.ui.receive_hands import Clerk
from tests.ui.said import said

Key = Qt.Key


@pytest.fixture
def opener(theme: Theme, qtbot: QtBot) -> Opener:
    return Opener(theme, qtbot)


@pytest.fixture
def agent(village: Workplace, opener: Opener, qtbot: QtBot) -> Clerk:
    return Clerk(opener(ReceivePage, village), opener, qtbot)


def delivery_of(village: Workplace, opener: Opener, name: str) -> Delivery:
    found: list[Delivery] = []
    village.read(deliveries, owner=village, done=lambda read: found.extend(read.entries))
    opener.settle(village)
    return next(entry for entry in found if entry.line.applicant == name)


def test_the_slip_opens_the_batch_and_f2_and_f8_sign_for_it(agent: Clerk, village: Workplace, opener: Opener) -> None:
    assert said(agent.page).startswith("签收结果")
    [batch] = agent.page._work.batches
    agent.scan(batch.batch.number)
    shown = said(agent.page)
    assert "应有 1 件 · 决定书、证照 1 份" in shown and "准予临时救助 3000 元" in shown
    agent.press(Key.Key_F2)
    agent.save()
    assert "已签收 1 件。下一步：到“送达签收”交给群众。" in said(agent.page)
    here = village.session.office.code
    entry = delivery_of(village, opener, "李𬭎")
    assert papers_words(entry, here).tone is Tone.GOOD and "已签收" in papers_words(entry, here).text


def test_what_is_not_for_the_village_goes_back_with_a_reason(agent: Clerk, village: Workplace, opener: Opener) -> None:
    agent.scan(agent.page._work.batches[0].batch.number)
    agent.press(Key.Key_F4)
    assert "3  姓名或者文号写错了" in [item.text() for item in reasons(agent)]
    agent.press(Key.Key_3, Key.Key_Return)
    agent.save()
    assert "已签收 0 件，1 件没有签收，原因已经告诉对方，交错的请退回去。" in said(agent.page)
    place = delivery_of(village, opener, "李𬭎").papers
    assert place is not None and (place.org, place.to, place.returned) == ("511132100000", "", "姓名或者文号写错了")


def reasons(agent: Clerk) -> list[QListWidgetItem]:
    choices = agent.page.count.panel.reason.choices
    return [choices.item(row) for row in range(choices.count())]


def test_one_key_says_that_it_is_not_in_the_envelope(agent: Clerk, village: Workplace, opener: Opener) -> None:
    agent.scan(agent.page._work.batches[0].batch.number)
    assert agent.page.count.panel.short.accessibleName() == "没有"
    agent.press(Key.Key_F3)
    assert "点过了：没有收到" in said(agent.page)
    agent.save()
    place = delivery_of(village, opener, "李𬭎").papers
    assert place is not None and place.returned == "没有收到准予临时救助 3000 元"


def test_beside_a_delivery_stands_where_its_papers_are(village: Workplace, opener: Opener) -> None:
    page = opener(DeliverPage, village)
    texts = {}
    for row, entry in enumerate(page._model.rows):
        page.rows.move_to(row)
        texts[entry.line.applicant] = said(page.card)
    assert "沙坪镇 " in texts["李𬭎"] and "交出了决定书、证照：到了先签收" in texts["李𬭎"]
    assert "决定书、证照在峨边彝族自治县，还没有交到这里：急着送的，打电话问一问" in texts["的日么阿果"]


def test_where_they_never_left_the_house_nothing_is_said(village: Workplace, opener: Opener) -> None:
    entry = delivery_of(village, opener, "的日么阿果")
    assert entry.papers is not None
    assert papers_words(entry, entry.papers.org).text == ""
    gone_on = replace(entry, papers=PapersPlace("k", "t", "b1", "2026-11-23"), papers_to="沙坪镇")
    assert papers_words(gone_on, "v").text == "决定书、证照 11月23日交给了沙坪镇，那里还没有签收"


def test_the_home_says_that_decisions_are_on_the_way(village: Workplace, opener: Opener) -> None:
    views: list[HomeView] = []
    desk = village.session.desk
    village.read(lambda book: read_home(desk, book), owner=village, done=views.append)
    opener.settle(village)
    [todo] = [todo for todo in views[0].todos if todo.to == Link("receive")]
    assert todo.text == "镇里交来 1 件的决定书、证照，对着结果交接单清点"


def test_each_level_is_told_where_to_go_on() -> None:
    assert next_words(Level.VILLAGE, BatchKind.PAPERS) == "下一步：到“送达签收”交给群众。"
    assert next_words(Level.TOWNSHIP, BatchKind.PAPERS) == ("下一步：到“送达签收”交给群众，要往下交的到“结果下传”。")
