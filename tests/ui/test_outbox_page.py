"""The outbox says honestly what the center has not got; green only where that is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from station_app.ui.models.unsent_rows import state_word, unsent_table
from station_app.ui.settings import Settings
from station_app.ui.tokens import Tone
from station_app.ui.widgets.pages.outbox_page import OutboxPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.hand_over import offer_batch
from station_app.usecases.ready_cases import ready_cases
from station_app.usecases.unsent import CASE, COUNTED_BATCH, SENT_BATCH, Unsent, UnsentPage
from tests.ui.opened import Opener

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ENTRY = Unsent("1", CASE, "5111321002012611240000096", "李𬭎", "临时救助", 2, "", False, NOW, NOW)


@pytest.fixture
def opener(theme: Theme, qtbot: QtBot) -> Opener:
    return Opener(theme, qtbot)


@pytest.fixture
def waiting(village: Workplace, opener: Opener) -> OutboxPage:
    """The page of village 1 after a hand-over that no exchange has carried away yet."""
    found: list[tuple[str, list[str]]] = []

    def read(book: object) -> None:
        ready = ready_cases(village.session.desk, book)  # type: ignore[arg-type]
        found.append((ready.to, [case.line.case_id for case in ready.cases]))

    village.read(read, owner=village, done=lambda _: None)
    opener.settle(village)
    to, cases = found[0]
    village.write(lambda desk: offer_batch(desk, to, cases), owner=village, done=lambda _: None)
    opener.settle(village)
    return opener(OutboxPage, village)


def told(page: OutboxPage) -> str:
    return page.notice.findChildren(type(page.title))[0].text()


def test_with_everything_at_the_center_the_page_says_so_and_since_when(village: Workplace, opener: Opener) -> None:
    page = opener(OutboxPage, village)
    assert "都已传到县中心。上次同步：今天" in told(page)
    assert not page.rows.isVisible()


def test_what_waits_is_listed_with_whose_it_is_and_since_when(waiting: OutboxPage) -> None:
    assert "有 3 件还没有传到县中心，都已存在本机" in told(waiting)
    first = [waiting.rows.model.index(row, 0).data() for row in range(3)]
    assert "交接给沙坪镇，2 件" in first
    assert "沙马拉且\n80周岁以上老年人高龄津贴" in first
    assert all(row.since is not None for row in waiting.rows.model.rows)
    assert waiting.rows.table.hasFocus()


def test_enter_opens_the_case_or_the_batch(waiting: OutboxPage, village: Workplace, qtbot: QtBot) -> None:
    pages = {CASE: "case", SENT_BATCH: "hand_over"}
    for row, entry in enumerate(waiting.rows.model.rows):
        waiting.rows.move_to(row)
        with qtbot.waitSignal(village.go) as went:
            qtbot.keyClick(waiting.rows.table, Qt.Key.Key_Return)
        assert went.args == [pages[entry.kind], entry.subject_id]


def test_an_old_exchange_is_grey_and_never_green() -> None:
    fresh = UnsentPage((), 0, NOW - timedelta(hours=1), stale=False)
    assert state_word(fresh, NOW, "县中心").tone is Tone.GOOD
    old = UnsentPage((), 0, NOW - timedelta(days=2), stale=True)
    assert state_word(old, NOW, "县中心").tone is Tone.STALE
    assert "要同步以后才知道" in state_word(old, NOW, "县中心").text
    never = UnsentPage((), 0, None, stale=True)
    assert "还没有和县中心同步过" in state_word(never, NOW, "县中心").text


def test_what_the_center_refused_is_told_with_what_to_do() -> None:
    refused = replace(ENTRY, refused=True, code="device-unknown")
    page = UnsentPage((refused, ENTRY), 0, NOW, stale=False)
    assert state_word(page, NOW, "县中心").tone is Tone.BAD
    assert "有 1 件县中心没有收" in state_word(page, NOW, "县中心").text
    model = unsent_table(lambda: NOW, "县中心")
    model.show_rows(page.entries)
    assert model.index(0, 3).data() == "县中心没有收：县中心没有登记这台电脑，或单位对不上。请联系县中心。"


def test_each_row_says_why_it_waits(qtmodeltester: ModelTester) -> None:
    rows = (
        ENTRY,
        replace(ENTRY, subject_id="2", code="no-network"),
        replace(ENTRY, subject_id="3", kind=COUNTED_BATCH, who="示例一村", about="3 件", next_attempt=None, since=None),
        replace(ENTRY, subject_id="4", kind=""),
    )
    model = unsent_table(lambda: NOW, "县中心")
    model.show_rows(rows)
    qtmodeltester.check(model, force_py=True)
    assert model.index(0, 3).data() == "等待上传。下次自动上传：今天 10:00。"
    assert model.index(1, 3).data().startswith("连不上县中心")
    assert model.index(2, 0).data() == "清点示例一村交来的，3 件"
    assert model.index(3, 0).data() == "其他记录"


@pytest.mark.parametrize("scale", [100, 125])
def test_no_text_is_cut_off(waiting: OutboxPage, theme: Theme, opener: Opener, scale: int) -> None:
    theme.apply(Settings(scale=scale))
    opener.see_whole_texts(waiting)
