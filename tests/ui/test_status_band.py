"""The status band: what is wrong with the PC itself is told until it is put right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.ui.ports import Exchanged
from station_app.ui.presenters import syncing as syncing_parts
from station_app.ui.presenters.syncing import Syncing
from station_app.ui.settings import Settings
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button
from station_app.ui.widgets.status import StatusBand
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.pc_health import LOW_DISK_BYTES
from station_app.usecases.times import stamp


@pytest.fixture
def told_time(village: Workplace, qtbot: QtBot, idle: Callable[[Workplace], None]) -> Callable[[timedelta], None]:
    """Let the last exchange have found the clock of the PC so far off."""

    def tell(off_by: timedelta) -> None:
        def write(desk: object) -> None:
            with village.session.desk.open_book() as book:
                now = village.session.desk.now()
                book.save_link(replace(book.link(), center_time=stamp(now - off_by), last_success_at=stamp(now)))

        village.write(write, owner=village, done=lambda _: None)
        idle(village)

    return tell


def band(place: Workplace, qtbot: QtBot, idle: Callable[[Workplace], None]) -> StatusBand:
    syncing = Syncing(place)
    found = StatusBand(syncing)
    qtbot.addWidget(found)
    found.resize(1180, 40)
    found.show()
    syncing._show()
    idle(place)
    syncing.stop()
    place.changed.disconnect(syncing._on_change)
    return found


def test_nothing_is_said_of_a_pc_that_is_well(village: Workplace, qtbot: QtBot, idle: Callable[..., None]) -> None:
    assert not band(village, qtbot, idle).warning.isVisible()


def test_on_a_small_screen_with_big_text_the_times_take_two_lines_at_most(
    village: Workplace, theme: Theme, qtbot: QtBot, idle: Callable[..., None]
) -> None:
    """They shared their room with a sentence that nobody said, and the band took a quarter of the window."""
    theme.apply(Settings(scale=150))
    found = band(village, qtbot, idle)
    for name in ("帮助  F1", "换人 / 锁定  F12"):
        found.add(Button(name, lambda: None))
    found.state.show_state("待上传 2001 件，网络不通", Tone.WARN)
    found.times.setText("上次同步 11-25 16:38　下次 11-25 17:11")
    found.resize(1024, 40)
    QApplication.processEvents()
    assert found.times.heightForWidth(found.times.width()) < 3 * found.times.fontMetrics().lineSpacing()
    found.say("已存本机", "good")
    assert found.said.isVisible()
    assert not found.times.isVisible()


@pytest.mark.parametrize(("off_by", "says"), [(timedelta(days=3), "快约 3 天"), (-timedelta(hours=2), "慢约 2 小时")])
def test_a_wrong_clock_is_told_with_how_far_it_is_off(
    village: Workplace,
    qtbot: QtBot,
    idle: Callable[..., None],
    told_time: Callable[[timedelta], None],
    off_by: timedelta,
    says: str,
) -> None:
    told_time(off_by)
    warning = band(village, qtbot, idle).warning
    assert warning.isVisible()
    assert "电脑时间不正确" in warning.text()
    assert says in warning.toolTip()


def test_a_disk_that_gets_full_is_told_beside_the_clock(
    village: Workplace, qtbot: QtBot, idle: Callable[..., None], told_time: Callable[[timedelta], None]
) -> None:
    village.session = replace(village.session, free_bytes=lambda: LOW_DISK_BYTES - 1)
    warning = band(village, qtbot, idle).warning
    assert (warning.isVisible(), warning.text().endswith("磁盘快满了")) == (True, True)
    assert "只剩 199 兆" in warning.toolTip()
    told_time(timedelta(days=3))
    warning = band(village, qtbot, idle).warning
    assert warning.text().endswith("电脑时间不正确、磁盘快满了")
    assert len(warning.toolTip().splitlines()) == 2


def test_what_is_saved_while_an_exchange_is_under_way_is_sent_soon_after_it(
    village: Workplace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It waited for the next exchange on time, up to a minute: the one under way had looked before.
    monkeypatch.setattr(syncing_parts, "AFTER_SAVING_S", 0.0)
    saved = Event()
    begun: list[bool] = []

    def exchange(early: bool) -> Exchanged:
        begun.append(early)
        saved.wait(10)
        return Exchanged(pushed=0, pulled=0, anew=0, code="", pause_s=60.0)

    village.session = replace(village.session, exchange=exchange)
    syncing = Syncing(village)
    syncing.exchange_now()
    qtbot.waitUntil(lambda: len(begun) == 1)
    village.changed.emit()
    assert len(begun) == 1
    saved.set()
    qtbot.waitUntil(lambda: len(begun) == 2)
    qtbot.waitUntil(lambda: village.jobs.idle)
    syncing.stop()
    assert begun == [True, True]


def test_what_is_saved_while_an_exchange_ends_in_an_error_of_this_pc_is_tried_once_more_soon(
    village: Workplace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It waited a minute, though what had failed may have been over at once.
    monkeypatch.setattr(syncing_parts, "AFTER_SAVING_S", 0.0)
    saved = Event()
    begun: list[bool] = []

    def exchange(early: bool) -> Exchanged:
        begun.append(early)
        saved.wait(10)
        raise StationError("disk-full")

    village.session = replace(village.session, exchange=exchange)
    syncing = Syncing(village)
    syncing.exchange_now()
    qtbot.waitUntil(lambda: len(begun) == 1)
    village.changed.emit()
    saved.set()
    qtbot.waitUntil(lambda: len(begun) == 2)
    qtbot.waitUntil(lambda: village.jobs.idle)
    syncing.stop()
    assert begun == [True, True]


def test_pages_hear_of_an_answer_and_of_a_center_that_can_t_be_reached_once_each(
    village: Workplace, qtbot: QtBot, idle: Callable[[Workplace], None]
) -> None:
    ends = [("", 1, 0), ("", 0, 0), ("", 0, 2), ("no-network", 0, 0), ("no-network", 0, 0), ("", 0, 0)]
    heard: list[int] = []
    village.changed.connect(lambda: heard.append(len(ends)))

    def exchange(_early: bool) -> Exchanged:
        code, answered, returned = ends.pop(0)
        return Exchanged(0, 0, 0, code, 60.0, answered, returned)

    village.session = replace(village.session, exchange=exchange)
    syncing = Syncing(village)
    while ends:
        syncing.exchange_now()
        idle(village)
    syncing.stop()
    assert heard == [5, 3, 2, 0]


def test_after_a_fault_of_the_program_it_exchanges_again_all_the_same(
    village: Workplace, qtbot: QtBot, bugs: list[BaseException]
) -> None:
    """It waited for a job that had ended: nothing was sent any more before the program was started anew."""
    begun: list[bool] = []

    def exchange(early: bool) -> Exchanged:
        begun.append(early)
        raise PermissionError("box.key")

    village.session = replace(village.session, exchange=exchange)
    told: list[str] = []
    village.say.connect(lambda text, _tone: told.append(text))
    syncing = Syncing(village)
    for tries in (1, 2):
        syncing.exchange_now()
        qtbot.waitUntil(lambda tries=tries: len(begun) == tries and village.jobs.idle)
        qtbot.waitUntil(lambda: not syncing._running)
        assert syncing._timer.isActive()
        assert len(told) == tries and "程序出错（编号 " in told[-1]
    syncing.stop()
    assert syncing._code == "program-error"
    assert len(bugs) == 2
    bugs.clear()
