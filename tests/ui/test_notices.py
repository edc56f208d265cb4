"""What stands above every page until it is seen to: a revoked PC, a certificate that has run out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from station_app.ui.presenters.syncing import Syncing, SyncView
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Text
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.workspace import Workspace
from station_app.ui.workplace import Workplace
from station_app.usecases.ports import SyncStatus
from tests.ui.conftest import SetUp


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
