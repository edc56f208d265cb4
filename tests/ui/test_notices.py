"""What stands above every page until it is seen to: how this PC and its center are, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station_app.domain.numbers import case_number, grouped
from station_app.ui.presenters.syncing import Syncing, SyncView, _state
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Text
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.workspace import Workspace
from station_app.ui.workplace import Workplace
from station_app.usecases.look_up import WaitingSummary
from station_app.usecases.ports import Book, SyncStatus
from station_app.usecases.times import stamp
from tests.ui.conftest import SetUp
from tests.ui.painted import cut_texts


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Callable[[Workplace], SyncView]]:
    """Return what is shown of the exchange now; nothing is exchanged."""
    watching: list[Syncing] = []

    def show(place: Workplace) -> SyncView:
        if not watching:
            watching.append(Syncing(place))
        with qtbot.waitSignal(watching[0].shown) as signal:
            place.changed.emit()
        watching[0].stop()
        view: SyncView = signal.args[0]
        return view

    yield show
    watching[0].stop()


def end_last_exchange_with(place: Workplace, code: str, qtbot: QtBot) -> None:
    done: list[None] = []
    status = SyncStatus(code, {}, "2026-11-23T04:00:00Z", "2026-11-23T03:00:00Z")

    def note(desk: object) -> None:
        with place.session.desk.open_book() as book:
            book.save_sync_status(status)

    place.jobs.submit("db", lambda: note(None), owner=place, done=done.append)
    qtbot.waitUntil(lambda: bool(done))


def test_a_revoked_pc_says_on_every_page_what_happened_and_what_to_do(
    sit_down: SetUp, qtbot: QtBot, theme: Theme, shown: Callable[[Workplace], SyncView]
) -> None:
    place = sit_down("v1", "李𬭎")
    end_last_exchange_with(place, "device-revoked", qtbot)
    view = shown(place)
    assert (view.state, view.tone) == ("这台电脑已停用", Tone.BAD)
    assert "请不要再用它收件，马上联系县中心" in view.notice
    frame = Workspace(place, theme)
    qtbot.addWidget(frame)
    frame.syncing.shown.emit(view)
    frame.show()
    assert frame.notice.isVisible()
    assert any("马上联系县中心" in text.text() for text in frame.notice.findChildren(Text))
    frame.syncing.shown.emit(replace(view, notice=""))
    assert not frame.notice.isVisible()
    frame.close_up()


def test_a_certificate_that_has_run_out_is_told_and_entry_goes_on(
    sit_down: SetUp, qtbot: QtBot, shown: Callable[[Workplace], SyncView]
) -> None:
    place = sit_down("v1", "李𬭎")
    end_last_exchange_with(place, "", qtbot)
    assert shown(place).notice == ""
    clock = place.session.desk.now
    desk = replace(place.session.desk, now=lambda: clock() + timedelta(days=100))
    place.session = replace(place.session, desk=desk)
    view = shown(place)
    assert (view.state, view.tone) == ("证书已过期", Tone.WARN)
    assert "可以照常收件；请尽快联网同步一次" in view.notice


def change(place: Workplace, work: Callable[[Book], None], qtbot: QtBot) -> None:
    """Change something in the book as an exchange would."""

    def job() -> None:
        with place.session.desk.open_book() as book:
            work(book)

    place.jobs.submit("db", job, owner=place, done=lambda _: None)
    qtbot.waitUntil(lambda: place.jobs.idle)


@pytest.mark.parametrize(("home", "worker"), [("v1", "李𬭎"), ("t", "张䶮"), ("k", "王县"), ("s", "市窗口")])
def test_after_real_exchanges_there_is_nothing_to_tell(
    home: str, worker: str, sit_down: SetUp, qtbot: QtBot, shown: Callable[[Workplace], SyncView]
) -> None:
    place = sit_down(home, worker)
    end_last_exchange_with(place, "", qtbot)
    assert shown(place).notice == ""


def test_while_the_center_heals_everybody_is_told_to_go_on(
    village: Workplace, qtbot: QtBot, shown: Callable[[Workplace], SyncView]
) -> None:
    change(village, lambda book: book.save_link(replace(book.link(), healing=True)), qtbot)
    view = shown(village)
    assert (view.state, view.tone) == ("中心正在恢复", Tone.STALE)
    assert view.notice.startswith("县中心正在从备份恢复")
    assert "照常收件、照常办" in view.notice
    assert "请不要关掉这台电脑" in view.notice
    change(village, lambda book: book.save_link(replace(book.link(), healing=False)), qtbot)
    assert shown(village).notice == ""


def test_a_difference_is_told_while_it_is_being_made_good_but_not_of_half_an_exchange(
    village: Workplace, qtbot: QtBot, shown: Callable[[Workplace], SyncView]
) -> None:
    end_last_exchange_with(village, "", qtbot)
    later = "2099-01-01T00:00:00Z"
    change(village, lambda book: book.save_link(replace(book.link(), last_success_at=later)), qtbot)
    view = shown(village)
    assert (view.state, view.tone) == ("正在和中心互相补齐", Tone.INFO)
    assert "正在互相补齐。不用做什么，照常办" in view.notice
    # The line broke between two pages: nothing was compared.
    end_last_exchange_with(village, "no-network", qtbot)
    assert shown(village).notice == ""
    end_last_exchange_with(village, "", qtbot)
    change(village, lambda book: book.save_link(replace(book.link(), equal_at=later)), qtbot)
    assert shown(village).notice == ""


def test_what_stands_above_the_pages_never_leaves_the_band_green_while_the_two_differ(
    village: Workplace, qtbot: QtBot, shown: Callable[[Workplace], SyncView]
) -> None:
    """What a restored PC is told came first, and below it stood, in green, that all was at the center."""
    now = stamp(village.session.desk.now())
    same = SyncStatus("", {}, now, now)
    change(village, lambda book: book.save_sync_status(same), qtbot)
    assert shown(village).tone is Tone.GOOD
    change(village, lambda book: book.start_epoch("e" * 16), qtbot)
    change(village, lambda book: book.save_link(replace(book.link(), last_success_at="2099-01-01T00:00:00Z")), qtbot)
    view = shown(village)
    assert "从备份恢复" in view.notice
    assert (view.state, view.tone) == ("正在和县中心核对", Tone.INFO)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("no-network", "网络不通"),
        ("login-page-in-between", "要先登录网络"),
        ("certificate-date", "电脑时间不正确"),
        ("center-busy", "县中心正忙"),
        ("center-disk-full", "县中心磁盘满了"),
        ("disk-full", "本机磁盘满了"),
        ("nonce-unknown", "没有连上县中心"),
    ],
)
def test_the_band_says_by_a_word_of_its_own_why_the_center_did_not_answer(code: str, says: str) -> None:
    """Whatever it was, the band said that the line was down."""
    nothing = WaitingSummary(0, 0, 0, code, "", "")
    assert _state(nothing, code, "县中心", old=False, all_well=True) == (says, Tone.STALE)
    some = replace(nothing, events=3, cases=2)
    assert _state(some, code, "县中心", old=False, all_well=False) == (f"待上传 2 件，{says}", Tone.WARN)


def test_a_restored_pc_says_what_may_be_gone_until_somebody_has_read_it(
    village: Workplace, qtbot: QtBot, theme: Theme, shown: Callable[[Workplace], SyncView]
) -> None:
    end_last_exchange_with(village, "", qtbot)
    change(village, lambda book: book.start_epoch("e" * 16), qtbot)
    view = shown(village)
    assert "传到过县中心的会自己取回来；没传上去的取不回来：请对照手里的纸质材料" in view.notice
    frame = Workspace(village, theme)
    qtbot.addWidget(frame)
    frame.resize(1366, 728)
    frame.show()
    frame.syncing.shown.emit(view)
    assert frame.looked.isVisible()
    for look in (Settings(), Settings(scale=125), Settings(theme=ThemeName.DARK)):
        theme.apply(look)
        qtbot.waitUntil(lambda: not cut_texts(frame.notice))
    frame.looked.setFocus()
    qtbot.keyClick(frame.looked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: village.jobs.idle and not frame.notice.isVisible())
    frame.close_up()
    assert shown(village).notice == ""
    change(village, lambda book: book.start_epoch("d" * 16), qtbot)
    assert shown(village).to_look_at
    assert "打印过" not in shown(village).notice
    change(village, lambda book: book.save_written_before({"e" * 16: 2}), qtbot)
    change(village, lambda book: book.raise_serial("case:07:261123", 12), qtbot)
    number = grouped(case_number(village.session.desk.worker.org, date(2026, 11, 23), 7, 1))
    assert f"还没有的代办登记号、交接单号有 12 个，请照号找凭证补录：{number}、" in shown(village).notice
