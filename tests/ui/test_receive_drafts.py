"""What is being typed about one case of a batch survives a crash, and goes when it is noted or given up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station_app.ui.background import Lane
from station_app.ui.models.count_sheet import Mark
from station_app.ui.presenters.kept_drafts import KEEP_AFTER_MS
from station_app.ui.widgets.pages.receive_page import ReceivePage
from station_app.ui.workplace import Workplace
from station_app.usecases.drafts import Draft, drafts_of
from tests.ui.opened import Opener
from tests.ui.receive_hands import Clerk, Key, at_work, biggest, clerk, marks, opener, sheet_of
from tests.ui.said import said

__all__ = ["at_work", "clerk", "opener"]


def drafts(clerk: Clerk) -> list[Draft]:
    found: list[list[Draft]] = []
    place = clerk.page.place
    place.jobs.submit(Lane.DB, lambda: drafts_of(place.session.desk), owner=place, done=found.append)
    clerk._opener.settle(place)
    return found[0]


def kept_soon(clerk: Clerk, qtbot: QtBot) -> None:
    """Wait as the clerk who stops to count: the draft is written by itself."""
    qtbot.waitUntil(lambda: not clerk.page._work._typing.isActive(), timeout=KEEP_AFTER_MS * 5)
    clerk._opener.settle(clerk.page.place)


@pytest.fixture
def restart(township: Workplace, opener: Opener, qtbot: QtBot) -> Callable[[], Clerk]:
    """Open the same batch in another window on the same journal; the first one never closed up."""

    def open_again() -> Clerk:
        clerk = Clerk(opener(ReceivePage, township), opener, qtbot)
        clerk.scan(biggest(clerk.page))
        return clerk

    return open_again


def test_half_typed_counts_are_there_after_a_crash(at_work: Clerk, restart: Callable[[], Clerk], qtbot: QtBot) -> None:
    at_work.press(Key.Key_F2)
    second = sheet_of(at_work.page).rows[1]
    at_work.press(Key.Key_F3, Key.Key_7, Key.Key_Return)
    kept_soon(at_work, qtbot)
    after_crash = restart()
    panel = after_crash.page.count.panel
    assert marks(after_crash.page) == [Mark.COMPLETE, Mark.OPEN, Mark.OPEN]
    assert panel.case_id == second.case.case_id
    assert panel.busy
    assert panel.papers._boxes[0].value() == 7
    assert "接着放好了" in said(after_crash.page)
    after_crash.press(Key.Key_F3)
    assert marks(after_crash.page) == [Mark.COMPLETE, Mark.SHORT, Mark.OPEN]
    assert "typing" not in drafts(after_crash)[0].content


def test_a_half_written_reason_is_there_after_a_crash(
    at_work: Clerk, restart: Callable[[], Clerk], qtbot: QtBot
) -> None:
    at_work.press(Key.Key_F4)
    typed = QInputMethodEvent()
    typed.setCommitString("户口簿不是")
    QApplication.sendEvent(at_work.page.count.panel.reason.editor, typed)
    kept_soon(at_work, qtbot)
    after_crash = restart()
    assert after_crash.page.count.panel.reason.editor.text() == "户口簿不是"
    after_crash.press(Key.Key_Return)
    assert sheet_of(after_crash.page).rows[0].reason == "户口簿不是"


def test_leaving_the_page_or_the_batch_keeps_at_once_what_was_typed(at_work: Clerk) -> None:
    at_work.press(Key.Key_F3, Key.Key_7)
    at_work.page.close_up()
    [draft] = drafts(at_work)
    assert draft.content["typing"]["counted"][0]["originals" if _has_originals(at_work) else "copies"] == 7
    at_work.press(Key.Key_8)
    at_work.page.count.other.click()
    at_work.scan(biggest(at_work.page))
    assert at_work.page.count.panel.papers._boxes[0].value() == 78


def _has_originals(clerk: Clerk) -> bool:
    return bool(sheet_of(clerk.page).rows[0].case.papers[0].originals)


def test_what_was_given_up_or_noted_is_no_draft(at_work: Clerk, qtbot: QtBot) -> None:
    at_work.press(Key.Key_F3, Key.Key_7, Key.Key_Escape)
    kept_soon(at_work, qtbot)
    assert drafts(at_work) == []
    at_work.press(Key.Key_F4, Key.Key_1, Key.Key_Return)
    kept_soon(at_work, qtbot)
    [draft] = drafts(at_work)
    assert list(draft.content) == [sheet_of(at_work.page).rows[0].case.case_id]


def test_saving_the_counted_cases_leaves_the_half_typed_one_as_it_is(
    at_work: Clerk, restart: Callable[[], Clerk], qtbot: QtBot
) -> None:
    at_work.press(Key.Key_F2)
    at_work.press(Key.Key_F3, Key.Key_7)
    at_work.save()
    assert at_work.page.count.panel.papers._boxes[0].value() == 7
    after_crash = restart()
    assert marks(after_crash.page) == [Mark.OPEN, Mark.OPEN]
    assert after_crash.page.count.panel.papers._boxes[0].value() == 7
